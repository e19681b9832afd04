package io.plimsoll.model;

/// Checks of record components; each failure names the component, the value and the bound.
public final class Require {
    private Require() {}

    public static long notNegative(String name, long value) {
        return inRange(name, value, 0, Long.MAX_VALUE);
    }

    public static long positive(String name, long value) {
        return inRange(name, value, 1, Long.MAX_VALUE);
    }

    public static long inRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed: " + min + " to " + max);
        }
        return value;
    }

    /// Wall clock in milliseconds since 1970, of the years 2000 to 2999: every clock fault that matters is outside.
    public static long wallClock(String name, long valueMs) {
        return inRange(name, valueMs, 946_684_800_000L, 32_503_679_999_999L);
    }

    /// A finite number of at least zero.
    public static double notNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed: finite, at least 0");
        }
        return value;
    }

    public static <T> T present(String name, T value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    /// Text of at most `charsMax` characters without NUL, which Postgres cannot store.
    public static String text(String name, String value, int charsMax) {
        present(name, value);
        if (value.length() > charsMax) {
            throw new IllegalArgumentException(name + " has " + value.length() + " characters, allowed: " + charsMax);
        }
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(name + " contains a NUL character");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new IllegalArgumentException(name + " contains half a surrogate pair");
            }
        }
        return value;
    }
}
