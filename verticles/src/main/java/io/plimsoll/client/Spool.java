package io.plimsoll.client;

import io.plimsoll.model.Session;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Reports for whose acknowledgement a client has waited too long, on disk, where they outlive its process.
///
/// Files of about [#SEGMENT_BYTES], each made anew, locked as long as their owner lives, and deleted when everything in
/// them is acknowledged; [SpoolFile] reads what a kill leaves. Calls return at once: a thread of the spool's own does
/// the work, in order. After its first failure a spool writes nothing more.
final class Spool {
    static final long SEGMENT_BYTES = 4L << 20;

    /// Work on the spool's thread.
    private interface Work<T> {
        T run() throws IOException;
    }

    private record Segment(Path path, FileChannel file, long lastSequence) {}

    private final Path directory;
    private final Session session;
    private final ExecutorService thread;
    /// Of the spool's thread, as all below.
    private final ArrayDeque<Segment> segments = new ArrayDeque<>();

    private int made;
    private IOException failure;

    /// @param directory made where it is missing; nothing is touched before the first append
    Spool(Path directory, Session session) {
        this.directory = directory;
        this.session = session;
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("spool-" + session.clientId()).factory());
    }

    /// Completes when the reports are on disk, synced; fails, with this call and each later one, when that failed.
    ///
    /// @param hello begins a file: the session's, with its run, and late
    /// @param lastSequence of the reports
    CompletableFuture<Void> append(Buffer hello, List<Buffer> reports, long lastSequence) {
        return perform(() -> {
            if (failure != null) {
                throw failure;
            }
            try {
                write(hello, reports, lastSequence);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
            return null;
        });
    }

    /// Deletes what holds nothing above that number.
    CompletableFuture<Void> forget(long sequence) {
        return perform(() -> {
            while (!segments.isEmpty() && segments.peek().lastSequence() <= sequence) {
                end(segments.poll(), false);
            }
            return null;
        });
    }

    /// The last call: deletes everything, or leaves it for a later delivery. Completes with what is left.
    CompletableFuture<List<Path>> end(boolean keep) {
        CompletableFuture<List<Path>> left = perform(() -> {
            List<Path> paths = keep ? segments.stream().map(Segment::path).toList() : List.of();
            while (!segments.isEmpty()) {
                end(segments.poll(), keep);
            }
            return paths;
        });
        thread.shutdown();
        return left;
    }

    private <T> CompletableFuture<T> perform(Work<T> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.run();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                thread);
    }

    private void write(Buffer hello, List<Buffer> reports, long lastSequence) throws IOException {
        Segment last = segments.peekLast();
        if (last == null || last.file().size() >= SEGMENT_BYTES) {
            last = begin(hello, lastSequence);
        } else {
            segments.pollLast();
            last = new Segment(last.path(), last.file(), lastSequence);
            segments.add(last);
        }
        SpoolFile.write(last.file(), reports);
        last.file().force(false);
    }

    private Segment begin(Buffer hello, long lastSequence) throws IOException {
        Files.createDirectories(directory);
        Path path = directory.resolve(SpoolFile.segmentName(session, ++made));
        FileChannel file = FileChannel.open(
                path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), SpoolFile.OWNER_ONLY);
        Segment fresh = new Segment(path, file, lastSequence);
        segments.add(fresh);
        file.lock(); // who looks for leftovers lets an empty file go at once
        SpoolFile.write(file, List.of(hello));
        SpoolFile.syncDirectory(directory);
        return fresh;
    }

    private static void end(Segment segment, boolean keep) throws IOException {
        try (FileChannel _ = segment.file()) {
            if (!keep) {
                Files.deleteIfExists(segment.path());
            }
        }
    }
}
