package io.plimsoll.bench;

import io.plimsoll.io.Engine;
import io.plimsoll.io.Engines;
import io.plimsoll.io.FileRef;
import io.plimsoll.io.OpenMode;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Work;
import io.plimsoll.workload.BlockContent;
import java.io.IOException;
import java.util.List;

/// What a data thread of a block job makes for itself.
///
/// @param kind the engine that runs
/// @param number of the data thread, from 0
record BlockPreparation(
        JobPlan plan, Work.Blocks work, EngineKind kind, int number, List<FileRef> files, JobControl control)
        implements DataThread.Preparation {

    @Override
    public Engine engine() throws IOException {
        int depth = kind.queues() ? plan.engine().iodepth() : 1;
        return Engines.open(kind, depth, work.blocks().maxBytes());
    }

    @Override
    public DataLoop loop(Engine engine) throws IOException {
        boolean writes = work.mode().writes();
        OpenMode mode = new OpenMode(
                work.mode().reads(),
                writes,
                false,
                plan.engine().direct(),
                work.sync().open());
        int[] numbers = new int[files.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = engine.open(files.get(i), mode);
        }
        BlockContent content = writes ? new BlockContent(work.content(), number, plan.seed()) : null;
        for (int slot = 0; writes && slot < engine.depth(); slot++) {
            content.fill(engine.memory(slot));
        }
        List<String> paths = files.stream().map(file -> file.path().toString()).toList();
        return new BlockLoop(plan, work, number, engine, numbers, paths, content, control);
    }
}
