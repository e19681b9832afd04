package io.plimsoll.bench;

import io.plimsoll.model.JobPlan;

/// What the bytes of a job are made from. Its sequence of places and sizes repeats with the plan's seed; its bytes must
/// not: storage that finds duplicates, or drops writes that change nothing, would have them already.
final class DataSeed {
    private static final int RUN_SHIFT = 20;

    private DataSeed() {}

    /// Of what a run writes.
    ///
    /// @param run the wall clock in ms when it began
    static long ofWrites(JobPlan plan, long run) {
        return plan.seed() ^ run << RUN_SHIFT;
    }

    /// Of what files are filled with before it.
    static long ofLayout(JobPlan plan, long run) {
        return ~ofWrites(plan, run);
    }
}
