package io.plimsoll.io;

/// The one data file that an engine has open: created in the target directory by descriptor, so that nobody can lead it
/// elsewhere by swapping a directory for a symbolic link.
final class OpenFile {
    private static final int MODE = 0644;

    private final Posix posix;
    private final TargetDirectory target;
    private int fd = -1;
    private String path = "";

    OpenFile(Posix posix, TargetDirectory target) {
        this.posix = posix;
        this.target = target;
    }

    void open(String name) throws PosixException {
        if (fd >= 0) {
            throw new IllegalStateException(path + " is still open");
        }
        path = target.pathOf(name);
        int flags = Posix.O_WRONLY | Posix.O_CREAT | Posix.O_EXCL | Posix.O_NOFOLLOW;
        fd = posix.openAt(target.descriptor(), name, flags, MODE, path);
    }

    int fd() {
        if (fd < 0) {
            throw new IllegalStateException("no file is open");
        }
        return fd;
    }

    String path() {
        return path;
    }

    void sync() throws PosixException {
        posix.fsync(fd(), path);
    }

    void close() throws PosixException {
        int closing = fd();
        fd = -1;
        posix.close(closing, path);
    }

    boolean isOpen() {
        return fd >= 0;
    }

    void delete(String name) throws PosixException {
        posix.unlinkAt(target.descriptor(), name, target.pathOf(name));
    }
}
