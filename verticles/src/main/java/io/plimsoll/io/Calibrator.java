package io.plimsoll.io;

import io.plimsoll.model.ChunkPlan;
import java.util.function.LongSupplier;

/// Writes a little, as the run will: to foretell how fast the target is.
public final class Calibrator {
    static final long TIME_NS = 1_000_000_000L;
    static final long BYTES_MAX = 512L << 20;
    private static final String FILE = "data-000000";

    private Calibrator() {}

    /// @param elapsedNs time of writes, fsync and close together
    public record Result(long bytes, long elapsedNs) {}

    /// Writes chunks for a second (at least one chunk, at most a file or 512 MiB), syncs, closes, and deletes the file.
    public static Result run(ChunkPlan plan, ChunkFiles files, LongSupplier nanoClock) throws PosixException {
        long chunksMax = Math.clamp(BYTES_MAX / plan.chunkBytes(), 1, plan.chunksPerFile());
        long chunks = 0;
        files.open(FILE);
        long begin = nanoClock.getAsLong();
        try {
            do {
                files.prepare();
                files.write(chunks * plan.chunkBytes());
                chunks++;
            } while (chunks < chunksMax && nanoClock.getAsLong() - begin < TIME_NS);
            files.sync();
        } catch (PosixException e) {
            try {
                files.closeFile();
            } catch (PosixException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        files.closeFile();
        long elapsedNs = Math.max(nanoClock.getAsLong() - begin, 1);
        files.delete(FILE);
        return new Result(chunks * plan.chunkBytes(), elapsedNs);
    }
}
