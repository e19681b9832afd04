package io.plimsoll.bench;

import io.plimsoll.io.LayoutStoppedException;
import io.plimsoll.io.MetadataTree;
import io.plimsoll.io.MetadataTrees;
import io.plimsoll.io.ThreadAffinity;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/// What a data thread of metadata work makes for itself: its directories. It needs no engine.
///
/// @param number of the data thread, from 0
record MetadataPreparation(
        JobPlan plan, Work.Metadata work, MetadataTrees trees, int number, PhaseBarrier barrier, JobControl control)
        implements DataThread.Preparation {

    /// Takes the directory that a job names; to be closed when its data threads have ended.
    static MetadataTrees claim(JobRequest request, Work.Metadata work) throws IOException {
        JobPlan plan = request.plan();
        Path directory = switch (request.target()) {
            case JobTarget.Directory d -> d.path();
            case JobTarget.File f ->
                throw new JobRefusedException(f.path()
                        + " is a file, and metadata work makes files of its own; name a directory" + " (--directory)");
        };
        if (plan.load() instanceof Load.Open) {
            throw new JobRefusedException("metadata work goes as fast as it can; leave the rate (--rate_iops) away");
        }
        return MetadataTrees.claim(directory, plan.name(), work, plan.threads());
    }

    /// Of all data threads of a job.
    static List<MetadataPreparation> of(JobPlan plan, Work.Metadata work, MetadataTrees trees, JobControl control) {
        PhaseBarrier barrier = new PhaseBarrier(plan.threads(), control);
        return IntStream.range(0, plan.threads())
                .mapToObj(number -> new MetadataPreparation(plan, work, trees, number, barrier, control))
                .toList();
    }

    @Override
    public DataLoop loop() throws IOException {
        ThreadAffinity.pin(plan.engine().cpus());
        try {
            MetadataTree tree = trees.tree(number, plan.seed(), control::stopped);
            return new MetadataLoop(tree, work, plan.span().timeBased(), barrier, control);
        } catch (LayoutStoppedException _) {
            throw new CancellationException();
        }
    }
}
