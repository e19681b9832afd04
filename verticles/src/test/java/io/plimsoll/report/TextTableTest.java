package io.plimsoll.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TextTableTest {
    @Test
    void numbersStandToTheRightWordsToTheLeftUnderTheirTitles() {
        TextTable table = new TextTable()
                .words("client")
                .number("latency, ms", "p50")
                .number("latency, ms", "max")
                .words("state");
        table.row(List.of("a", "1.5", "100.0", "finished"));
        table.row(List.of("longer-name", "22.5", "3.0", "LOST"));
        assertEquals("""
                           latency, ms
              client        p50    max  state
              a             1.5  100.0  finished
              longer-name  22.5    3.0  LOST
            """, table.render());
    }

    @Test
    void aTableWithoutRowsIsItsHeader() {
        assertEquals(
                "  run  state\n", new TextTable().number("run").words("state").render());
    }

    @Test
    void rowsThatDoNotFitAreRefused() {
        TextTable table = new TextTable().words("a").words("b");
        assertThrows(IllegalArgumentException.class, () -> table.row(List.of("only one")));
    }

    /// Cells of numbers are marked by a letter at their end and words by one at their begin: where those stand in each
    /// line tells whether the column is straight, whatever the widths.
    @Test
    void everyColumnIsStraightWhateverIsInIt() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            int columns = 1 + random.nextInt(6);
            boolean[] right = new boolean[columns];
            TextTable table = new TextTable();
            for (int c = 0; c < columns; c++) {
                right[c] = random.nextBoolean();
                String name = right[c] ? "1".repeat(random.nextInt(9)) + "N" : "W" + "1".repeat(random.nextInt(9));
                if (right[c] && random.nextBoolean()) {
                    table.number("t".repeat(random.nextInt(12)), name);
                } else if (right[c]) {
                    table.number(name);
                } else {
                    table.words(name);
                }
            }
            for (int r = random.nextInt(5); r > 0; r--) {
                List<String> cells = new ArrayList<>();
                for (int c = 0; c < columns; c++) {
                    String filling = random.nextInt(4) == 0 ? "\u8a9e" : "1".repeat(random.nextInt(15));
                    cells.add(right[c] ? filling + "N" : "W" + filling);
                }
                table.row(cells);
            }
            expectStraight(table.render(), seed);
        }
    }

    private static void expectStraight(String text, long seed) {
        List<List<Integer>> marks = text.lines()
                .filter(line -> line.contains("N") || line.contains("W"))
                .map(TextTableTest::marks)
                .distinct()
                .toList();
        assertEquals(1, marks.size(), () -> "seed " + seed + "\n" + text);
        assertTrue(text.lines().noneMatch(line -> line.endsWith(" ")), () -> "seed " + seed);
    }

    private static List<Integer> marks(String line) {
        List<Integer> marks = new ArrayList<>();
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == 'N' || line.charAt(i) == 'W') {
                marks.add(Plain.width(line.substring(0, i)));
            }
        }
        return marks;
    }
}
