package io.plimsoll.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The files that an engine without native access has open, by the number that it gave them: the lowest that is free,
/// counting from 0.
///
/// @param <F> what the engine keeps of an open file
final class JavaFiles<F extends Closeable> implements AutoCloseable {
    private static final FileAttribute<?> FOR_ITS_OWNER_TO_WRITE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));
    private static final int KIND = 0xF000;
    private static final int CHARACTER_DEVICE = 0x2000;

    private final List<F> open = new ArrayList<>();
    private final List<String> paths = new ArrayList<>();

    int add(F file, FileRef ref) {
        int free = open.indexOf(null);
        int number = free < 0 ? open.size() : free;
        if (number == open.size()) {
            open.add(null);
            paths.add(null);
        }
        open.set(number, file);
        paths.set(number, ref.path().toString());
        return number;
    }

    F get(int number) {
        return open.get(number);
    }

    void close(int number) throws PosixException {
        F file = open.set(number, null);
        if (file == null) {
            throw new IllegalStateException("file " + number + " is not open");
        }
        try {
            file.close();
        } catch (IOException e) {
            throw failure("close", paths.get(number), e);
        }
    }

    /// Closes all, whatever fails; throws the first failure.
    @Override
    public void close() throws PosixException {
        PosixException first = null;
        for (int number = 0; number < open.size(); number++) {
            try {
                if (open.get(number) != null) {
                    close(number);
                }
            } catch (PosixException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /// Opens a file by Java's means. In a directory that is held it is found by the directory's descriptor.
    static FileChannel channel(FileRef ref, OpenMode mode) throws PosixException {
        // Who laid the file out has followed the links; one that is there now was put there meanwhile.
        Set<OpenOption> options = new HashSet<>(Set.of(LinkOption.NOFOLLOW_LINKS));
        if (mode.read()) {
            options.add(StandardOpenOption.READ);
        }
        if (mode.write()) {
            options.add(StandardOpenOption.WRITE);
        }
        if (mode.create()) {
            options.add(StandardOpenOption.CREATE_NEW);
        }
        switch (mode.sync()) {
            case NONE -> {}
            case DSYNC -> options.add(StandardOpenOption.DSYNC);
            case SYNC -> options.add(StandardOpenOption.SYNC);
        }
        Path path = switch (ref) {
            case FileRef.In(SafeTree directory, String name) ->
                Path.of("/proc/self/fd/" + directory.descriptor(), name);
            case FileRef.At(Path given) -> given;
        };
        try {
            // The kernel refuses the flag on /dev/zero and its like, which have no page cache that it could lead past.
            if (mode.direct() && (mode.create() || !isCharacterDevice(path))) {
                options.add(directOption());
            }
            return FileChannel.open(path, options, FOR_ITS_OWNER_TO_WRITE);
        } catch (IOException e) {
            if (mode.direct() && Errno.of(e) == Errno.EINVAL.number) {
                throw new PosixException(
                        "open",
                        ref.path().toString(),
                        Errno.EINVAL.number,
                        "the file system has no direct I/O; use --direct=0, or another one");
            }
            throw failure("open", ref.path().toString(), e);
        } catch (UnsupportedOperationException e) {
            throw new PosixException(
                    "open",
                    ref.path().toString(),
                    Errno.EINVAL.number,
                    "Java has no direct I/O here; use --direct=0, or another engine (" + e.getMessage() + ")");
        }
    }

    /// What Java wants the offsets and lengths of direct I/O to be multiples of: the block of the file system. 0 where
    /// it cannot be found out, or where there is no direct I/O: opening will tell.
    static int directUnitBytes(FileRef ref, OpenMode mode) {
        Path there = mode.create() ? ref.path().toAbsolutePath().getParent() : ref.path();
        try {
            return isCharacterDevice(there)
                    ? 0
                    : Math.toIntExact(Files.getFileStore(there).getBlockSize());
        } catch (IOException | UnsupportedOperationException _) {
            return 0;
        }
    }

    private static boolean isCharacterDevice(Path path) throws IOException {
        return ((int) Files.getAttribute(path, "unix:mode") & KIND) == CHARACTER_DEVICE;
    }

    /// Asked for by name, as javac warns of whoever names the class: it is the JDK's own, and may go one day.
    private static OpenOption directOption() {
        try {
            for (Object option :
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
                if (option instanceof OpenOption direct && option.toString().equals("DIRECT")) {
                    return direct;
                }
            }
        } catch (ClassNotFoundException e) {
            throw new UnsupportedOperationException(e);
        }
        throw new UnsupportedOperationException("no such option");
    }

    /// A failure as the engines on native calls tell it.
    static PosixException failure(String operation, String path, IOException e) {
        int errno = Errno.of(e);
        return new PosixException(operation, path, errno, errno == 0 ? String.valueOf(e.getMessage()) : "");
    }
}
