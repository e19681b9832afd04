package io.plimsoll.bench;

import io.plimsoll.bench.Slots.Operation;
import io.plimsoll.io.Engine;
import io.plimsoll.io.PosixException;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Work;
import io.plimsoll.workload.BlockContent;
import io.plimsoll.workload.BlockStream;
import io.plimsoll.workload.BlockVerifier;
import io.plimsoll.workload.Finding;
import io.plimsoll.workload.InFlight;
import java.lang.foreign.MemorySegment;

/// Makes the blocks of a stream operations of an engine, and sees each of them through: the sync that follows a write,
/// the rest of one that came back short, what is verified.
///
/// The first failure is kept ([#failure]): from then on nothing new begins, and what is in flight is only waited for.
/// One thread; after warm-up nothing is allocated.
final class BlockOperations {
    private static final int READ = Direction.READ.ordinal();
    private static final int WRITE = Direction.WRITE.ordinal();
    private static final int SYNC = Direction.SYNC.ordinal();

    private final Engine engine;
    private final OpenedFiles files;
    private final BlockStream stream;
    private final boolean again;
    private final BlockContent content;
    private final BlockVerifier verifier;
    private final InFlight inFlight;
    private final boolean async;
    private final int syncEvery;
    private final boolean syncDataOnly;
    private final Slots slots;
    private final BlockTimes times;
    private final Baton baton;

    private final Operation[] queued;
    private int queuedCount;
    private boolean restQueued;
    /// The stream's operation could not be begun yet.
    private boolean held;

    private boolean exhausted;
    private int writesSinceSync;
    private PosixException failure;

    /// @param again whether the stream begins anew at its end
    /// @param content null where the work does not write
    /// @param verifier null where blocks are not verified
    BlockOperations(
            Work.Blocks work,
            BlockStream stream,
            boolean again,
            Engine engine,
            OpenedFiles files,
            BlockContent content,
            BlockVerifier verifier,
            Slots slots,
            BlockTimes times,
            Baton baton) {
        this.engine = engine;
        this.files = files;
        this.stream = stream;
        this.again = again;
        this.content = content;
        this.verifier = verifier;
        this.slots = slots;
        this.times = times;
        this.baton = baton;
        boolean mayMeet = verifier != null && work.mode().writes();
        inFlight = mayMeet ? new InFlight(engine.depth(), work.blocks().maxBytes()) : null;
        async = engine.async();
        syncEvery = work.sync().every();
        syncDataOnly = work.sync().dataOnly();
        queued = new Operation[2 * engine.depth()];
    }

    PosixException failure() {
        return failure;
    }

    /// All that the stream has was begun.
    boolean exhausted() {
        return exhausted;
    }

    /// Whether the stream's operation waits for one that is in flight.
    boolean held() {
        return held;
    }

    /// Operations that [#submit] will hand over, beside the rests of short ones.
    int queued() {
        return queuedCount;
    }

    boolean anyQueued() {
        return queuedCount > 0 || restQueued;
    }

    /// Goes to the next operation, unless the last one was not begun; false where there is none.
    boolean next() {
        if (held || stream.next()) {
            return true;
        }
        if (again) {
            stream.restart();
            return stream.next();
        }
        exhausted = true;
        return false;
    }

    /// The kind of the operation that [#next] went to.
    int kind() {
        return stream.reads() ? READ : WRITE;
    }

    /// Leaves it out.
    void skip() {
        held = false;
    }

    /// Queues it in a free slot; false where it has to wait, as verified blocks are not written while they are written
    /// or read.
    boolean begin(long dueNs) {
        Operation operation = slots.take();
        int file = stream.file();
        long offset = stream.offset();
        int bytes = stream.bytes();
        held = inFlight != null && !inFlight.tryAdd(operation.slot, !stream.reads(), file, offset, bytes);
        if (held) {
            slots.completed(operation);
            return false;
        }
        operation.dueNs = dueNs;
        operation.file = file;
        operation.offset = offset;
        operation.bytes = bytes;
        operation.done = 0;
        queued[queuedCount++] = operation;
        if (stream.reads()) {
            operation.kind = READ;
            engine.read(operation.slot, files.number(file), offset, 0, bytes);
            if (content != null) {
                operation.readBytes = Math.max(operation.readBytes, bytes);
            }
        } else {
            operation.kind = WRITE;
            write(operation);
        }
        return true;
    }

    private void write(Operation write) {
        if (write.readBytes > 0) {
            // What a read left there is somebody else's content.
            content.fill(engine.memory(write.slot), write.readBytes);
            write.readBytes = 0;
        }
        content.next(engine.memory(write.slot), write.bytes, write.file, write.offset);
        engine.write(write.slot, files.number(write.file), write.offset, 0, write.bytes);
        if (syncEvery > 0 && ++writesSinceSync == syncEvery) {
            writesSinceSync = 0;
            Operation sync = slots.takeSync(write);
            if (async) {
                engine.link();
                queueSync(sync, write.file);
            } else {
                // On its own when the write has completed: both would have the time of both.
                write.syncAfter = true;
            }
        }
    }

    private void queueSync(Operation sync, int file) {
        sync.kind = SYNC;
        sync.file = file;
        sync.bytes = 0;
        sync.done = 0;
        engine.sync(sync.slot, files.number(file), syncDataOnly);
        queued[queuedCount++] = sync;
    }

    /// Queues a sync of a file on its own.
    void sync(int file) {
        Operation owner = slots.take();
        queueSync(slots.takeSync(owner), file);
        slots.completed(owner);
    }

    /// Hands over what is queued.
    void submit() throws PosixException {
        long start = System.nanoTime();
        for (int i = 0; i < queuedCount; i++) {
            queued[i].startNs = start;
        }
        baton.layDown();
        try {
            engine.submit();
        } finally {
            baton.takeUp();
        }
        times.handedOver(queued, queuedCount, start);
        queuedCount = 0;
        restQueued = false;
    }

    /// Takes the completions that the engine has.
    void complete(int completions, long now) {
        for (int i = 0; i < completions; i++) {
            Operation operation = slots.of(engine.slot(i));
            int result = engine.result(i);
            if (result == operation.rest()) {
                times.completed(operation, now);
                finish(operation);
            } else {
                settle(operation, result, i);
            }
        }
        times.flush(now);
    }

    private void finish(Operation operation) {
        operation.done = operation.bytes;
        if (verifier != null && operation.kind != SYNC) {
            verify(operation);
        }
        if (operation.syncAfter) {
            operation.syncAfter = false;
            syncNow(operation.partner);
        }
        slots.completed(operation);
    }

    private void verify(Operation operation) {
        if (operation.kind == READ && failure == null) {
            failure = damage(verifier, engine, files, operation);
        }
        if (inFlight != null) {
            inFlight.remove(operation.slot);
        }
    }

    /// What is wrong with the block that an operation has read; null where nothing is.
    static PosixException damage(BlockVerifier verifier, Engine engine, OpenedFiles files, Operation read) {
        MemorySegment memory = engine.memory(read.slot);
        if (verifier.check(memory, read.bytes, read.file, read.offset) == Finding.OK) {
            return null;
        }
        String what = verifier.describe(memory, read.bytes, read.file, read.offset);
        return new PosixException("verify", files.path(read.file), 0, what);
    }

    /// What did not complete in full goes on with the rest, waits its turn again, or fails the job.
    private void settle(Operation operation, int result, int completion) {
        int kind = operation.kind;
        if (result == Engine.CANCELED && kind == SYNC && failure == null) {
            // The write before it was short, and goes on by itself.
            if (operation.partner.rest() > 0) {
                operation.partner.syncAfter = true;
            } else {
                syncNow(operation);
            }
            return;
        }
        if (result > 0) {
            operation.done += result;
            times.cameShort(kind);
        } else if (!Engine.again(result) && result != Engine.CANCELED) {
            fail(operation, result, engine.detail(completion));
        }
        if (failure == null) {
            queueRest(operation);
        } else {
            drop(operation);
        }
    }

    private void queueRest(Operation operation) {
        int file = files.number(operation.file);
        int at = operation.done;
        if (operation.kind == READ) {
            engine.read(operation.slot, file, operation.offset + at, at, operation.rest());
        } else if (operation.kind == WRITE) {
            engine.write(operation.slot, file, operation.offset + at, at, operation.rest());
        } else {
            engine.sync(operation.slot, file, syncDataOnly);
        }
        restQueued = true;
    }

    private void syncNow(Operation sync) {
        if (failure == null) {
            queueSync(sync, sync.partner.file);
        } else {
            slots.completed(sync);
        }
    }

    /// Gives up an operation, and the sync that waited for it.
    private void drop(Operation operation) {
        if (operation.syncAfter) {
            operation.syncAfter = false;
            slots.completed(operation.partner);
        }
        slots.completed(operation);
    }

    private void fail(Operation failed, int result, String detail) {
        if (failure != null) {
            return;
        }
        int kind = failed.kind;
        String operation = kind == READ ? "read" : kind == WRITE ? "write" : syncDataOnly ? "fdatasync" : "fsync";
        String path = files.path(failed.file);
        String where = kind == SYNC ? "" : "at offset " + (failed.offset + failed.done);
        failure = result == 0
                ? new PosixException(operation, path, 0, "the file ends " + where)
                : new PosixException(operation, path, -result, detail.isEmpty() ? where : where + "; " + detail);
    }
}
