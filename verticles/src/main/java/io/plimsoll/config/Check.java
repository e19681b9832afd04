package io.plimsoll.config;

import io.plimsoll.model.ByteSize;
import java.time.Duration;

/// Checks of settings; each failure names the key and the remedy.
final class Check {
    private Check() {}

    static void that(boolean ok, String key, String problem) {
        if (!ok) {
            throw new SettingException(key, problem);
        }
    }

    static <T> T present(String key, T value) {
        that(value != null, key, "is missing");
        return value;
    }

    static void port(String key, int port) {
        that(port >= 1 && port <= 65535, key, port + " is not a port; write 1 to 65535");
    }

    static void count(String key, long value, long min, long max) {
        that(value >= min && value <= max, key, value + " is out of range; write " + min + " to " + max);
    }

    static void duration(String key, Duration value, Duration min, Duration max) {
        present(key, value);
        that(
                value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
                key,
                written(value) + " is out of range; write " + written(min) + " to " + written(max));
    }

    /// As a person writes it: `100ms`, `90s`, `1h`.
    private static String written(Duration duration) {
        long ms = duration.toMillis();
        if (ms % 1000 != 0) {
            return ms + "ms";
        }
        long s = ms / 1000;
        return s == 0 || s % 60 != 0
                ? s + "s"
                : s % 3600 != 0 ? s / 60 + "m" : s % 86_400 != 0 ? s / 3600 + "h" : s / 86_400 + "d";
    }

    static void size(String key, long bytes, long min, long max) {
        that(
                bytes >= min && bytes <= max,
                key,
                ByteSize.format(bytes) + " is out of range; write " + ByteSize.format(min) + " to "
                        + ByteSize.format(max));
    }
}
