package io.plimsoll.config;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/// Settings from one source, and where each of them was written.
interface Layer {
    enum Spot {
        KEY,
        VALUE
    }

    JsonObject values();

    /// @param path of a value in this layer
    Problem at(List<String> path, Spot spot, String message);

    default boolean has(List<String> path) {
        Object at = values();
        for (String part : path) {
            if (!(at instanceof JsonObject object) || !object.containsKey(part)) {
                return false;
            }
            at = object.getValue(part);
        }
        return true;
    }

    /// Values that have a name each: flags, environment variables.
    record Named(JsonObject values, Map<List<String>, String> names) implements Layer {
        @Override
        public Problem at(List<String> path, Spot spot, String message) {
            for (int length = path.size(); length > 0; length--) {
                String name = names.get(path.subList(0, length));
                if (name != null) {
                    return new Problem(name, message, "");
                }
            }
            return new Problem(String.join(".", path), message, "");
        }
    }

    /// Values from one place that has no lines, such as the launcher's -conf.
    record Whole(String name, JsonObject values) implements Layer {
        @Override
        public Problem at(List<String> path, Spot spot, String message) {
            return new Problem(name + ": " + String.join(".", path), message, "");
        }
    }
}
