package io.plimsoll.report;

import java.util.ArrayList;
import java.util.List;

/// A table in plain text: columns as wide as their widest cell, numbers to the right, words to the left, two lines of
/// header. Cells must be [Plain].
public final class TextTable {
    private static final String INDENT = "  ";
    private static final String GAP = "  ";

    /// @param title above the columns that follow each other with the same group; empty for none
    private record Column(String group, String name, boolean right) {}

    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable words(String name) {
        return column("", name, false);
    }

    public TextTable number(String name) {
        return column("", name, true);
    }

    /// A column of numbers under a title that it shares with its neighbours of the same title.
    public TextTable number(String group, String name) {
        return column(group, name, true);
    }

    private TextTable column(String group, String name, boolean right) {
        if (!rows.isEmpty()) {
            throw new IllegalStateException("column '" + name + "' comes after rows");
        }
        columns.add(new Column(group, name, right));
        return this;
    }

    public TextTable row(List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + columns.size() + " columns");
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    /// Lines without trailing blanks, each ended by a newline.
    public String render() {
        int[] widths = widths();
        StringBuilder text = new StringBuilder();
        if (columns.stream().anyMatch(c -> !c.group().isEmpty())) {
            appendLine(text, groupLine(widths));
        }
        appendLine(text, line(columns.stream().map(Column::name).toList(), widths));
        for (List<String> row : rows) {
            appendLine(text, line(row, widths));
        }
        return text.toString();
    }

    private int[] widths() {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Plain.width(columns.get(i).name());
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], Plain.width(row.get(i)));
            }
        }
        // A title wider than its columns widens the first of them.
        for (int from = 0; from < widths.length; from = endOfGroup(from)) {
            int lacking = columns.get(from).group().length() - span(widths, from, endOfGroup(from));
            widths[from] += Math.max(0, lacking);
        }
        return widths;
    }

    private int endOfGroup(int from) {
        String group = columns.get(from).group();
        int to = from + 1;
        while (!group.isEmpty()
                && to < columns.size()
                && columns.get(to).group().equals(group)) {
            to++;
        }
        return to;
    }

    private static int span(int[] widths, int from, int to) {
        int span = (to - from - 1) * GAP.length();
        for (int i = from; i < to; i++) {
            span += widths[i];
        }
        return span;
    }

    private String groupLine(int[] widths) {
        StringBuilder line = new StringBuilder(INDENT);
        for (int from = 0; from < widths.length; from = endOfGroup(from)) {
            String group = columns.get(from).group();
            int span = span(widths, from, endOfGroup(from));
            int dashes = group.isEmpty() ? 0 : span - group.length() - 2;
            String cell =
                    dashes < 2 ? group : "-".repeat(dashes / 2) + " " + group + " " + "-".repeat(dashes - dashes / 2);
            line.append(from == 0 ? "" : GAP).append(padded(cell, span, true));
        }
        return line.toString();
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder(INDENT);
        for (int i = 0; i < widths.length; i++) {
            line.append(i == 0 ? "" : GAP)
                    .append(padded(cells.get(i), widths[i], columns.get(i).right()));
        }
        return line.toString();
    }

    private static String padded(String cell, int width, boolean right) {
        String blanks = " ".repeat(Math.max(0, width - Plain.width(cell)));
        return right ? blanks + cell : cell + blanks;
    }

    private static void appendLine(StringBuilder text, String line) {
        text.append(line.stripTrailing()).append('\n');
    }
}
