package io.plimsoll.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/// The file that says whose a target directory is, locked as long as its client lives; the kernel gives the lock back
/// when the client dies, however it dies.
final class Marker implements AutoCloseable {
    static final String NAME = ".plimsoll";
    private static final String MAGIC = "Plimsoll writes and deletes the files data-NNNNNN in this directory.";
    private static final String KEPT = "kept=true";
    private static final int BYTES_MAX = 4096;

    private final Path file;
    private final FileChannel channel;
    private final String text;

    private Marker(Path file, FileChannel channel, String text) {
        this.file = file;
        this.channel = channel;
        this.text = text;
    }

    /// Makes the marker, or takes over that of a client that is gone.
    static Marker place(Path directory, String owner) throws IOException {
        Path file = directory.resolve(NAME);
        String text = MAGIC + "\nowner=" + owner.replaceAll("\\R", " ") + "\npid="
                + ProcessHandle.current().pid() + "\nclaim=" + UUID.randomUUID() + "\n";
        FileChannel channel;
        try {
            channel = FileChannel.open(
                    file,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw TargetRules.cannotWrite(directory, e);
        }
        boolean isNew = false;
        try {
            lock(channel, file);
            String former = read(channel);
            checkFormer(former, file);
            isNew = former.isEmpty();
            Marker marker = new Marker(file, channel, text);
            marker.write(text);
            // A client that ended just now may have deleted the file that we locked; then this one is another.
            if (!text.equals(Files.readString(file))) {
                isNew = false;
                throw inUse(file, "");
            }
            return marker;
        } catch (IOException e) {
            if (isNew) {
                Files.deleteIfExists(file);
            }
            channel.close();
            throw e;
        }
    }

    /// Makes later clients refuse the directory, as its files are wanted.
    void markKept() throws IOException {
        write(text + KEPT + "\n");
    }

    void remove() throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void write(String content) throws IOException {
        try {
            channel.truncate(0);
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(content);
            for (long at = 0; bytes.hasRemaining(); ) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw TargetRules.cannotWrite(file.getParent(), e);
        }
    }

    private static void lock(FileChannel channel, Path file) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            throw inUse(file, "");
        } catch (IOException e) {
            throw new TargetRefusedException(
                    file.getParent() + " cannot be locked: " + TargetRules.reason(e)
                            + "; mount it with locks (NFS: start rpc.statd, or mount with -o nolock or"
                            + " local_lock=posix)",
                    e);
        }
        if (lock == null) {
            throw inUse(file, read(channel));
        }
    }

    /// @param former what the file held; nothing if it is new, or if its client died while making it
    private static void checkFormer(String former, Path file) throws TargetRefusedException {
        if (!former.isEmpty() && !former.startsWith(MAGIC)) {
            throw new TargetRefusedException(file + " was not made by Plimsoll; name an empty or new directory");
        }
        if (former.lines().anyMatch(KEPT::equals)) {
            throw new TargetRefusedException(file.getParent()
                    + " holds the files that an earlier run kept (--keep-files); remove it, or name another directory");
        }
    }

    private static TargetRefusedException inUse(Path file, String marker) {
        String who = marker.lines()
                .filter(line -> line.startsWith("owner=") || line.startsWith("pid="))
                .map(line -> line.replace("owner=", "client ").replace("pid=", "process "))
                .reduce((a, b) -> a + ", " + b)
                .map(s -> " (" + s + ")")
                .orElse("");
        return new TargetRefusedException(file.getParent() + " is in use by another client" + who
                + "; give each client its own directory (-path)");
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
        int n;
        do {
            n = channel.read(bytes, bytes.position());
        } while (n > 0 && bytes.hasRemaining());
        return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }
}
