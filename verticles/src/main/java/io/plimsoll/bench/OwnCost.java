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

/// What the tool itself costs: the same job, closed, on the engine that does nothing.
final class OwnCost {
    private static final long RAMP_NS = 20_000_000;
    private static final long RUNTIME_NS = 30_000_000;

    private OwnCost() {}

    /// The time in ns of one operation. Measured after the job, when the code is as compiled as it was then; takes some
    /// 50 ms. Empty where nothing completed.
    static Optional<Long> measure(JobPlan plan, Work.Blocks work) throws InterruptedException {
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
        return ops == 0 ? Optional.empty() : Optional.of(outcome.elapsedNs() / ops);
    }
}
