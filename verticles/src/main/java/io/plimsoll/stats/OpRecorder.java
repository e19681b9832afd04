package io.plimsoll.stats;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.WriterReaderPhaser;

/// Collects the latencies of one data thread's operations, by kind of operation and by track, and hands them over
/// interval by interval.
///
/// One thread records, wait-free and without allocation, in batches: [#begin], any number of `count` and `record`,
/// [#end]. Any other thread may take an interval; a batch is in exactly one. As in HdrHistogram's
/// `SingleWriterRecorder`, two halves swap.
public final class OpRecorder {
    /// Which time of an operation.
    public enum Track {
        /// Start to submitted.
        SLAT,
        /// Submitted to completed.
        CLAT,
        /// Start to completed.
        LAT,
        /// Intended start to completed.
        RESP,
        /// Intended start to start.
        LATE
    }

    private static final int TRACKS = Track.values().length;
    /// How long a reader sleeps when it meets a writer in the middle of a batch (about a microsecond).
    private static final long YIELD_NS = 50_000;

    private final WriterReaderPhaser phaser = new WriterReaderPhaser();
    private volatile Batch active;
    private Batch inactive;

    /// @param tracks that are recorded, for each kind of operation; others take no memory, and may not be recorded
    public OpRecorder(List<Set<Track>> tracks) {
        active = new Batch(tracks);
        inactive = new Batch(tracks);
    }

    /// Begins a batch; for the recording thread only.
    public Batch begin() {
        long phase = phaser.writerCriticalSectionEnter();
        Batch batch = active;
        batch.phase = phase;
        return batch;
    }

    /// Ends the batch, which must not be used any more.
    public void end(Batch batch) {
        phaser.writerCriticalSectionExit(batch.phase);
    }

    /// Ends the interval, begins the next, and adds what was recorded to `totals`. For any thread, at any time.
    public void drainTo(OpTotals totals) {
        phaser.readerLock();
        try {
            Batch taken = active;
            active = inactive;
            phaser.flipPhase(YIELD_NS);
            totals.add(taken);
            taken.clear();
            inactive = taken;
        } finally {
            phaser.readerUnlock();
        }
    }

    /// Where a batch is recorded.
    public static final class Batch {
        final Histogram[] counts;
        final long[] ops;
        final long[] bytes;
        long saturated;
        private long phase;

        private Batch(List<Set<Track>> tracks) {
            counts = new Histogram[tracks.size() * TRACKS];
            ops = new long[tracks.size()];
            bytes = new long[tracks.size()];
            for (int kind = 0; kind < tracks.size(); kind++) {
                for (Track track : tracks.get(kind)) {
                    counts[index(kind, track)] = Histograms.newCounts();
                }
            }
        }

        /// Counts a completed operation.
        public void count(int kind, long operationBytes) {
            ops[kind]++;
            bytes[kind] += operationBytes;
        }

        /// @param ns below 1 counts as 1; above an hour as an hour, and is told apart ([OpTotals#saturated])
        public void record(int kind, Track track, long ns) {
            record(kind, track, ns, 1);
        }

        /// The same time of several operations.
        public void record(int kind, Track track, long ns, long times) {
            if (ns > Histograms.HIGHEST_NS) {
                saturated += times;
            }
            counts[index(kind, track)].recordValueWithCount(
                    Math.clamp(ns, Histograms.LOWEST_NS, Histograms.HIGHEST_NS), times);
        }

        private void clear() {
            for (Histogram histogram : counts) {
                if (histogram != null) {
                    histogram.reset();
                }
            }
            Arrays.fill(ops, 0);
            Arrays.fill(bytes, 0);
            saturated = 0;
        }
    }

    static int index(int kind, Track track) {
        return kind * TRACKS + track.ordinal();
    }
}
