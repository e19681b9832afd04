package io.plimsoll.client;

import io.plimsoll.config.UplinkSettings;
import io.plimsoll.wire.WireException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Delivers what processes that are gone have left in a directory, a file at a time, and deletes what is delivered. A
/// file whose owner lives is passed over.
public final class Leftovers {
    /// @param notes what else a person should know: files that are damaged, or not taken by this server
    public record Delivered(int files, int reports, List<String> notes) {
        public Delivered {
            notes = List.copyOf(notes);
        }
    }

    private record Held(SpoolFile file, FileChannel lock) {}

    private final Vertx vertx;
    private final UplinkSettings server;
    private final ArrayDeque<Path> files;
    private final long untilNs;
    private final List<String> notes = new ArrayList<>();
    private int delivered;
    private int reports;

    private Leftovers(Vertx vertx, UplinkSettings server, Collection<Path> files, long timeoutMs) {
        this.vertx = vertx;
        this.server = server;
        this.files = new ArrayDeque<>(files);
        this.untilNs = System.nanoTime() + timeoutMs * 1_000_000;
    }

    /// Fails with [ServerUnreachableException] or a timeout; what is not delivered by then is still there.
    ///
    /// @param files as [SpoolFile#in] lists them
    public static Future<Delivered> deliver(
            Vertx vertx, UplinkSettings server, Collection<Path> files, long timeoutMs) {
        Leftovers all = new Leftovers(vertx, server, files, timeoutMs);
        return all.next().map(_ -> new Delivered(all.delivered, all.reports, all.notes));
    }

    private Future<Void> next() {
        Path path = files.poll();
        if (path == null) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(() -> take(path))
                .compose(held -> held.isPresent() ? deliver(held.get()) : Future.succeededFuture())
                .recover(e -> switch (e) {
                    case RefusedException _, WireException _ -> {
                        notes.add(path + " stays there: " + e.getMessage());
                        yield Future.succeededFuture();
                    }
                    case IOException _ -> {
                        notes.add(path + " cannot be read: " + e);
                        yield Future.succeededFuture();
                    }
                    default -> Future.failedFuture(e);
                })
                .compose(_ -> next());
    }

    private Future<Void> deliver(Held held) {
        long timeoutMs = Math.max(1, (untilNs - System.nanoTime()) / 1_000_000);
        return Submission.deliver(vertx, server, held.file(), timeoutMs)
                .compose(count -> {
                    delivered++;
                    reports += count;
                    return vertx.executeBlocking(() -> done(held.file()));
                })
                .onSuccess(note -> note.ifPresent(notes::add))
                .eventually(() -> vertx.executeBlocking(() -> {
                    held.lock().close();
                    return null;
                }))
                .mapEmpty();
    }

    /// Empty where the owner lives, or somebody else delivers the file now, or has.
    private static Optional<Held> take(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean held = false;
        try {
            if (lock(channel) && channel.size() > 0 && Files.exists(path)) {
                Optional<Held> taken = Optional.of(new Held(SpoolFile.read(path, channel), channel));
                held = true;
                return taken;
            }
            return Optional.empty();
        } finally {
            if (!held) {
                channel.close();
            }
        }
    }

    private static boolean lock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // a client in this very process
        }
    }

    /// What was whole in a damaged file is delivered; the rest may be of use to somebody.
    private static Optional<String> done(SpoolFile file) throws IOException {
        if (file.damagedBytes() == 0) {
            Files.deleteIfExists(file.path());
            return Optional.empty();
        }
        Path damaged = file.path().resolveSibling(file.path().getFileName() + ".damaged");
        Files.move(file.path(), damaged);
        return Optional.of(
                damaged + ": " + file.damagedBytes() + " bytes are damaged; the other reports were delivered");
    }
}
