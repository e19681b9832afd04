package io.plimsoll.database;

import io.plimsoll.database.DatabaseException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Says that this process owns an embedded database's directory; ends with the process at the latest. The file `lock`
/// names the owner's process id for others to read.
final class DirectoryLock implements AutoCloseable {
    private static final String FILE = "lock";
    private static final long POLL_MS = 50;

    /// What this JVM owns. A POSIX lock belongs to the process, and closing *any* channel on its file ends it: so a
    /// second opening within this JVM must be refused before it touches the file.
    private static final Set<Path> OWNED_HERE = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /// Waits at most `waitMs` for the lock.
    ///
    /// @param directory real path of an existing directory
    static Optional<DirectoryLock> acquire(Path directory, long waitMs) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        while (true) {
            Optional<DirectoryLock> lock = attempt(directory);
            if (lock.isPresent() || System.nanoTime() - deadline >= 0) {
                return lock;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MS));
        }
    }

    static boolean ownedHere(Path directory) {
        return OWNED_HERE.contains(directory);
    }

    /// Who has it, in words, for an error message.
    static String owner(Path directory) {
        if (ownedHere(directory)) {
            return "this process";
        }
        try {
            String pid = Files.readString(directory.resolve(FILE)).strip();
            return pid.isEmpty() ? "another process" : "process " + pid;
        } catch (IOException _) {
            return "another process";
        }
    }

    private static Optional<DirectoryLock> attempt(Path directory) {
        if (!OWNED_HERE.add(directory)) {
            return Optional.empty();
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(
                    directory.resolve(FILE),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.READ);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                return Optional.empty();
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            locked = true;
            return Optional.of(new DirectoryLock(directory, channel));
        } catch (IOException e) {
            throw new DatabaseException(
                    Kind.UNSUPPORTED, "cannot lock " + directory.resolve(FILE) + ": " + e + "; is it writable?", e);
        } finally {
            if (!locked) {
                close(channel);
                OWNED_HERE.remove(directory);
            }
        }
    }

    @Override
    public void close() {
        close(channel);
        OWNED_HERE.remove(directory);
    }

    private static void close(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new DatabaseException(Kind.START, "cannot release the lock of the database directory: " + e, e);
        }
    }
}
