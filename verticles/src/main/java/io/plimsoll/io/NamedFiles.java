package io.plimsoll.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/// Files of a directory that is open, by their names. Symbolic links are not followed. One thread.
final class NamedFiles implements AutoCloseable {
    private static final int MODE = 0644;

    private final PosixFiles posix = new PosixFiles();
    private final Path directory;
    private final int directoryFd;

    /// @param directoryFd descriptor of `directory`, which stays open longer than this
    NamedFiles(Path directory, int directoryFd) {
        this.directory = directory;
        this.directoryFd = directoryFd;
    }

    String path(String name) {
        return directory + "/" + name;
    }

    FileSystemSpace space() throws PosixException {
        return posix.space(directoryFd, directory.toString());
    }

    /// Empty where there is no such file.
    Optional<FileStatus> find(String name) throws PosixException {
        try {
            return Optional.of(status(name));
        } catch (PosixException e) {
            if (e.errno() == Errno.ENOENT.number) {
                return Optional.empty();
            }
            throw e;
        }
    }

    FileStatus status(String name) throws PosixException {
        return posix.status(directoryFd, name, path(name));
    }

    FileExtents extents(String name) throws PosixException {
        int fd = open(name, PosixFiles.O_RDONLY);
        try {
            return FileExtents.of(posix, fd, path(name));
        } finally {
            posix.close(fd, path(name));
        }
    }

    /// Makes it where it is missing.
    void empty(String name) throws PosixException {
        int fd = open(name, PosixFiles.O_RDWR | PosixFiles.O_CREAT);
        try {
            posix.truncate(fd, 0, path(name));
        } finally {
            posix.close(fd, path(name));
        }
    }

    void sync(String name) throws PosixException {
        int fd = open(name, PosixFiles.O_RDONLY);
        try {
            posix.fsync(fd, path(name));
        } finally {
            posix.close(fd, path(name));
        }
    }

    /// What waits to be written cannot be dropped, so that it is written first.
    ///
    /// @return bytes that the page cache did not let go; empty where the kernel does not tell
    OptionalLong dropCache(String name) throws PosixException {
        int fd = open(name, PosixFiles.O_RDONLY);
        try {
            posix.fsync(fd, path(name));
            return PageCache.drop(posix, fd, path(name));
        } finally {
            posix.close(fd, path(name));
        }
    }

    void unlink(String name) throws PosixException {
        posix.unlink(directoryFd, name, path(name));
    }

    /// To fill files.
    FileFiller filler(FileSet.Need need, FileSet.Content content, int files, FileSet.Progress progress)
            throws PosixException {
        return new FileFiller(
                posix,
                directory,
                directoryFd,
                need.direct(),
                content,
                need.work().bytesPerFile(),
                files,
                progress);
    }

    void store(LayoutRecord record) throws IOException {
        record.store(posix, directoryFd);
    }

    private int open(String name, int flags) throws PosixException {
        return posix.open(directoryFd, name, flags | PosixFiles.O_NOFOLLOW, MODE, path(name));
    }

    @Override
    public void close() {
        posix.close();
    }
}
