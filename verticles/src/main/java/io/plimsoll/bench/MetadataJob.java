package io.plimsoll.bench;

import io.plimsoll.io.MetadataTrees;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// A job that makes, looks up, renames and removes files.
final class MetadataJob {
    private MetadataJob() {}

    static JobResult run(JobRequest request, Work.Metadata work, Progress progress, BooleanSupplier stopped)
            throws IOException, InterruptedException {
        JobPlan plan = request.plan();
        if (plan.engine().kind() != EngineKind.PSYNC || plan.engine().direct()) {
            throw new JobRefusedException("rw=metadata calls the system by itself, one call at a time: leave"
                    + " --ioengine, --iodepth and --direct away");
        }
        JobControl control = new JobControl();
        MetadataTrees trees = MetadataPreparation.claim(request, work);
        return Job.holding(trees::close, control, () -> {
            EngineSelection engine = new EngineSelection(EngineKind.PSYNC, "by directory descriptor", List.of());
            List<MetadataPreparation> preparations = MetadataPreparation.of(plan, work, trees, control);
            List<String> notes =
                    List.of("rounds of create, stat, open, rename, unlink; rates are over the phases of each kind");
            JobResult result =
                    Job.run(request, engine, preparations, Optional.empty(), notes, control, progress, stopped);
            return result.judged(result.flags(), notMeasured(result));
        });
    }

    /// One for each phase that the result has nothing of; of a job that failed it is clear why.
    static List<String> notMeasured(JobResult result) {
        return result.failure().isPresent()
                ? List.of()
                : MetadataLoop.PHASES.stream()
                        .filter(kind -> result.direction(kind).isEmpty())
                        .map(kind -> kind.word() + " was not measured: its phase did not come in the measured time; a"
                                + " longer --runtime, or fewer --nrfiles, has all phases in it")
                        .toList();
    }
}
