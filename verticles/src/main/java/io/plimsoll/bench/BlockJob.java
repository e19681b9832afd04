package io.plimsoll.bench;

import io.plimsoll.io.FileExtents;
import io.plimsoll.io.FileRef;
import io.plimsoll.io.FileSet;
import io.plimsoll.io.LayoutStoppedException;
import io.plimsoll.model.ByteSize;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.Work;
import io.plimsoll.workload.BlockVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// A job that reads and writes blocks, from laying out its files to its result.
final class BlockJob {
    /// More files are not looked at one by one: it would take longer than a user waits.
    private static final int FILES_LOOKED_AT_MAX = 10_000;
    /// On the heap: what is known of an operation and of its sync, and of a file, wherever that is noted.
    private static final long SLOT_HEAP_BYTES = 256;

    private static final long FILE_HEAP_BYTES = 512;

    private final JobRequest request;
    private final JobPlan plan;
    private final Work.Blocks work;
    private final Progress progress;
    private final BooleanSupplier stopped;
    private final long run = System.currentTimeMillis();

    BlockJob(JobRequest request, Work.Blocks work, Progress progress, BooleanSupplier stopped) {
        this.request = request;
        this.plan = request.plan();
        this.work = work;
        this.progress = progress;
        this.stopped = stopped;
    }

    JobResult run() throws IOException, InterruptedException {
        checkVerification();
        HeapRoom.check(plan.threads(), heapBytesOfThread(plan, work));
        EngineSelection engine = EngineSelection.of(plan.engine(), work.blocks().maxBytes(), plan.threads());
        JobControl control = new JobControl();
        if (engine.kind() == EngineKind.NULL) {
            // Nothing is read or written: no file is touched.
            return run(engine, _ -> unused(), Optional.empty(), List.of(), control);
        }
        FileSet files = layOut(engine.kind());
        JobResult result = Job.holding(files::close, control, () -> run(engine, files, control));
        return files.unrecorded().map(result::noted).orElse(result);
    }

    private JobResult run(EngineSelection engine, FileSet files, JobControl control)
            throws IOException, InterruptedException {
        List<FileRef> all = IntStream.range(0, plan.threads())
                .boxed()
                .flatMap(thread -> files.files(thread).stream())
                .distinct()
                .toList();
        List<String> notes = new ArrayList<>(
                List.of(request.target().path() + ": " + files.state().words()));
        if (all.size() > FILES_LOOKED_AT_MAX) {
            notes.add("more than " + FILES_LOOKED_AT_MAX + " files are not looked at one by one: sparse-file and"
                    + " unwritten-extents cannot be raised");
        }
        if (work.sync().every() > 0 && engine.kind() == EngineKind.IO_URING) {
            notes.add("each sync is linked to its write: its time includes the write's");
        }
        return run(engine, files::files, dataFiles(all), notes, control);
    }

    private JobResult run(
            EngineSelection engine,
            IntFunction<List<FileRef>> files,
            Optional<DataFiles> dataFiles,
            List<String> notes,
            JobControl control)
            throws IOException, InterruptedException {
        List<BlockPreparation> preparations = IntStream.range(0, plan.threads())
                .mapToObj(
                        i -> new BlockPreparation(plan, work, engine.kind(), i, owner(i), files.apply(i), control, run))
                .toList();
        return Job.run(request, engine, preparations, dataFiles, notes, control, progress, stopped);
    }

    /// With the engine that was asked for, or that of the fallbacks which needs more.
    static long heapBytesOfThread(JobPlan plan, Work.Blocks work) {
        boolean async = plan.engine().kind() == EngineKind.IO_URING
                || plan.engine().fallbacks().contains(EngineKind.IO_URING);
        return BlockTimes.heapBytes(work, async, plan.load() instanceof Load.Open)
                + plan.engine().iodepth() * SLOT_HEAP_BYTES
                + work.files() * FILE_HEAP_BYTES;
    }

    /// For which data thread the files of one were laid out: for the first, where all share one.
    private int owner(int thread) {
        return request.target() instanceof JobTarget.File ? 0 : thread;
    }

    private List<FileRef> unused() {
        FileRef file = new FileRef.At(request.target().path());
        return Collections.nCopies(work.files(), file);
    }

    private void checkVerification() throws JobRefusedException {
        if (!work.content().verify() || !work.mode().writes()) {
            return;
        }
        if (plan.threads() > 1 && request.target() instanceof JobTarget.File) {
            throw new JobRefusedException("verify: " + plan.threads() + " data threads would write over each other in "
                    + request.target().path() + "; use --directory, or --numjobs=1");
        }
        long units = BlockVerifier.rememberedUnits(work);
        if (units > BlockVerifier.REMEMBERED_UNITS_MAX / plan.threads()) {
            int unitBytes = BlockVerifier.unitBytes(work.blocks());
            throw new JobRefusedException("verify: " + plan.threads() + " data thread(s) write " + units
                    + " pieces of " + unitBytes + " bytes each, and of a job " + BlockVerifier.REMEMBERED_UNITS_MAX
                    + " can be remembered, which are " + ByteSize.format(BlockVerifier.REMEMBERED_UNITS_MAX * unitBytes)
                    + "; make --size smaller, or use fewer data threads (--numjobs)"
                    + (unitBytes < BlockVerifier.UNIT_BYTES
                            ? ", or block sizes that are multiples of " + BlockVerifier.UNIT_BYTES
                            : ""));
        }
    }

    private FileSet layOut(EngineKind kind) throws IOException, InterruptedException {
        FileSet.Need need = new FileSet.Need(
                work,
                plan.threads(),
                plan.engine().direct(),
                request.overwrite(),
                request.unlink(),
                true,
                kind == EngineKind.MMAP);
        LayoutContent content = new LayoutContent(plan, work, run);
        LayoutProgress far = new LayoutProgress(request.target().path(), progress, System.nanoTime());
        FileSet.Progress filling = (done, total) -> {
            far.filled(done, total, System.nanoTime());
            return !stopped.getAsBoolean();
        };
        try {
            FileSet files = switch (request.target()) {
                case JobTarget.Directory directory ->
                    FileSet.inDirectory(directory.path(), plan.name(), need, content, filling);
                case JobTarget.File file -> FileSet.ofFile(file.path(), need, content, filling);
            };
            far.ended(System.nanoTime());
            return files;
        } catch (LayoutStoppedException e) {
            throw (InterruptedException) new InterruptedException("stopped while files were laid out").initCause(e);
        }
    }

    /// Empty where the files are too many, or no files.
    private static Optional<DataFiles> dataFiles(List<FileRef> files) throws IOException {
        if (files.size() > FILES_LOOKED_AT_MAX) {
            return Optional.empty();
        }
        long bytes = 0;
        long allocated = 0;
        Optional<Long> unwritten = Optional.of(0L);
        for (FileRef file : files) {
            if (!Files.isRegularFile(file.path())) {
                return Optional.empty();
            }
            FileExtents extents = FileExtents.of(file.path());
            bytes += extents.bytes();
            allocated += extents.allocatedBytes();
            unwritten = extents.unwrittenBytes().isPresent()
                    ? unwritten.map(sum -> sum + extents.unwrittenBytes().getAsLong())
                    : Optional.empty();
        }
        return Optional.of(new DataFiles(bytes, allocated, unwritten));
    }
}
