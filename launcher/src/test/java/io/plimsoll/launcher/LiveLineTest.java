package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.plimsoll.bench.Progress;
import io.plimsoll.launcher.LiveLine.Shown;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveLineTest {
    private static final long SECOND = 1_000_000_000L;

    private final StringWriter err = new StringWriter();

    @Test
    void withoutATerminalALayoutIsSaidAtBothEndsAndEveryTenSeconds() {
        assertEquals(
                List.of("x: laying out", "x: laying out", "x: laying out", "x: laid out"),
                shown(Shown.LAYOUT_BY_LINES)
                        .lines()
                        .map(line -> line.substring(0, Math.min(line.length(), line.startsWith("x: laid") ? 11 : 13)))
                        .toList());
    }

    @Test
    void aTerminalHasOneLineThatIsErasedAtTheEnd() {
        String text = shown(Shown.ALL_REWRITTEN);
        assertEquals(0, text.lines().filter(line -> line.contains("\n")).count());
        assertEquals(27, text.split("\r", -1).length - 1, "24 of the layout, one of the run, two to erase it");
        assertEquals("", text.substring(text.lastIndexOf('\r') + 1));
    }

    @Test
    void whereNothingIsWantedNothingIsSaid() {
        assertEquals("", shown(Shown.NOTHING));
    }

    @Test
    void aPathCannotMoveTheCursor() {
        LiveLine line = new LiveLine(new PrintWriter(err), "x", Shown.LAYOUT_BY_LINES);
        line.show(new Progress.LayingOut(Path.of("\u001b[31m"), 1, 1, 0, SECOND, true), 0);
        assertEquals("x: laid out 1B in 1.00 s  \\u001b[31m", err.toString().strip());
    }

    /// A layout of 23 seconds, told every second, and a run.
    private String shown(Shown shown) {
        try (LiveLine line = new LiveLine(new PrintWriter(err), "x", shown)) {
            for (int i = 1; i <= 23; i++) {
                line.show(new Progress.LayingOut(Path.of("d"), i, 1 << 30, 1, i * SECOND, false), i * SECOND);
            }
            line.show(new Progress.LayingOut(Path.of("d"), 1 << 30, 1 << 30, 0, 23 * SECOND, true), 23 * SECOND);
            line.show(new Progress.Working("run", 0.5, 1, 1, 1), 24 * SECOND);
        }
        return err.toString();
    }
}
