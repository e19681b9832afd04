package io.plimsoll.bench;

import io.plimsoll.bench.Slots.Operation;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Work;
import io.plimsoll.stats.OpRecorder;
import io.plimsoll.stats.OpRecorder.Track;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// The times of a block loop's operations: when the ramp is over they are recorded.
///
/// Operations that began together and end together have the same times, and are recorded together. One thread, but
/// [#measuring], [#rampOps] and what the recorder gives are for any; recording allocates nothing.
final class BlockTimes {
    private static final int SYNC = Direction.SYNC.ordinal();

    private final OpRecorder recorder;
    private final boolean async;
    private final boolean open;
    private final int[] handedOverOfKind = new int[SYNC + 1];
    private final long[] shortOps = new long[SYNC + 1];

    private long measureNs;
    private boolean ramp;
    /// Operations that were due before it are not recorded. While the ramp lasts all are, to be forgotten at its end:
    /// what the loop does must not change then, or the compiler would begin anew in the middle of the measuring.
    private long recordedFromNs;
    private volatile boolean measuring;
    private long begun;
    private final AtomicLong rampOps = new AtomicLong();
    private long handedOverNs;
    private int completedAtOnce;

    private int alike;
    private long alikeBytes;
    private int alikeKind;
    private long alikeStartNs;
    private long alikeSubmittedNs;

    /// @param async whether submitting has a time of its own
    /// @param open whether operations have intended starts
    BlockTimes(Work.Blocks work, boolean async, boolean open) {
        this.async = async;
        this.open = open;
        recorder = new OpRecorder(tracks(work, async, open));
    }

    /// What an instance for such a job takes of the heap.
    static long heapBytes(Work.Blocks work, boolean async, boolean open) {
        return OpRecorder.heapBytes(tracks(work, async, open));
    }

    private static List<Set<Track>> tracks(Work.Blocks work, boolean async, boolean open) {
        Set<Track> tracks = EnumSet.of(Track.LAT);
        if (async) {
            tracks.addAll(EnumSet.of(Track.SLAT, Track.CLAT));
        }
        if (open) {
            tracks.addAll(EnumSet.of(Track.RESP, Track.LATE));
        }
        boolean syncs = work.sync().every() > 0 || work.sync().atEnd();
        Set<Track> syncTracks = EnumSet.copyOf(tracks);
        syncTracks.removeAll(EnumSet.of(Track.RESP, Track.LATE));
        return Stream.of(Direction.values())
                .map(direction -> switch (direction) {
                    case READ -> work.mode().reads() ? tracks : Set.<Track>of();
                    case WRITE -> work.mode().writes() ? tracks : Set.<Track>of();
                    case SYNC -> syncs ? syncTracks : Set.<Track>of();
                    case CREATE, STAT, OPEN, RENAME, UNLINK -> Set.<Track>of();
                })
                .toList();
    }

    void begin(Timeline line) {
        measureNs = line.measureNs();
        ramp = line.measureNs() > line.startNs();
        recordedFromNs = line.startNs();
    }

    /// Ends the ramp when its time is over. Returns when it wants to be asked again at the latest.
    long look(long now) {
        if (measuring) {
            return Long.MAX_VALUE;
        }
        if (now < measureNs) {
            return measureNs;
        }
        if (ramp) {
            recorder.restart();
            shortOps[Direction.READ.ordinal()] = 0;
            shortOps[Direction.WRITE.ordinal()] = 0;
            begun = 0;
        }
        recordedFromNs = measureNs;
        measuring = true;
        return Long.MAX_VALUE;
    }

    boolean measuring() {
        return measuring;
    }

    /// Operations of the ramp that completed after it; for any thread.
    long rampOps() {
        return rampOps.getOpaque();
    }

    /// Whether an operation that was due then belongs to the result; an earlier one is the ramp's, however late it is.
    boolean measures(long dueNs) {
        return dueNs >= measureNs;
    }

    /// 1 for an operation that is to be recorded, 0 for one that is not: reckoned without a branch, which the compiler
    /// would see for the first time when the ramp ends.
    private int recorded(long dueNs) {
        return (int) (1 + (dueNs - recordedFromNs >> 63));
    }

    long measureNs() {
        return measureNs;
    }

    OpRecorder recorder() {
        return recorder;
    }

    /// An operation with an intended start begins.
    void began(long dueNs) {
        begun += recorded(dueNs);
    }

    /// Operations with an intended start that began and belong to the result.
    long begun() {
        return begun;
    }

    /// The operations up to `count` were handed to the engine in one call.
    ///
    /// @param startNs before the call
    void handedOver(Operation[] handedOver, int count, long startNs) {
        handedOverNs = startNs;
        completedAtOnce = 0;
        if (!async && !open) {
            return;
        }
        long submittedNs = async ? System.nanoTime() : 0;
        for (int i = 0; i < count; i++) {
            Operation operation = handedOver[i];
            operation.submittedNs = submittedNs;
            int recorded = 1;
            if (open && operation.kind != SYNC) {
                recorded = recorded(operation.dueNs);
                recorder.record(operation.kind, Track.LATE, startNs - operation.dueNs, recorded);
            }
            handedOverOfKind[operation.kind] += recorded;
        }
        for (int kind = 0; kind <= SYNC; kind++) {
            if (async && handedOverOfKind[kind] > 0) {
                recorder.record(kind, Track.SLAT, submittedNs - startNs, handedOverOfKind[kind]);
            }
            handedOverOfKind[kind] = 0;
        }
    }

    /// Of those that were handed over last, how many had completed when completions were looked at.
    int completedAtOnce() {
        return completedAtOnce;
    }

    /// The operation is complete; after the last one that was seen `now` comes [#flush].
    void completed(Operation operation, long now) {
        int kind = operation.kind;
        long start = operation.startNs;
        if (start == handedOverNs) {
            completedAtOnce++;
        }
        if (kind != alikeKind || start != alikeStartNs) {
            flush(now);
            alikeKind = kind;
            alikeStartNs = start;
            alikeSubmittedNs = operation.submittedNs;
        }
        int recorded = 1;
        if (open && kind != SYNC) {
            recorded = recorded(operation.dueNs);
            recorder.record(kind, Track.RESP, now - operation.dueNs, recorded);
            rampOps.setOpaque(rampOps.getPlain() + 1 - recorded);
        }
        alike += recorded;
        alikeBytes += (long) recorded * operation.bytes;
    }

    void flush(long now) {
        if (alike > 0) {
            recorder.count(alikeKind, alike, alikeBytes);
            recorder.record(alikeKind, Track.LAT, now - alikeStartNs, alike);
            if (async) {
                recorder.record(alikeKind, Track.CLAT, now - alikeSubmittedNs, alike);
            }
            alike = 0;
            alikeBytes = 0;
        }
    }

    /// An operation came back with a part.
    void cameShort(int kind) {
        shortOps[kind]++;
    }

    long shortOps(Direction direction) {
        return direction.ordinal() <= SYNC ? shortOps[direction.ordinal()] : 0;
    }

    /// What has not completed, and perhaps never begun, has waited at least so long.
    void waited(int kind, long waitedNs) {
        recorder.record(kind, Track.RESP, waitedNs);
    }
}
