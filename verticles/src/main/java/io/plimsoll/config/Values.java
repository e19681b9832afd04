package io.plimsoll.config;

import io.plimsoll.model.ByteSize;
import io.plimsoll.model.Durations;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The merged settings by dotted key, after the schema has approved each layer.
///
/// @param tree a JSON object that every layer was merged into
record Values(JsonObject tree) {
    String text(String key) {
        return optionalText(key).orElseThrow(() -> new SettingException(key, "is missing"));
    }

    Optional<String> optionalText(String key) {
        return Optional.ofNullable(find(key)).map(Object::toString);
    }

    int integer(String key) {
        return ((Number) required(key)).intValue();
    }

    boolean bool(String key) {
        return (Boolean) required(key);
    }

    long bytes(String key) {
        return ByteSize.parse(text(key)).bytes();
    }

    Optional<Long> optionalBytes(String key) {
        return optionalText(key).map(text -> ByteSize.parse(text).bytes());
    }

    Optional<Duration> optionalDuration(String key) {
        return optionalText(key).map(Durations::parse);
    }

    Duration duration(String key) {
        return Durations.parse(text(key));
    }

    Path path(String key) {
        return Path.of(text(key));
    }

    List<String> texts(String key) {
        return ((JsonArray) required(key)).stream().map(Object::toString).toList();
    }

    private Object required(String key) {
        return Check.present(key, find(key));
    }

    private Object find(String key) {
        Object at = tree;
        for (String part : key.split("\\.")) {
            at = at instanceof JsonObject object ? object.getValue(part) : null;
        }
        return at;
    }
}
