package io.plimsoll.config;

/// The offending line with its number, and a caret below the offending place.
final class Excerpt {
    private static final int CHARS_MAX = 100;

    private Excerpt() {}

    /// @param line from 0
    /// @param column from 0, in code points
    static String of(String text, int line, int column) {
        String shown = text.lines().skip(line).findFirst().orElse("");
        int[] points = shown.codePoints().toArray();
        int at = Math.min(column, points.length);
        int from = Math.max(0, at - CHARS_MAX / 2);
        int length = Math.min(CHARS_MAX, points.length - from);
        String number = "  " + (line + 1) + " | ";
        String margin = " ".repeat(number.length() - 2) + "| ";
        return number + printable(new String(points, from, length), CHARS_MAX) + "\n" + margin + " ".repeat(at - from)
                + "^";
    }

    /// One visible character for each code point, so that carets stay below what they mean and no file can steer
    /// the terminal.
    static String printable(String text, int charsMax) {
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .limit(charsMax)
                .forEach(c -> printable.appendCodePoint(c == '\t' ? ' ' : Escapes.unsafe(c) ? '?' : c));
        return printable.toString();
    }
}
