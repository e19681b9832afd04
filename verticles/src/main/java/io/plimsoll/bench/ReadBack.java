package io.plimsoll.bench;

import io.plimsoll.bench.Slots.Operation;
import io.plimsoll.io.Engine;
import io.plimsoll.io.OpenMode;
import io.plimsoll.io.PosixException;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import io.plimsoll.workload.BlockStream;
import io.plimsoll.workload.BlockVerifier;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads back what a data thread wrote with `verify`, and checks it: from the storage, as far as the page cache lets go
/// of it. Not measured.
final class ReadBack {
    /// What was read back.
    ///
    /// @param cachedBytes of the files that the page cache still had when reading began; empty where the kernel
    ///     does not tell
    record Done(long bytes, OptionalLong cachedBytes) {
        /// Of two data threads.
        Done plus(Done other) {
            return new Done(bytes + other.bytes, sum(cachedBytes, other.cachedBytes));
        }
    }

    private final Engine engine;
    private final OpenedFiles files;
    private final BlockVerifier verifier;
    private final JobControl control;
    private final boolean direct;
    private final BlockStream stream;
    private final Slots slots;
    private long bytes;
    private OptionalLong cachedBytes = OptionalLong.of(0);
    private boolean reading;

    /// @param direct past the page cache
    ReadBack(
            Engine engine,
            Work.Blocks work,
            OpenedFiles files,
            BlockVerifier verifier,
            boolean direct,
            JobControl control) {
        this.engine = engine;
        this.files = files;
        this.verifier = verifier;
        this.direct = direct;
        this.control = control;
        // One after the other, of the size that files are whole numbers of: nothing is left out.
        Work.Blocks reading = new Work.Blocks(
                AccessMode.READ,
                100,
                BlockSizes.of(work.blocks().maxBytes()),
                work.distribution(),
                work.bytes(),
                work.files(),
                work.sync(),
                work.content());
        stream = new BlockStream(reading, 0, 0);
        slots = new Slots(engine.depth());
    }

    /// Reads until all is read, or the job is stopped: what is in flight then ends with the engine.
    ///
    /// @throws PosixException for the first block that is not what was written, or cannot be written or read
    void run() throws PosixException {
        for (int file = 0; file < files.count() && !control.stopped(); file++) {
            forget(file);
        }
        if (!control.stopped()) {
            reading = true;
            read();
        }
    }

    /// What was read, well or not; empty where it has not come to that.
    Optional<Done> done() {
        return reading ? Optional.of(new Done(bytes, cachedBytes)) : Optional.empty();
    }

    /// By the descriptor that it was written by, which alone is sure to be told of an error of writing back.
    private void forget(int file) throws PosixException {
        int result;
        do {
            engine.sync(engine.depth(), files.number(file), false);
            engine.submit();
            while (engine.reap(1, BlockLoop.STOP_CHECK_NS) == 0) {
                if (control.stopped()) {
                    return;
                }
            }
            result = engine.result(0);
        } while (Engine.again(result));
        if (result < 0) {
            throw new PosixException("fsync", files.path(file), -result, engine.detail(0));
        }
        OpenMode mode = new OpenMode(true, false, false, direct, SyncPolicy.OpenFlag.NONE);
        cachedBytes = sum(cachedBytes, files.reopenUncached(file, mode));
    }

    private static OptionalLong sum(OptionalLong a, OptionalLong b) {
        return a.isPresent() && b.isPresent() ? OptionalLong.of(a.getAsLong() + b.getAsLong()) : OptionalLong.empty();
    }

    private void read() throws PosixException {
        boolean more = true;
        while (!control.stopped() && (more || !slots.noneInFlight())) {
            while (more && slots.anyFree()) {
                more = nextWritten();
                if (more) {
                    begin();
                }
            }
            engine.submit();
            int completed = engine.reap(slots.noneInFlight() ? 0 : 1, BlockLoop.STOP_CHECK_NS);
            for (int i = 0; i < completed; i++) {
                check(slots.of(engine.slot(i)), engine.result(i));
            }
        }
    }

    /// Goes to the next block of which something was written.
    private boolean nextWritten() {
        while (stream.next()) {
            if (verifier.sealedAny(stream.bytes(), stream.file(), stream.offset())) {
                return true;
            }
        }
        return false;
    }

    private void begin() {
        Operation read = slots.take();
        read.file = stream.file();
        read.offset = stream.offset();
        read.bytes = stream.bytes();
        read.done = 0;
        queueRest(read);
    }

    private void queueRest(Operation read) {
        engine.read(read.slot, files.number(read.file), read.offset + read.done, read.done, read.rest());
    }

    private void check(Operation read, int result) throws PosixException {
        if (result < 0 && !Engine.again(result)) {
            throw new PosixException("read back", files.path(read.file), -result, "at offset " + read.offset);
        }
        read.done += Math.max(result, 0);
        if (result == 0) {
            // Beyond the end there is nothing: right where nothing was written, and found out where something was.
            engine.memory(read.slot).asSlice(read.done, read.rest()).fill((byte) 0);
        } else if (read.rest() > 0) {
            queueRest(read);
            return;
        }
        bytes += read.bytes;
        PosixException damage = BlockOperations.damage(verifier, engine, files, read);
        if (damage != null) {
            throw damage;
        }
        slots.completed(read);
    }
}
