package io.plimsoll.report;

/// Text from elsewhere, made harmless for a terminal: nothing in it moves the cursor, changes colours, ends the line,
/// hides itself or turns the direction of writing. What is replaced is shown as `\u001b`.
public final class Plain {
    private Plain() {}

    public static String of(String text) {
        StringBuilder safe = null;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (!harmless(c)) {
                safe = safe == null ? new StringBuilder(text.substring(0, i)) : safe;
                escape(safe, c);
            } else if (safe != null) {
                safe.appendCodePoint(c);
            }
            i += Character.charCount(c);
        }
        return safe == null ? text : safe.toString();
    }

    /// Columns of harmless text on a terminal: two for the wide letters of East Asia and emoji, none for accents.
    static int width(String text) {
        return text.codePoints().map(Plain::width).sum();
    }

    private static boolean harmless(int c) {
        if (c < 0x7f) {
            return c >= 0x20;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> !turnsDirection(c);
        };
    }

    /// Letters written from right to left are harmless words, but they reorder the columns beside them.
    private static boolean turnsDirection(int c) {
        return switch (Character.getDirectionality(c)) {
            case Character.DIRECTIONALITY_RIGHT_TO_LEFT,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC,
                    Character.DIRECTIONALITY_ARABIC_NUMBER -> true;
            default -> false;
        };
    }

    private static void escape(StringBuilder to, int codePoint) {
        for (char unit : Character.toChars(codePoint)) {
            to.append("\\u").append(String.format("%04x", (int) unit));
        }
    }

    private static int width(int c) {
        if (c < 0x300) {
            return 1;
        }
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> 0;
            default -> wide(c) ? 2 : 1;
        };
    }

    /// The blocks of Unicode's East Asian Width `W` and `F`, coarsely.
    private static boolean wide(int c) {
        return c >= 0x1100 && c <= 0x115f
                || c >= 0x2e80 && c <= 0xa4cf
                || c >= 0xac00 && c <= 0xd7a3
                || c >= 0xf900 && c <= 0xfaff
                || c >= 0xfe30 && c <= 0xfe6f
                || c >= 0xff00 && c <= 0xff60
                || c >= 0xffe0 && c <= 0xffe6
                || c >= 0x1f300 && c <= 0x1faff
                || c >= 0x20000 && c <= 0x3fffd;
    }
}
