package io.plimsoll.bench;

import io.plimsoll.io.FileRef;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.Work;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What the tool itself costs: the same job, closed, on the engine that does nothing. With verification that is sealing
/// what is written, and not checking what was read, as that engine reads nothing.
final class OwnCost {
    private static final int SLICES = 5;
    private static final long RAMP_NS = 10_000_000;
    private static final long RUNTIME_NS = 10_000_000;
    /// A job of fewer operations is over before its code is compiled: there is nothing to compare with.
    private static final long OPERATIONS_MIN = 10_000;

    private OwnCost() {}

    /// The time in ns of one operation, of the best of some slices: whatever else ran in one of them is not the
    /// tool's. Measured after the job, when the code is as compiled as it was then; takes some 150 ms.
    ///
    /// @param operations of the job; empty where they are too few
    static Optional<Long> measure(JobPlan plan, Work.Blocks work, long operations) throws InterruptedException {
        if (plan.engine().kind() == EngineKind.NULL || operations < OPERATIONS_MIN) {
            return Optional.empty();
        }
        long best = Long.MAX_VALUE;
        for (int i = 0; i < SLICES; i++) {
            best = Math.min(best, slice(plan, work));
        }
        return best == Long.MAX_VALUE ? Optional.empty() : Optional.of(best);
    }

    /// What of the same job is not in it, for a result; empty where all is.
    static Optional<String> leavesOut(Work.Blocks work) {
        return work.content().verify() && work.mode().reads()
                ? Optional.of("own cost leaves out checking what was read")
                : Optional.empty();
    }

    private static long slice(JobPlan plan, Work.Blocks work) throws InterruptedException {
        JobPlan.EngineChoice choice = new JobPlan.EngineChoice(
                EngineKind.NULL,
                plan.engine().iodepth(),
                false,
                List.of(),
                plan.engine().cpus());
        JobPlan calibration = new JobPlan(
                plan.name(),
                work,
                choice,
                1,
                new Load.Closed(),
                new JobPlan.Span(RAMP_NS, RUNTIME_NS, true),
                plan.seed());
        JobControl control = new JobControl();
        List<FileRef> files = IntStream.range(0, work.files())
                .<FileRef>mapToObj(i -> new FileRef.At(Path.of("null")))
                .toList();
        JobRun run = new JobRun(
                calibration.span(),
                List.of(new BlockPreparation(calibration, work, EngineKind.NULL, 0, files, control, 0)),
                JobRun.Listener.NONE,
                control,
                () -> false);
        JobRun.Outcome outcome = run.run();
        long ops = IntStream.range(0, DataLoop.KINDS)
                .mapToLong(outcome.totals()::ops)
                .sum();
        return ops == 0 ? Long.MAX_VALUE : outcome.elapsedNs() / ops;
    }
}
