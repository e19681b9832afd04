package io.plimsoll.bench;

import io.plimsoll.io.Engine;
import io.plimsoll.io.Engines;
import io.plimsoll.io.FileRef;
import io.plimsoll.io.OpenMode;
import io.plimsoll.io.ThreadAffinity;
import io.plimsoll.io.ThreadTimers;
import io.plimsoll.model.ByteSize;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.Work;
import io.plimsoll.workload.BlockContent;
import io.plimsoll.workload.BlockVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What a data thread of a block job makes for itself.
///
/// @param kind the engine that runs
/// @param number of the data thread, from 0
/// @param owner number of the data thread for which the files were laid out, as verified blocks say it
/// @param run tells verified writes of this run from earlier ones: the wall clock in ms when the run began
record BlockPreparation(
        JobPlan plan,
        Work.Blocks work,
        EngineKind kind,
        int number,
        int owner,
        List<FileRef> files,
        JobControl control,
        long run)
        implements DataThread.Preparation {
    private static final Path NOWHERE = Path.of("/dev/null");

    /// With files of the thread's own.
    BlockPreparation(
            JobPlan plan,
            Work.Blocks work,
            EngineKind kind,
            int number,
            List<FileRef> files,
            JobControl control,
            long run) {
        this(plan, work, kind, number, number, files, control, run);
    }

    @Override
    public DataLoop loop() throws IOException {
        ThreadAffinity.pin(plan.engine().cpus());
        if (plan.load() instanceof Load.Open) {
            ThreadTimers.makePrecise();
        }
        Engine engine = Engines.open(kind, plan.engine().iodepthWith(kind), work.blocks());
        return loop(engine, engine.depth());
    }

    /// Makes the loop of an engine, which is closed where that fails.
    ///
    /// @param batchMax operations that are handed over at once
    DataLoop loop(Engine engine, int batchMax) throws IOException {
        try {
            return unguarded(engine, batchMax);
        } catch (IOException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private DataLoop unguarded(Engine engine, int batchMax) throws IOException {
        boolean writes = work.mode().writes();
        boolean verify = work.content().verify();
        OpenMode mode = new OpenMode(
                work.mode().reads() || verify,
                writes,
                false,
                plan.engine().direct(),
                work.sync().open());
        OpenedFiles opened = new OpenedFiles(engine, files, mode);
        BlockVerifier sealer = verify ? verifier() : null;
        BlockContent content = writes ? content(sealer) : null;
        for (int slot = 0; writes && slot < engine.depth(); slot++) {
            content.fill(engine.memory(slot));
        }
        // The null engine gives nothing back that could be verified.
        BlockVerifier verifier = kind == EngineKind.NULL ? null : sealer;
        return new BlockLoop(plan, work, number, engine, batchMax, opened, content, verifier, control);
    }

    private BlockVerifier verifier() throws JobRefusedException {
        try {
            return new BlockVerifier(work, owner, plan.seed(), run);
        } catch (OutOfMemoryError e) {
            long bytes = BlockVerifier.rememberedUnits(work) * BlockVerifier.REMEMBERED_UNIT_BYTES;
            throw new JobRefusedException(
                    "verify: what each of " + plan.threads() + " data thread(s) writes is remembered in "
                            + ByteSize.format(bytes) + ", and Java was given too little; make --size smaller, use fewer"
                            + " data threads (--numjobs), or raise -XX:MaxDirectMemorySize",
                    e);
        }
    }

    private BlockContent content(BlockVerifier sealer) {
        long seed = DataSeed.ofWrites(plan, run);
        if (sealer != null) {
            return new BlockContent(work.content(), number, seed, sealer);
        }
        return files.getFirst().path().equals(NOWHERE)
                ? BlockContent.unkept(work.content(), number, seed)
                : new BlockContent(work.content(), number, seed);
    }
}
