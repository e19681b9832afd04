package io.plimsoll.bench;

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

    private final int[] queued;
    private int queuedCount;
    private boolean restQueued;
    /// The stream's operation could not be begun yet.
    private boolean held;

    private boolean exhausted;
    private int writesSinceSync;
    private final boolean[] syncAfter;
    /// Of each slot's memory, how much holds what a read left there.
    private final int[] readBytes;

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
            BlockTimes times) {
        this.engine = engine;
        this.files = files;
        this.stream = stream;
        this.again = again;
        this.content = content;
        this.verifier = verifier;
        this.slots = slots;
        this.times = times;
        boolean mayMeet = verifier != null && work.mode().writes();
        inFlight = mayMeet ? new InFlight(engine.depth(), work.blocks().maxBytes()) : null;
        async = engine.async();
        syncEvery = work.sync().every();
        syncDataOnly = work.sync().dataOnly();
        queued = new int[2 * engine.depth()];
        syncAfter = new boolean[engine.depth()];
        readBytes = new int[engine.depth()];
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
        int slot = slots.take();
        int file = stream.file();
        long offset = stream.offset();
        int bytes = stream.bytes();
        held = inFlight != null && !inFlight.tryAdd(slot, !stream.reads(), file, offset, bytes);
        if (held) {
            slots.completed(slot);
            return false;
        }
        slots.dueNs[slot] = dueNs;
        slots.file[slot] = file;
        slots.offset[slot] = offset;
        slots.bytes[slot] = bytes;
        slots.done[slot] = 0;
        queued[queuedCount++] = slot;
        if (stream.reads()) {
            slots.kind[slot] = READ;
            engine.read(slot, files.number(file), offset, 0, bytes);
            if (content != null) {
                readBytes[slot] = Math.max(readBytes[slot], bytes);
            }
        } else {
            slots.kind[slot] = WRITE;
            write(slot, file, offset, bytes);
        }
        return true;
    }

    private void write(int slot, int file, long offset, int bytes) {
        if (readBytes[slot] > 0) {
            // What a read left there is somebody else's content.
            content.fill(engine.memory(slot), readBytes[slot]);
            readBytes[slot] = 0;
        }
        content.next(engine.memory(slot), bytes, file, offset);
        engine.write(slot, files.number(file), offset, 0, bytes);
        if (syncEvery > 0 && ++writesSinceSync == syncEvery) {
            writesSinceSync = 0;
            int sync = slots.takeSync(slot);
            if (async) {
                engine.link();
                queueSync(sync, file);
            } else {
                // On its own when the write has completed: both would have the time of both.
                syncAfter[slot] = true;
            }
        }
    }

    private void queueSync(int slot, int file) {
        slots.kind[slot] = SYNC;
        slots.file[slot] = file;
        slots.bytes[slot] = 0;
        slots.done[slot] = 0;
        engine.sync(slot, files.number(file), syncDataOnly);
        queued[queuedCount++] = slot;
    }

    /// Queues a sync of a file on its own.
    void sync(int file) {
        int slot = slots.take();
        queueSync(slots.takeSync(slot), file);
        slots.completed(slot);
    }

    /// Hands over what is queued.
    void submit() throws PosixException {
        long start = System.nanoTime();
        for (int i = 0; i < queuedCount; i++) {
            slots.startNs[queued[i]] = start;
        }
        engine.submit();
        times.handedOver(queued, queuedCount, start);
        queuedCount = 0;
        restQueued = false;
    }

    /// Takes the completions that the engine has.
    void complete(int completions, long now) {
        for (int i = 0; i < completions; i++) {
            int slot = engine.slot(i);
            int result = engine.result(i);
            if (result == slots.bytes[slot] - slots.done[slot]) {
                times.completed(slot, now);
                finish(slot);
            } else {
                settle(i, slot, result);
            }
        }
        times.flush(now);
    }

    private void finish(int slot) {
        slots.done[slot] = slots.bytes[slot];
        if (verifier != null && slots.kind[slot] != SYNC) {
            verify(slot);
        }
        if (slot < slots.depth && syncAfter[slot]) {
            syncAfter[slot] = false;
            syncNow(slot + slots.depth);
        }
        slots.completed(slot);
    }

    private void verify(int slot) {
        if (slots.kind[slot] == READ && failure == null) {
            failure = damage(verifier, engine, files, slots, slot);
        }
        if (inFlight != null) {
            inFlight.remove(slot);
        }
    }

    /// What is wrong with the block that was read into a slot; null where nothing is.
    static PosixException damage(BlockVerifier verifier, Engine engine, OpenedFiles files, Slots slots, int slot) {
        MemorySegment memory = engine.memory(slot);
        int bytes = slots.bytes[slot];
        int file = slots.file[slot];
        long offset = slots.offset[slot];
        return verifier.check(memory, bytes, file, offset) == Finding.OK
                ? null
                : new PosixException("verify", files.path(file), 0, verifier.describe(memory, bytes, file, offset));
    }

    /// What did not complete in full goes on with the rest, waits its turn again, or fails the job.
    private void settle(int completion, int slot, int result) {
        int kind = slots.kind[slot];
        if (result == Engine.CANCELED && kind == SYNC && failure == null) {
            // The write before it was short, and goes on by itself.
            int write = slot - slots.depth;
            if (slots.done[write] < slots.bytes[write]) {
                syncAfter[write] = true;
            } else {
                syncNow(slot);
            }
            return;
        }
        if (result > 0) {
            slots.done[slot] += result;
            times.cameShort(kind);
        } else if (!Engine.again(result) && result != Engine.CANCELED) {
            fail(slot, result, engine.detail(completion));
        }
        if (failure == null) {
            queueRest(slot, kind);
        } else {
            drop(slot);
        }
    }

    private void queueRest(int slot, int kind) {
        int file = files.number(slots.file[slot]);
        int at = slots.done[slot];
        int rest = slots.bytes[slot] - at;
        if (kind == READ) {
            engine.read(slot, file, slots.offset[slot] + at, at, rest);
        } else if (kind == WRITE) {
            engine.write(slot, file, slots.offset[slot] + at, at, rest);
        } else {
            engine.sync(slot, file, syncDataOnly);
        }
        restQueued = true;
    }

    private void syncNow(int slot) {
        if (failure == null) {
            queueSync(slot, slots.file[slot - slots.depth]);
        } else {
            slots.completed(slot);
        }
    }

    /// Gives back a slot whose operation will not be done, and the sync that waited for it.
    private void drop(int slot) {
        if (slot < slots.depth && syncAfter[slot]) {
            syncAfter[slot] = false;
            slots.completed(slot + slots.depth);
        }
        slots.completed(slot);
    }

    private void fail(int slot, int result, String detail) {
        if (failure != null) {
            return;
        }
        int kind = slots.kind[slot];
        String operation = kind == READ ? "read" : kind == WRITE ? "write" : syncDataOnly ? "fdatasync" : "fsync";
        String path = files.path(slots.file[slot]);
        String where = kind == SYNC ? "" : "at offset " + (slots.offset[slot] + slots.done[slot]);
        failure = result == 0
                ? new PosixException(operation, path, 0, "the file ends " + where)
                : new PosixException(operation, path, -result, detail.isEmpty() ? where : where + "; " + detail);
    }
}
