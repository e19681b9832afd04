package io.plimsoll.stats;

import io.plimsoll.stats.OpRecorder.Track;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/// An [OpRecorder] of one kind of operation, read interval by interval.
///
/// One thread records, wait-free and without allocation; any other thread may take an interval. Every operation is in
/// exactly one interval with each of its numbers; with a taking in the middle of it they may be in two that follow each
/// other.
public final class IntervalRecorder {
    private static final int KIND = 0;

    private final OpRecorder recorder = new OpRecorder(List.of(Set.of(Track.LAT)));
    private final AtomicLong maxNs = new AtomicLong();
    private final long[] seen = new long[OpRecorder.BINS];
    private long seenBytes;
    private long seenSaturated;

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
        if (latencyNs > maxNs.get()) {
            maxNs.set(latencyNs);
        }
        recorder.count(KIND, 1, bytes);
        recorder.record(KIND, Track.LAT, latencyNs);
    }

    /// Ends the interval and begins the next. For any thread, at any time.
    public synchronized Snapshot takeInterval() {
        Histogram latencies = Histograms.newCounts();
        recorder.addNew(KIND, Track.LAT, seen, latencies);
        LatencyHistogram latency = new LatencyHistogram(latencies);
        long bytes = recorder.bytes(KIND);
        long saturated = recorder.saturated();
        Snapshot taken = new Snapshot(
                bytes - seenBytes, latency.count(), maxNs.getAndSet(0), saturated - seenSaturated, latency);
        seenBytes = bytes;
        seenSaturated = saturated;
        return taken;
    }
}
