package io.plimsoll.io;

import io.plimsoll.model.BlockSizes;
import java.util.Arrays;

/// The files that an engine has open, by the number that it gave them: the lowest that is free, counting from 0.
final class OpenFiles implements AutoCloseable {
    private static final int MODE = 0644;
    private static final int CLOSED = -1;

    private final PosixFiles posix;
    private final BlockSizes blocks;
    private int[] fds = new int[0];
    private String[] paths = new String[0];

    /// @param blocks of the operations
    OpenFiles(PosixFiles posix, BlockSizes blocks) {
        this.posix = posix;
        this.blocks = blocks;
    }

    int open(FileRef file, OpenMode mode) throws PosixException {
        int fd = openDescriptor(file, mode);
        int number = 0;
        while (number < fds.length && fds[number] != CLOSED) {
            number++;
        }
        if (number == fds.length) {
            fds = Arrays.copyOf(fds, Math.max(16, 2 * number));
            paths = Arrays.copyOf(paths, fds.length);
            Arrays.fill(fds, number, fds.length, CLOSED);
        }
        fds[number] = fd;
        paths[number] = file.path().toString();
        return number;
    }

    private int openDescriptor(FileRef file, OpenMode mode) throws PosixException {
        String path = file.path().toString();
        // The kernel refuses the flag on /dev/zero and its like, which have no page cache that it could lead past.
        boolean direct = mode.direct() && (mode.create() || !posix.status(path).isCharacterDevice());
        int flags = flags(mode, direct);
        int fd;
        try {
            fd = switch (file) {
                case FileRef.In in -> posix.open(in.directory().descriptor(), in.name(), flags, MODE, path);
                case FileRef.At _ -> posix.open(PosixFiles.AT_FDCWD, path, flags, MODE, path);
            };
        } catch (PosixException e) {
            if (direct && e.errno() == Errno.EINVAL.number) {
                throw new PosixException(
                        "open", path, e.errno(), "the file system has no direct I/O; use --direct=0, or another one");
            }
            throw e;
        }
        try {
            if (direct) {
                checkAlignment(posix.status(fd, path), path);
            }
            return fd;
        } catch (PosixException e) {
            posix.close(fd, path);
            throw e;
        }
    }

    private static int flags(OpenMode mode, boolean direct) {
        int access = mode.read() && mode.write()
                ? PosixFiles.O_RDWR
                : mode.write() ? PosixFiles.O_WRONLY : PosixFiles.O_RDONLY;
        int sync = switch (mode.sync()) {
            case NONE -> 0;
            case DSYNC -> PosixFiles.O_DSYNC;
            case SYNC -> PosixFiles.O_SYNC;
        };
        // Who laid the file out has followed the links; one that is there now was put there meanwhile.
        return PosixFiles.O_NOFOLLOW
                | access
                | sync
                | (mode.create() ? PosixFiles.O_CREAT | PosixFiles.O_EXCL : 0)
                | (direct ? PosixFiles.O_DIRECT : 0);
    }

    private void checkAlignment(FileStatus status, String path) throws PosixException {
        int memory = status.directMemoryBytes();
        if (memory > SlotMemory.SLOT_ALIGN_BYTES) {
            throw new PosixException(
                    "open",
                    path,
                    0,
                    "direct I/O needs memory aligned to " + memory + " bytes, and there is only "
                            + SlotMemory.SLOT_ALIGN_BYTES + "; use --direct=0");
        }
        DirectAlignment.check(blocks, status.directOffsetBytes(), path);
    }

    /// The descriptor of an open file.
    int fd(int number) {
        return fds[number];
    }

    String path(int number) {
        return paths[number];
    }

    void close(int number) throws PosixException {
        int fd = fds[number];
        if (fd == CLOSED) {
            throw new IllegalStateException("file " + number + " is not open");
        }
        fds[number] = CLOSED;
        posix.close(fd, paths[number]);
    }

    /// Closes all, whatever fails; throws the first failure.
    @Override
    public void close() throws PosixException {
        PosixException first = null;
        for (int number = 0; number < fds.length; number++) {
            if (fds[number] == CLOSED) {
                continue;
            }
            try {
                close(number);
            } catch (PosixException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
