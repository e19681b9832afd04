package io.plimsoll.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.stats.OpRecorder.Track;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class OpRecorderTest {
    private static final List<Set<Track>> ONE = List.of(Set.of(Track.LAT));

    @Test
    void everyIndexGivesBackAValueThatHasItAndIsAtMostATenthOfAPercentOff() {
        Random random = new Random(7);
        for (int i = 0; i < 1_000_000; i++) {
            long ns = 1 + (random.nextLong() >>> 1) % (Histograms.HIGHEST_NS >> random.nextInt(42));
            long value = OpRecorder.value(OpRecorder.index(ns));
            assertEquals(OpRecorder.index(ns), OpRecorder.index(value), () -> ns + " ns");
            assertTrue(value <= ns && (ns - value) * 1000 <= ns, () -> ns + " ns became " + value);
        }
        assertEquals(Histograms.HIGHEST_NS >>> 31, OpRecorder.value(OpRecorder.index(Histograms.HIGHEST_NS)) >>> 31);
    }

    @Test
    void whatIsRecordedIsTheHistogramThatTheLibraryWouldHaveMade() {
        Random random = new Random(8);
        OpRecorder recorder = new OpRecorder(ONE);
        Histogram expected = Histograms.newCounts();
        for (int i = 0; i < 200_000; i++) {
            long ns = 1 + (random.nextLong() >>> 1) % (Histograms.HIGHEST_NS >> random.nextInt(42));
            recorder.record(0, Track.LAT, ns);
            expected.recordValue(ns);
        }
        LatencyHistogram actual = drained(recorder).histogram(0, Track.LAT);
        assertEquals(new LatencyHistogram(expected).percentileNs(99.9), actual.percentileNs(99.9));
        for (double p = 0; p <= 100; p += 0.5) {
            assertEquals(expected.getValueAtPercentile(p), actual.percentileNs(p), "p" + p);
        }
    }

    @Test
    void whateverIntervalsAreTakenNothingIsLostAndNothingIsDoubled() throws InterruptedException {
        OpRecorder recorder = new OpRecorder(ONE);
        long operations = 5_000_000;
        Thread writer = Thread.ofPlatform().start(() -> {
            for (long i = 0; i < operations; i++) {
                recorder.count(0, 1, 4096);
                recorder.record(0, Track.LAT, 1 + i % 100_000);
            }
        });
        OpTotals totals = new OpTotals(1);
        while (writer.isAlive()) {
            recorder.drainTo(totals);
        }
        writer.join();
        recorder.drainTo(totals);
        assertEquals(operations, totals.ops(0));
        assertEquals(operations * 4096, totals.bytes(0));
        assertEquals(operations, totals.histogram(0, Track.LAT).count());
    }

    @Test
    void aRestartForgetsWhatWasBeforeAndNothingThatComesAfter() {
        OpRecorder recorder = new OpRecorder(ONE);
        OpTotals totals = new OpTotals(1);
        for (int round = 1; round <= 3; round++) {
            recorder.count(0, 10, 10);
            recorder.record(0, Track.LAT, 5, 10);
            recorder.restart();
            recorder.count(0, round, round);
            recorder.record(0, Track.LAT, 7, round);
            recorder.drainTo(totals);
        }
        assertEquals(1 + 2 + 3, totals.ops(0));
        assertEquals(6, totals.histogram(0, Track.LAT).count());
        assertEquals(7, totals.histogram(0, Track.LAT).minNs());
    }

    @Test
    void moreThanAnHourIsAnHourAndToldApart() {
        OpRecorder recorder = new OpRecorder(ONE);
        recorder.record(0, Track.LAT, Long.MAX_VALUE);
        recorder.record(0, Track.LAT, -1);
        OpTotals totals = drained(recorder);
        assertEquals(1, totals.saturated());
        assertEquals(2, totals.histogram(0, Track.LAT).count());
        assertEquals(1, totals.histogram(0, Track.LAT).minNs());
    }

    private static OpTotals drained(OpRecorder recorder) {
        OpTotals totals = new OpTotals(1);
        recorder.drainTo(totals);
        return totals;
    }
}
