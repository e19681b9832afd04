package io.plimsoll.stats;

import io.plimsoll.stats.OpRecorder.Track;
import org.HdrHistogram.Histogram;

/// The sum of what any number of [OpRecorder]s have recorded. Not for more than one thread at a time.
public final class OpTotals {
    private final Histogram[] counts;
    private final long[] ops;
    private final long[] bytes;
    private long saturated;

    public OpTotals(int kinds) {
        counts = new Histogram[OpRecorder.slots(kinds)];
        ops = new long[kinds];
        bytes = new long[kinds];
    }

    Histogram latencies(int slot) {
        if (counts[slot] == null) {
            counts[slot] = Histograms.newCounts();
        }
        return counts[slot];
    }

    void add(int kind, long operations, long operationBytes) {
        ops[kind] += operations;
        bytes[kind] += operationBytes;
    }

    void addSaturated(long latencies) {
        saturated += latencies;
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
        Histogram recorded = counts[OpRecorder.slot(kind, track)];
        return recorded == null ? Histograms.empty() : new LatencyHistogram(recorded.copy());
    }
}
