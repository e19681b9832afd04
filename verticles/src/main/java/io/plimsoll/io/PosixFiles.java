package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/// The calls of libc that look after whole files: their blocks, cached pages, locks, and names. Linux, 64 bit.
///
/// As with [Posix], an instance has one owner and is used by one thread at a time.
final class PosixFiles implements AutoCloseable {
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int STATX_STATS_AND_BIRTH = 0xfff;
    private static final long STATX_BYTES = 256;
    private static final long STATX_BLOCK_BYTES = 512;
    private static final int POSIX_FADV_DONTNEED = 4;
    private static final int F_OFD_SETLK = 37;
    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;
    private static final long FLOCK_BYTES = 32;
    /// The same on every architecture, as with all calls that Linux got since 5.1.
    private static final long SYS_CACHESTAT = 451;

    private static final long FS_IOC_FIEMAP = 0xC020660BL;
    private static final int FIEMAP_FLAG_SYNC = 1;
    private static final int FIEMAP_EXTENT_LAST = 1;
    private static final int FIEMAP_EXTENT_UNWRITTEN = 0x800;
    private static final long FIEMAP_BYTES = 32;
    private static final long FIEMAP_EXTENT_BYTES = 56;
    private static final int EXTENTS_AT_ONCE = 512;
    /// More are not looked at: 4 GiB in pieces of 4 KiB.
    private static final int EXTENTS_MAX = 1 << 20;

    private static final MemorySegment STATX = Libc.function("statx");
    private static final MemorySegment FADVISE = Libc.function("posix_fadvise");
    private static final MemorySegment IOCTL = Libc.function("ioctl");
    private static final MemorySegment FCNTL = Libc.function("fcntl");
    private static final MemorySegment SYSCALL = Libc.function("syscall");
    private static final MemorySegment RENAMEAT = Libc.function("renameat");

    private final Libc libc = new Libc();

    /// What a file is.
    ///
    /// @param mode kind and permissions, as in `st_mode`
    /// @param allocatedBytes that the file system keeps for it
    /// @param bornSeconds when it was made; 0 where the file system does not tell
    record Stat(
            int mode,
            long inode,
            long bytes,
            long allocatedBytes,
            long bornSeconds,
            int bornNanos,
            long modifiedSeconds,
            int modifiedNanos) {
        private static final int KIND = 0xF000;

        boolean isRegular() {
            return (mode & KIND) == 0x8000;
        }

        boolean isLink() {
            return (mode & KIND) == 0xA000;
        }

        boolean isDirectory() {
            return (mode & KIND) == 0x4000;
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

    /// Of a name in a directory; of a symbolic link itself.
    Stat stat(int directory, String name, String path) throws PosixException {
        return stat(directory, name, AT_SYMLINK_NOFOLLOW, path);
    }

    Stat stat(int fd, String path) throws PosixException {
        return stat(fd, "", AT_EMPTY_PATH, path);
    }

    private Stat stat(int directory, String name, int flags, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment s = scratch.allocate(STATX_BYTES, 8);
            MemorySegment nameBytes = scratch.allocateFrom(name);
            if ((int) libc.call(STATX, directory, nameBytes.address(), flags, STATX_STATS_AND_BIRTH, s.address())
                    != 0) {
                throw new PosixException("statx", path, libc.errno());
            }
            return new Stat(
                    s.get(JAVA_SHORT, 28) & 0xFFFF,
                    s.get(JAVA_LONG, 32),
                    s.get(JAVA_LONG, 40),
                    s.get(JAVA_LONG, 48) * STATX_BLOCK_BYTES,
                    s.get(JAVA_LONG, 80),
                    s.get(JAVA_INT, 88),
                    s.get(JAVA_LONG, 112),
                    s.get(JAVA_INT, 120));
        }
    }

    /// Drops the pages of a file from the page cache, but for those that wait to be written: sync before.
    void dropCache(int fd, String path) throws PosixException {
        int errno = (int) libc.call(FADVISE, fd, 0, 0, POSIX_FADV_DONTNEED);
        if (errno != 0) {
            throw new PosixException("fadvise", path, errno);
        }
    }

    /// How many pages of a file are in the page cache; empty where the kernel (before Linux 6.5, or a sandbox)
    /// does not tell.
    OptionalLong cachedPages(int fd) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment range = scratch.allocate(16, 8); // all zeros: the whole file
            MemorySegment stat = scratch.allocate(40, 8);
            return libc.call(SYSCALL, SYS_CACHESTAT, fd, range.address(), stat.address(), 0) == 0
                    ? OptionalLong.of(stat.get(JAVA_LONG, 0))
                    : OptionalLong.empty();
        }
    }

    /// Locks a whole file for this descriptor as [Posix#tryLock] does, or shares it with others that share it. A
    /// lock of the other kind is exchanged.
    boolean tryLock(int fd, boolean shared, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment flock = scratch.allocate(FLOCK_BYTES, 8);
            flock.set(JAVA_SHORT, 0, shared ? F_RDLCK : F_WRLCK);
            if ((int) libc.call(FCNTL, fd, F_OFD_SETLK, flock.address()) == 0) {
                return true;
            }
            if (libc.errno() == Errno.EAGAIN.number || libc.errno() == Errno.EACCES.number) {
                return false;
            }
            throw new PosixException("lock", path, libc.errno());
        }
    }

    /// Gives a file of a directory another name there, which may be taken: that file is replaced.
    void rename(int directory, String from, String to, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            long old = scratch.allocateFrom(from).address();
            long name = scratch.allocateFrom(to).address();
            if ((int) libc.call(RENAMEAT, directory, old, directory, name) != 0) {
                throw new PosixException("rename", path, libc.errno());
            }
        }
    }

    /// What of the first `bytes` of a file is mapped to the storage.
    ///
    /// @param unwrittenBytes reserved and never written: they read as zeros without the storage
    record Mapped(long mappedBytes, long unwrittenBytes) {}

    /// Writes back what is cached first. Null where the file system does not tell, or the file is in too many
    /// pieces.
    Mapped mapped(int fd, long bytes, String path) throws PosixException {
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
                if ((int) libc.call(IOCTL, fd, FS_IOC_FIEMAP, map.address()) != 0) {
                    if (libc.errno() == Errno.EINTR.number) {
                        continue;
                    }
                    if (libc.errno() == Errno.EIO.number) {
                        throw new PosixException("fiemap", path, libc.errno());
                    }
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

    @Override
    public void close() {
        libc.close();
    }
}
