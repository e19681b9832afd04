package io.plimsoll.bench;

import io.plimsoll.io.FileRef;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/// A job that reads and writes blocks, from laying out its files to its result.
final class BlockJob {
    private final JobRequest request;
    private final JobPlan plan;
    private final Work.Blocks work;
    private final Progress progress;
    private final BooleanSupplier stopped;

    BlockJob(JobRequest request, Work.Blocks work, Progress progress, BooleanSupplier stopped) {
        this.request = request;
        this.plan = request.plan();
        this.work = work;
        this.progress = progress;
        this.stopped = stopped;
    }

    JobResult run() throws IOException, InterruptedException {
        EngineSelection engine = EngineSelection.of(plan.engine(), work.blocks().maxBytes());
        EngineKind kind = engine.kind();
        List<FileRef> files = List.of(new FileRef.At(request.target().path()));
        JobControl control = new JobControl();
        List<BlockPreparation> preparations = IntStream.range(0, plan.threads())
                .mapToObj(i -> new BlockPreparation(plan, work, kind, i, files, control))
                .toList();
        JobRun run = new JobRun(plan.span(), preparations, JobRun.Listener.NONE, control, stopped);
        JobRun.Outcome outcome = run.run();
        return new JobResult(
                plan,
                request.target(),
                kind,
                engine.note(),
                outcome.startedAtMs(),
                outcome.elapsedNs(),
                Results.directions(outcome),
                Results.openLoop(plan, outcome),
                new JobResult.CpuUse(0, 0, 0, 0, 0, 0),
                Optional.empty(),
                OwnCost.measure(plan, work),
                List.of(),
                outcome.failure().map(Exception::getMessage),
                outcome.interrupted());
    }
}
