package io.plimsoll.bench;

import io.plimsoll.bench.JobRun.Outcome;
import io.plimsoll.io.Engine;
import io.plimsoll.io.Engines;
import io.plimsoll.io.FileRef;
import io.plimsoll.io.ThreadAffinity;
import io.plimsoll.io.ThreadCpu;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/// What the tool itself costs: one data thread of the same job on an engine that does nothing, without a pause between
/// operations. The same times are taken of each of them, as many are handed over at once, and with a rate there is a
/// schedule. With verification that is sealing what is written, and not checking what was read, as that engine reads
/// nothing.
final class OwnCost {
    private static final int SLICES = 5;
    /// How much faster a schedule is than can be followed, so that nothing ever waits for an intended start.
    private static final int TOO_FAST = 8;
    private static final long RUNTIME_NS = 20_000_000;
    /// A job of fewer operations is over before its code is compiled: there is nothing to compare with.
    private static final long OPERATIONS_MIN = 10_000;
    /// More than processors cache of it: a slot more changes nothing, and takes time to be filled.
    private static final long MEMORY_BYTES_MAX = 32L << 20;

    /// Of kernels that do not count the time of a thread to the nanosecond.
    private static final long TICK_NS = 10_000_000;

    private final JobPlan plan;
    private final Work.Blocks work;
    private final EngineKind ran;
    private final int depth;
    private final int batch;

    /// @param ns the time of one operation
    /// @param note why it was not measured, or what of the job is not in it
    record Measured(Optional<Long> ns, Optional<String> note) {
        static Measured not(String why) {
            return new Measured(Optional.empty(), Optional.of("own cost not measured: " + why));
        }
    }

    /// @param usedNs time that the data thread had a processor; empty where that is not known to the nanosecond
    record Slice(Outcome outcome, OptionalLong usedNs) {
        /// Of one operation: while others have the processor, nothing is done for it.
        long ns() {
            long ops = IntStream.range(0, DataLoop.KINDS)
                    .mapToLong(outcome.totals()::ops)
                    .sum();
            long tookNs = Math.min(outcome.elapsedNs(), usedNs.orElse(Long.MAX_VALUE));
            return ops == 0 ? Long.MAX_VALUE : Math.max(tookNs / ops, 1);
        }
    }

    /// Looks at the data thread's processor before the first operation and after the last.
    private static final class Processor implements JobRun.Listener {
        private List<ThreadCpu> threads = List.of();
        private OptionalLong beforeNs = OptionalLong.empty();
        private OptionalLong afterNs = OptionalLong.empty();

        @Override
        public void measuring(List<ThreadCpu> dataThreads) {
            threads = List.copyOf(dataThreads);
            beforeNs = runNs();
        }

        @Override
        public void finished() {
            afterNs = runNs();
        }

        private OptionalLong runNs() {
            return threads.stream()
                    .flatMap(thread -> thread.sample().stream())
                    .mapToLong(ThreadCpu.Sample::runNs)
                    .findFirst();
        }

        /// Whole ticks are a kernel's that does not count more exactly.
        OptionalLong usedNs() {
            return beforeNs.isEmpty() || afterNs.isEmpty() || afterNs.getAsLong() % TICK_NS == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(afterNs.getAsLong() - beforeNs.getAsLong());
        }
    }

    /// @param ran the engine that ran the job
    /// @param batch operations that the job handed over at once, on average
    OwnCost(JobPlan plan, Work.Blocks work, EngineKind ran, double batch) {
        this.plan = plan;
        this.work = work;
        this.ran = ran;
        depth = Math.clamp(
                MEMORY_BYTES_MAX / work.blocks().maxBytes(), 1, plan.engine().iodepthWith(ran));
        this.batch = Math.clamp(Math.round(batch), 1, depth);
    }

    /// The time of one operation in the best of some slices: whatever else ran in one of them is not the tool's.
    /// Measured after the job, when the code is as compiled as it was then; takes some 150 ms.
    static Measured of(JobPlan plan, EngineKind ran, Outcome outcome) throws InterruptedException {
        if (outcome.failure().isPresent()) {
            return Measured.not("the job failed");
        }
        long operations = IntStream.range(0, DataLoop.KINDS)
                .mapToLong(outcome.totals()::ops)
                .sum();
        return switch (plan.work()) {
            case Work.Blocks blocks -> of(plan, blocks, ran, outcome.batch(), operations);
            case Work.Chunks _ -> Measured.not("chunks do not run on the null engine");
            case Work.Metadata _ -> Measured.not("metadata work goes past engines");
        };
    }

    /// @param operations of the job
    static Measured of(JobPlan plan, Work.Blocks work, EngineKind ran, double batch, long operations)
            throws InterruptedException {
        if (ran == EngineKind.NULL) {
            return Measured.not("on the null engine it is what the latencies are");
        }
        if (operations < OPERATIONS_MIN) {
            return Measured.not(
                    "of fewer than " + OPERATIONS_MIN + " operations most ran in code that was not yet compiled");
        }
        try {
            return new Measured(
                    Optional.of(new OwnCost(plan, work, ran, batch).ns()),
                    work.content().verify() && work.mode().reads()
                            ? Optional.of("own cost leaves out checking what was read")
                            : Optional.empty());
        } catch (IOException e) {
            return Measured.not(e.getMessage());
        }
    }

    private long ns() throws IOException, InterruptedException {
        return switch (plan.load()) {
            case Load.Closed _ -> closed(SLICES);
            case Load.Open open -> open(open);
        };
    }

    private long closed(int slices) throws IOException, InterruptedException {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < slices; i++) {
            best = Math.min(best, slice(new Load.Closed(), RUNTIME_NS).ns());
        }
        return known(best);
    }

    /// A schedule that could be followed shows its own gaps, which are at least the cost: the next one is faster yet.
    private long open(Load.Open open) throws IOException, InterruptedException {
        long atMost = closed(1);
        long best = Long.MAX_VALUE;
        for (int i = 0; i < SLICES; i++) {
            double perSecond = Math.min(TOO_FAST * 1e9 / atMost, Load.Open.PER_SECOND_MAX);
            long scheduleNs = Math.max(RUNTIME_NS / TOO_FAST, atMost);
            best = Math.min(
                    best,
                    slice(new Load.Open(perSecond, open.arrival(), open.pacer()), scheduleNs)
                            .ns());
            atMost = Math.min(atMost, best);
        }
        return known(best);
    }

    private static long known(long best) throws IOException {
        if (best == Long.MAX_VALUE) {
            throw new IOException("nothing completed");
        }
        return best;
    }

    /// Without a ramp: what was due in it would be done after it, and not count.
    ///
    /// @throws IOException where the engine cannot be had
    Slice slice(Load load, long runtimeNs) throws IOException, InterruptedException {
        JobPlan alone = new JobPlan(
                plan.name(),
                work,
                new JobPlan.EngineChoice(
                        EngineKind.NULL, depth, false, List.of(), plan.engine().cpus()),
                1,
                load,
                new JobPlan.Span(0, runtimeNs, true),
                plan.seed());
        JobControl control = new JobControl();
        List<FileRef> files = IntStream.range(0, work.files())
                .<FileRef>mapToObj(i -> new FileRef.At(Path.of("null")))
                .toList();
        BlockPreparation preparation = new BlockPreparation(alone, work, EngineKind.NULL, 0, files, control, 0);
        Processor processor = new Processor();
        Outcome outcome = new JobRun(
                        alone.span(),
                        List.<DataThread.Preparation>of(() -> loop(preparation)),
                        processor,
                        control,
                        () -> false)
                .run();
        if (outcome.failure().isPresent()) {
            throw new IOException(
                    outcome.failure().get().getMessage(), outcome.failure().get());
        }
        return new Slice(outcome, processor.usedNs());
    }

    private DataLoop loop(BlockPreparation preparation) throws IOException {
        ThreadAffinity.pin(plan.engine().cpus());
        Engine idle = Engines.idle(ran, depth, work.blocks().maxBytes());
        return preparation.loop(idle, batch);
    }
}
