package io.plimsoll.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/// The file that says whose a target directory is, locked as long as its client lives; the kernel gives the lock
/// back when the client dies, however it dies.
final class Marker {
    static final String NAME = ".plimsoll";
    private static final String KEPT = "kept=true";
    private static final int BYTES_MAX = 4096;

    private final PosixFiles posix;
    private final DirectoryUse use;
    private final Path file;
    private final int fd;
    private final String text;
    private boolean fresh;

    private Marker(PosixFiles posix, DirectoryUse use, Path file, int fd, String text) {
        this.posix = posix;
        this.use = use;
        this.file = file;
        this.fd = fd;
        this.text = text;
    }

    /// Makes the marker, or takes over that of an owner that is gone.
    ///
    /// @param directoryFd descriptor of `directory`
    static Marker place(PosixFiles posix, DirectoryUse use, Path directory, int directoryFd, String owner)
            throws IOException {
        Path file = directory.resolve(NAME);
        String text = use.magic + "\nowner=" + owner.replaceAll("\\R", " ") + "\npid="
                + ProcessHandle.current().pid() + "\nclaim=" + UUID.randomUUID() + "\n";
        int fd;
        try {
            fd = posix.open(
                    directoryFd,
                    NAME,
                    PosixFiles.O_RDWR | PosixFiles.O_CREAT | PosixFiles.O_NOFOLLOW,
                    0644,
                    file.toString());
        } catch (PosixException e) {
            throw TargetRules.cannotWrite(directory, e);
        }
        Marker marker = new Marker(posix, use, file, fd, text);
        try {
            marker.takeOver();
            return marker;
        } catch (IOException e) {
            marker.close();
            throw e;
        }
    }

    private void takeOver() throws IOException {
        lock();
        String former = read();
        checkFormer(former);
        fresh = former.isEmpty();
        try {
            write(text);
        } catch (PosixException e) {
            if (fresh) {
                remove();
            }
            throw TargetRules.cannotWrite(file.getParent(), e);
        }
        // A client that ended just now may have deleted the file that we locked; then the one of that name is another.
        if (!text.equals(read())) {
            throw inUse("");
        }
    }

    /// Makes sure that the marker is found after a power cut, as without it the files beside it are nobody's.
    void makeDurable() throws PosixException {
        posix.fsync(fd, file.toString());
    }

    /// Whether there was no marker before.
    boolean fresh() {
        return fresh;
    }

    /// Makes later clients refuse the directory, as its files are wanted.
    void markKept() throws PosixException {
        write(text + KEPT + "\n");
    }

    void remove() throws IOException {
        Files.deleteIfExists(file);
    }

    /// Gives the lock back.
    void close() throws PosixException {
        posix.close(fd, file.toString());
    }

    private void write(String content) throws PosixException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        try (Arena scratch = Arena.ofConfined()) {
            posix.truncate(fd, 0, file.toString());
            posix.writeFully(fd, scratch.allocateFrom(ValueLayout.JAVA_BYTE, bytes), bytes.length, 0, file.toString());
        }
    }

    private void lock() throws TargetRefusedException {
        boolean locked;
        try {
            locked = posix.tryLock(fd, false, file.toString());
        } catch (PosixException e) {
            throw TargetRules.cannotLock(file.getParent(), e);
        }
        if (!locked) {
            String who = "";
            try {
                who = read();
            } catch (IOException e) {
                // Only to name the other client; that it has the lock is known.
            }
            throw inUse(who);
        }
    }

    /// @param former what the file held; nothing if it is new, or if its client died while making it
    private void checkFormer(String former) throws TargetRefusedException {
        if (!former.isEmpty() && !former.startsWith(use.magic)) {
            throw new TargetRefusedException(
                    file + " was not made by Plimsoll for this use; name an empty or new directory");
        }
        if (former.lines().anyMatch(KEPT::equals)) {
            throw new TargetRefusedException(file.getParent()
                    + " holds the files that an earlier run kept (--keep-files); remove it, or name another directory");
        }
    }

    private TargetRefusedException inUse(String marker) {
        String who = marker.lines()
                .filter(line -> line.startsWith("owner=") || line.startsWith("pid="))
                .map(line -> line.replace("owner=", use.owner + " ").replace("pid=", "process "))
                .reduce((a, b) -> a + ", " + b)
                .map(s -> " (" + s + ")")
                .orElse("");
        return new TargetRefusedException(file.getParent() + " is in use by " + use.other + who + "; " + use.remedy);
    }

    private String read() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
            while (bytes.hasRemaining() && channel.read(bytes) > 0) {}
            return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        }
    }
}
