package io.plimsoll.stats;

import io.plimsoll.stats.OpRecorder.Track;
import org.HdrHistogram.Histogram;

/// The sum of intervals of any number of [OpRecorder]s. Not for more than one thread at a time.
public final class OpTotals {
    private final Histogram[] counts;
    private final long[] ops;
    private final long[] bytes;
    private long saturated;

    public OpTotals(int kinds) {
        counts = new Histogram[kinds * Track.values().length];
        ops = new long[kinds];
        bytes = new long[kinds];
    }

    void add(OpRecorder.Batch batch) {
        for (int i = 0; i < batch.counts.length; i++) {
            if (batch.counts[i] != null && batch.counts[i].getTotalCount() > 0) {
                if (counts[i] == null) {
                    counts[i] = Histograms.newCounts();
                }
                counts[i].add(batch.counts[i]);
            }
        }
        for (int kind = 0; kind < ops.length; kind++) {
            ops[kind] += batch.ops[kind];
            bytes[kind] += batch.bytes[kind];
        }
        saturated += batch.saturated;
    }

    public long ops(int kind) {
        return ops[kind];
    }

    public long bytes(int kind) {
        return bytes[kind];
    }

    /// Latencies of more than an hour, counted as one hour.
    public long saturated() {
        return saturated;
    }

    /// What was recorded so far; empty where nothing was.
    public LatencyHistogram histogram(int kind, Track track) {
        Histogram recorded = counts[OpRecorder.index(kind, track)];
        return recorded == null ? Histograms.empty() : new LatencyHistogram(recorded.copy());
    }
}
