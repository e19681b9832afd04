package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/// What a file is, and what direct I/O on it asks for; from statx(2).
///
/// @param mode kind and permissions, as in `st_mode`
/// @param links names that it has
/// @param device number of the file system that it is on; a subvolume of btrfs has one of its own
/// @param allocatedBytes that the file system keeps for it
/// @param bornSeconds when it was made; 0 where the file system does not tell
/// @param directMemoryBytes what addresses must be a multiple of; 0 where it is not said
/// @param directOffsetBytes what offsets and lengths must be a multiple of; likewise
record FileStatus(
        int mode,
        int links,
        long inode,
        long device,
        long bytes,
        long allocatedBytes,
        long bornSeconds,
        int bornNanos,
        long modifiedSeconds,
        int modifiedNanos,
        int directMemoryBytes,
        int directOffsetBytes) {
    /// Of the kernel's `struct statx`.
    static final long BYTES = 256;
    /// What stat(2) tells.
    static final int BASIC = 0x7ff;
    /// And when the file was made, and the demands of direct I/O.
    static final int ALL = BASIC | 0x800 | 0x2000;

    private static final long BLOCK_BYTES = 512;
    private static final int KIND = 0xF000;

    static FileStatus of(MemorySegment statx) {
        return new FileStatus(
                statx.get(JAVA_SHORT, 28) & 0xFFFF,
                statx.get(JAVA_INT, 16),
                statx.get(JAVA_LONG, 32),
                (long) statx.get(JAVA_INT, 136) << 32 | statx.get(JAVA_INT, 140),
                statx.get(JAVA_LONG, 40),
                statx.get(JAVA_LONG, 48) * BLOCK_BYTES,
                statx.get(JAVA_LONG, 80),
                statx.get(JAVA_INT, 88),
                statx.get(JAVA_LONG, 112),
                statx.get(JAVA_INT, 120),
                statx.get(JAVA_INT, 152),
                statx.get(JAVA_INT, 156));
    }

    boolean isCharacterDevice() {
        return (mode & KIND) == 0x2000;
    }

    boolean isDirectory() {
        return (mode & KIND) == 0x4000;
    }

    boolean isRegular() {
        return (mode & KIND) == 0x8000;
    }

    /// Whether both are of one file or directory.
    boolean isSame(FileStatus other) {
        return inode == other.inode && device == other.device;
    }

    /// Changes when the file is written to, or another one takes its name.
    String stamp() {
        return inode + ":" + modifiedSeconds + "." + modifiedNanos;
    }

    /// Stays while the file is written to, and changes when another one takes its name.
    String identity() {
        return inode + ":born:" + bornSeconds + "." + bornNanos;
    }
}
