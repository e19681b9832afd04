package io.plimsoll.bench;

import io.plimsoll.io.ProcessIo;
import io.plimsoll.io.ThreadCpu;
import io.plimsoll.model.Direction;
import io.plimsoll.model.JobPlan;
import io.plimsoll.stats.OpRecorder;
import io.plimsoll.stats.OpTotals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongBiFunction;
import java.util.stream.IntStream;

/// Runs the data threads of a job from the gate to the end, and looks twice a second at how far they are.
final class JobRun {
    static final long SAMPLE_NS = 500_000_000;
    private static final String NOT_ENDED = "the data threads have not ended; the storage does not answer";
    private static final long GATE_CHECK_MS = 100;
    /// From the gate's opening to the common start, so that every thread is awake.
    private static final long START_DELAY_NS = 1_000_000;
    private static final long JOIN_NS_MAX = 10_000_000_000L;
    /// How long data threads may be at work, and not at the storage, before they are left with what they have.
    private static final long TAKE_OVER_NS_MAX = 1_000_000_000L;

    /// How long operations in flight may take before they are given up: since a stop, which somebody waits for; since
    /// a data thread has failed; since the job's time was over. Linux gives a disk 30 s before it resets it.
    record Patience(long stopNs, long failureNs, long endNs) {
        static final Patience USUAL = new Patience(5_000_000_000L, 30_000_000_000L, 600_000_000_000L);
    }

    /// Hears of the job as it goes, on the calling thread.
    interface Listener {
        Listener NONE = new Listener() {};

        /// The ramp is over; the data threads are at work.
        default void measuring(List<ThreadCpu> threads) {}

        /// Half a second is over, or the job.
        default void sampled(Moment moment) {}

        /// All data threads have done their work, and the kernel still knows them.
        default void finished() {}
    }

    /// What happened since the moment before.
    ///
    /// @param sinceNs since measuring began, or since the job began while it has not
    /// @param ops by the direction's ordinal
    /// @param rampOps operations of the ramp that completed after it
    record Moment(
            long sinceNs, long lengthNs, boolean measuring, long[] ops, long[] bytes, long rampOps, int inFlight) {}

    /// @param began false where a data thread could not begin, or the job was stopped before
    /// @param elapsedNs from the beginning of measuring to the last completion, or the end of the schedule; to the
    ///     stop where operations never completed
    /// @param scheduledNs from the beginning of measuring to the end of the schedule; 0 without a rate
    /// @param unanswered was in flight when the data threads were given up; with a rate it is in the response times
    /// @param batch operations that a data thread handed over at once, on average
    /// @param activeNs time in which a kind of operation was the work, by the direction's ordinal; 0: all of it
    /// @param readBack of all data threads that did; empty where none has
    /// @param fetchedBytes that the kernel fetched from the storage for this process meanwhile; empty where it does
    ///     not tell
    /// @param failure of the data thread that failed first
    record Outcome(
            OpTotals totals,
            List<Moment> samples,
            boolean began,
            long startedAtMs,
            long elapsedNs,
            long scheduledNs,
            long due,
            long missed,
            Unanswered unanswered,
            double batch,
            long[] shortOps,
            long[] activeNs,
            long verifiedUnits,
            long brokenUnits,
            long unitsNotJudged,
            Optional<ReadBack.Done> readBack,
            Optional<Long> fetchedBytes,
            boolean interrupted,
            Optional<Exception> failure) {}

    private final JobPlan.Span span;
    private final Patience patience;
    private final Listener listener;
    private final BooleanSupplier stopped;
    private final JobControl control;
    private final CountDownLatch unfinished;
    private final CountDownLatch observed = new CountDownLatch(1);
    private final StartGate gate;
    private final List<DataThread> threads;
    private final List<Moment> samples = new ArrayList<>();
    private long sampledNs;
    private long phaseNs;
    private final long[] seenOps = new long[DataLoop.KINDS];
    private final long[] seenBytes = new long[DataLoop.KINDS];
    private long seenRampOps;
    private Unanswered unanswered = Unanswered.NONE;
    /// The end of a job that goes on without some of its data threads.
    private long leftNs = Long.MIN_VALUE;
    private boolean interrupted;
    private Optional<Long> fetchedBytes = Optional.empty();

    JobRun(
            JobPlan.Span span,
            List<? extends DataThread.Preparation> preparations,
            Listener listener,
            JobControl control,
            BooleanSupplier stopped) {
        this(span, preparations, listener, control, stopped, Patience.USUAL);
    }

    JobRun(
            JobPlan.Span span,
            List<? extends DataThread.Preparation> preparations,
            Listener listener,
            JobControl control,
            BooleanSupplier stopped,
            Patience patience) {
        this.span = span;
        this.patience = patience;
        this.control = control;
        this.listener = listener;
        this.stopped = stopped;
        unfinished = new CountDownLatch(preparations.size());
        gate = new StartGate(preparations.size());
        threads = IntStream.range(0, preparations.size())
                .mapToObj(i -> new DataThread(i, preparations.get(i), gate, control, unfinished, observed))
                .toList();
    }

    /// Blocks until the job has ended, well or not.
    Outcome run() throws InterruptedException {
        threads.forEach(DataThread::start);
        try {
            if (!arrived()) {
                return outcome(false, System.currentTimeMillis(), 0);
            }
            // What preparing has left behind is not to be collected while measuring.
            System.gc();
            if (span.rampNs() == 0) {
                // Before the first operation: a short job would be over before the control thread looks.
                listener.measuring(cpus());
            }
            Timeline line = Timeline.of(span, System.nanoTime() + START_DELAY_NS);
            long startedAtMs = System.currentTimeMillis() + (line.measureNs() - System.nanoTime()) / 1_000_000;
            beginPhase(line.startNs());
            gate.open(line);
            work(line);
            listener.finished();
            Optional<ProcessIo> before = ProcessIo.sample();
            afterwards();
            fetchedBytes = before.flatMap(
                    b -> ProcessIo.sample().map(after -> after.minus(b).readBytes()));
            return outcome(true, startedAtMs, line.measureNs());
        } finally {
            control.stop();
            gate.cancel();
            observed.countDown();
            // What was given up was waited for long enough: a user who has pressed Ctrl-C wants the end.
            long joinNs = control.givenUp().isPresent() ? GATE_CHECK_MS * 1_000_000 : JOIN_NS_MAX;
            if (!joined(System.nanoTime() + joinNs)) {
                control.giveUp(NOT_ENDED);
            }
        }
    }

    /// Waits until the data threads have done what is not measured, and given all back: closing may fail, too.
    private void afterwards() throws InterruptedException {
        observed.countDown();
        long beganNs = System.nanoTime();
        long steps = 0;
        long stepNs = beganNs;
        while (!joined(System.nanoTime() + GATE_CHECK_MS * 1_000_000)) {
            interrupted |= stopped.getAsBoolean();
            if (interrupted) {
                control.stop();
            }
            if (control.givenUp().isPresent()) {
                return;
            }
            long now = System.nanoTime();
            long done = loops().stream().mapToLong(DataLoop::readBackSteps).sum();
            stepNs = done > steps ? now : stepNs;
            steps = done;
            long patienceNs = interrupted ? JOIN_NS_MAX : patience.failureNs;
            boolean stoppedLongAgo = control.stoppedFor(patienceNs) && now - beganNs >= patienceNs;
            if (stoppedLongAgo || now - stepNs >= patience.endNs) {
                control.giveUp(NOT_ENDED);
                return;
            }
        }
    }

    /// Whether all data threads have ended before `deadlineNs`.
    private boolean joined(long deadlineNs) throws InterruptedException {
        boolean all = true;
        for (DataThread thread : threads) {
            all &= thread.join(Math.max(deadlineNs - System.nanoTime(), 1));
        }
        return all;
    }

    /// Waits until every data thread is ready; false where one cannot be, or the job was stopped before.
    private boolean arrived() throws InterruptedException {
        while (!gate.awaitArrivals(GATE_CHECK_MS)) {
            if (stopped.getAsBoolean()) {
                interrupted = true;
                control.stop();
                return false;
            }
            if (control.stoppedFor(patience.failureNs)) {
                return false; // one has failed, and another does not answer
            }
        }
        return control.failure().isEmpty();
    }

    private void work(Timeline line) throws InterruptedException {
        boolean measuring = span.rampNs() == 0;
        long drainedNs = line.endNs() == Long.MAX_VALUE ? Long.MAX_VALUE : line.endNs() + patience.endNs;
        while (unfinished.getCount() > 0) {
            long now = System.nanoTime();
            if (!measuring && now >= line.measureNs()) {
                measuring = true;
                beginPhase(line.measureNs());
                listener.measuring(cpus());
            }
            long next = measuring ? sampledNs + SAMPLE_NS : Math.min(sampledNs + SAMPLE_NS, line.measureNs());
            if (!interrupted && stopped.getAsBoolean()) {
                interrupted = true;
                control.stop();
            }
            if (now >= drainedNs || control.stoppedFor(interrupted ? patience.stopNs : patience.failureNs)) {
                takeOver(Math.min(line.endNs(), control.stoppedNs()));
                break;
            }
            long waitNs = Math.clamp(next - now, 0, GATE_CHECK_MS * 1_000_000);
            if (!unfinished.await(waitNs, TimeUnit.NANOSECONDS) && System.nanoTime() >= next) {
                sample(measuring);
            }
        }
        if (!measuring && loops().stream().anyMatch(DataLoop::measuring)) {
            measuring = true; // and over already
            beginPhase(line.measureNs());
        }
        sample(measuring);
    }

    /// Goes on without the data threads that do not come back. A schedule goes on, too, whoever waits: what was due
    /// meanwhile, and what is in flight, is accounted for in their place.
    private void takeOver(long endNs) throws InterruptedException {
        control.stop(); // for those that wait for others
        long patienceNs = System.nanoTime() + TAKE_OVER_NS_MAX;
        List<Supplier<Unanswered>> taken = new ArrayList<>();
        int atWork = 0;
        for (DataThread thread : threads) {
            Optional<Supplier<Unanswered>> work = thread.takeOver(endNs);
            while (work.isEmpty() && !thread.finished() && System.nanoTime() < patienceNs) {
                unfinished.await(1, TimeUnit.MILLISECONDS); // it is at the storage again soon, or through
                work = thread.takeOver(endNs);
            }
            work.ifPresent(taken::add);
            atWork += work.isEmpty() && !thread.finished() ? 1 : 0;
        }
        for (Supplier<Unanswered> work : taken) {
            unanswered = unanswered.and(work.get());
        }
        if (!taken.isEmpty() || atWork > 0) {
            leftNs = endNs;
            control.giveUp((unanswered.operations() == 0
                            ? NOT_ENDED
                            : unanswered.operations()
                                    + " operation(s) in flight have not completed; the storage does not answer")
                    + (atWork == 0 ? "" : "; what " + atWork + " data thread(s) did last is not known"));
        }
    }

    private void beginPhase(long ns) {
        sampledNs = ns;
        phaseNs = ns;
        Arrays.fill(seenOps, 0);
        Arrays.fill(seenBytes, 0);
    }

    private void sample(boolean measuring) {
        long now = System.nanoTime();
        long[] ops = new long[DataLoop.KINDS];
        long[] bytes = new long[DataLoop.KINDS];
        for (int kind = 0; kind < DataLoop.KINDS; kind++) {
            ops[kind] = fresh(seenOps, kind, counted(measuring, kind, OpRecorder::ops));
            bytes[kind] = fresh(seenBytes, kind, counted(measuring, kind, OpRecorder::bytes));
        }
        long rampOps = loops().stream().mapToLong(DataLoop::rampOps).sum();
        Moment moment =
                new Moment(now - phaseNs, now - sampledNs, measuring, ops, bytes, rampOps - seenRampOps, inFlight());
        sampledNs = now;
        seenRampOps = rampOps;
        // What is left at the end is too short a sample, but for a job that has no other.
        if (measuring && (moment.lengthNs() >= SAMPLE_NS * 9 / 10 || samples.isEmpty() && unfinished.getCount() == 0)) {
            samples.add(moment);
        }
        listener.sampled(moment);
    }

    /// Of the data threads that are in the ramp, or of those that measure: each ends its ramp by itself, and then
    /// counts from 0 again. So the ramp's is for the eye only.
    private long counted(boolean measuring, int kind, ToLongBiFunction<OpRecorder, Integer> count) {
        return loops().stream()
                .filter(loop -> loop.measuring() == measuring)
                .mapToLong(loop -> count.applyAsLong(loop.recorder(), kind))
                .sum();
    }

    private static long fresh(long[] seen, int kind, long now) {
        long fresh = Math.max(now - seen[kind], 0);
        seen[kind] = now;
        return fresh;
    }

    private List<ThreadCpu> cpus() {
        return threads.stream().flatMap(thread -> thread.cpu().stream()).toList();
    }

    private List<DataLoop> loops() {
        return threads.stream().flatMap(thread -> thread.loop().stream()).toList();
    }

    private int inFlight() {
        return loops().stream().mapToInt(DataLoop::inFlight).sum();
    }

    private Outcome outcome(boolean began, long startedAtMs, long measureNs) {
        List<DataLoop> loops = loops();
        long last = Math.max(loops.stream().mapToLong(DataLoop::endedNs).max().orElse(measureNs), leftNs);
        long scheduledUntil =
                loops.stream().mapToLong(DataLoop::scheduledUntilNs).max().orElse(0);
        OpTotals totals = new OpTotals(DataLoop.KINDS);
        loops.stream()
                .filter(DataLoop::measuring)
                .forEach(loop -> loop.recorder().addTo(totals));
        long[] shortOps = new long[DataLoop.KINDS];
        long[] activeNs = new long[DataLoop.KINDS];
        for (Direction direction : Direction.values()) {
            shortOps[direction.ordinal()] =
                    loops.stream().mapToLong(loop -> loop.shortOps(direction)).sum();
            activeNs[direction.ordinal()] = loops.stream()
                    .mapToLong(loop -> loop.activeNs(direction))
                    .max()
                    .orElse(0);
        }
        return new Outcome(
                totals,
                List.copyOf(samples),
                began,
                startedAtMs,
                Math.max(last - measureNs, 0),
                scheduledUntil == 0 ? 0 : Math.max(scheduledUntil - measureNs, 0),
                loops.stream().mapToLong(DataLoop::due).sum(),
                loops.stream().mapToLong(DataLoop::missed).sum(),
                unanswered,
                loops.stream().mapToDouble(DataLoop::batch).average().orElse(1),
                shortOps,
                activeNs,
                loops.stream().mapToLong(DataLoop::verifiedUnits).sum(),
                loops.stream().mapToLong(DataLoop::brokenUnits).sum(),
                loops.stream().mapToLong(DataLoop::unitsNotJudged).sum(),
                // Of a thread that has not ended it is not known.
                control.givenUp().isPresent()
                        ? Optional.empty()
                        : loops.stream()
                                .flatMap(loop -> loop.readBack().stream())
                                .reduce(ReadBack.Done::plus),
                fetchedBytes,
                interrupted,
                control.failure());
    }
}
