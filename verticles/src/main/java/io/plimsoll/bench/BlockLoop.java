package io.plimsoll.bench;

import io.plimsoll.io.Engine;
import io.plimsoll.io.PosixException;
import io.plimsoll.model.Direction;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.Work;
import io.plimsoll.stats.OpRecorder;
import io.plimsoll.workload.BlockContent;
import io.plimsoll.workload.BlockStream;
import io.plimsoll.workload.BlockVerifier;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// What a data thread does: turn by turn it begins what is due, hands it to the engine, and takes what has completed.
///
/// Closed load: an operation is due as soon as a slot is free. Open load: at its intended start, whatever became of
/// those before it; while no slot is free the due ones wait, and their waiting is part of their response time.
///
/// Times are taken once for all that is begun in a turn, and once for all that completes in it: at a high rate that is
/// what a clock costs, at a low one a turn is one operation. Every turn submits what it has and waits for one
/// completion at most, as waiting for a full batch would leave the device idle.
///
/// One thread; where the storage holds it up for good, the one that takes over. After warm-up a turn allocates nothing
/// and takes no lock.
final class BlockLoop implements DataLoop {
    /// How often a turn looks at what is not its operations: the end of the ramp, a stop. Often enough for the compiler
    /// to have seen it happen before the ramp ends: what is new to it then would throw away the compiled loop.
    private static final long LOOK_NS = 1_000_000;
    /// How long a wait for the storage lasts before a stop is looked for.
    static final long STOP_CHECK_NS = 100_000_000;
    /// How long after the end what was due before it may still begin.
    private static final long GRACE_NS = 100_000_000;
    /// Operations of a job that were never begun, and whose waiting is recorded one by one; of more only the number is
    /// reckoned.
    private static final long MISSED_RECORDED_MAX = 10_000_000;
    private static final int SYNC = Direction.SYNC.ordinal();

    private final Work.Blocks work;
    private final Engine engine;
    private final OpenedFiles files;
    private final BlockVerifier verifier;
    private final JobControl control;
    private final Slots slots;
    private final BlockTimes times;
    private final BlockOperations operations;
    private final Baton baton = new Baton();
    private final boolean direct;
    private final boolean open;
    private final long missedRecordedMax;
    /// Null with a closed load.
    private final DueTimes dueTimes;

    private final int batchMax;
    /// How many operations are handed over at once.
    private int batch = 1;

    private long handedOver;
    private long batches;

    private long endNs;
    private long nowNs;
    private long lookNs;
    private long lastCompletedNs;
    private long endedNs;
    private long scheduledUntilNs;
    private long missed;
    /// Null until it comes to that.
    private volatile ReadBack readBack;

    /// @param engine is closed with the loop
    /// @param batchMax operations that are handed over at once
    /// @param content null where the work does not write
    /// @param verifier null where blocks are not verified
    BlockLoop(
            JobPlan plan,
            Work.Blocks work,
            int thread,
            Engine engine,
            int batchMax,
            OpenedFiles files,
            BlockContent content,
            BlockVerifier verifier,
            JobControl control) {
        this.work = work;
        this.engine = engine;
        this.batchMax = batchMax;
        this.files = files;
        this.verifier = verifier;
        this.control = control;
        direct = plan.engine().direct();
        dueTimes = plan.load() instanceof Load.Open load ? new DueTimes(load, thread, plan.seed()) : null;
        open = dueTimes != null;
        missedRecordedMax = MISSED_RECORDED_MAX / plan.threads();
        slots = new Slots(engine.depth());
        times = new BlockTimes(work, engine.async(), open);
        boolean again = plan.span().timeBased();
        BlockStream stream = new BlockStream(work, thread, plan.seed(), again);
        operations = new BlockOperations(work, stream, again, engine, files, content, verifier, slots, times, baton);
    }

    /// Takes part in a job from its start to its end.
    ///
    /// @throws PosixException where the engine came to its end, or an operation failed
    @Override
    public void run(Timeline line) throws PosixException {
        endNs = line.endNs();
        times.begin(line);
        if (open) {
            dueTimes.begin(line.startNs());
        }
        line.awaitStart();
        nowNs = System.nanoTime();
        lastCompletedNs = nowNs;
        lookNs = nowNs;
        try {
            boolean more = true;
            while (more) {
                more = turn();
            }
            if (operations.failure() == null
                    && work.sync().atEnd()
                    && work.mode().writes()) {
                syncFiles();
            }
            if (operations.failure() != null) {
                throw operations.failure();
            }
        } catch (PosixException e) {
            endNs = Math.min(endNs, System.nanoTime());
            settle();
            throw e;
        }
        settle();
    }

    private boolean turn() throws PosixException {
        // With an open load the time of the last completion may be long ago.
        long now = open ? System.nanoTime() : nowNs;
        if (now >= lookNs) {
            look(now);
        }
        if (open) {
            beginDue(now);
        } else {
            begin(now);
        }
        int queued = operations.queued();
        if (operations.anyQueued()) {
            operations.submit();
        } else if (slots.noneInFlight()) {
            return open && awaitDue(now);
        }
        int completed = open ? reapUntilDue() : reap(now);
        if (completed > 0) {
            complete(completed);
        } else if (!open && queued == 0) {
            nowNs = System.nanoTime();
        }
        if (queued > 0) {
            handedOver += queued;
            batches++;
            // What completes while it is handed over costs processor time alone, and is cheapest by the batch. A
            // device that works meanwhile would only wait for the rest of a batch.
            batch = times.completedAtOnce() >= queued ? Math.min(2 * batch, batchMax) : Math.max(batch / 2, 1);
        }
        return true;
    }

    private void look(long now) {
        lookNs = Math.min(now + LOOK_NS, times.look(now));
        endNs = Math.min(endNs, control.stoppedNs());
    }

    private void begin(long now) {
        while (operations.queued() < batch && mayBegin(now)) {
            if (!operations.begin(now)) {
                return;
            }
        }
    }

    private boolean mayBegin(long now) {
        return now < endNs && slots.anyFree() && operations.failure() == null && operations.next();
    }

    private void beginDue(long now) {
        while (operations.queued() < batch && mayBeginDue(now)) {
            long dueNs = dueTimes.nextNs();
            if (!operations.begin(dueNs)) {
                return;
            }
            times.began(dueNs);
            dueTimes.advance();
        }
    }

    private boolean mayBeginDue(long now) {
        return dueTimes.nextNs() <= now
                && dueTimes.nextNs() < endNs
                && now < graceNs()
                && slots.anyFree()
                && operations.failure() == null
                && operations.next();
    }

    private long graceNs() {
        return endNs == Long.MAX_VALUE ? Long.MAX_VALUE : endNs + GRACE_NS;
    }

    /// With nothing in flight and nothing due: waits, or ends the job.
    private boolean awaitDue(long now) {
        if (scheduleIsOver(now)) {
            return false;
        }
        long sleepNs = Math.min(dueTimes.sleepNs(now), STOP_CHECK_NS);
        if (sleepNs > 0) {
            LockSupport.parkNanos(sleepNs);
        } else {
            Thread.onSpinWait();
        }
        return true;
    }

    private boolean scheduleIsOver(long now) {
        return dueTimes.nextNs() >= endNs || now >= graceNs() || operations.exhausted() || operations.failure() != null;
    }

    private int reap(long now) throws PosixException {
        boolean more = now < endNs
                && slots.anyFree()
                && !operations.held()
                && !operations.exhausted()
                && operations.failure() == null;
        return more ? engine.reap(0, 0) : await(STOP_CHECK_NS);
    }

    private int reapUntilDue() throws PosixException {
        if (!slots.anyFree()) {
            return await(STOP_CHECK_NS);
        }
        long now = System.nanoTime();
        if (scheduleIsOver(now)) {
            return await(STOP_CHECK_NS);
        }
        long sleepNs = dueTimes.sleepNs(now);
        if (sleepNs > 0) {
            return await(Math.min(sleepNs, STOP_CHECK_NS));
        }
        Thread.onSpinWait();
        return engine.reap(0, 0);
    }

    private int await(long timeoutNs) throws PosixException {
        if (!engine.async()) {
            return engine.reap(1, timeoutNs); // all has completed
        }
        baton.layDown();
        try {
            return engine.reap(1, timeoutNs);
        } finally {
            baton.takeUp();
        }
    }

    private void complete(int completed) {
        nowNs = System.nanoTime();
        lastCompletedNs = nowNs;
        if (nowNs >= lookNs) {
            look(nowNs);
        }
        operations.complete(completed, nowNs);
        if (operations.failure() != null) {
            endNs = Math.min(endNs, nowNs);
        }
    }

    private void syncFiles() throws PosixException {
        for (int file = 0; file < files.count(); file++) {
            operations.sync(file);
            operations.submit();
            while (!slots.noneInFlight()) {
                int completed = await(STOP_CHECK_NS);
                if (completed > 0) {
                    complete(completed);
                }
            }
        }
    }

    @Override
    public Optional<Supplier<Unanswered>> takeOver(long jobEndNs) {
        if (!baton.takeAway()) {
            return Optional.empty();
        }
        endNs = Math.min(endNs, jobEndNs);
        times.look(endNs);
        return Optional.of(this::settle);
    }

    /// Brings the counts to their end. What is in flight now is not waited for.
    private Unanswered settle() {
        // A schedule is over at its end, not with the last operation that was due before it.
        endedNs = open && !operations.exhausted() ? Math.max(lastCompletedNs, endNs) : lastCompletedNs;
        Unanswered unanswered = accountForUnanswered(System.nanoTime());
        if (open) {
            accountForMissed();
            scheduledUntilNs = operations.exhausted() ? Math.min(endNs, dueTimes.nextNs()) : endNs;
        }
        return unanswered;
    }

    /// What has begun and not completed has waited until now at least.
    private Unanswered accountForUnanswered(long now) {
        int inFlight = 0;
        long oldestNs = 0;
        for (int slot = 0; slot < 2 * slots.depth(); slot++) {
            Slots.Operation operation = slots.of(slot);
            if (operation.inFlight()) {
                inFlight++;
                oldestNs = Math.max(oldestNs, now - operation.startNs);
                if (open && operation.kind != SYNC && times.measures(operation.dueNs)) {
                    times.waited(operation.kind, now - operation.dueNs);
                }
            }
        }
        return new Unanswered(inFlight, oldestNs);
    }

    /// What was due and never begun has waited until the end at least: it is in the response times, not forgotten.
    private void accountForMissed() {
        for (long n = 0; n < missedRecordedMax && dueTimes.nextNs() < endNs && operations.next(); n++) {
            if (times.measures(dueTimes.nextNs())) {
                times.waited(operations.kind(), endNs - dueTimes.nextNs());
                missed++;
            }
            operations.skip();
            dueTimes.advance();
        }
        if (dueTimes.nextNs() < endNs && !operations.exhausted()) {
            missed += dueTimes.expected(times.measureNs(), endNs);
        }
    }

    /// What was written to be verified is read back.
    @Override
    public void afterwards() throws PosixException {
        if (verifier != null && work.mode().writes() && !control.stopped()) {
            readBack = new ReadBack(engine, work, files, verifier, direct, control);
            readBack.run();
        }
    }

    @Override
    public long readBackSteps() {
        ReadBack begun = readBack;
        return begun == null ? 0 : begun.steps();
    }

    @Override
    public Optional<ReadBack.Done> readBack() {
        return Optional.ofNullable(readBack).flatMap(ReadBack::done);
    }

    @Override
    public OpRecorder recorder() {
        return times.recorder();
    }

    @Override
    public boolean measuring() {
        return times.measuring();
    }

    @Override
    public long rampOps() {
        return times.rampOps();
    }

    @Override
    public int inFlight() {
        return slots.inFlight();
    }

    @Override
    public long endedNs() {
        return endedNs;
    }

    @Override
    public long scheduledUntilNs() {
        return scheduledUntilNs;
    }

    @Override
    public long due() {
        return times.begun() + missed;
    }

    @Override
    public long missed() {
        return missed;
    }

    @Override
    public double batch() {
        return batches == 0 ? 1 : (double) handedOver / batches;
    }

    @Override
    public long shortOps(Direction direction) {
        return times.shortOps(direction);
    }

    @Override
    public long verifiedUnits() {
        return verifier == null ? 0 : verifier.unitsInOrder();
    }

    @Override
    public long brokenUnits() {
        return verifier == null ? 0 : verifier.unitsBroken();
    }

    @Override
    public long unitsNotJudged() {
        return verifier == null ? 0 : verifier.unitsNotJudged();
    }

    @Override
    public void close() throws PosixException {
        engine.close();
    }
}
