package io.plimsoll.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class IntervalRecorderTest {
    @Test
    void nothingIsLostOrCountedTwiceAcrossConcurrentIntervals() throws InterruptedException {
        IntervalRecorder recorder = new IntervalRecorder();
        int operations = 300_000;
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 1; i <= operations; i++) {
                recorder.record(i, 3L * i);
            }
        });
        LatencyHistogram all = Histograms.empty();
        long bytes = 0;
        long maxNs = 0;
        boolean last;
        do {
            last = !writer.isAlive();
            IntervalRecorder.Snapshot interval = recorder.takeInterval();
            assertEquals(interval.ops(), interval.latency().count());
            all = Histograms.merge(all, interval.latency());
            bytes += interval.bytes();
            maxNs = Math.max(maxNs, interval.maxNs());
        } while (!last);
        writer.join();
        assertEquals(operations, all.count());
        assertEquals(3L * operations * (operations + 1) / 2, bytes);
        assertEquals(operations, maxNs);
    }

    @Test
    void anIntervalBeginsEmpty() {
        IntervalRecorder recorder = new IntervalRecorder();
        recorder.record(5, 10);
        recorder.takeInterval();
        IntervalRecorder.Snapshot second = recorder.takeInterval();
        assertEquals(0, second.ops());
        assertEquals(0, second.bytes());
        assertEquals(0, second.maxNs());
        recorder.record(7, 1);
        assertEquals(7, recorder.takeInterval().maxNs());
    }

    @Test
    void moreThanAnHourIsCountedAsAnHourAndFlagged() {
        IntervalRecorder recorder = new IntervalRecorder();
        recorder.record(2 * Histograms.HIGHEST_NS, 1);
        recorder.record(Histograms.HIGHEST_NS, 1);
        recorder.record(0, 1);
        IntervalRecorder.Snapshot interval = recorder.takeInterval();
        assertEquals(1, interval.saturated());
        assertEquals(2 * Histograms.HIGHEST_NS, interval.maxNs());
        assertEquals(3, interval.ops());
        assertEquals(Histograms.HIGHEST_NS, interval.latency().maxNs(), Histograms.HIGHEST_NS * 0.004);
        assertEquals(1, interval.latency().minNs());
    }

    @Test
    void recordingAllocatesNothing() {
        IntervalRecorder recorder = new IntervalRecorder();
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 10_000; i++) {
            recorder.record(i, 1);
        }
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000_000; i++) {
            recorder.record(i, 1);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 64_000, allocated + " bytes for 10^6 records");
    }
}
