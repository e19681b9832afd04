package io.plimsoll.bench;

import io.plimsoll.model.Work;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/// Runs jobs on this machine.
public final class Bench {
    private Bench() {}

    /// Runs a job to its end, on data threads of its own; blocks the calling thread, which is none of them.
    ///
    /// @param stopped asked about ten times a second: whether the job is to end early
    /// @throws IOException before anything was measured ([JobRefusedException] where it was asked for what cannot be);
    ///     a failure while measuring is in the result
    public static JobResult run(JobRequest request, Progress progress, BooleanSupplier stopped)
            throws IOException, InterruptedException {
        return switch (request.plan().work()) {
            case Work.Blocks blocks -> new BlockJob(request, blocks, progress, stopped).run();
            case Work.Chunks _, Work.Metadata _ -> throw new JobRefusedException("this work is not there yet");
        };
    }
}
