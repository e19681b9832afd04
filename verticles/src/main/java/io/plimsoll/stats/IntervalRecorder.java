package io.plimsoll.stats;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.WriterReaderPhaser;

/// Collects the latency and bytes of completed operations, and hands them over interval by interval.
///
/// One thread records, wait-free and without allocation; any other thread may take an interval. Every operation is in
/// exactly one interval, with its latency, its bytes and its count: the two halves swap as in HdrHistogram's
/// `SingleWriterRecorder`, whose phaser is used here because that class would not carry the bytes along.
public final class IntervalRecorder {
    /// How long a reader sleeps when it meets a writer in the middle of recording (some tens of ns).
    private static final long YIELD_NS = 50_000;

    private final WriterReaderPhaser phaser = new WriterReaderPhaser();
    private volatile Half active = new Half();
    private Half inactive = new Half();

    /// What was recorded since the interval before.
    ///
    /// @param ops operations
    /// @param maxNs exact, unlike the histogram's
    /// @param saturated operations that took more than the histogram's hour: counted there as one hour
    public record Snapshot(long bytes, long ops, long maxNs, long saturated, LatencyHistogram latency) {
        public byte[] encodedLatency() {
            return latency.encoded();
        }
    }

    /// Called by the recording thread only.
    ///
    /// @param latencyNs from start to completion; below 1 counts as 1, above an hour is marked as saturated
    public void record(long latencyNs, long bytes) {
        long phase = phaser.writerCriticalSectionEnter();
        try {
            active.record(latencyNs, bytes);
        } finally {
            phaser.writerCriticalSectionExit(phase);
        }
    }

    /// Ends the interval and begins the next. For any thread, at any time.
    public Snapshot takeInterval() {
        phaser.readerLock();
        try {
            inactive.clear();
            Half taken = active;
            active = inactive;
            inactive = taken;
            phaser.flipPhase(YIELD_NS);
            return taken.snapshot();
        } finally {
            phaser.readerUnlock();
        }
    }

    private static final class Half {
        private final Histogram counts = Histograms.newCounts();
        private long bytes;
        private long maxNs;
        private long saturated;

        void record(long latencyNs, long operationBytes) {
            bytes += operationBytes;
            if (latencyNs > maxNs) {
                maxNs = latencyNs;
            }
            if (latencyNs > Histograms.HIGHEST_NS) {
                saturated++;
            }
            counts.recordValue(Math.clamp(latencyNs, Histograms.LOWEST_NS, Histograms.HIGHEST_NS));
        }

        void clear() {
            counts.reset();
            bytes = 0;
            maxNs = 0;
            saturated = 0;
        }

        Snapshot snapshot() {
            return new Snapshot(bytes, counts.getTotalCount(), maxNs, saturated, new LatencyHistogram(counts.copy()));
        }
    }
}
