package io.plimsoll.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.stats.OpRecorder.Track;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class OpRecorderTest {
    private static final List<Set<Track>> ONE = List.of(Set.of(Track.LAT));

    @Test
    void everyLatencyIsAtMostTwoFifthsOfAPercentOff() {
        Random random = new Random(7);
        for (int i = 0; i < 1_000_000; i++) {
            long ns = anyNs(random);
            long value = OpRecorder.value(OpRecorder.index(ns));
            assertEquals(OpRecorder.index(ns), OpRecorder.index(value), () -> ns + " ns");
            assertTrue(Math.abs(ns - value) * 250 <= ns, () -> ns + " ns became " + value);
        }
    }

    @Test
    void theHistogramHasABinForEachIndexAndAnswersWithItsValue() {
        Histogram finer = Histograms.newCounts();
        for (int index = 1; index < OpRecorder.BINS; index++) {
            long value = OpRecorder.value(index);
            assertEquals(index, OpRecorder.index(value));
            assertEquals(value, finer.highestEquivalentValue(value), "index " + index);
            assertEquals(0, finer.getCountAtValue(value), "index " + index);
            finer.recordValue(value);
        }
    }

    @Test
    void percentilesOfWhatIsRecordedAreThoseOfTheLibraryWithinTheError() {
        Random random = new Random(8);
        OpRecorder recorder = new OpRecorder(ONE);
        Histogram expected = Histograms.newCounts();
        for (int i = 0; i < 200_000; i++) {
            long ns = anyNs(random);
            recorder.record(0, Track.LAT, ns);
            expected.recordValue(ns);
        }
        LatencyHistogram actual = drained(recorder).histogram(0, Track.LAT);
        assertEquals(200_000, actual.count());
        for (double p = 0; p <= 100; p += 0.5) {
            double ns = expected.getValueAtPercentile(p);
            assertEquals(ns, actual.percentileNs(p), ns * 0.005, "p" + p);
        }
        assertEquals(expected.getMean(), actual.meanNs(), expected.getMean() * 0.001);
    }

    @Test
    void whoeverReadsMeanwhileNeverSeesMoreThanWasRecordedAndAtTheEndAllOfIt() throws InterruptedException {
        OpRecorder recorder = new OpRecorder(ONE);
        long operations = 5_000_000;
        Thread writer = Thread.ofPlatform().start(() -> {
            for (long i = 0; i < operations; i++) {
                recorder.count(0, 1, 4096);
                recorder.record(0, Track.LAT, 1 + i % 100_000);
            }
        });
        long before = 0;
        while (writer.isAlive()) {
            long count = drained(recorder).histogram(0, Track.LAT).count();
            assertTrue(count >= before && count <= operations, before + ", then " + count);
            before = count;
        }
        writer.join();
        OpTotals totals = drained(recorder);
        assertEquals(operations, totals.ops(0));
        assertEquals(operations * 4096, totals.bytes(0));
        assertEquals(operations, totals.histogram(0, Track.LAT).count());
    }

    @Test
    void whatARecorderTakesOfTheHeapIsSmallAndToldBeforehand() {
        List<Set<Track>> all = List.of(EnumSet.allOf(Track.class), EnumSet.allOf(Track.class));
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        new OpRecorder(all);
        long before = threads.getCurrentThreadAllocatedBytes();
        new OpRecorder(all);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        long told = OpRecorder.heapBytes(all);
        assertTrue(told <= 400_000, told + " bytes");
        assertTrue(allocated >= told && allocated <= told + 4_000, allocated + " bytes, told " + told);
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
            recorder.addTo(totals);
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

    private static long anyNs(Random random) {
        return 1 + (random.nextLong() >>> 1) % (Histograms.HIGHEST_NS >> random.nextInt(42));
    }

    private static OpTotals drained(OpRecorder recorder) {
        OpTotals totals = new OpTotals(1);
        recorder.addTo(totals);
        return totals;
    }
}
