package io.plimsoll.launcher;

import java.util.Objects;

/// Values of flags, null where they were not typed.
final class Typed {
    private Typed() {}

    static <T> T or(T typed, T otherwise) {
        return Objects.requireNonNullElse(typed, otherwise);
    }

    /// @throws IllegalArgumentException where a number is not allowed, with those that are
    static int within(String flag, Long typed, int otherwise, int min, int max) {
        if (typed == null) {
            return otherwise;
        }
        if (typed < min || typed > max) {
            throw new IllegalArgumentException(flag + "=" + typed + " is out of range; write " + min + " to " + max);
        }
        return Math.toIntExact(typed);
    }

    /// @throws IllegalArgumentException where the flag was typed: it would change nothing
    static void refuse(String flag, Object value, String why) {
        if (value != null) {
            throw new IllegalArgumentException(flag + " " + why);
        }
    }
}
