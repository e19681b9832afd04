package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/// The calls of libc that look after files and directories: by name and as a whole. Linux, 64 bit.
///
/// As with [Posix], an instance has one owner and is used by one thread at a time. What takes a name as an address, of
/// bytes that end with NUL, returns a result or -errno and allocates nothing; what takes it as a string throws, with
/// the path that its last parameter is.
final class PosixFiles extends Posix {
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_DSYNC = 0x1000;
    static final int O_SYNC = 0x101000;
    static final int O_DIRECT;
    static final int O_DIRECTORY;
    static final int O_NOFOLLOW;
    static final int AT_FDCWD = -100;

    private static final int O_CLOEXEC = 0x80000;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int MFD_CLOEXEC = 1;
    private static final int POSIX_FADV_DONTNEED = 4;
    private static final int F_OFD_SETLK = 37;
    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;
    private static final long FLOCK_BYTES = 32;
    private static final long STATVFS_BYTES = 112;
    private static final long ST_RDONLY = 1;
    /// The same on every architecture, as with all calls that Linux got since 5.1.
    private static final long SYS_CACHESTAT = 451;

    private static final MemorySegment OPENAT = Libc.function("openat");
    private static final MemorySegment MKDIRAT = Libc.function("mkdirat");
    private static final MemorySegment RENAMEAT = Libc.function("renameat");
    private static final MemorySegment UNLINKAT = Libc.function("unlinkat");
    private static final MemorySegment STATX = Libc.function("statx");
    private static final MemorySegment FSTATVFS = Libc.function("fstatvfs");
    private static final MemorySegment MEMFD_CREATE = Libc.function("memfd_create");
    private static final MemorySegment FTRUNCATE = Libc.function("ftruncate");
    private static final MemorySegment FADVISE = Libc.function("posix_fadvise");
    private static final MemorySegment FCNTL = Libc.function("fcntl");
    private static final MemorySegment IOCTL = Libc.function("ioctl");

    static {
        // These three are the only ones used here that differ: asm-generic (x86, riscv, s390) against arm and power.
        String arch = System.getProperty("os.arch");
        boolean arm = arch.equals("aarch64") || arch.equals("ppc64le");
        O_DIRECT = arch.equals("ppc64le") ? 0x20000 : arm ? 0x10000 : 0x4000;
        O_DIRECTORY = arm ? 0x4000 : 0x10000;
        O_NOFOLLOW = arm ? 0x8000 : 0x20000;
    }

    /// @param directory descriptor that a relative `name` starts from, or [#AT_FDCWD]
    int open(int directory, long name, int flags, int mode) {
        while (true) {
            int fd = (int) libc.call(OPENAT, directory, name, flags | O_CLOEXEC, mode);
            if (fd >= 0 || libc.errno() != Errno.EINTR.number) {
                return fd >= 0 ? fd : -libc.errno();
            }
        }
    }

    /// Likewise.
    int open(int directory, String name, int flags, int mode, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            int fd = open(directory, scratch.allocateFrom(name).address(), flags, mode);
            if (fd < 0) {
                throw new PosixException("open", path, -fd);
            }
            return fd;
        }
    }

    int makeDirectory(int directory, long name, int mode) {
        return (int) libc.call(MKDIRAT, directory, name, mode) == 0 ? 0 : -libc.errno();
    }

    void makeDirectory(int directory, String name, int mode, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            int result = makeDirectory(directory, scratch.allocateFrom(name).address(), mode);
            if (result != 0) {
                throw new PosixException("mkdir", path, -result);
            }
        }
    }

    /// Of an empty directory.
    void removeDirectory(int directory, String name, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            if ((int) libc.call(UNLINKAT, directory, scratch.allocateFrom(name).address(), AT_REMOVEDIR) != 0) {
                throw new PosixException("rmdir", path, libc.errno());
            }
        }
    }

    /// Gives a file of a directory another name there, which may be taken: that file is replaced.
    int rename(int directory, long from, long to) {
        return (int) libc.call(RENAMEAT, directory, from, directory, to) == 0 ? 0 : -libc.errno();
    }

    /// Likewise.
    void rename(int directory, String from, String to, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            int result = rename(
                    directory,
                    scratch.allocateFrom(from).address(),
                    scratch.allocateFrom(to).address());
            if (result != 0) {
                throw new PosixException("rename", path, -result);
            }
        }
    }

    int unlink(int directory, long name) {
        return (int) libc.call(UNLINKAT, directory, name, 0) == 0 ? 0 : -libc.errno();
    }

    void unlink(int directory, String name, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            int result = unlink(directory, scratch.allocateFrom(name).address());
            if (result != 0) {
                throw new PosixException("unlink", path, -result);
            }
        }
    }

    /// Of a symbolic link itself.
    ///
    /// @param fields that are asked for: [FileStatus#BASIC], [FileStatus#ALL]
    /// @param status address of [FileStatus#BYTES]
    int status(int directory, long name, int fields, long status) {
        return (int) libc.call(STATX, directory, name, AT_SYMLINK_NOFOLLOW, fields, status) == 0 ? 0 : -libc.errno();
    }

    /// Of a name in a directory; of a symbolic link itself.
    FileStatus status(int directory, String name, String path) throws PosixException {
        return status(directory, name, AT_SYMLINK_NOFOLLOW, path);
    }

    /// Of a path, of what it leads to.
    FileStatus status(String path) throws PosixException {
        return status(AT_FDCWD, path, 0, path);
    }

    FileStatus status(int fd, String path) throws PosixException {
        return status(fd, "", AT_EMPTY_PATH, path);
    }

    private FileStatus status(int directory, String name, int flags, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment status = scratch.allocate(FileStatus.BYTES, 8);
            long nameBytes = scratch.allocateFrom(name).address();
            if ((int) libc.call(STATX, directory, nameBytes, flags, FileStatus.ALL, status.address()) != 0) {
                throw new PosixException("statx", path, libc.errno());
            }
            return FileStatus.of(status);
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

    void truncate(int fd, long bytes, String path) throws PosixException {
        if ((int) libc.call(FTRUNCATE, fd, bytes) != 0) {
            throw new PosixException("truncate", path, libc.errno());
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

    /// Makes the names in a directory durable. Not every file system syncs directories; those that do not have nothing
    /// to sync.
    void fsyncDirectory(int fd, String path) throws PosixException {
        int result = sync(fd, false);
        if (result != 0 && -result != Errno.EINVAL.number) {
            throw new PosixException("fsync", path, -result);
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
            return syscall(SYS_CACHESTAT, fd, range.address(), stat.address(), 0, 0, 0) == 0
                    ? OptionalLong.of(stat.get(JAVA_LONG, 0))
                    : OptionalLong.empty();
        }
    }

    /// Locks a whole file for this descriptor, or shares it with others that share it; false where another descriptor,
    /// of any process, holds a lock that this one does not go with. A lock of the other kind is exchanged.
    ///
    /// An open file description lock, not the kind that `FileChannel` takes: that one belongs to the process, and
    /// is lost as soon as the process closes any other descriptor of the same file.
    boolean tryLock(int fd, boolean shared, String path) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment flock = scratch.allocate(FLOCK_BYTES, 8); // whence, start, length, pid: 0 is the whole file
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

    /// @param argument address of what the request reads and writes
    int control(int fd, long request, long argument) {
        return (int) libc.call(IOCTL, fd, request, argument) == 0 ? 0 : -libc.errno();
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
}
