package io.plimsoll.bench;

import io.plimsoll.io.NativeAccessException;
import io.plimsoll.io.ThreadTimers;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Runs jobs on this machine.
public final class Bench {
    private static final Path NOWHERE = Path.of("/dev/null");

    private Bench() {}

    /// Loads what every job needs before its first operation (calls of libc, the accounts of machine and JVM) while
    /// the caller does something else. What fails there fails again, and is told, where it is needed.
    ///
    /// @return the thread that does so, a daemon
    public static Thread warm() {
        return Thread.ofPlatform().daemon().name("warm").start(() -> {
            try {
                ThreadTimers.makePrecise(); // for what it loads: every data thread does the same
                new Observer(NOWHERE, Optional.empty());
            } catch (IOException | RuntimeException | LinkageError _) {
                // Nothing was promised.
            }
        });
    }

    /// Runs a job to its end, on data threads of its own; blocks the calling thread, which is none of them.
    ///
    /// @param stopped asked about ten times a second: whether the job is to end early
    /// @throws JobRefusedException where it cannot be run as it was asked for
    /// @throws IOException where the storage fails before anything was measured; later failures are in the result
    /// @throws InterruptedException where it was stopped before it began
    public static JobResult run(JobRequest request, Progress progress, BooleanSupplier stopped)
            throws IOException, InterruptedException {
        // A mistyped path would be made, and another disk measured.
        if (request.target() instanceof JobTarget.Directory(Path path) && !Files.isDirectory(path)) {
            throw new JobRefusedException(path + " is not a directory; make it, or name one that is there");
        }
        if (stopped.getAsBoolean()) {
            throw new InterruptedException("stopped before it began");
        }
        try {
            return switch (request.plan().work()) {
                case Work.Blocks blocks -> new BlockJob(request, blocks, progress, stopped).run();
                case Work.Chunks chunks -> ChunkJob.run(request, chunks, progress, stopped);
                case Work.Metadata metadata -> MetadataJob.run(request, metadata, progress, stopped);
            };
        } catch (NativeAccessException e) {
            throw new JobRefusedException(e.getMessage(), e);
        }
    }
}
