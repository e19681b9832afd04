package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTextTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Path WHERE = Path.of("dir");

    @Test
    void theLiveLineSaysWhatIsKnown() {
        assertEquals(
                "run 42 %  521k IOPS  2034MiB/s (2133MB/s)  6 s left",
                ProgressText.line(new Progress.Working("run", 0.427, 521_000, 2_132_803_584.0, 5_100_000_000L)));
        assertEquals("ramp", ProgressText.line(new Progress.Working("ramp", Double.NaN, 0, 0, -1)));
    }

    @Test
    void layingOutSaysHowMuchAndWhereAndHowLongItTook() {
        assertEquals(
                "laying out 10.0GiB 25 %  512MiB/s (537MB/s)  15 s left  dir",
                ProgressText.line(new Progress.LayingOut(WHERE, 5L << 29, 10L << 30, 512 << 20, 5 * SECOND, false)));
        assertEquals(
                "laying out 10.0GiB 0 %  dir",
                ProgressText.line(new Progress.LayingOut(WHERE, 0, 10L << 30, 0, SECOND, false)),
                "the storage stands still");
        assertEquals(
                "laid out 10.0GiB in 20 s  dir",
                ProgressText.line(new Progress.LayingOut(WHERE, 10L << 30, 10L << 30, 0, 20 * SECOND, true)));
    }

    @Test
    void ofAShortLayoutNobodyHears() {
        List<Progress.State> heard = new ArrayList<>();
        LayoutProgress layout = new LayoutProgress(WHERE, heard::add, 0);
        layout.filled(50, 100, SECOND / 4);
        layout.ended(SECOND / 2);
        assertEquals(List.of(), heard);
    }

    @Test
    void ofALongLayoutEveryHalfSecondIsHeardAndTheEnd() {
        List<Progress.State> heard = new ArrayList<>();
        LayoutProgress layout = new LayoutProgress(WHERE, heard::add, 0);
        layout.filled(10, 100, SECOND / 4);
        layout.filled(50, 100, SECOND / 2);
        layout.filled(90, 100, SECOND * 3 / 4);
        layout.filled(100, 100, SECOND);
        layout.ended(4 * SECOND);
        assertEquals(
                List.of(
                        new Progress.LayingOut(WHERE, 50, 100, 100, SECOND / 2, false),
                        new Progress.LayingOut(WHERE, 100, 100, 100, SECOND, false),
                        new Progress.LayingOut(WHERE, 100, 100, 0, 4 * SECOND, true)),
                heard);
    }
}
