package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.OptionalLong;

/// The calls of libc that look after whole files: their blocks, cached pages, locks, and names. Linux, 64 bit.
///
/// As with [Posix], an instance has one owner and is used by one thread at a time.
final class PosixFiles implements AutoCloseable {
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int STATX_BASIC_STATS = 0x7ff;
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

    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle STATX =
            Posix.bind("statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle FADVISE =
            Posix.bind("posix_fadvise", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle IOCTL = Posix.bind(
            "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle FCNTL = Posix.bind(
            "fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SYSCALL = Posix.bind(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle RENAMEAT =
            Posix.bind("renameat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment capture = arena.allocate(CAPTURE);

    /// What a file is.
    ///
    /// @param mode kind and permissions, as in `st_mode`
    /// @param allocatedBytes that the file system keeps for it
    record Stat(int mode, long inode, long bytes, long allocatedBytes, long modifiedSeconds, int modifiedNanos) {
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
            if ((int) STATX.invokeExact(capture, directory, nameBytes, flags, STATX_BASIC_STATS, s) != 0) {
                throw new PosixException("statx", path, errno());
            }
            return new Stat(
                    s.get(JAVA_SHORT, 28) & 0xFFFF,
                    s.get(JAVA_LONG, 32),
                    s.get(JAVA_LONG, 40),
                    s.get(JAVA_LONG, 48) * STATX_BLOCK_BYTES,
                    s.get(JAVA_LONG, 112),
                    s.get(JAVA_INT, 120));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Drops the pages of a file from the page cache, but for those that wait to be written: sync before.
    void dropCache(int fd, String path) throws PosixException {
        int errno;
        try {
            errno = (int) FADVISE.invokeExact(capture, fd, 0L, 0L, POSIX_FADV_DONTNEED);
        } catch (Throwable t) {
            throw rethrow(t);
        }
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
            return (long) SYSCALL.invokeExact(capture, SYS_CACHESTAT, fd, range, stat, 0) == 0
                    ? OptionalLong.of(stat.get(JAVA_LONG, 0))
                    : OptionalLong.empty();
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Locks a whole file for this descriptor as [Posix#tryLock] does, or shares it with others that share it. A
    /// lock of the other kind is exchanged.
    boolean tryLock(int fd, boolean shared, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment flock = scratch.allocate(FLOCK_BYTES, 8);
            flock.set(JAVA_SHORT, 0, shared ? F_RDLCK : F_WRLCK);
            if ((int) FCNTL.invokeExact(capture, fd, F_OFD_SETLK, flock) == 0) {
                return true;
            }
            if (errno() == Errno.EAGAIN.number || errno() == Errno.EACCES.number) {
                return false;
            }
            throw new PosixException("lock", path, errno());
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Gives a file of a directory another name there, which may be taken: that file is replaced.
    void rename(int directory, String from, String to, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment old = scratch.allocateFrom(from);
            if ((int) RENAMEAT.invokeExact(capture, directory, old, directory, scratch.allocateFrom(to)) != 0) {
                throw new PosixException("rename", path, errno());
            }
        } catch (Throwable t) {
            throw rethrow(t);
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
                if ((int) IOCTL.invokeExact(capture, fd, FS_IOC_FIEMAP, map) != 0) {
                    if (errno() == Errno.EINTR.number) {
                        continue;
                    }
                    if (errno() == Errno.EIO.number) {
                        throw new PosixException("fiemap", path, errno());
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
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private int errno() {
        return (int) ERRNO.get(capture, 0L);
    }

    private static PosixException rethrow(Throwable t) {
        if (t instanceof PosixException e) {
            return e;
        }
        throw unexpected(t);
    }

    private static Error unexpected(Throwable t) {
        return switch (t) {
            case RuntimeException e -> throw e;
            case Error e -> e;
            default -> new AssertionError("a native call throws nothing of its own", t);
        };
    }

    @Override
    public void close() {
        arena.close();
    }
}
