package io.plimsoll.client;

import io.plimsoll.io.FileSystemSpace;
import io.plimsoll.model.ByteSize;
import io.plimsoll.model.ChunkPlan;
import java.util.Optional;

/// Whether a plan fits on a disk, before the run and during it. Pure.
///
/// What the run still needs is its footprint less what it has on the disk already. Beyond that a reserve stays free:
/// 5 % of the file system, or `reserveBytesMax` where that is less.
///
/// @param reserveBytesMax upper bound of the reserve
record DiskSpace(ChunkPlan plan, long reserveBytesMax) {
    private static final int RESERVE_PERCENT = 5;

    /// @param ownBytes bytes of the run's files that are on the disk now
    /// @return why the run must not go on; empty when there is room
    Optional<String> shortage(FileSystemSpace space, long ownBytes) {
        if (space.readOnly()) {
            return Optional.of("the file system is read-only (EROFS)");
        }
        long reserve = Math.min(space.sizeBytes() / 100 * RESERVE_PERCENT, reserveBytesMax);
        long needed = Math.max(0, plan.footprintBytes() - ownBytes);
        if (space.freeBytes() >= needed + reserve) {
            return Optional.empty();
        }
        return Optional.of(ByteSize.format(space.freeBytes()) + " free of " + ByteSize.format(space.sizeBytes())
                + ", the run still needs " + ByteSize.format(needed) + " and leaves " + ByteSize.format(reserve)
                + " free; make room, or choose a smaller -f or --kept-files");
    }
}
