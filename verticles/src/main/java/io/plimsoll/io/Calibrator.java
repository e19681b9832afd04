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
    public static Result run(ChunkPlan plan, ChunkEngine engine, LongSupplier nanoClock) throws PosixException {
        long chunksMax = Math.clamp(BYTES_MAX / plan.chunkBytes(), 1, plan.chunksPerFile());
        long chunks = 0;
        engine.open(FILE);
        long begin = nanoClock.getAsLong();
        try {
            do {
                engine.prepare();
                engine.write(chunks * plan.chunkBytes());
                chunks++;
            } while (chunks < chunksMax && nanoClock.getAsLong() - begin < TIME_NS);
            engine.sync();
        } catch (PosixException e) {
            try {
                engine.closeFile();
            } catch (PosixException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        engine.closeFile();
        long elapsedNs = Math.max(nanoClock.getAsLong() - begin, 1);
        engine.delete(FILE);
        return new Result(chunks * plan.chunkBytes(), elapsedNs);
    }
}
