package io.plimsoll.io;

import io.plimsoll.io.WriteObserver.Operation;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.Report;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Writes a plan's chunks into files that roll over: the main job. One thread; no I/O but that of its files; nothing is
/// allocated for a chunk.
///
/// Every write is a whole chunk, so a file ends when another chunk would not fit into the file size. Rolling over is
/// fsync, close, and deleting the oldest file beyond the kept ones; all are timed apart.
///
/// What fails is not counted. A chunk that could not be written whole leaves its file with the chunks before it. A file
/// whose fsync failed is reported with 0 bytes and 0 chunks, as none of them is known to be on the disk, and is not
/// synced again. A file whose close failed counts if its fsync succeeded and is not `complete`. After an exception only
/// [#finish] may be called.
public final class RollingWriter {
    private static final int FILES_MAX = 999_999;

    private final ChunkPlan plan;
    private final ChunkFiles files;
    private final WriteObserver observer;
    private final LongSupplier nanoClock;
    private final LongSupplier wallClockMs;
    private final long chunksPerFile;
    private final ArrayDeque<String> kept = new ArrayDeque<>();

    private boolean fileIsOpen;
    private boolean failed;
    private long firstChunkAtNs;
    private boolean started;

    private int index;
    private long startedAtMs;
    private long chunks;
    private long writeNs;
    private long deleteNs;
    private long toldNs;
    private boolean told;

    public RollingWriter(
            ChunkPlan plan,
            ChunkFiles files,
            WriteObserver observer,
            LongSupplier nanoClock,
            LongSupplier wallClockMs) {
        this.plan = plan;
        this.files = files;
        this.observer = observer;
        this.nanoClock = nanoClock;
        this.wallClockMs = wallClockMs;
        chunksPerFile = plan.chunksPerFile();
    }

    /// `data-000001` for 1.
    static String fileName(int index) {
        return String.format(java.util.Locale.ROOT, "data-%06d", index);
    }

    /// Writes one chunk, and rolls over if the file is full then.
    public void step() throws PosixException {
        if (failed) {
            throw new IllegalStateException("a write has failed before; only finish() is left");
        }
        try {
            if (!fileIsOpen) {
                deleteOldest();
                open();
            }
            writeChunk();
            if (chunks == chunksPerFile) {
                endFile(true);
            }
        } catch (PosixException e) {
            failed = true;
            throw e;
        }
    }

    /// Syncs, closes and reports the file that is open, if any. A partial file counts and is not `complete`.
    public void finish() throws PosixException {
        if (fileIsOpen) {
            endFile(false);
        }
    }

    /// How long it is since the first chunk began; 0 before it.
    public long elapsedNs() {
        return started ? nanoClock.getAsLong() - firstChunkAtNs : 0;
    }

    private void deleteOldest() throws PosixException {
        deleteNs = 0;
        while (kept.size() > plan.keptFilesMax()) {
            long begin = begins(Operation.DELETE);
            try {
                files.delete(kept.peekFirst());
            } finally {
                observer.done();
            }
            kept.removeFirst();
            deleteNs += nanoClock.getAsLong() - begin;
            observer.fileDeleted(plan.bytesPerFile());
        }
    }

    private void open() throws PosixException {
        if (index == FILES_MAX) {
            throw new PosixException(
                    "open",
                    fileName(index + 1),
                    0,
                    "a run has at most " + FILES_MAX + " files; give it larger ones (-f)");
        }
        begins(Operation.OPEN);
        try {
            files.open(fileName(index + 1));
        } finally {
            observer.done();
        }
        index++;
        fileIsOpen = true;
        startedAtMs = wallClockMs.getAsLong();
        chunks = 0;
        writeNs = 0;
        toldNs = 0;
        told = false;
    }

    private void writeChunk() throws PosixException {
        files.prepare();
        long begin = begins(Operation.WRITE);
        if (!started) {
            started = true;
            firstChunkAtNs = begin;
        }
        try {
            files.write(chunks * plan.chunkBytes());
        } finally {
            observer.done();
        }
        long latencyNs = nanoClock.getAsLong() - begin;
        chunks++;
        writeNs += latencyNs;
        if (files.toldNs() >= 0) {
            told = true;
            toldNs += files.toldNs();
        }
        observer.chunkWritten(latencyNs, plan.chunkBytes());
    }

    private void endFile(boolean full) throws PosixException {
        fileIsOpen = false;
        PosixException failure = null;
        long syncBegin = begins(Operation.FSYNC);
        try {
            files.sync();
        } catch (PosixException e) {
            failure = e;
        }
        observer.done();
        boolean synced = failure == null;
        long closeBegin = begins(Operation.CLOSE);
        try {
            files.closeFile();
        } catch (PosixException e) {
            if (synced) {
                failure = e;
            } else {
                failure.addSuppressed(e);
            }
        }
        observer.done();
        long end = nanoClock.getAsLong();
        String name = fileName(index);
        kept.addLast(name);
        report(name, synced, full && failure == null, closeBegin - syncBegin, end - closeBegin);
        if (failure != null) {
            throw failure;
        }
    }

    private void report(String name, boolean synced, boolean complete, long fsyncNs, long closeNs) {
        long counted = synced ? chunks : 0;
        observer.fileClosed(new Report.FileClosed(
                startedAtMs,
                index,
                name,
                counted * plan.chunkBytes(),
                counted,
                complete,
                writeNs,
                fsyncNs,
                closeNs,
                deleteNs,
                told ? Optional.of(toldNs) : Optional.empty()));
    }

    private long begins(Operation operation) {
        long now = nanoClock.getAsLong();
        observer.begins(operation, now);
        return now;
    }
}
