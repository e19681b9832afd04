package io.plimsoll.bench;

import io.plimsoll.model.Require;
import java.util.Optional;

/// The files of a job as they were when measuring began.
///
/// @param bytes their length
/// @param allocatedBytes that the file system has given them; fewer where they are sparse, or compressed
/// @param unwrittenBytes allocated and never written, which read as zeros without the storage being asked; empty
/// where the file system does not tell
record DataFiles(long bytes, long allocatedBytes, Optional<Long> unwrittenBytes) {
    DataFiles {
        Require.notNegative("length of the files in bytes", bytes);
        Require.notNegative("allocated bytes", allocatedBytes);
        unwrittenBytes.ifPresent(unwritten -> Require.notNegative("unwritten bytes", unwritten));
    }
}
