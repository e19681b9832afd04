package io.plimsoll.client;

import io.plimsoll.io.FileSystemSpace;
import java.util.Optional;

/// Decides second by second whether a run may go on writing. Pure; one thread.
///
/// Deleted files may give their space back late (btrfs, ZFS, NFS), so one look below the limit is not believed: the
/// third in a row is, or the first at which more than half of the reserve is gone.
final class DiskGuard {
    static final int LOOKS_MAX = 3;

    private final DiskSpace limits;
    private int looksShort;

    DiskGuard(DiskSpace limits) {
        this.limits = limits;
    }

    /// @param ownBytes bytes of the run's files that are on the disk now
    /// @return why the run must stop; empty when it may go on
    Optional<String> look(FileSystemSpace space, long ownBytes) {
        if (space.readOnly()) {
            return Optional.empty(); // the writer meets that itself, and can name operation and path
        }
        Optional<String> shortage = limits.shortage(space, ownBytes);
        looksShort = shortage.isPresent() ? looksShort + 1 : 0;
        boolean urgent = space.freeBytes() < limits.reserveBytes(space) / 2;
        return urgent || looksShort >= LOOKS_MAX ? shortage : Optional.empty();
    }
}
