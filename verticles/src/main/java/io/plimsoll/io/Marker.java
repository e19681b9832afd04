package io.plimsoll.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// The file that says whose a target directory is, locked as long as its client lives; the kernel gives the lock
/// back when the client dies, however it dies.
final class Marker {
    static final String NAME = ".plimsoll";
    private static final String KEPT = "kept=true";
    private static final int BYTES_MAX = 4096;

    private final PosixFiles posix;
    private final DirectoryUse use;
    private final SafeTree directory;
    private final String path;
    private final int fd;
    private final String text;
    private boolean fresh;

    private Marker(PosixFiles posix, DirectoryUse use, SafeTree directory, int fd, String text) {
        this.posix = posix;
        this.use = use;
        this.directory = directory;
        path = directory.pathOf(NAME);
        this.fd = fd;
        this.text = text;
    }

    /// Makes the marker, or takes over that of an owner that is gone.
    static Marker place(PosixFiles posix, DirectoryUse use, SafeTree directory, String owner) throws IOException {
        String text = use.magic + "\nowner=" + owner.replaceAll("\\R", " ") + "\npid="
                + ProcessHandle.current().pid() + "\n";
        int fd;
        try {
            fd = directory.open(NAME, PosixFiles.O_RDWR | PosixFiles.O_CREAT, 0644);
        } catch (PosixException e) {
            throw TargetRules.cannotWrite(directory.path(), e);
        }
        Marker marker = new Marker(posix, use, directory, fd, text);
        try {
            marker.takeOver();
            return marker;
        } catch (IOException e) {
            marker.close();
            throw e;
        }
    }

    private void takeOver() throws IOException {
        FileStatus held = posix.status(fd, path);
        if (!held.isRegular() || held.links() > 1) {
            throw notOurs(); // a name of somebody's file elsewhere would have us write into that one
        }
        lock();
        // A client that ended just now may have deleted the file that we locked; then the one of that name is another.
        if (directory.find(NAME).filter(held::isSame).isEmpty()) {
            throw inUse("");
        }
        String former = read();
        checkFormer(former);
        fresh = former.isEmpty();
        try {
            write(text);
        } catch (PosixException e) {
            if (fresh) {
                remove();
            }
            throw TargetRules.cannotWrite(directory.path(), e);
        }
    }

    /// Makes sure that the marker is found after a power cut, as without it the files beside it are nobody's.
    void makeDurable() throws PosixException {
        posix.fsync(fd, path);
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
        directory.unlink(NAME);
    }

    /// Gives the lock back.
    void close() throws PosixException {
        posix.close(fd, path);
    }

    private void write(String content) throws PosixException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        try (Arena scratch = Arena.ofConfined()) {
            posix.truncate(fd, 0, path);
            posix.writeFully(fd, scratch.allocateFrom(ValueLayout.JAVA_BYTE, bytes), bytes.length, 0, path);
        }
    }

    private void lock() throws TargetRefusedException {
        boolean locked;
        try {
            locked = posix.tryLock(fd, false, path);
        } catch (PosixException e) {
            throw TargetRules.cannotLock(directory.path(), e);
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
            throw notOurs();
        }
        if (former.lines().anyMatch(KEPT::equals)) {
            throw new TargetRefusedException(directory.path()
                    + " holds the files that an earlier run kept (--keep-files); remove it, or name another directory");
        }
    }

    private TargetRefusedException notOurs() {
        return new TargetRefusedException(
                path + " was not made by Plimsoll for this use; name an empty or new directory");
    }

    private TargetRefusedException inUse(String marker) {
        String who = marker.lines()
                .filter(line -> line.startsWith("owner=") || line.startsWith("pid="))
                .map(line -> line.replace("owner=", use.owner + " ").replace("pid=", "process "))
                .reduce((a, b) -> a + ", " + b)
                .map(s -> " (" + s + ")")
                .orElse("");
        return new TargetRefusedException(directory.path() + " is in use by " + use.other + who + "; " + use.remedy);
    }

    private String read() throws IOException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment bytes = scratch.allocate(BYTES_MAX);
            long length = posix.read(fd, bytes.address(), BYTES_MAX, 0);
            if (length < 0) {
                throw new PosixException("read", path, (int) -length);
            }
            return new String(bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }
}
