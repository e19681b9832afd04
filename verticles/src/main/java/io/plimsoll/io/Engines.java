package io.plimsoll.io;

import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan.EngineChoice;
import io.plimsoll.model.Require;

/// Makes engines.
public final class Engines {
    private Engines() {}

    /// Makes an engine that does nothing and looks like another one: where that has times of submission, so has this.
    ///
    /// @throws PosixException where there is no memory for it
    public static Engine idle(EngineKind like, int depth, int blockBytes) throws PosixException {
        return new NullEngine(depth, blockBytes, like == EngineKind.IO_URING);
    }

    /// Makes an engine for the calling thread, which alone may use it.
    ///
    /// @param blockBytes of the largest block
    /// @throws PosixException where the system refuses what the engine needs, with the remedy
    public static Engine open(EngineKind kind, int depth, int blockBytes) throws PosixException {
        Require.inRange("iodepth", depth, 1, EngineChoice.IODEPTH_MAX);
        Require.inRange("block size in bytes", blockBytes, 1, BlockSizes.BLOCK_BYTES_MAX);
        return switch (kind) {
            case NULL -> new NullEngine(depth, blockBytes, false);
            case PSYNC -> new PsyncEngine(depth, blockBytes);
            case IO_URING -> new IoUringEngine(depth, blockBytes);
            case FILECHANNEL -> new FileChannelEngine(depth, blockBytes);
            case MMAP -> new MmapEngine(depth, blockBytes);
            case DD -> new DdEngine(depth, blockBytes);
        };
    }
}
