package io.plimsoll.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/// How much of a file is on the storage at all: what is not reads as zeros, which no disk is asked for.
///
/// @param allocatedBytes that the file system keeps for the file; fewer than its size for a sparse one, and for
///     one that is compressed
/// @param unwrittenBytes reserved and never written (`fallocate`); empty where the file system does not tell (it
///     has no FIEMAP, or the file is in more than a million pieces)
/// @param holeBytes not even reserved; likewise
public record FileExtents(long bytes, long allocatedBytes, OptionalLong unwrittenBytes, OptionalLong holeBytes) {

    /// Looks at a file, of which everything cached is written back first. For any thread.
    public static FileExtents of(Path file) throws IOException {
        String path = file.toString();
        try (Posix posix = new Posix();
                PosixFiles files = new PosixFiles()) {
            int fd = posix.openAt(Posix.AT_FDCWD, path, Posix.O_RDONLY, 0, path);
            try {
                return of(files, fd, path);
            } finally {
                posix.close(fd, path);
            }
        }
    }

    static FileExtents of(PosixFiles files, int fd, String path) throws PosixException {
        long bytes = files.stat(fd, path).bytes();
        PosixFiles.Mapped mapped = files.mapped(fd, bytes, path);
        long allocated = files.stat(fd, path).allocatedBytes(); // after all was written back
        return mapped == null
                ? new FileExtents(bytes, allocated, OptionalLong.empty(), OptionalLong.empty())
                : new FileExtents(
                        bytes,
                        allocated,
                        OptionalLong.of(mapped.unwrittenBytes()),
                        OptionalLong.of(bytes - mapped.mappedBytes()));
    }

    /// Whether the file system says that some of the file was never written.
    public boolean incomplete() {
        return unwrittenBytes().orElse(0) > 0 || holeBytes().orElse(0) > 0;
    }
}
