package io.plimsoll.client;

import io.plimsoll.io.FileSystemSpace;
import io.plimsoll.model.ByteSize;
import io.plimsoll.model.ChunkPlan;
import java.util.Optional;

/// Whether a plan fits on a disk, before the run and during it. Pure.
///
/// What the run still needs is its footprint less what it has on the disk already. Beyond that a reserve stays free:
/// 5 % of the file system, or `reserveBytesMax` where that is less. Before the run there must be slack too: a chunk,
/// because the disk counts the one in flight before we do, and 1 % of the footprint for the file system's own needs.
///
/// @param reserveBytesMax upper bound of the reserve
record DiskSpace(ChunkPlan plan, long reserveBytesMax) {
    /// @return why the run must not begin; empty when there is room
    Optional<String> shortageBeforeRun(FileSystemSpace space) {
        long slack = plan.chunkBytes() + plan.footprintBytes() / 100;
        return shortageOf(capped(plan.footprintBytes(), slack), space);
    }

    /// @param ownBytes bytes of the run's files that are on the disk now
    /// @return why the run must not go on; empty when there is room
    Optional<String> shortage(FileSystemSpace space, long ownBytes) {
        return shortageOf(Math.max(0, plan.footprintBytes() - ownBytes), space);
    }

    long reserveBytes(FileSystemSpace space) {
        return space.reserveBytes(reserveBytesMax);
    }

    private Optional<String> shortageOf(long neededBytes, FileSystemSpace space) {
        if (space.readOnly()) {
            return Optional.of("the file system is read-only (EROFS)");
        }
        long reserve = reserveBytes(space);
        if (space.freeBytes() >= capped(neededBytes, reserve)) {
            return Optional.empty();
        }
        return Optional.of(ByteSize.format(space.freeBytes()) + " free of " + ByteSize.format(space.sizeBytes())
                + ", the run still needs " + ByteSize.format(neededBytes) + " and leaves " + ByteSize.format(reserve)
                + " free; make room, or choose a smaller -f or --kept-files");
    }

    private static long capped(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
