package io.plimsoll.bench;

import io.plimsoll.io.ChunkFiles;
import io.plimsoll.io.TargetDirectory;
import io.plimsoll.io.ThreadAffinity;
import io.plimsoll.model.ByteSize;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/// A job that writes chunks into files that roll over, in a directory of each data thread's own.
final class ChunkJob {
    private ChunkJob() {}

    static JobResult run(JobRequest request, Work.Chunks work, Progress progress, BooleanSupplier stopped)
            throws IOException, InterruptedException {
        JobPlan plan = request.plan();
        if (plan.load() instanceof Load.Open) {
            throw new JobRefusedException("rw=chunks writes as fast as it can; leave the rate (--rate_iops) away");
        }
        if (plan.engine().iodepth() > 1) {
            throw new JobRefusedException("rw=chunks has one chunk in flight: it cannot have iodepth "
                    + plan.engine().iodepth() + "; use --numjobs");
        }
        if (plan.engine().kind() == EngineKind.MMAP || plan.engine().fallbacks().contains(EngineKind.MMAP)) {
            throw new JobRefusedException("rw=chunks makes new files, which mmap cannot; use another ioengine");
        }
        EngineSelection engine = EngineSelection.of(plan.engine(), Math.toIntExact(work.chunkBytes()), plan.threads());
        long run = System.currentTimeMillis();
        JobControl control = new JobControl();
        List<TargetDirectory> claimed = new ArrayList<>();
        try {
            for (int i = 0; i < plan.threads(); i++) {
                Path directory =
                        request.target().path().resolve("plimsoll-chunks").resolve(plan.name() + "." + i);
                claimed.add(TargetDirectory.claim(directory, "bench " + plan.name()));
            }
            ChunkPlan chunks = new ChunkPlan(
                    work.chunkBytes(),
                    work.fileBytes(),
                    Math.max(1, TimeUnit.NANOSECONDS.toMillis(plan.span().runtimeNs())),
                    work.keptFilesMax(),
                    engine.kind(),
                    true);
            List<DataThread.Preparation> preparations = IntStream.range(0, plan.threads())
                    .<DataThread.Preparation>mapToObj(i -> () -> loop(
                            plan, chunks, engine.kind(), claimed.get(i), DataSeed.ofWrites(plan, run) + i, control))
                    .toList();
            List<String> notes = List.of("files of " + ByteSize.format(chunks.bytesPerFile())
                    + ", each ended with fsync; " + work.keptFilesMax() + " kept until the end of the job");
            JobResult result =
                    Job.run(request, engine, preparations, Optional.empty(), notes, control, progress, stopped);
            List<String> left = cleanUp(claimed, control);
            return left.isEmpty() ? result : result.failed("could not remove everything: " + String.join("; ", left));
        } finally {
            cleanUp(claimed, control);
        }
    }

    /// Returns what is left. A second time there is nothing to be done; and where the storage does not answer, it would
    /// not answer to this either. The first directory goes last, as the one that all are in was made for it.
    private static List<String> cleanUp(List<TargetDirectory> claimed, JobControl control) {
        return control.givenUp().isPresent()
                ? List.of()
                : claimed.reversed().stream()
                        .flatMap(directory -> directory.cleanUp().left().stream())
                        .toList();
    }

    private static DataLoop loop(
            JobPlan plan, ChunkPlan chunks, EngineKind kind, TargetDirectory target, long seed, JobControl control)
            throws IOException {
        ThreadAffinity.pin(plan.engine().cpus());
        ChunkFiles files =
                ChunkFiles.in(target, kind, chunks.chunkBytes(), plan.engine().direct(), seed);
        return new ChunkLoop(chunks, files, control);
    }
}
