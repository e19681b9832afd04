package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.bench.SloTerm.Measure;
import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SloTest {
    private static final Slo SLO = Slo.parse(List.of("p99<10ms", "max<1s"));

    @Test
    void readsMeasureAndTime() {
        assertEquals(new SloTerm(new Measure.Percentile(99), 10_000_000), SloTerm.parse("p99<10ms"));
        assertEquals(new SloTerm(new Measure.Percentile(99.9), 500_000), SloTerm.parse(" P99.9 < 0.5 MS "));
        assertEquals(new SloTerm(new Measure.Percentile(50), 250_000), SloTerm.parse("p50<250µs"));
        assertEquals(new SloTerm(new Measure.Percentile(99.99), 250_000), SloTerm.parse("p99.99<250us"));
        assertEquals(new SloTerm(new Measure.Max(), 2_000_000_000L), SloTerm.parse("max<2s"));
        assertEquals(new SloTerm(new Measure.Mean(), 700), SloTerm.parse("mean<700ns"));
    }

    @Test
    void writesWhatItReads() {
        for (String text : List.of("p99<10ms", "p99.9<1.5s", "max<999ns", "mean<1us", "p50<12.345ms", "p99.99<3600s")) {
            assertEquals(text, SloTerm.parse(text).toString());
        }
        SplittableRandom random = new SplittableRandom(20261124);
        for (int i = 0; i < 1_000; i++) {
            SloTerm term = new SloTerm(new Measure.Max(), random.nextLong(1, 3_600_000_000_001L));
            assertEquals(term, SloTerm.parse(term.toString()));
        }
    }

    @Test
    void pointsAtWhatItCannotRead() {
        assertRefused("", 0, "p50 to p99.99, max or mean");
        assertRefused("lat<10ms", 0, "p50 to p99.99, max or mean");
        assertRefused("p99", 3, "'<'");
        assertRefused("p99<=10ms", 3, "'<'");
        assertRefused("p99>10ms", 3, "'<'");
        assertRefused("p99<", 4, "a time");
        assertRefused("p99<fast", 4, "a time");
        assertRefused("p99<10", 6, "ns, us, ms or s");
        assertRefused("p99<10m", 6, "ns, us, ms or s");
        assertRefused("p99<10minutes", 6, "ns, us, ms or s");
        assertRefused("p99<10ms,max<1s", 8, "an --slo of its own");
        assertRefused("p99<0ms", 4, "1ns to 3600s");
        assertRefused("p99<2.5ns", 4, "whole number of ns");
        assertRefused("p99<7200s", 4, "1ns to 3600s");
        assertRefused("p10<1ms", 0, "p50 to p99.99");
        assertRefused("p99.999<1ms", 0, "p50 to p99.99");
    }

    private static void assertRefused(String text, int caret, String remedy) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> SloTerm.parse(text));
        List<String> lines = refusal.getMessage().lines().toList();
        assertTrue(lines.getFirst().contains(remedy), lines.getFirst());
        assertEquals(List.of("  " + text, "  " + " ".repeat(caret) + "^"), lines.subList(1, 3));
    }

    @Test
    void refusesNoTermAndTheSameMeasureTwice() {
        assertThrows(IllegalArgumentException.class, () -> new Slo(List.of()));
        assertThrows(IllegalArgumentException.class, () -> Slo.parse(List.of("p99<10ms", "p99.0<20ms")));
    }

    @Test
    void isKeptWhereAllTermsHold() {
        assertTrue(SLO.judge(responses(1, 2, 3), 1.0, 10_000, 0, 32).kept());
    }

    @Test
    void isBrokenByAnyTermWithItsNumber() {
        Slo.Verdict slow = SLO.judge(responses(1, 2, 12), 1.0, 10_000, 0, 32);
        assertEquals(
                List.of("p99 12 ms"),
                slow.broken().stream().map(s -> s.replaceAll("\\.0+", "")).toList());
        assertFalse(slow.latencyKept());
        assertEquals(
                2,
                SLO.judge(responses(1, 2, 1_200), 1.0, 10_000, 0, 32).broken().size());
    }

    @Test
    void aTermHoldsBelowItsLimitOnly() {
        SloTerm term = new SloTerm(new Measure.Max(), 1_000);
        assertTrue(term.keptBy(ns(999)));
        assertFalse(term.keptBy(ns(1_000)));
    }

    @Test
    void isBrokenBelow99PerCentOfWhatWasDueHoweverQuick() {
        Slo.Verdict behind = SLO.judge(responses(1), 0.9899, 10_000, 0, 32);
        assertEquals(List.of("achieved 98.9 %"), behind.broken());
        assertTrue(behind.latencyKept(), "the latency kept");
        assertTrue(SLO.judge(responses(1), 0.99, 10_000, 0, 32).kept());
    }

    @Test
    void isBrokenByABacklogThatIsMoreThanAQueueFull() {
        assertTrue(SLO.judge(responses(1), 1.0, 10_000, 10, 1).kept(), "a thousandth of the schedule");
        assertTrue(SLO.judge(responses(1), 1.0, 10_000, 32, 32).kept(), "a queue full");
        assertEquals(
                List.of("33 of 10,000 never begun"),
                SLO.judge(responses(1), 1.0, 10_000, 33, 32).broken());
    }

    @Test
    void isBrokenWhereNothingCompleted() {
        Slo.Verdict nothing = SLO.judge(Histograms.empty(), 0.0, 10_000, 10_000, 32);
        assertEquals("nothing completed", nothing.broken().getFirst());
        assertFalse(nothing.latencyKept());
    }

    @Test
    void namesPercentilesThatTooFewOperationsCarry() {
        Slo slo = Slo.parse(List.of("p50<1ms", "p99<10ms", "p99.9<50ms", "max<1s"));
        assertEquals(List.of(), slo.unsupportedBy(10_000));
        assertEquals(List.of("p99.9"), slo.unsupportedBy(9_000));
        assertEquals(List.of("p99", "p99.9"), slo.unsupportedBy(500));
    }

    private static LatencyHistogram responses(long... ms) {
        return SimulatedSteps.histogram(
                java.util.Arrays.stream(ms).map(m -> m * 1_000_000).toArray());
    }

    private static LatencyHistogram ns(long... ns) {
        return SimulatedSteps.histogram(ns);
    }
}
