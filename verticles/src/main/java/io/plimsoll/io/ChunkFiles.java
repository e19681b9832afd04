package io.plimsoll.io;

import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.Require;
import io.plimsoll.model.SyncPolicy;

/// Data files of whole chunks in a target directory, one open at a time, written through an engine.
///
/// The order of calls on a file: `open`, then for each chunk `prepare` and `write`, then `sync` once, then `closeFile`.
/// A call that throws has not done its work, and the bytes of its chunk do not count. One thread: the one that made it.
/// A chunk allocates nothing that the engine does not.
public final class ChunkFiles implements AutoCloseable {
    private static final int SLOT = 0;
    private static final int SYNC_SLOT = 1;
    private static final int NO_FILE = -1;

    private final TargetDirectory target;
    private final int chunkBytes;
    private final OpenMode mode;
    /// The null engine makes no files, so that there are none to be deleted.
    private final boolean made;

    private final PosixFiles posix = new PosixFiles();
    private final Engine engine;
    private final Payload payload;
    private int file = NO_FILE;
    private String path = "";
    private long toldNs = -1;

    private ChunkFiles(
            Engine engine, EngineKind kind, TargetDirectory target, int chunkBytes, boolean direct, long seed) {
        this.engine = engine;
        this.target = target;
        this.chunkBytes = chunkBytes;
        mode = new OpenMode(false, true, true, direct, SyncPolicy.OpenFlag.NONE);
        made = kind != EngineKind.NULL;
        payload = new Payload(engine.memory(SLOT), seed);
    }

    /// Takes an engine for the calling thread.
    ///
    /// @param kind any that can make files: all but mmap
    /// @param direct past the page cache; chunks must be of whole blocks of the file system then
    /// @param seed of the data; two clients must not share one
    /// @throws PosixException where the system refuses what the engine needs, with the remedy
    public static ChunkFiles in(TargetDirectory target, EngineKind kind, long chunkBytes, boolean direct, long seed)
            throws PosixException {
        Require.inRange("chunk size in bytes", chunkBytes, 1, ChunkPlan.CHUNK_BYTES_MAX);
        int bytes = Math.toIntExact(chunkBytes);
        return new ChunkFiles(Engines.open(kind, 1, bytes), kind, target, bytes, direct, seed);
    }

    /// How the system let the engine be set up, as [Engine#note].
    public String note() {
        return engine.note();
    }

    /// Creates a file, which must not be there.
    void open(String name) throws PosixException {
        if (file != NO_FILE) {
            throw new IllegalStateException(path + " is still open");
        }
        path = target.pathOf(name);
        file = engine.open(new FileRef.In(target.tree(), name), mode);
    }

    /// Makes the data of the next chunk; no I/O, and no part of the chunk's time.
    void prepare() {
        payload.stamp();
    }

    /// Writes the prepared chunk at `offset`; returns when the kernel has all of it. A short write is continued: why
    /// it was short is found by what follows it.
    void write(long offset) throws PosixException {
        toldNs = -1;
        for (int done = 0; done < chunkBytes; ) {
            engine.write(SLOT, open(), offset + done, done, chunkBytes - done);
            int result = complete();
            if (result > 0) {
                done += result;
                addTold(engine.toldNs(0));
            } else if (!Engine.again(result)) {
                throw failure(
                        "write",
                        result,
                        done == 0 && result < 0 ? "" : done + " of " + chunkBytes + " bytes were written");
            }
        }
    }

    private void addTold(long ns) {
        if (ns >= 0) {
            toldNs = Math.max(toldNs, 0) + ns;
        }
    }

    /// The time in ns that the last `write` took by its program's own account; -1 where there is no other account than
    /// ours.
    long toldNs() {
        return toldNs;
    }

    /// Puts the open file's bytes on the disk. After a failure it is not called again for that file: the kernel reports
    /// an error of writing back once, and a second fsync would succeed without the bytes being on disk.
    void sync() throws PosixException {
        engine.sync(SYNC_SLOT, open(), false);
        int result = complete();
        if (result != 0) {
            throw failure("fsync", result, "");
        }
    }

    private int complete() throws PosixException {
        engine.submit();
        if (engine.reap(1, -1) != 1) {
            throw new IllegalStateException("of one operation there must be one completion");
        }
        return engine.result(0);
    }

    private PosixException failure(String operation, int result, String progress) {
        String detail = engine.detail(0);
        String both = progress + (progress.isEmpty() || detail.isEmpty() ? "" : "; ") + detail;
        return new PosixException(operation, path, Math.max(-result, 0), both);
    }

    /// Closes the open file; it is closed after a failure too.
    void closeFile() throws PosixException {
        int closing = open();
        file = NO_FILE;
        engine.close(closing);
    }

    private int open() {
        if (file == NO_FILE) {
            throw new IllegalStateException("no file is open");
        }
        return file;
    }

    void delete(String name) throws PosixException {
        if (made) {
            posix.unlink(target.descriptor(), name, target.pathOf(name));
        }
    }

    /// Gives memory and descriptors back.
    @Override
    public void close() throws PosixException {
        try (posix) {
            engine.close();
        }
    }
}
