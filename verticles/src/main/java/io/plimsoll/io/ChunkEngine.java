package io.plimsoll.io;

import io.plimsoll.model.EngineKind;
import io.plimsoll.model.Require;

/// Writes the chunks of one file at a time into a target directory, each call on one and the same thread.
///
/// The order of calls on a file: `open`, then for each chunk `prepare` and `write`, then `sync` once, then `closeFile`.
/// A call that throws has not done its work, and the bytes of its chunk do not count. All chunks have the same size.
public sealed interface ChunkEngine extends AutoCloseable permits PsyncChunkEngine, DdChunkEngine {

    /// @param seed of the data; two clients must not share one
    static ChunkEngine of(EngineKind kind, TargetDirectory target, long chunkBytes, long seed) throws PosixException {
        Require.inRange("chunk size in bytes", chunkBytes, 1, io.plimsoll.model.ChunkPlan.CHUNK_BYTES_MAX);
        return switch (kind) {
            case PSYNC -> new PsyncChunkEngine(target, chunkBytes, seed);
            case DD -> new DdChunkEngine(target, chunkBytes, seed);
            case NULL, IO_URING, FILECHANNEL, MMAP ->
                throw new IllegalArgumentException("engine " + kind.word() + " does not write chunks yet");
        };
    }

    /// Creates a file, which must not be there.
    void open(String name) throws PosixException;

    /// Makes the data of the next chunk; no I/O, and no part of the chunk's time.
    void prepare();

    /// Writes the prepared chunk at `offset`; returns when the kernel has all of it.
    void write(long offset) throws PosixException;

    /// The time in ns that the last `write` took by its program's own account; -1 where there is no other account than
    /// ours.
    long toldNs();

    /// Puts the open file's bytes on the disk. After a failure it is not called again for that file.
    void sync() throws PosixException;

    /// Closes the open file; it is closed after a failure too.
    void closeFile() throws PosixException;

    void delete(String name) throws PosixException;

    /// Gives memory and descriptors back.
    @Override
    void close() throws PosixException;
}
