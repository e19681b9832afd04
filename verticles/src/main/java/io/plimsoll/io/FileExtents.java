package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
    private static final long FS_IOC_FIEMAP = 0xC020660BL;
    private static final int FIEMAP_FLAG_SYNC = 1;
    private static final int FIEMAP_EXTENT_LAST = 1;
    private static final int FIEMAP_EXTENT_UNWRITTEN = 0x800;
    private static final long FIEMAP_BYTES = 32;
    private static final long FIEMAP_EXTENT_BYTES = 56;
    private static final int EXTENTS_AT_ONCE = 512;
    /// More are not looked at: 4 GiB in pieces of 4 KiB.
    private static final int EXTENTS_MAX = 1 << 20;

    /// Looks at a file, of which everything cached is written back first. For any thread.
    public static FileExtents of(Path file) throws IOException {
        String path = file.toString();
        try (PosixFiles posix = new PosixFiles()) {
            int fd = posix.open(PosixFiles.AT_FDCWD, path, PosixFiles.O_RDONLY, 0, path);
            try {
                return of(posix, fd, path);
            } finally {
                posix.close(fd, path);
            }
        }
    }

    static FileExtents of(PosixFiles posix, int fd, String path) throws PosixException {
        long bytes = posix.status(fd, path).bytes();
        Mapped mapped = mapped(posix, fd, bytes, path);
        long allocated = posix.status(fd, path).allocatedBytes(); // after all was written back
        return mapped == null
                ? new FileExtents(bytes, allocated, OptionalLong.empty(), OptionalLong.empty())
                : new FileExtents(
                        bytes,
                        allocated,
                        OptionalLong.of(mapped.unwrittenBytes()),
                        OptionalLong.of(bytes - mapped.mappedBytes()));
    }

    /// What of the first `bytes` of a file is mapped to the storage.
    ///
    /// @param unwrittenBytes reserved and never written: they read as zeros without the storage
    private record Mapped(long mappedBytes, long unwrittenBytes) {}

    /// Writes back what is cached first. Null where the file system does not tell, or the file is in too many
    /// pieces.
    private static Mapped mapped(PosixFiles posix, int fd, long bytes, String path) throws PosixException {
        long mapped = 0;
        long unwritten = 0;
        long from = 0;
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment map = scratch.allocate(FIEMAP_BYTES + EXTENTS_AT_ONCE * FIEMAP_EXTENT_BYTES, 8);
            for (int seen = 0; from < bytes; ) {
                map.asSlice(0, FIEMAP_BYTES).fill((byte) 0);
                map.set(JAVA_LONG, 0, from);
                map.set(JAVA_LONG, 8, bytes - from);
                map.set(JAVA_INT, 16, FIEMAP_FLAG_SYNC);
                map.set(JAVA_INT, 24, EXTENTS_AT_ONCE);
                int result = posix.control(fd, FS_IOC_FIEMAP, map.address());
                if (-result == Errno.EINTR.number) {
                    continue;
                }
                if (-result == Errno.EIO.number) {
                    throw new PosixException("fiemap", path, -result);
                }
                if (result != 0) {
                    return null;
                }
                int extents = map.get(JAVA_INT, 20);
                seen += extents;
                if (seen > EXTENTS_MAX) {
                    return null;
                }
                boolean last = extents == 0;
                for (int i = 0; i < extents; i++) {
                    long at = FIEMAP_BYTES + i * FIEMAP_EXTENT_BYTES;
                    long begin = Math.max(map.get(JAVA_LONG, at), from);
                    long end = Math.min(map.get(JAVA_LONG, at) + map.get(JAVA_LONG, at + 16), bytes);
                    int flags = map.get(JAVA_INT, at + 40);
                    long length = Math.max(end - begin, 0);
                    mapped += length;
                    unwritten += (flags & FIEMAP_EXTENT_UNWRITTEN) != 0 ? length : 0;
                    from = Math.max(from, end);
                    last |= (flags & FIEMAP_EXTENT_LAST) != 0;
                }
                if (last) {
                    break;
                }
            }
            return new Mapped(mapped, unwritten);
        }
    }

    /// Whether the file system says that some of the file was never written.
    public boolean incomplete() {
        return unwrittenBytes().orElse(0) > 0 || holeBytes().orElse(0) > 0;
    }
}
