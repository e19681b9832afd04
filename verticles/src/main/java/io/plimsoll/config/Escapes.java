package io.plimsoll.config;

/// Which characters must not reach a log or a terminal as they are: those that move cursors, end lines, reorder text,
/// or cannot be seen. Clients choose some of the text that is logged.
public final class Escapes {
    private Escapes() {}

    public static boolean unsafe(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> true;
            default -> false;
        };
    }

    /// The text with every unsafe character as `\n`, `\t`, `\\` or a Unicode escape, in the manner of JSON.
    public static String escape(String text) {
        StringBuilder safe = null;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (safe == null && (c == '\\' || unsafe(c))) {
                safe = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            if (safe != null) {
                append(safe, c);
            }
            i += Character.charCount(c);
        }
        return safe == null ? text : safe.toString();
    }

    private static void append(StringBuilder safe, int c) {
        switch (c) {
            case '\\' -> safe.append("\\\\");
            case '\n' -> safe.append("\\n");
            case '\r' -> safe.append("\\r");
            case '\t' -> safe.append("\\t");
            default -> {
                if (unsafe(c)) {
                    for (char unit : Character.toChars(c)) {
                        safe.append("\\u%04x".formatted((int) unit));
                    }
                } else {
                    safe.appendCodePoint(c);
                }
            }
        }
    }
}
