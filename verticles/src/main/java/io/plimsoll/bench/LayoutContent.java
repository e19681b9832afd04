package io.plimsoll.bench;

import io.plimsoll.io.FileSet;
import io.plimsoll.model.Content;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Work;
import io.plimsoll.workload.BlockContent;
import io.plimsoll.workload.BlockVerifier;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/// Fills the files of a job with content of the job's own kind, before it begins. One thread.
final class LayoutContent implements FileSet.Content {
    private final JobPlan plan;
    private final Work.Blocks work;
    private final long run;
    private final Map<Integer, BlockContent> ofThread = new HashMap<>();
    private BlockContent filledBy;
    private long filledAddress = -1;

    LayoutContent(JobPlan plan, Work.Blocks work, long run) {
        this.plan = plan;
        this.work = work;
        this.run = run;
    }

    @Override
    public FileSet.Shape shape() {
        Content content = work.content();
        return new FileSet.Shape(
                "compress " + content.compressPercent() + " %, dedupe " + content.dedupePercent() + " %",
                content.verify() ? "by " + BlockVerifier.unitBytes(work.blocks()) + " bytes, seed " + plan.seed() : "");
    }

    @Override
    public void fill(MemorySegment memory, int thread, int file, long offset) {
        BlockContent content = ofThread.computeIfAbsent(thread, this::content);
        // The words stay from piece to piece; only what tells pieces apart is made anew.
        if (filledBy != content || filledAddress != memory.address()) {
            content.fill(memory);
            filledBy = content;
            filledAddress = memory.address();
        }
        content.next(memory, Math.toIntExact(memory.byteSize()), file, offset);
    }

    private BlockContent content(int thread) {
        long seed = DataSeed.ofLayout(plan, run);
        if (!work.content().verify()) {
            return new BlockContent(work.content(), thread, seed);
        }
        return new BlockContent(work.content(), thread, seed, BlockVerifier.ofLayout(work, thread, plan.seed(), run));
    }
}
