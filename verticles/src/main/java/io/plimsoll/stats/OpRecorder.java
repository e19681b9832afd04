package io.plimsoll.stats;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.HdrHistogram.Histogram;

/// Collects the latencies of one data thread's operations, by kind of operation and by track; 1 ns to 1 h, at
/// most 0.1 % off.
///
/// One thread records: an index and a store, nothing else. Counts only grow, so that any other thread may read
/// them at any time, and what is new since it last did is an interval. An operation is in exactly one interval
/// with each of its numbers; with a read in the middle of it they may be in two intervals that follow each other.
/// Once the recording thread has ended (and the reader knows it by a happens-before edge), the sums are exact.
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

    /// As HdrHistogram does it with three digits: 1024 counts for each doubling of the value.
    private static final int SUB_BITS = 10;
    private static final int SUB_MASK = (1 << SUB_BITS) - 1;
    private static final int WHOLE_BITS = SUB_BITS + 1;

    private final List<Set<Track>> tracks;
    private volatile Sheet sheet;
    private Sheet spare;
    private Sheet seen;
    private Sheet seenOf;

    /// Counts since the beginning, or since [#restart].
    private static final class Sheet {
        final long[][] latencies;
        final long[] ops;
        final long[] bytes;
        final long[] saturated = new long[1];

        Sheet(List<Set<Track>> tracks) {
            latencies = new long[tracks.size() * TRACKS][];
            ops = new long[tracks.size()];
            bytes = new long[tracks.size()];
            for (int kind = 0; kind < tracks.size(); kind++) {
                for (Track track : tracks.get(kind)) {
                    latencies[slot(kind, track)] = new long[index(Histograms.HIGHEST_NS) + 1];
                }
            }
        }

        void clear() {
            for (long[] counts : latencies) {
                if (counts != null) {
                    Arrays.fill(counts, 0);
                }
            }
            Arrays.fill(ops, 0);
            Arrays.fill(bytes, 0);
            saturated[0] = 0;
        }
    }

    /// @param tracks that are recorded, for each kind of operation; others take no memory, and may not be recorded
    public OpRecorder(List<Set<Track>> tracks) {
        this.tracks = List.copyOf(tracks);
        sheet = new Sheet(tracks);
        seen = new Sheet(tracks);
        seenOf = sheet;
    }

    /// Counts completed operations; for the recording thread.
    public void count(int kind, long operations, long bytes) {
        Sheet s = sheet;
        add(s.ops, kind, operations);
        add(s.bytes, kind, bytes);
    }

    /// For the recording thread.
    ///
    /// @param ns below 1 counts as 1; above an hour as an hour, and is told apart ([OpTotals#saturated])
    public void record(int kind, Track track, long ns) {
        record(kind, track, ns, 1);
    }

    /// The same time of several operations.
    public void record(int kind, Track track, long ns, long times) {
        Sheet s = sheet;
        if (ns > Histograms.HIGHEST_NS) {
            add(s.saturated, 0, times);
        }
        long clamped = Math.clamp(ns, Histograms.LOWEST_NS, Histograms.HIGHEST_NS);
        add(s.latencies[slot(kind, track)], index(clamped), times);
    }

    /// Makes ready for a restart, which then costs the recording thread no time; before it begins.
    public void expectRestart() {
        spare = new Sheet(tracks);
    }

    /// Forgets what was recorded; for the recording thread.
    public void restart() {
        sheet = spare == null ? new Sheet(tracks) : spare;
        spare = null;
    }

    /// Adds to `totals` what was recorded since the last time. For one other thread at a time.
    public synchronized void drainTo(OpTotals totals) {
        Sheet now = sheet;
        if (now != seenOf) {
            seen.clear();
            seenOf = now;
        }
        for (int i = 0; i < now.latencies.length; i++) {
            if (now.latencies[i] != null) {
                Histogram sum = totals.latencies(i);
                long[] counts = now.latencies[i];
                for (int k = 0; k < counts.length; k++) {
                    long fresh = fresh(counts, seen.latencies[i], k);
                    if (fresh > 0) {
                        sum.recordValueWithCount(value(k), fresh);
                    }
                }
            }
        }
        for (int kind = 0; kind < now.ops.length; kind++) {
            totals.add(kind, fresh(now.ops, seen.ops, kind), fresh(now.bytes, seen.bytes, kind));
        }
        totals.addSaturated(fresh(now.saturated, seen.saturated, 0));
    }

    /// Operations counted since the beginning, or since [#restart]; for any thread.
    public long ops(int kind) {
        return (long) COUNT.getOpaque(sheet.ops, kind);
    }

    /// Their bytes.
    public long bytes(int kind) {
        return (long) COUNT.getOpaque(sheet.bytes, kind);
    }

    private static void add(long[] counts, int i, long n) {
        COUNT.setOpaque(counts, i, counts[i] + n);
    }

    private static long fresh(long[] counts, long[] before, int i) {
        long now = (long) COUNT.getOpaque(counts, i);
        long fresh = now - before[i];
        before[i] = now;
        return fresh;
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

    /// The smallest value that has this index.
    static long value(int index) {
        int shift = Math.max((index >> SUB_BITS) - 1, 0);
        return shift == 0 ? index : (long) ((index & SUB_MASK) | (1 << SUB_BITS)) << shift;
    }
}
