package io.plimsoll.bench;

import io.plimsoll.io.Engine;
import io.plimsoll.io.PosixException;
import io.plimsoll.model.Direction;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.Work;
import io.plimsoll.stats.OpRecorder;
import io.plimsoll.stats.OpRecorder.Track;
import io.plimsoll.workload.ArrivalSchedule;
import io.plimsoll.workload.BlockContent;
import io.plimsoll.workload.BlockStream;
import io.plimsoll.workload.BlockVerifier;
import io.plimsoll.workload.Finding;
import io.plimsoll.workload.InFlight;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// What a data thread does: turn by turn it begins what is due, hands it to the engine, and takes what has completed.
///
/// Closed load: an operation is due as soon as a slot is free. Open load: at its intended start, whatever became of
/// those before it; while no slot is free the due ones wait, and their waiting is part of their response time.
///
/// Times are taken once for all that is begun in a turn, and once for all that completes in it: at a high rate that is
/// what a clock costs, at a low one a turn is one operation. Every turn submits what it has and waits for one
/// completion at most, as waiting for a full batch would leave the device idle.
///
/// One thread. After warm-up a turn allocates nothing and takes no lock.
final class BlockLoop implements DataLoop {
    private static final int READ = Direction.READ.ordinal();
    private static final int WRITE = Direction.WRITE.ordinal();
    private static final int SYNC = Direction.SYNC.ordinal();

    /// How long a wait for the storage lasts before a stop is looked for.
    private static final long STOP_CHECK_NS = 100_000_000;
    /// How long after the end what was due before it may still begin.
    private static final long GRACE_NS = 100_000_000;
    /// The hybrid pacer spins from here on: about what a wake-up takes at its worst on a calm machine.
    private static final long HYBRID_SPIN_NS = 60_000;
    /// Missed operations whose waiting is recorded one by one; of more only the number is reckoned.
    private static final long MISSED_RECORDED_MAX = 10_000_000;

    private final Engine engine;
    private final BlockStream stream;
    private final BlockContent content;
    private final BlockVerifier verifier;
    private final InFlight inFlight;
    private final ArrivalSchedule schedule;
    private final Load.Pacer pacer;
    private final Slots slots;
    private final OpRecorder recorder;
    private final JobControl control;
    private final int[] files;
    private final List<String> paths;
    private final Work.Blocks work;
    private final boolean reads;
    private final boolean async;
    private final boolean open;
    private final double perSecond;
    private final boolean timeBased;
    private final int syncEvery;
    private final boolean syncDataOnly;
    private final boolean syncAtEnd;

    private final int[] queued;
    private final int[] queuedOfKind = new int[KINDS];
    private final boolean[] syncAfter;
    private int queuedCount;
    private boolean requeued;
    private int alike;
    private long alikeBytes;
    private int alikeKind;
    private long alikeStartNs;
    private long alikeSubmittedNs;
    /// How many operations are handed over at once.
    private int batch = 1;
    private long handedOverNs;
    private int completedAtOnce;
    private final int[] readBytes;
    /// The stream's operation could not be begun yet.
    private boolean held;

    private Timeline timeline;
    private long endNs;
    private long originNs;
    private long nextDueNs;
    private long nowNs;
    private long lastCompletedNs;
    private boolean exhausted;
    private PosixException failure;
    private int writesSinceSync;
    private volatile boolean measuring;
    private long due;
    private long missed;
    private long shortReads;
    private long shortWrites;

    /// @param files numbers of the engine's open files, in the order of the plan
    /// @param engine is closed with the loop
    /// @param content null where the work does not write
    /// @param verifier null where blocks are not verified
    BlockLoop(
            JobPlan plan,
            Work.Blocks work,
            int thread,
            Engine engine,
            int[] files,
            List<String> paths,
            BlockContent content,
            BlockVerifier verifier,
            JobControl control) {
        this.engine = engine;
        this.files = files;
        this.paths = paths;
        this.content = content;
        this.verifier = verifier;
        inFlight = verifier != null && work.mode().writes()
                ? new InFlight(engine.depth(), work.blocks().maxBytes())
                : null;
        this.control = control;
        stream = new BlockStream(work, thread, plan.seed());
        switch (plan.load()) {
            case Load.Closed _ -> {
                schedule = null;
                pacer = null;
                perSecond = 0;
            }
            case Load.Open o -> {
                schedule = new ArrivalSchedule(o, thread, plan.seed());
                pacer = o.pacer();
                perSecond = o.perSecond();
            }
        }
        this.work = work;
        reads = work.mode().reads();
        open = schedule != null;
        async = engine.async();
        timeBased = plan.span().timeBased();
        syncEvery = work.sync().every();
        syncDataOnly = work.sync().dataOnly();
        syncAtEnd = work.sync().atEnd() && work.mode().writes();
        slots = new Slots(engine.depth());
        queued = new int[2 * engine.depth()];
        syncAfter = new boolean[engine.depth()];
        readBytes = new int[engine.depth()];
        recorder = new OpRecorder(tracks(work, async, open));
        if (plan.span().rampNs() > 0) {
            recorder.expectRestart();
        }
    }

    /// What was written to be verified is read back.
    @Override
    public void afterwards() throws PosixException {
        if (inFlight != null && !reads && !control.stopped()) {
            new ReadBack(engine, work, files, paths, verifier, control).run();
        }
    }

    @Override
    public long verifiedUnits() {
        return verifier == null ? 0 : verifier.unitsChecked();
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

    /// Takes part in a job from its start to its end.
    ///
    /// @throws PosixException where the engine came to its end, or an operation failed
    @Override
    public void run(Timeline line) throws PosixException {
        timeline = line;
        endNs = line.endNs();
        originNs = line.startNs();
        if (open) {
            nextDueNs = originNs + schedule.nextNs();
        }
        line.awaitStart();
        nowNs = System.nanoTime();
        lastCompletedNs = nowNs;
        boolean more = true;
        while (more) {
            more = turn();
        }
        if (failure == null && syncAtEnd) {
            syncFiles();
        }
        if (failure != null) {
            throw failure;
        }
        if (open) {
            recordMissed();
        }
    }

    @Override
    public OpRecorder recorder() {
        return recorder;
    }

    @Override
    public boolean measuring() {
        return measuring;
    }

    @Override
    public int inFlight() {
        return slots.inFlight();
    }

    @Override
    public long lastCompletedNs() {
        // A schedule is over at its end, not with the last operation that was due before it.
        boolean scheduled = open && endNs != Long.MAX_VALUE && !exhausted && failure == null;
        return scheduled ? Math.max(lastCompletedNs, endNs) : lastCompletedNs;
    }

    @Override
    public long due() {
        return due;
    }

    @Override
    public long missed() {
        return missed;
    }

    @Override
    public long shortOps(Direction direction) {
        return switch (direction) {
            case READ -> shortReads;
            case WRITE -> shortWrites;
            case SYNC, CREATE, STAT, OPEN, RENAME, UNLINK -> 0;
        };
    }

    private boolean turn() throws PosixException {
        // With an open load the time of the last completion may be long ago.
        long now = open ? System.nanoTime() : nowNs;
        if (!measuring && now >= timeline.measureNs()) {
            beginMeasuring();
        }
        if (control.stopped() && endNs > now) {
            endNs = now;
        }
        completedAtOnce = 0;
        queueDue(now);
        int handedOver = queuedCount;
        if (handedOver > 0 || requeued) {
            submit();
        } else if (slots.noneInFlight()) {
            return awaitDue(now);
        }
        int completed = open ? reapUntilDue() : reap(now);
        if (completed > 0) {
            complete(completed);
        } else if (!open && handedOver == 0) {
            nowNs = System.nanoTime();
        }
        if (handedOver > 0) {
            // What completes while it is handed over costs processor time alone, and is cheapest by the batch. A
            // device that works meanwhile would only wait for the rest of a batch.
            batch = completedAtOnce >= handedOver ? Math.min(2 * batch, slots.depth) : Math.max(batch / 2, 1);
        }
        return true;
    }

    private int reap(long now) throws PosixException {
        boolean more = slots.anyFree() && !held && !exhausted && failure == null && now < endNs;
        return more ? engine.reap(0, 0) : engine.reap(1, STOP_CHECK_NS);
    }

    private void beginMeasuring() {
        if (timeline.measureNs() > timeline.startNs()) {
            recorder.restart();
        }
        shortReads = 0;
        shortWrites = 0;
        measuring = true;
    }

    private void queueDue(long now) {
        if (failure != null) {
            return;
        }
        if (!open) {
            while (queuedCount < batch && now < endNs && slots.anyFree() && nextOperation()) {
                held = !queue(now);
                if (held) {
                    return;
                }
            }
            return;
        }
        while (queuedCount < batch
                && nextDueNs <= now
                && nextDueNs < endNs
                && now < graceNs()
                && slots.anyFree()
                && nextOperation()) {
            held = !queue(nextDueNs);
            if (held) {
                return;
            }
            if (nextDueNs >= timeline.measureNs()) {
                due++;
            }
            nextDueNs = originNs + schedule.nextNs();
        }
    }

    private long graceNs() {
        return endNs == Long.MAX_VALUE ? Long.MAX_VALUE : endNs + GRACE_NS;
    }

    private boolean nextOperation() {
        if (held || stream.next()) {
            return true;
        }
        if (timeBased) {
            stream.restart();
            return stream.next();
        }
        exhausted = true;
        return false;
    }

    /// False where the operation has to wait: verified blocks are not written while they are written or read.
    private boolean queue(long dueNs) {
        int slot = slots.take();
        int file = stream.file();
        long offset = stream.offset();
        int bytes = stream.bytes();
        if (inFlight != null && !inFlight.tryAdd(slot, !stream.reads(), file, offset, bytes)) {
            slots.completed(slot);
            return false;
        }
        slots.dueNs[slot] = dueNs;
        slots.file[slot] = file;
        slots.offset[slot] = offset;
        slots.bytes[slot] = bytes;
        slots.done[slot] = 0;
        if (stream.reads()) {
            slots.kind[slot] = READ;
            engine.read(slot, files[file], offset, 0, bytes);
            queued(slot, READ);
            readBytes[slot] = Math.max(readBytes[slot], bytes);
            return true;
        }
        slots.kind[slot] = WRITE;
        if (readBytes[slot] > 0) {
            // What a read left there is somebody else's content.
            content.fill(engine.memory(slot), readBytes[slot]);
            readBytes[slot] = 0;
        }
        content.next(engine.memory(slot), bytes, file, offset);
        engine.write(slot, files[file], offset, 0, bytes);
        queued(slot, WRITE);
        if (syncEvery > 0 && ++writesSinceSync == syncEvery) {
            writesSinceSync = 0;
            int sync = slots.takeSync(slot);
            if (async) {
                engine.link();
                queueSync(sync, file);
            } else {
                // On its own when the write has completed: both would have the time of both.
                syncAfter[slot] = true;
            }
        }
        return true;
    }

    private void queueSync(int slot, int file) {
        slots.kind[slot] = SYNC;
        slots.file[slot] = file;
        slots.bytes[slot] = 0;
        slots.done[slot] = 0;
        engine.sync(slot, files[file], syncDataOnly);
        queued(slot, SYNC);
    }

    private void queued(int slot, int kind) {
        queued[queuedCount++] = slot;
        queuedOfKind[kind]++;
    }

    private void submit() throws PosixException {
        long start = System.nanoTime();
        handedOverNs = start;
        for (int i = 0; i < queuedCount; i++) {
            slots.startNs[queued[i]] = start;
        }
        engine.submit();
        requeued = false;
        if (async || open) {
            recordSubmission(start);
        }
        queuedCount = 0;
        queuedOfKind[READ] = 0;
        queuedOfKind[WRITE] = 0;
        queuedOfKind[SYNC] = 0;
    }

    private void recordSubmission(long start) {
        long submitted = async ? System.nanoTime() : 0;
        for (int kind = 0; async && kind <= SYNC; kind++) {
            if (queuedOfKind[kind] > 0) {
                recorder.record(kind, Track.SLAT, submitted - start, queuedOfKind[kind]);
            }
        }
        for (int i = 0; i < queuedCount; i++) {
            int slot = queued[i];
            slots.submittedNs[slot] = submitted;
            if (open && slots.kind[slot] != SYNC && slots.dueNs[slot] >= timeline.measureNs()) {
                recorder.record(slots.kind[slot], Track.LATE, start - slots.dueNs[slot]);
            }
        }
    }

    /// With nothing in flight and nothing due: waits, or ends the job.
    private boolean awaitDue(long now) {
        if (failure != null || exhausted || !open || nextDueNs >= endNs || now >= graceNs()) {
            return false;
        }
        long wait = Math.min(nextDueNs - now - spinNs(), STOP_CHECK_NS);
        if (wait > 0) {
            LockSupport.parkNanos(wait);
        } else {
            Thread.onSpinWait();
        }
        return true;
    }

    private int reapUntilDue() throws PosixException {
        if (!slots.anyFree() || nextDueNs >= endNs || exhausted) {
            return engine.reap(1, STOP_CHECK_NS);
        }
        long wait = nextDueNs - System.nanoTime() - spinNs();
        if (wait > 0) {
            return engine.reap(1, Math.min(wait, STOP_CHECK_NS));
        }
        Thread.onSpinWait();
        return engine.reap(0, 0);
    }

    /// How long before an intended start the pacer stops sleeping.
    private long spinNs() {
        return switch (pacer) {
            case SPIN -> Long.MAX_VALUE / 2;
            case HYBRID -> HYBRID_SPIN_NS;
            case TIMED -> 0;
        };
    }

    private void complete(int completed) {
        long now = System.nanoTime();
        nowNs = now;
        lastCompletedNs = now;
        if (!measuring && now >= timeline.measureNs()) {
            beginMeasuring();
        }
        for (int i = 0; i < completed; i++) {
            int slot = engine.slot(i);
            int result = engine.result(i);
            if (result == slots.bytes[slot] - slots.done[slot]) {
                record(slot, now);
                if (verifier != null && slots.kind[slot] != SYNC) {
                    verify(slot);
                }
                slots.done[slot] = slots.bytes[slot];
                if (slot < slots.depth && syncAfter[slot]) {
                    syncAfter[slot] = false;
                    syncNow(slot + slots.depth);
                }
                slots.completed(slot);
            } else {
                settle(i, slot, result);
            }
        }
        recordAlike(now);
    }

    /// Operations that began together and end together have the same times, and are recorded together.
    private void record(int slot, long now) {
        int kind = slots.kind[slot];
        if (slots.startNs[slot] == handedOverNs) {
            completedAtOnce++;
        }
        if (open && kind != SYNC && slots.dueNs[slot] < timeline.measureNs()) {
            return; // the ramp's, however late it was
        }
        long start = slots.startNs[slot];
        if (kind != alikeKind || start != alikeStartNs) {
            recordAlike(now);
            alikeKind = kind;
            alikeStartNs = start;
            alikeSubmittedNs = slots.submittedNs[slot];
        }
        alike++;
        alikeBytes += slots.bytes[slot];
        if (open && kind != SYNC) {
            recorder.record(kind, Track.RESP, now - slots.dueNs[slot]);
        }
    }

    private void recordAlike(long now) {
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

    private void verify(int slot) {
        if (slots.kind[slot] == READ) {
            MemorySegment memory = engine.memory(slot);
            int file = slots.file[slot];
            long offset = slots.offset[slot];
            if (failure == null && verifier.check(memory, slots.bytes[slot], file, offset) != Finding.OK) {
                String what = verifier.describe(memory, slots.bytes[slot], file, offset);
                failure = new PosixException("verify", paths.get(file), 0, what);
            }
        }
        if (inFlight != null) {
            inFlight.remove(slot);
        }
    }

    /// What did not complete in full goes on with the rest, waits its turn again, or fails the job.
    private void settle(int completion, int slot, int result) {
        int kind = slots.kind[slot];
        if (result == Engine.CANCELED && kind == SYNC && failure == null) {
            // The write before it was short, and goes on by itself.
            int write = slot - slots.depth;
            if (slots.done[write] < slots.bytes[write]) {
                syncAfter[write] = true;
            } else {
                syncNow(slot);
            }
            return;
        }
        if (result > 0) {
            slots.done[slot] += result;
            if (kind == READ) {
                shortReads++;
            } else {
                shortWrites++;
            }
        } else if (!Engine.again(result) && result != Engine.CANCELED) {
            fail(slot, result, engine.detail(completion));
        }
        if (failure != null) {
            drop(slot);
            return;
        }
        int at = slots.done[slot];
        int rest = slots.bytes[slot] - at;
        if (kind == READ) {
            engine.read(slot, files[slots.file[slot]], slots.offset[slot] + at, at, rest);
        } else if (kind == WRITE) {
            engine.write(slot, files[slots.file[slot]], slots.offset[slot] + at, at, rest);
        } else {
            engine.sync(slot, files[slots.file[slot]], syncDataOnly);
        }
        requeued = true;
    }

    private void syncNow(int slot) {
        if (failure == null) {
            queueSync(slot, slots.file[slot - slots.depth]);
        } else {
            slots.completed(slot);
        }
    }

    /// Gives back a slot whose operation will not be done, and the sync that waited for it.
    private void drop(int slot) {
        if (slot < slots.depth && syncAfter[slot]) {
            syncAfter[slot] = false;
            slots.completed(slot + slots.depth);
        }
        slots.completed(slot);
    }

    private void fail(int slot, int result, String detail) {
        if (failure != null) {
            return;
        }
        int kind = slots.kind[slot];
        String operation = kind == READ ? "read" : kind == WRITE ? "write" : syncDataOnly ? "fdatasync" : "fsync";
        String path = paths.get(slots.file[slot]);
        String where = kind == SYNC ? "" : "at offset " + (slots.offset[slot] + slots.done[slot]);
        failure = result == 0
                ? new PosixException(operation, path, 0, "the file ends " + where)
                : new PosixException(operation, path, -result, detail.isEmpty() ? where : where + "; " + detail);
    }

    private void syncFiles() throws PosixException {
        for (int file = 0; file < files.length; file++) {
            int slot = slots.take();
            queueSync(slots.takeSync(slot), file);
            slots.completed(slot);
            submit();
            while (!slots.noneInFlight()) {
                int completed = engine.reap(1, STOP_CHECK_NS);
                if (completed > 0) {
                    complete(completed);
                }
            }
        }
    }

    /// What was due and never begun has waited until the end at least: it is in the response times, not forgotten.
    private void recordMissed() {
        while (nextDueNs < endNs && missed < MISSED_RECORDED_MAX && nextOperation()) {
            held = false;
            if (nextDueNs >= timeline.measureNs()) {
                recorder.record(stream.reads() ? READ : WRITE, Track.RESP, endNs - nextDueNs);
                missed++;
            }
            nextDueNs = originNs + schedule.nextNs();
        }
        if (nextDueNs < endNs && !exhausted) {
            missed += Math.round((endNs - Math.max(nextDueNs, timeline.measureNs())) * perSecond / 1e9);
        }
        due += missed;
    }

    @Override
    public void close() throws PosixException {
        engine.close();
    }
}
