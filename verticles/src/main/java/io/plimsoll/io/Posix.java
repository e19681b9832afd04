package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The calls of libc that measuring needs, with errno: I/O on a descriptor, memory, and what a thread asks for itself.
/// [PosixFiles] adds files and directories by their names. Linux, 64 bit. Every function that this program calls is
/// bound in one of the two, once.
///
/// As with [Libc], an instance has one owner and is used by one thread at a time. Calls on the measured path ([#read],
/// [#write], [#sync], [#syscall]) take numbers and allocate nothing, once they are compiled.
sealed class Posix implements AutoCloseable permits PosixFiles {
    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE_ANONYMOUS = 2 | 0x20;
    private static final int MADV_HUGEPAGE = 14;
    private static final int RLIMIT_MEMLOCK = 8;
    private static final int PR_SET_TIMERSLACK = 29;

    private static final MemorySegment PREAD = Libc.function("pread");
    private static final MemorySegment PWRITE = Libc.function("pwrite");
    private static final MemorySegment FSYNC = Libc.function("fsync");
    private static final MemorySegment FDATASYNC = Libc.function("fdatasync");
    private static final MemorySegment CLOSE = Libc.function("close");
    private static final MemorySegment MMAP = Libc.function("mmap");
    private static final MemorySegment MUNMAP = Libc.function("munmap");
    private static final MemorySegment MADVISE = Libc.function("madvise");
    private static final MemorySegment SYSCALL = Libc.function("syscall");
    private static final MemorySegment GETRLIMIT = Libc.function("getrlimit");
    private static final MemorySegment PRCTL = Libc.function("prctl");
    private static final MemorySegment SCHED_GETAFFINITY = Libc.function("sched_getaffinity");
    private static final MemorySegment SCHED_SETAFFINITY = Libc.function("sched_setaffinity");

    final Libc libc = new Libc();

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

    /// fsync, or fdatasync if `dataOnly`. Returns 0 or -errno.
    int sync(int fd, boolean dataOnly) {
        while (true) {
            int result = dataOnly ? (int) libc.call(FDATASYNC, fd) : (int) libc.call(FSYNC, fd);
            if (result == 0 || libc.errno() != Errno.EINTR.number) {
                return result == 0 ? 0 : -libc.errno();
            }
        }
    }

    /// Returns 0 or -errno; the descriptor is gone afterwards in any case, on Linux after EINTR too.
    int close(int fd) {
        return (int) libc.call(CLOSE, fd) == 0 || libc.errno() == Errno.EINTR.number ? 0 : -libc.errno();
    }

    /// Likewise.
    ///
    /// @param path for the error message
    void close(int fd, String path) throws PosixException {
        int result = close(fd);
        if (result != 0) {
            throw new PosixException("close", path, -result);
        }
    }

    /// A system call that libc has no function for. Returns its result, or -errno.
    long syscall(long number, long a, long b, long c, long d, long e, long f) {
        long result = libc.call(SYSCALL, number, a, b, c, d, e, f);
        return result == -1 ? -libc.errno() : result;
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
