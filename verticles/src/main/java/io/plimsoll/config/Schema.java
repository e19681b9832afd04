package io.plimsoll.config;

import io.plimsoll.config.Layer.Spot;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One of our JSON schemas: the keys there are, their types and defaults. vertx-json-schema judges; this class says
/// what is wrong in words that help.
final class Schema {
    static final Schema SERVER = load("server");
    static final Schema CLIENT = load("client");

    private final JsonObject tree;
    private final Map<String, JsonObject> leaves = new LinkedHashMap<>();
    private final Validator validator;

    private Schema(JsonObject tree) {
        this.tree = tree;
        collect("", tree);
        // The validator adds its own keys to the tree that it is given.
        this.validator = Validator.create(
                JsonSchema.of(tree.copy()),
                new JsonSchemaOptions()
                        .setBaseUri("https://plimsoll.io/schema/")
                        .setDraft(Draft.DRAFT7)
                        .setOutputFormat(OutputFormat.Basic),
                (type, format, value) ->
                        value == null || format == null || !(value instanceof String || value instanceof Number)
                                ? null
                                : emptyToNull(Formats.check(format, value.toString())));
    }

    static Schema load(String role) {
        String resource = "/conf/schema/" + role + ".schema.json";
        try (InputStream in = Schema.class.getResourceAsStream(resource)) {
            return new Schema(new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }

    /// Every key that has a value, dotted, in the schema's order.
    Set<String> keys() {
        return leaves.keySet();
    }

    JsonObject leaf(String key) {
        return leaves.get(key);
    }

    /// The keys that have a default, with it.
    JsonObject defaults() {
        JsonObject defaults = new JsonObject();
        leaves.forEach((key, leaf) -> {
            if (leaf.containsKey("default")) {
                set(defaults, List.of(key.split("\\.")), leaf.getValue("default"));
            }
        });
        return defaults;
    }

    /// Puts a value given as text, as the type that the schema names; text of another form stays text, for
    /// [#validate] to refuse.
    ///
    /// @return the path of the key
    List<String> put(JsonObject values, String key, String text) {
        List<String> path = List.of(key.split("\\."));
        Object value = text;
        JsonObject leaf = leaves.get(key);
        if (is(leaf, "array")) {
            value = new JsonArray(Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(s -> !s.isEmpty())
                    .toList());
        } else if (is(leaf, "boolean") && (text.equals("true") || text.equals("false"))) {
            value = Boolean.valueOf(text);
        } else if (is(leaf, "integer") && text.matches("-?[0-9]{1,18}")) {
            value = Long.valueOf(text);
        }
        set(values, path, value);
        return path;
    }

    List<Problem> validate(Layer layer) {
        OutputUnit result = validator.validate(layer.values());
        List<Problem> problems = new ArrayList<>();
        Set<List<String>> seen = new LinkedHashSet<>();
        for (OutputUnit unit : result.getErrors() == null ? List.<OutputUnit>of() : result.getErrors()) {
            List<String> path = path(unit.getInstanceLocation());
            String keyword = unit.getKeywordLocation()
                    .substring(unit.getKeywordLocation().lastIndexOf('/') + 1);
            Optional<Problem> problem = switch (keyword) {
                // The unit of an enclosing value; the ones inside it say what is wrong.
                case "properties", "items" -> Optional.empty();
                case "additionalProperties" -> unknownKey(layer, path);
                default -> Optional.of(layer.at(path, Spot.VALUE, refusal(keyword, path, unit, layer)));
            };
            if (problem.isPresent() && seen.add(path)) {
                problems.add(problem.get());
            }
        }
        if (problems.isEmpty() && !result.getValid()) {
            throw new IllegalStateException("the schema refused a value and did not say why: " + result.toJson());
        }
        return problems;
    }

    private Optional<Problem> unknownKey(Layer layer, List<String> path) {
        String key = path.getLast();
        JsonObject properties = node(path.subList(0, path.size() - 1)).getJsonObject("properties");
        if (properties.containsKey(key)) {
            return Optional.empty();
        }
        String hint = Suggestion.nearest(key, properties.fieldNames())
                .or(() -> elsewhere(key))
                .map(near -> "; did you mean '" + near + "'?")
                .orElse("; known here: " + String.join(", ", properties.fieldNames()));
        return Optional.of(layer.at(path, Spot.KEY, "unknown key '" + Excerpt.printable(key, 80) + "'" + hint));
    }

    /// A key that would be right in another place, such as `port` for `tcp.port`.
    private Optional<String> elsewhere(String key) {
        List<String> found = leaves.keySet().stream()
                .filter(known -> known.equals(key) || known.endsWith("." + key))
                .toList();
        return found.isEmpty() ? Suggestion.nearest(key, leaves.keySet()) : Optional.of(String.join("' or '", found));
    }

    private String refusal(String keyword, List<String> path, OutputUnit unit, Layer layer) {
        JsonObject leaf = node(path);
        Object value = valueAt(layer.values(), path);
        String shown = value == null ? "nothing" : "'" + Excerpt.printable(value.toString(), 80) + "'";
        String key = String.join(".", path);
        return switch (keyword) {
            case "type" -> key + ": expected " + expected(leaf) + ", found " + found(value, shown, leaf);
            case "minimum", "maximum" ->
                key + ": " + value + " is out of range; write " + leaf.getValue("minimum") + " to "
                        + leaf.getValue("maximum");
            case "enum" -> key + ": " + shown + " is not known here; write " + choices(leaf);
            case "format" -> key + ": " + unit.getError();
            case "pattern" -> key + ": " + shown + " does not match " + leaf.getString("pattern");
            case "minLength" -> key + ": is empty";
            case "maxLength" -> key + ": is longer than " + leaf.getValue("maxLength") + " characters";
            case "maxItems" -> key + ": has more than " + leaf.getValue("maxItems") + " entries";
            default -> key + ": " + unit.getError();
        };
    }

    private static String choices(JsonObject leaf) {
        List<String> words =
                leaf.getJsonArray("enum").stream().map(Object::toString).toList();
        return String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
    }

    private static String expected(JsonObject leaf) {
        return switch (leaf.getString("format", "")) {
            case "size" -> "a size such as 10MB";
            case "time-span" -> "a duration such as 30s";
            default ->
                switch (leaf.getValue("type").toString()) {
                    case "integer" -> "a whole number";
                    case "boolean" -> "true or false";
                    case "array" -> "a list";
                    case "object" -> "keys below it";
                    default -> "text";
                };
        };
    }

    private static String found(Object value, String shown, JsonObject leaf) {
        return switch (value) {
            case JsonObject _ -> "keys below it";
            case JsonArray _ -> "a list";
            case null -> "nothing";
            case Number number
            when leaf.getString("format", "").equals("time-span") -> shown + "; write it with a unit: " + number + "s";
            default -> shown;
        };
    }

    private void collect(String prefix, JsonObject node) {
        JsonObject properties = node.getJsonObject("properties");
        for (String name : properties.fieldNames()) {
            JsonObject child = properties.getJsonObject(name);
            if (is(child, "object")) {
                collect(prefix + name + ".", child);
            } else {
                leaves.put(prefix + name, child);
            }
        }
    }

    private JsonObject node(List<String> path) {
        JsonObject node = tree;
        for (String part : path) {
            node = is(node, "array")
                    ? node.getJsonObject("items")
                    : node.getJsonObject("properties").getJsonObject(part);
        }
        return node;
    }

    private static boolean is(JsonObject node, String type) {
        return type.equals(node.getValue("type"));
    }

    private static Object valueAt(JsonObject values, List<String> path) {
        Object at = values;
        for (String part : path) {
            at = at instanceof JsonArray array
                    ? array.getValue(Integer.parseInt(part))
                    : ((JsonObject) at).getValue(part);
        }
        return at;
    }

    private static void set(JsonObject values, List<String> path, Object value) {
        JsonObject parent = values;
        for (String part : path.subList(0, path.size() - 1)) {
            if (!parent.containsKey(part)) {
                parent.put(part, new JsonObject());
            }
            parent = parent.getJsonObject(part);
        }
        parent.put(path.getLast(), value);
    }

    /// The validator writes locations as URI fragments with JSON pointers: `#/tcp/port`.
    private static List<String> path(String location) {
        return Arrays.stream(location.substring(1).split("/"))
                .filter(part -> !part.isEmpty())
                .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
                .map(part -> part.replace("~1", "/").replace("~0", "~"))
                .toList();
    }

    private static String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
