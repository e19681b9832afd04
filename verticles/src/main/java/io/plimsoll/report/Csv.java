package io.plimsoll.report;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.stream.Collectors;

/// Comma-separated values after RFC 4180, harmless in spreadsheets and terminals: text that a spreadsheet would run as
/// a formula gets a `'` before it, and text is made [Plain]. Null is an empty cell.
public final class Csv {
    private static final String LINE_END = "\r\n";
    private static final String FORMULA_STARTS = "=+-@\t\r";

    private Csv() {}

    public static String line(Collection<?> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(",", "", LINE_END));
    }

    private static String cell(Object value) {
        return switch (value) {
            case null -> "";
            case Double number when !Double.isFinite(number) -> "";
            case Double number ->
                BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
            case String text -> quoted(text);
            default -> value.toString();
        };
    }

    private static String quoted(String text) {
        boolean formula = !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0;
        String safe = (formula ? "'" : "") + Plain.of(text);
        boolean quotes = safe.indexOf(',') >= 0 || safe.indexOf('"') >= 0 || safe.startsWith(" ") || safe.endsWith(" ");
        return quotes ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }
}
