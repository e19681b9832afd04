package io.plimsoll.io;

import io.plimsoll.io.FileSet.Content;
import io.plimsoll.io.FileSet.Progress;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Writes files of one directory to the end, one after the other in pieces of 1 MiB: deeper queues were not faster.
///
/// One thread.
final class FileFiller implements AutoCloseable {
    private static final int PIECE_BYTES = 1 << 20;
    /// A piece, and another one because two make a huge page.
    private static final int PIECES = 2;
    private static final int MODE = 0644;

    private final PosixFiles posix;
    private final Path directory;
    private final int directoryFd;
    private final boolean direct;
    private final Content content;
    private final long bytes;
    private final long total;
    private final Progress progress;
    private final SlotMemory memory;
    private long done;

    /// @param direct past the page cache, but for what is no whole piece
    /// @param bytes of a file
    /// @param count of files that are going to be filled
    FileFiller(
            PosixFiles posix,
            Path directory,
            int directoryFd,
            boolean direct,
            Content content,
            long bytes,
            int count,
            Progress progress)
            throws PosixException {
        this.posix = posix;
        this.directory = directory;
        this.directoryFd = directoryFd;
        this.direct = direct;
        this.content = content;
        this.bytes = bytes;
        this.progress = progress;
        total = bytes * count;
        memory = total > 0 ? new SlotMemory(posix, PIECES, PIECE_BYTES) : null;
    }

    /// Leaves the file synced and out of the page cache; an empty one where that fails, as the space may be what is
    /// missing.
    ///
    /// @throws LayoutStoppedException where the progress said so
    void fill(String name, int thread, int file) throws IOException {
        String path = path(name);
        int fd = open(name, PosixFiles.O_RDWR | PosixFiles.O_CREAT);
        try {
            posix.truncate(fd, 0, path);
            long aligned = direct ? bytes / PIECE_BYTES * PIECE_BYTES : 0;
            if (aligned > 0) {
                int directFd = openDirect(name);
                try {
                    write(directFd, name, thread, file, 0, aligned);
                } finally {
                    posix.close(directFd, path);
                }
            }
            write(fd, name, thread, file, aligned, bytes);
            posix.fsync(fd, path);
            posix.dropCache(fd, path);
        } catch (IOException | RuntimeException e) {
            empty(fd, path, e);
            throw e;
        } finally {
            posix.close(fd, path);
        }
    }

    private int openDirect(String name) throws IOException {
        try {
            return open(name, PosixFiles.O_WRONLY | PosixFiles.O_DIRECT);
        } catch (PosixException e) {
            throw e.errno() == Errno.EINVAL.number
                    ? new TargetRefusedException(
                            path(name) + ": the file system has no direct I/O; use --direct=0, or another one", e)
                    : e;
        }
    }

    private void write(int fd, String name, int thread, int file, long from, long to) throws IOException {
        for (long at = from; at < to; at += PIECE_BYTES) {
            int length = (int) Math.min(PIECE_BYTES, to - at);
            MemorySegment piece = memory.of(0).asSlice(0, length);
            content.fill(piece, thread, file, at);
            posix.writeFully(fd, piece, length, at, path(name));
            done += length;
            if (!progress.filled(done, total)) {
                throw new LayoutStoppedException();
            }
        }
    }

    private void empty(int fd, String path, Exception cause) {
        try {
            posix.truncate(fd, 0, path);
        } catch (PosixException e) {
            cause.addSuppressed(e);
        }
    }

    private int open(String name, int flags) throws PosixException {
        return posix.open(directoryFd, name, flags | PosixFiles.O_NOFOLLOW, MODE, path(name));
    }

    private String path(String name) {
        return directory + "/" + name;
    }

    @Override
    public void close() throws PosixException {
        if (memory != null) {
            memory.close();
        }
    }
}
