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

    /// Makes an engine for blocks of one size.
    public static Engine open(EngineKind kind, int depth, int blockBytes) throws PosixException {
        return open(kind, depth, BlockSizes.of(blockBytes));
    }

    /// Makes an engine for the calling thread, which alone may use it.
    ///
    /// @param blocks that it will read and write: slots hold the largest, and direct I/O is refused where one of
    ///     them does not fit the storage
    /// @throws PosixException where the system refuses what the engine needs, with the remedy
    public static Engine open(EngineKind kind, int depth, BlockSizes blocks) throws PosixException {
        Require.inRange("iodepth", depth, 1, EngineChoice.IODEPTH_MAX);
        return switch (kind) {
            case NULL -> new NullEngine(depth, blocks.maxBytes(), false);
            case PSYNC -> new PsyncEngine(depth, blocks);
            case IO_URING -> new IoUringEngine(depth, blocks);
            case FILECHANNEL -> new FileChannelEngine(depth, blocks);
            case MMAP -> new MmapEngine(depth, blocks.maxBytes());
            case DD -> new DdEngine(depth, blocks);
        };
    }
}
