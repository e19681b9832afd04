package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// The calls of libc that measuring needs, with errno. Linux, 64 bit.
///
/// An instance belongs to one owner and is used by one thread at a time: errno lands in a segment of the instance. The
/// calls block and are therefore never `critical`. Those on the measured path ([#read], [#write], [#sync], [#syscall])
/// take numbers and allocate nothing, once they are compiled.
final class Posix implements AutoCloseable {
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_CLOEXEC = 0x80000;
    static final int O_DSYNC = 0x1000;
    static final int O_SYNC = 0x101000;
    static final int O_DIRECT;
    static final int O_DIRECTORY;
    static final int O_NOFOLLOW;
    static final int AT_FDCWD = -100;

    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_TYPE = 1;
    private static final int STATX_DIOALIGN = 0x2000;
    private static final long STATX_BYTES = 256;
    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE_ANONYMOUS = 2 | 0x20;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MFD_CLOEXEC = 1;
    private static final int RLIMIT_MEMLOCK = 8;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int RUSAGE_THREAD = 1;
    private static final long RUSAGE_BYTES = 144;
    private static final int F_OFD_SETLK = 37;
    private static final short F_WRLCK = 1;
    private static final long FLOCK_BYTES = 32;
    private static final long STATVFS_BYTES = 112;
    private static final long ST_RDONLY = 1;

    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle OPENAT;
    private static final MethodHandle PREAD;
    private static final MethodHandle PWRITE;
    private static final MethodHandle FSYNC;
    private static final MethodHandle FDATASYNC;
    private static final MethodHandle CLOSE;
    private static final MethodHandle UNLINKAT;
    private static final MethodHandle STATX;
    private static final MethodHandle FSTATVFS;
    private static final MethodHandle MMAP;
    private static final MethodHandle MUNMAP;
    private static final MethodHandle SYSCALL;
    private static final MethodHandle GETRLIMIT;
    private static final MethodHandle PRCTL;
    private static final MethodHandle GETRUSAGE;
    private static final MethodHandle SCHED_GETAFFINITY;
    private static final MethodHandle SCHED_SETAFFINITY;
    private static final MethodHandle MADVISE;
    private static final MethodHandle MEMFD_CREATE;
    private static final MethodHandle FTRUNCATE;
    private static final MethodHandle FCNTL;

    static {
        // These three are the only ones used here that differ: asm-generic (x86, riscv, s390) against arm and power.
        String arch = System.getProperty("os.arch");
        boolean arm = arch.matches("aarch64|ppc64le");
        O_DIRECT = arch.equals("ppc64le") ? 0x20000 : arm ? 0x10000 : 0x4000;
        O_DIRECTORY = arm ? 0x4000 : 0x10000;
        O_NOFOLLOW = arm ? 0x8000 : 0x20000;
        try {
            OPENAT = bind(
                    "openat",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                    Linker.Option.firstVariadicArg(3));
            PREAD = bind("pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
            PWRITE = bind("pwrite", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
            FSYNC = bind("fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
            FDATASYNC = bind("fdatasync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
            CLOSE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
            UNLINKAT = bind("unlinkat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
            STATX = bind("statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
            FSTATVFS = bind("fstatvfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
            MMAP = bind(
                    "mmap",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
            SYSCALL = bind(
                    "syscall",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    Linker.Option.firstVariadicArg(1));
            GETRLIMIT = bind("getrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
            PRCTL = bind(
                    "prctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG), Linker.Option.firstVariadicArg(1));
            GETRUSAGE = bind("getrusage", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
            SCHED_GETAFFINITY =
                    bind("sched_getaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
            SCHED_SETAFFINITY =
                    bind("sched_setaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
            MUNMAP = bind("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
            MADVISE = bind("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
            MEMFD_CREATE = bind("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
            FTRUNCATE = bind("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
            FCNTL = bind(
                    "fcntl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS),
                    Linker.Option.firstVariadicArg(2));
        } catch (IllegalCallerException e) {
            throw new UnsupportedOperationException(
                    "writing needs native access: start Java with --enable-native-access=ALL-UNNAMED", e);
        }
    }

    private final Arena arena = Arena.ofShared();
    private final MemorySegment capture = arena.allocate(CAPTURE);

    /// A function of libc, which takes the segment for errno first.
    static MethodHandle bind(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new UnsupportedOperationException(
                    "writing chunks needs Linux; this is " + System.getProperty("os.name"));
        }
        Linker linker = Linker.nativeLinker();
        SymbolLookup libc = linker.defaultLookup();
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return linker.downcallHandle(
                libc.find(name).orElseThrow(() -> new UnsupportedOperationException("libc has no " + name)),
                descriptor,
                all);
    }

    /// @param directory descriptor that a relative `name` starts from, or [#AT_FDCWD]
    /// @param path for the error message
    int openAt(int directory, String name, int flags, int mode, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment nameBytes = scratch.allocateFrom(name);
            while (true) {
                int fd = (int) OPENAT.invokeExact(capture, directory, nameBytes, flags | O_CLOEXEC, mode);
                if (fd >= 0) {
                    return fd;
                }
                if (errno() != Errno.EINTR.number) {
                    throw new PosixException("open", path, errno());
                }
            }
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Reads to `address`, which must be the caller's as long as the call lasts. Returns bytes, which may be fewer
    /// than asked for, or -errno.
    long read(int fd, long address, long bytes, long offset) {
        try {
            while (true) {
                long read = (long) PREAD.invokeExact(capture, fd, address, bytes, offset);
                if (read >= 0 || errno() != Errno.EINTR.number) {
                    return read >= 0 ? read : -errno();
                }
            }
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Writes from `address`, likewise.
    long write(int fd, long address, long bytes, long offset) {
        try {
            while (true) {
                long written = (long) PWRITE.invokeExact(capture, fd, address, bytes, offset);
                if (written >= 0 || errno() != Errno.EINTR.number) {
                    return written >= 0 ? written : -errno();
                }
            }
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Writes the first `bytes` of `buffer`, all of them: a short write is continued, and its cause is found by the
    /// call that follows it.
    void writeFully(int fd, MemorySegment buffer, long bytes, long offset, String path) throws PosixException {
        long done = 0;
        while (done < bytes) {
            long written = write(fd, buffer.address() + done, bytes - done, offset + done);
            if (written <= 0) {
                throw new PosixException(
                        "write",
                        path,
                        (int) -written,
                        done == 0 && written < 0 ? "" : done + " of " + bytes + " bytes were written");
            }
            done += written;
        }
    }

    /// fsync, or fdatasync if `dataOnly`. Returns 0 or -errno.
    int sync(int fd, boolean dataOnly) {
        try {
            while (true) {
                int result = dataOnly ? (int) FDATASYNC.invokeExact(capture, fd) : (int) FSYNC.invokeExact(capture, fd);
                if (result == 0 || errno() != Errno.EINTR.number) {
                    return result == 0 ? 0 : -errno();
                }
            }
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Called once for a file and never again after a failure: the kernel reports an error of writing back once, and a
    /// second fsync would succeed without the bytes being on disk.
    void fsync(int fd, String path) throws PosixException {
        int result = sync(fd, false);
        if (result != 0) {
            throw new PosixException("fsync", path, -result);
        }
    }

    /// The descriptor is gone afterwards, whatever close says; on Linux that is so after EINTR too.
    void close(int fd, String path) throws PosixException {
        try {
            if ((int) CLOSE.invokeExact(capture, fd) != 0 && errno() != Errno.EINTR.number) {
                throw new PosixException("close", path, errno());
            }
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    void unlinkAt(int directory, String name, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            if ((int) UNLINKAT.invokeExact(capture, directory, scratch.allocateFrom(name), 0) != 0) {
                throw new PosixException("unlink", path, errno());
            }
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// What a file is, and what direct I/O on it asks for.
    ///
    /// @param mode kind and permissions, as in `st_mode`
    /// @param directMemoryBytes what addresses must be a multiple of; 0 where it is not said
    /// @param directOffsetBytes what offsets and lengths must be a multiple of; likewise
    record Status(int mode, int directMemoryBytes, int directOffsetBytes) {
        private static final int KIND = 0xF000;
        private static final int CHARACTER_DEVICE = 0x2000;

        boolean isCharacterDevice() {
            return (mode & KIND) == CHARACTER_DEVICE;
        }
    }

    /// Of a path, of what it leads to.
    Status status(String path) throws PosixException {
        return status(AT_FDCWD, path, 0, path);
    }

    Status status(int fd, String path) throws PosixException {
        return status(fd, "", AT_EMPTY_PATH, path);
    }

    private Status status(int directory, String name, int flags, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment s = scratch.allocate(STATX_BYTES, 8);
            MemorySegment nameBytes = scratch.allocateFrom(name);
            if ((int) STATX.invokeExact(capture, directory, nameBytes, flags, STATX_TYPE | STATX_DIOALIGN, s) != 0) {
                throw new PosixException("statx", path, errno());
            }
            return new Status(s.get(ValueLayout.JAVA_SHORT, 28) & 0xFFFF, s.get(JAVA_INT, 152), s.get(JAVA_INT, 156));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// The file system that holds an open file.
    FileSystemSpace space(int fd, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment s = scratch.allocate(STATVFS_BYTES, 8);
            if ((int) FSTATVFS.invokeExact(capture, fd, s) != 0) {
                throw new PosixException("statvfs", path, errno());
            }
            long unit = s.get(JAVA_LONG, 8);
            return new FileSystemSpace(
                    s.get(JAVA_LONG, 16) * unit, s.get(JAVA_LONG, 32) * unit, (s.get(JAVA_LONG, 72) & ST_RDONLY) != 0);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Maps memory that is private (`fd` = -1) or a file's. Returns its address.
    long map(long bytes, int fd) throws PosixException {
        return map(bytes, fd, 0);
    }

    long map(long bytes, int fd, long offset) throws PosixException {
        try {
            int flags = fd < 0 ? MAP_PRIVATE_ANONYMOUS : MAP_SHARED;
            long address = (long) MMAP.invokeExact(capture, 0L, bytes, PROT_READ_WRITE, flags, fd, offset);
            if (address == -1) {
                throw new PosixException("map", bytes + " bytes of memory", errno());
            }
            return address;
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    void unmap(long address, long bytes) throws PosixException {
        try {
            if ((int) MUNMAP.invokeExact(capture, address, bytes) != 0) {
                throw new PosixException("unmap", bytes + " bytes of memory", errno());
            }
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Whether the kernel takes the advice; it need not act on it.
    boolean adviseHugePages(long address, long bytes) throws PosixException {
        try {
            return (int) MADVISE.invokeExact(capture, address, bytes, MADV_HUGEPAGE) == 0;
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// A file in memory, of which nothing reaches a disk.
    int memoryFile(String name, long bytes) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            int fd = (int) MEMFD_CREATE.invokeExact(capture, scratch.allocateFrom(name), MFD_CLOEXEC);
            if (fd < 0) {
                throw new PosixException("memfd_create", name, errno());
            }
            try {
                truncate(fd, bytes, name);
            } catch (PosixException e) {
                close(fd, name);
                throw e;
            }
            return fd;
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    void truncate(int fd, long bytes, String path) throws PosixException {
        try {
            if ((int) FTRUNCATE.invokeExact(capture, fd, bytes) != 0) {
                throw new PosixException("truncate", path, errno());
            }
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Locks a whole file for this descriptor; false where another one, of any process, holds the lock.
    ///
    /// An open file description lock, not the kind that `FileChannel` takes: that one belongs to the process, and
    /// is lost as soon as the process closes any other descriptor of the same file.
    boolean tryLock(int fd, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment flock = scratch.allocate(FLOCK_BYTES, 8); // whence, start, length, pid: 0 is the whole file
            flock.set(ValueLayout.JAVA_SHORT, 0, F_WRLCK);
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

    /// A system call that libc has no function for. Returns its result, or -errno.
    long syscall(long number, long a, long b, long c, long d, long e, long f) {
        try {
            long result = (long) SYSCALL.invokeExact(capture, number, a, b, c, d, e, f);
            return result == -1 ? -errno() : result;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// How much memory the user may lock, in bytes; -1 as an unsigned number is without limit.
    long lockedBytesMax() throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment limit = scratch.allocate(16, 8); // soft, hard
            if ((int) GETRLIMIT.invokeExact(capture, RLIMIT_MEMLOCK, limit) != 0) {
                throw new PosixException("getrlimit", "RLIMIT_MEMLOCK", errno());
            }
            return limit.get(JAVA_LONG, 0);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Of the calling thread.
    ThreadUsage threadUsage() throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment u = scratch.allocate(RUSAGE_BYTES, 8);
            if ((int) GETRUSAGE.invokeExact(capture, RUSAGE_THREAD, u) != 0) {
                throw new PosixException("getrusage", "thread", errno());
            }
            return new ThreadUsage(
                    timeNs(u, 0),
                    timeNs(u, 16),
                    u.get(JAVA_LONG, 64),
                    u.get(JAVA_LONG, 72),
                    u.get(JAVA_LONG, 128),
                    u.get(JAVA_LONG, 136));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private static long timeNs(MemorySegment timeval, long at) {
        return timeval.get(JAVA_LONG, at) * 1_000_000_000 + timeval.get(JAVA_LONG, at + 8) * 1_000;
    }

    /// By how much the calling thread's wake-ups may be put off.
    void timerSlack(long ns) throws PosixException {
        try {
            if ((int) PRCTL.invokeExact(capture, PR_SET_TIMERSLACK, ns) != 0) {
                throw new PosixException("prctl", "PR_SET_TIMERSLACK", errno());
            }
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// The processors that the calling thread may run on, as bits.
    long[] affinity() throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment mask = scratch.allocate(ThreadAffinity.CPUS_MAX / Byte.SIZE, 8);
            if ((int) SCHED_GETAFFINITY.invokeExact(capture, 0, mask.byteSize(), mask) != 0) {
                throw new PosixException("sched_getaffinity", "thread", errno());
            }
            return mask.toArray(JAVA_LONG);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Likewise. Returns 0 or -errno.
    int setAffinity(long[] cpus) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment mask = scratch.allocateFrom(JAVA_LONG, cpus);
            return (int) SCHED_SETAFFINITY.invokeExact(capture, 0, mask.byteSize(), mask) == 0 ? 0 : -errno();
        } catch (Throwable t) {
            throw unexpected(t);
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
