package io.plimsoll.stats;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.HdrHistogram.Histogram;

/// Collects the latencies of one data thread's operations, by kind of operation and by track; 1 ns to 1 h, at
/// most 0.4 % off.
///
/// One thread records: an index and a store, nothing else. Counts only grow, so that any other thread may read
/// them at any time, and what is new since it last did is an interval. An operation is in exactly one interval
/// with each of its numbers; with a read in the middle of it they may be in two intervals that follow each other.
/// Once the recording thread has ended (and the reader knows it by a happens-before edge), the sums are exact.
///
/// A job may have hundreds of data threads with ten tracks each, and what one of them counts should stay in the
/// caches of its processor. So each track is one array, of no more counts than a result needs: 36 KB.
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
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    /// 128 counts for each doubling of the value, twice as many as fio has. Below 128 ns each value has its own.
    private static final int SUB_BITS = 7;
    private static final int SUB_MASK = (1 << SUB_BITS) - 1;
    private static final int WHOLE_BITS = SUB_BITS + 1;

    /// Counts of a track.
    static final int BINS = index(Histograms.HIGHEST_NS) + 1;

    private final long[][] latencies;
    private final long[] ops;
    private final long[] bytes;
    private final long[] saturated = new long[1];

    /// @param tracks that are recorded, for each kind of operation; others take no memory, and may not be recorded
    public OpRecorder(List<Set<Track>> tracks) {
        latencies = new long[slots(tracks.size())][];
        ops = new long[tracks.size()];
        bytes = new long[tracks.size()];
        for (int kind = 0; kind < tracks.size(); kind++) {
            for (Track track : tracks.get(kind)) {
                latencies[slot(kind, track)] = new long[BINS];
            }
        }
    }

    /// What a recorder of these tracks takes of the heap.
    public static long heapBytes(List<Set<Track>> tracks) {
        return tracks.stream().mapToLong(Set::size).sum() * BINS * Long.BYTES;
    }

    /// Counts completed operations; for the recording thread.
    public void count(int kind, long operations, long operationBytes) {
        add(ops, kind, operations);
        add(bytes, kind, operationBytes);
    }

    /// For the recording thread.
    ///
    /// @param ns below 1 counts as 1; above an hour as an hour, and is told apart ([OpTotals#saturated])
    public void record(int kind, Track track, long ns) {
        record(kind, track, ns, 1);
    }

    /// The same time of several operations.
    public void record(int kind, Track track, long ns, long times) {
        if (ns > Histograms.HIGHEST_NS) {
            add(saturated, 0, times);
        }
        long clamped = Math.clamp(ns, Histograms.LOWEST_NS, Histograms.HIGHEST_NS);
        add(latencies[slot(kind, track)], index(clamped), times);
    }

    /// Forgets what was recorded, in about 1 µs for each track; for the recording thread. Who reads meanwhile
    /// may find some of it.
    public void restart() {
        for (long[] counts : latencies) {
            if (counts != null) {
                Arrays.fill(counts, 0);
            }
        }
        Arrays.fill(ops, 0);
        Arrays.fill(bytes, 0);
        saturated[0] = 0;
    }

    /// Adds to `totals` what was recorded so far; for any thread.
    public void addTo(OpTotals totals) {
        for (int slot = 0; slot < latencies.length; slot++) {
            if (latencies[slot] != null) {
                Histogram sum = totals.latencies(slot);
                for (int bin = 0; bin < BINS; bin++) {
                    long count = read(latencies[slot], bin);
                    if (count > 0) {
                        sum.recordValueWithCount(value(bin), count);
                    }
                }
            }
        }
        for (int kind = 0; kind < ops.length; kind++) {
            totals.add(kind, ops(kind), bytes(kind));
        }
        totals.addSaturated(saturated());
    }

    /// Adds to `sum` what a track has more than `seen`, which then is what the track has now. For any thread.
    void addNew(int kind, Track track, long[] seen, Histogram sum) {
        long[] counts = latencies[slot(kind, track)];
        for (int bin = 0; bin < BINS; bin++) {
            long now = read(counts, bin);
            if (now > seen[bin]) {
                sum.recordValueWithCount(value(bin), now - seen[bin]);
                seen[bin] = now;
            }
        }
    }

    /// Operations counted since the beginning, or since [#restart]; for any thread.
    public long ops(int kind) {
        return read(ops, kind);
    }

    /// Their bytes.
    public long bytes(int kind) {
        return read(bytes, kind);
    }

    /// Latencies of more than an hour, likewise.
    long saturated() {
        return read(saturated, 0);
    }

    private static void add(long[] counts, int i, long n) {
        COUNT.setOpaque(counts, i, counts[i] + n);
    }

    private static long read(long[] counts, int i) {
        return (long) COUNT.getOpaque(counts, i);
    }

    static int slot(int kind, Track track) {
        return kind * TRACKS + track.ordinal();
    }

    static int slots(int kinds) {
        return kinds * TRACKS;
    }

    /// @param ns 0 to 2^62
    static int index(long ns) {
        int shift = Long.SIZE - WHOLE_BITS - Long.numberOfLeadingZeros(ns | (1L << SUB_BITS));
        return (shift << SUB_BITS) + (int) (ns >>> shift);
    }

    /// What stands for the values of this index: their middle, rounded down. HdrHistogram's bins, which are finer,
    /// end there, so that a percentile read from one is no larger.
    static long value(int index) {
        int shift = Math.max((index >> SUB_BITS) - 1, 0);
        long lowest = shift == 0 ? index : (long) ((index & SUB_MASK) | (1 << SUB_BITS)) << shift;
        return lowest + ((1L << shift) - 1) / 2;
    }
}
