package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The calls of libc that measuring needs, with errno. Linux, 64 bit.
///
/// As with [Libc], an instance has one owner and is used by one thread at a time. Calls on the measured path ([#read],
/// [#write], [#sync], [#syscall]) take numbers and allocate nothing, once they are compiled.
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

    private static final MemorySegment OPENAT = Libc.function("openat");
    private static final MemorySegment PREAD = Libc.function("pread");
    private static final MemorySegment PWRITE = Libc.function("pwrite");
    private static final MemorySegment FSYNC = Libc.function("fsync");
    private static final MemorySegment FDATASYNC = Libc.function("fdatasync");
    private static final MemorySegment CLOSE = Libc.function("close");
    private static final MemorySegment UNLINKAT = Libc.function("unlinkat");
    private static final MemorySegment STATX = Libc.function("statx");
    private static final MemorySegment FSTATVFS = Libc.function("fstatvfs");
    private static final MemorySegment MMAP = Libc.function("mmap");
    private static final MemorySegment MUNMAP = Libc.function("munmap");
    private static final MemorySegment SYSCALL = Libc.function("syscall");
    private static final MemorySegment GETRLIMIT = Libc.function("getrlimit");
    private static final MemorySegment PRCTL = Libc.function("prctl");
    private static final MemorySegment GETRUSAGE = Libc.function("getrusage");
    private static final MemorySegment SCHED_GETAFFINITY = Libc.function("sched_getaffinity");
    private static final MemorySegment SCHED_SETAFFINITY = Libc.function("sched_setaffinity");
    private static final MemorySegment MADVISE = Libc.function("madvise");
    private static final MemorySegment MEMFD_CREATE = Libc.function("memfd_create");
    private static final MemorySegment FTRUNCATE = Libc.function("ftruncate");
    private static final MemorySegment FCNTL = Libc.function("fcntl");

    static {
        // These three are the only ones used here that differ: asm-generic (x86, riscv, s390) against arm and power.
        String arch = System.getProperty("os.arch");
        boolean arm = arch.equals("aarch64") || arch.equals("ppc64le");
        O_DIRECT = arch.equals("ppc64le") ? 0x20000 : arm ? 0x10000 : 0x4000;
        O_DIRECTORY = arm ? 0x4000 : 0x10000;
        O_NOFOLLOW = arm ? 0x8000 : 0x20000;
    }

    private final Libc libc = new Libc();

    /// @param directory descriptor that a relative `name` starts from, or [#AT_FDCWD]
    /// @param path for the error message
    int openAt(int directory, String name, int flags, int mode, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment nameBytes = scratch.allocateFrom(name);
            while (true) {
                int fd = (int) libc.call(OPENAT, directory, nameBytes.address(), flags | O_CLOEXEC, mode);
                if (fd >= 0) {
                    return fd;
                }
                if (libc.errno() != Errno.EINTR.number) {
                    throw new PosixException("open", path, libc.errno());
                }
            }
        }
    }

    /// Reads to `address`, which must be the caller's as long as the call lasts. Returns bytes, which may be fewer
    /// than asked for, or -errno.
    long read(int fd, long address, long bytes, long offset) {
        while (true) {
            long read = libc.call(PREAD, fd, address, bytes, offset);
            if (read >= 0 || libc.errno() != Errno.EINTR.number) {
                return read >= 0 ? read : -libc.errno();
            }
        }
    }

    /// Writes from `address`, likewise.
    long write(int fd, long address, long bytes, long offset) {
        while (true) {
            long written = libc.call(PWRITE, fd, address, bytes, offset);
            if (written >= 0 || libc.errno() != Errno.EINTR.number) {
                return written >= 0 ? written : -libc.errno();
            }
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
        while (true) {
            int result = dataOnly ? (int) libc.call(FDATASYNC, fd) : (int) libc.call(FSYNC, fd);
            if (result == 0 || libc.errno() != Errno.EINTR.number) {
                return result == 0 ? 0 : -libc.errno();
            }
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
        if ((int) libc.call(CLOSE, fd) != 0 && libc.errno() != Errno.EINTR.number) {
            throw new PosixException("close", path, libc.errno());
        }
    }

    void unlinkAt(int directory, String name, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            if ((int) libc.call(UNLINKAT, directory, scratch.allocateFrom(name).address(), 0) != 0) {
                throw new PosixException("unlink", path, libc.errno());
            }
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
            if ((int) libc.call(STATX, directory, nameBytes.address(), flags, STATX_TYPE | STATX_DIOALIGN, s.address())
                    != 0) {
                throw new PosixException("statx", path, libc.errno());
            }
            return new Status(s.get(ValueLayout.JAVA_SHORT, 28) & 0xFFFF, s.get(JAVA_INT, 152), s.get(JAVA_INT, 156));
        }
    }

    /// The file system that holds an open file.
    FileSystemSpace space(int fd, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment s = scratch.allocate(STATVFS_BYTES, 8);
            if ((int) libc.call(FSTATVFS, fd, s.address()) != 0) {
                throw new PosixException("statvfs", path, libc.errno());
            }
            long unit = s.get(JAVA_LONG, 8);
            return new FileSystemSpace(
                    s.get(JAVA_LONG, 16) * unit, s.get(JAVA_LONG, 32) * unit, (s.get(JAVA_LONG, 72) & ST_RDONLY) != 0);
        }
    }

    /// Maps memory that is private (`fd` = -1) or a file's. Returns its address.
    long map(long bytes, int fd) throws PosixException {
        return map(bytes, fd, 0);
    }

    long map(long bytes, int fd, long offset) throws PosixException {
        int flags = fd < 0 ? MAP_PRIVATE_ANONYMOUS : MAP_SHARED;
        long address = libc.call(MMAP, 0, bytes, PROT_READ_WRITE, flags, fd, offset);
        if (address == -1) {
            throw new PosixException("map", bytes + " bytes of memory", libc.errno());
        }
        return address;
    }

    void unmap(long address, long bytes) throws PosixException {
        if ((int) libc.call(MUNMAP, address, bytes) != 0) {
            throw new PosixException("unmap", bytes + " bytes of memory", libc.errno());
        }
    }

    /// Whether the kernel takes the advice; it need not act on it.
    boolean adviseHugePages(long address, long bytes) throws PosixException {
        return (int) libc.call(MADVISE, address, bytes, MADV_HUGEPAGE) == 0;
    }

    /// A file in memory, of which nothing reaches a disk.
    int memoryFile(String name, long bytes) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            int fd = (int) libc.call(MEMFD_CREATE, scratch.allocateFrom(name).address(), MFD_CLOEXEC);
            if (fd < 0) {
                throw new PosixException("memfd_create", name, libc.errno());
            }
            try {
                truncate(fd, bytes, name);
            } catch (PosixException e) {
                close(fd, name);
                throw e;
            }
            return fd;
        }
    }

    void truncate(int fd, long bytes, String path) throws PosixException {
        if ((int) libc.call(FTRUNCATE, fd, bytes) != 0) {
            throw new PosixException("truncate", path, libc.errno());
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
            if ((int) libc.call(FCNTL, fd, F_OFD_SETLK, flock.address()) == 0) {
                return true;
            }
            if (libc.errno() == Errno.EAGAIN.number || libc.errno() == Errno.EACCES.number) {
                return false;
            }
            throw new PosixException("lock", path, libc.errno());
        }
    }

    /// A system call that libc has no function for. Returns its result, or -errno.
    long syscall(long number, long a, long b, long c, long d, long e, long f) {
        long result = libc.call(SYSCALL, number, a, b, c, d, e, f);
        return result == -1 ? -libc.errno() : result;
    }

    /// How much memory the user may lock, in bytes; -1 as an unsigned number is without limit.
    long lockedBytesMax() throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment limit = scratch.allocate(16, 8); // soft, hard
            if ((int) libc.call(GETRLIMIT, RLIMIT_MEMLOCK, limit.address()) != 0) {
                throw new PosixException("getrlimit", "RLIMIT_MEMLOCK", libc.errno());
            }
            return limit.get(JAVA_LONG, 0);
        }
    }

    /// Of the calling thread.
    ThreadUsage threadUsage() throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment u = scratch.allocate(RUSAGE_BYTES, 8);
            if ((int) libc.call(GETRUSAGE, RUSAGE_THREAD, u.address()) != 0) {
                throw new PosixException("getrusage", "thread", libc.errno());
            }
            return new ThreadUsage(
                    timeNs(u, 0),
                    timeNs(u, 16),
                    u.get(JAVA_LONG, 64),
                    u.get(JAVA_LONG, 72),
                    u.get(JAVA_LONG, 128),
                    u.get(JAVA_LONG, 136));
        }
    }

    private static long timeNs(MemorySegment timeval, long at) {
        return timeval.get(JAVA_LONG, at) * 1_000_000_000 + timeval.get(JAVA_LONG, at + 8) * 1_000;
    }

    /// By how much the calling thread's wake-ups may be put off.
    void timerSlack(long ns) throws PosixException {
        if ((int) libc.call(PRCTL, PR_SET_TIMERSLACK, ns) != 0) {
            throw new PosixException("prctl", "PR_SET_TIMERSLACK", libc.errno());
        }
    }

    /// The processors that the calling thread may run on, as bits.
    long[] affinity() throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment mask = scratch.allocate(ThreadAffinity.CPUS_MAX / Byte.SIZE, 8);
            if ((int) libc.call(SCHED_GETAFFINITY, 0, mask.byteSize(), mask.address()) != 0) {
                throw new PosixException("sched_getaffinity", "thread", libc.errno());
            }
            return mask.toArray(JAVA_LONG);
        }
    }

    /// Likewise. Returns 0 or -errno.
    int setAffinity(long[] cpus) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment mask = scratch.allocateFrom(JAVA_LONG, cpus);
            return (int) libc.call(SCHED_SETAFFINITY, 0, mask.byteSize(), mask.address()) == 0 ? 0 : -libc.errno();
        }
    }

    @Override
    public void close() {
        libc.close();
    }
}
