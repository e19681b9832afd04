package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.bench.Chart.Axis;
import io.plimsoll.bench.Chart.Point;
import io.plimsoll.bench.Chart.Scale;
import io.plimsoll.bench.Chart.Tone;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ChartTest {
    @Test
    void linearTicksAreRoundAndFarEnoughApart() {
        assertEquals(List.of(0.0, 20.0, 40.0, 60.0, 80.0, 100.0), Chart.ticks(linear(0, 100), 500, 90));
        assertEquals(List.of(0.0, 50.0, 100.0), Chart.ticks(linear(0, 100), 200, 90));
        SplittableRandom random = new SplittableRandom(20261124);
        for (int i = 0; i < 1_000; i++) {
            double max = Math.exp(random.nextDouble(-5, 18));
            double length = random.nextDouble(200, 1200);
            List<Double> ticks = Chart.ticks(linear(0, max), length, 60);
            assertTrue(ticks.size() >= 2, "at most " + max + " on " + length + ": " + ticks);
            assertTrue((ticks.get(1) - ticks.get(0)) / max * length >= 59.9, "at most " + max + ": " + ticks);
            assertTrue(ticks.getLast() <= max * 1.000001);
        }
    }

    @Test
    void logarithmicTicksAreDecadesOrTheirParts() {
        assertEquals(List.of(1.0, 10.0, 100.0, 1000.0), Chart.ticks(log(1, 1000), 300, 34));
        assertEquals(List.of(1.0, 2.0, 5.0, 10.0), Chart.ticks(log(1, 10), 300, 34));
        assertEquals(List.of(0.1, 0.2, 0.5, 1.0), Chart.ticks(log(0.1, 1), 300, 34));
        assertEquals(List.of(1.0, 1000.0, 1e6), Chart.ticks(log(1, 1e6), 80, 34));
    }

    @Test
    void placesPointsByTheirScales() {
        String svg = new Chart(linear(0, 10), log(1, 100), "d")
                .mark(Tone.FIRST, false, new Point(5, 10), "middle")
                .svg("a", 1000, 498);
        // From the left of the axis to 18 before the edge, from 46 below the top to 52 above the bottom.
        assertTrue(svg.contains("cy=\"246\""), svg);
        assertTrue(svg.contains("<title>middle</title>"), svg);
    }

    @Test
    void leavesOutMarksBeyondItsAxesAndCutsLines() {
        String svg = new Chart(linear(0, 10), log(1, 100), "d")
                .mark(Tone.FIRST, true, new Point(11, 10), "outside")
                .level(Tone.LIMIT, 1000, "too high")
                .line(Tone.FIRST, false, List.of(new Point(0, 1), new Point(20, 100)))
                .svg("a", 1000, 500);
        assertFalse(svg.contains("outside"), svg);
        assertFalse(svg.contains("too high"), svg);
        assertTrue(svg.contains("clip-path=\"url(#a-clip)\""), svg);
    }

    @Test
    void escapesEveryText() {
        String nasty = "<script>\"&'\u0000\u202e";
        String svg = new Chart(
                        new Axis(nasty, Scale.LINEAR, 0, 1, _ -> nasty),
                        new Axis(nasty, Scale.LOG, 1, 2, _ -> nasty),
                        nasty)
                .mark(Tone.FIRST, false, new Point(0.5, 1.5), nasty)
                .level(Tone.LIMIT, 1.5, nasty)
                .plimsollLine(0.5, nasty)
                .svg("a", 500, 300);
        assertFalse(svg.contains("<script"), svg);
        assertFalse(svg.contains("\u0000") || svg.contains("\u202e"), svg);
        assertTrue(svg.contains("&lt;script&gt;&quot;&amp;&#39;\\u0000\\u202e"), svg);
    }

    @Test
    void isWellFormed() throws Exception {
        String svg = new Chart(linear(0, 10), log(1, 100), "a \u001b & b")
                .band(Tone.MARK, 2, 3)
                .plimsollLine(2, "2")
                .line(Tone.FIRST, true, List.of(new Point(0, 1)))
                .svg("a", 500, 300);
        javax.xml.parsers.DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new org.xml.sax.InputSource(new java.io.StringReader(svg)));
    }

    @Test
    void refusesAnAxisWithoutExtent() {
        assertThrows(IllegalArgumentException.class, () -> linear(1, 1));
        assertThrows(IllegalArgumentException.class, () -> log(0, 1));
    }

    private static Axis linear(double min, double max) {
        return new Axis("x", Scale.LINEAR, min, max, String::valueOf);
    }

    private static Axis log(double min, double max) {
        return new Axis("y", Scale.LOG, min, max, String::valueOf);
    }
}
