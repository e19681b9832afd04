package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.plimsoll.model.Direction;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;

/// The system calls of metadata work on the directories of one data thread: files are named by number, in one
/// directory at a time, and found by the directory's descriptor.
///
/// All directories are made with the tree, a thousand in each of a level above them, and are not measured. The
/// names of files lie ready as the kernel wants them, so that an operation is its system calls and nothing else:
/// it allocates nothing and throws nothing, but returns 0 or -errno.
///
/// One thread, from making to closing. Closing gives descriptors and memory back; [MetadataTrees] removes the
/// files.
public final class MetadataTree implements AutoCloseable {
    private static final int DIRECTORIES_OF_GROUP = 1000;
    private static final int GROUP_DIGITS = 5;
    private static final int DIRECTORY_DIGITS = 3;
    private static final int FILE_DIGITS = 7;
    private static final int NAME_BYTES = 1 + FILE_DIGITS + 1;
    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0644;
    private static final int NONE = -1;

    private final PosixFiles posix = new PosixFiles();
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment status = arena.allocate(FileStatus.BYTES, 8);
    private final MemorySegment directoryName = arena.allocate(GROUP_DIGITS + 1 + DIRECTORY_DIGITS + 1);
    private final MemorySegment content;
    // Names go as addresses: a segment for each would have to be made.
    private final long names;
    private final long renamed;
    private final int fileBytes;
    private final String path;
    private int root = NONE;
    private int directory = NONE;
    private int entered = NONE;

    /// @param name of the tree, which is made in `target`
    /// @param stopped asked between directories
    MetadataTree(TargetDirectory target, String name, Work.Metadata work, long seed, BooleanSupplier stopped)
            throws IOException {
        path = target.pathOf(name);
        fileBytes = work.fileBytes();
        content = arena.allocate(Math.max(fileBytes, 1), 8);
        fill(seed);
        int files = Math.min(work.files(), work.filesPerDirectory());
        names = names('f', files);
        renamed = names('r', files);
        try {
            MemorySegment nameBytes = arena.allocateFrom(name);
            int made = posix.makeDirectory(target.descriptor(), nameBytes.address(), DIRECTORY_MODE);
            if (made != 0) {
                throw new PosixException("mkdir", path, -made);
            }
            int flags = PosixFiles.O_RDONLY | PosixFiles.O_DIRECTORY | PosixFiles.O_NOFOLLOW;
            root = posix.open(target.descriptor(), name, flags, 0, path);
            makeDirectories(Math.ceilDiv(work.files(), work.filesPerDirectory()), stopped);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void fill(long seed) {
        java.util.random.RandomGenerator random =
                java.util.random.RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        byte[] bytes = new byte[fileBytes];
        random.nextBytes(bytes);
        MemorySegment.copy(bytes, 0, content, JAVA_BYTE, 0, fileBytes);
    }

    /// Seven digits are enough for all files that a directory may have; the last byte of each is NUL.
    private long names(char first, int files) {
        MemorySegment all = arena.allocate((long) files * NAME_BYTES, 8);
        for (int file = 0; file < files; file++) {
            long at = (long) file * NAME_BYTES;
            all.set(JAVA_BYTE, at, (byte) first);
            digits(all, at + 1, FILE_DIGITS, file);
        }
        return all.address();
    }

    private static void digits(MemorySegment text, long at, int digits, int value) {
        int rest = value;
        for (int i = digits - 1; i >= 0; i--) {
            text.set(JAVA_BYTE, at + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }

    private void makeDirectories(int directories, BooleanSupplier stopped) throws IOException {
        for (int number = 0; number < directories; number++) {
            if (stopped.getAsBoolean()) {
                throw new LayoutStoppedException();
            }
            nameDirectory(number);
            int result = 0;
            if (number % DIRECTORIES_OF_GROUP == 0) {
                directoryName.set(JAVA_BYTE, GROUP_DIGITS, (byte) 0);
                result = posix.makeDirectory(root, directoryName.address(), DIRECTORY_MODE);
                directoryName.set(JAVA_BYTE, GROUP_DIGITS, (byte) '/');
            }
            result = result == 0 ? posix.makeDirectory(root, directoryName.address(), DIRECTORY_MODE) : result;
            if (result != 0) {
                throw new PosixException("mkdir", pathOf(number), -result);
            }
        }
    }

    private void nameDirectory(int number) {
        digits(directoryName, 0, GROUP_DIGITS, number / DIRECTORIES_OF_GROUP);
        directoryName.set(JAVA_BYTE, GROUP_DIGITS, (byte) '/');
        digits(directoryName, GROUP_DIGITS + 1, DIRECTORY_DIGITS, number % DIRECTORIES_OF_GROUP);
    }

    /// Goes to the directory in which files are from now on. No part of an operation. Returns 0 or -errno.
    public int enter(int number) {
        if (number == entered) {
            return 0;
        }
        leave();
        nameDirectory(number);
        int flags = PosixFiles.O_RDONLY | PosixFiles.O_DIRECTORY | PosixFiles.O_NOFOLLOW;
        int fd = posix.open(root, directoryName.address(), flags, 0);
        if (fd >= 0) {
            directory = fd;
            entered = number;
        }
        return Math.min(fd, 0);
    }

    private void leave() {
        if (directory != NONE) {
            posix.close(directory);
            directory = NONE;
            entered = NONE;
        }
    }

    /// Makes a file, which must not be there, writes its bytes, closes it.
    public int create(int file) {
        int flags = PosixFiles.O_WRONLY | PosixFiles.O_CREAT | PosixFiles.O_EXCL | PosixFiles.O_NOFOLLOW;
        int fd = posix.open(directory, nameOf(file), flags, FILE_MODE);
        if (fd < 0) {
            return fd;
        }
        int written = 0;
        while (written < fileBytes) {
            long result = posix.write(fd, content.address() + written, fileBytes - written, written);
            if (result <= 0) {
                posix.close(fd);
                return result < 0 ? (int) result : -Errno.EIO.number;
            }
            written += (int) result;
        }
        return posix.close(fd);
    }

    public int stat(int file) {
        return posix.status(directory, nameOf(file), FileStatus.BASIC, status.address());
    }

    /// Opens a file for reading and closes it.
    public int open(int file) {
        int fd = posix.open(directory, nameOf(file), PosixFiles.O_RDONLY | PosixFiles.O_NOFOLLOW, 0);
        return fd < 0 ? fd : posix.close(fd);
    }

    /// Gives a file another name in its directory.
    public int rename(int file) {
        return posix.rename(directory, nameOf(file), renamedOf(file));
    }

    /// Removes a file that was renamed.
    public int unlink(int file) {
        return posix.unlink(directory, renamedOf(file));
    }

    /// What [#enter] returned, as an exception.
    public PosixException notEntered(int number, int result) {
        return new PosixException("open", pathOf(number), -result);
    }

    /// What an operation in the entered directory returned, as an exception.
    public PosixException failure(Direction operation, int file, int result) {
        long name = operation == Direction.UNLINK ? renamedOf(file) : nameOf(file);
        String text = MemorySegment.ofAddress(name).reinterpret(NAME_BYTES).getString(0);
        return new PosixException(operation.word(), pathOf(entered) + "/" + text, -result);
    }

    private String pathOf(int number) {
        return path
                + String.format(
                        java.util.Locale.ROOT,
                        "/%05d/%03d",
                        number / DIRECTORIES_OF_GROUP,
                        number % DIRECTORIES_OF_GROUP);
    }

    private long nameOf(int file) {
        return names + (long) file * NAME_BYTES;
    }

    private long renamedOf(int file) {
        return renamed + (long) file * NAME_BYTES;
    }

    @Override
    public void close() {
        leave();
        if (root != NONE) {
            posix.close(root);
            root = NONE;
        }
        posix.close();
        arena.close();
    }
}
