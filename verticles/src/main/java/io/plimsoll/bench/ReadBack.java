package io.plimsoll.bench;

import io.plimsoll.bench.Slots.Operation;
import io.plimsoll.io.Engine;
import io.plimsoll.io.PosixException;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.Work;
import io.plimsoll.workload.BlockStream;
import io.plimsoll.workload.BlockVerifier;

/// Reads back what a data thread wrote with `verify`, and checks it. Not measured.
final class ReadBack {
    private final Engine engine;
    private final OpenedFiles files;
    private final BlockVerifier verifier;
    private final JobControl control;
    private final BlockStream stream;
    private final Slots slots;

    ReadBack(Engine engine, Work.Blocks work, OpenedFiles files, BlockVerifier verifier, JobControl control) {
        this.engine = engine;
        this.files = files;
        this.verifier = verifier;
        this.control = control;
        Work.Blocks reading = new Work.Blocks(
                AccessMode.READ,
                100,
                work.blocks(),
                work.distribution(),
                work.bytes(),
                work.files(),
                work.sync(),
                work.content());
        stream = new BlockStream(reading, 0, 0);
        slots = new Slots(engine.depth());
    }

    /// Reads all, or until the job is stopped: what is in flight then ends with the engine.
    ///
    /// @throws PosixException for the first block that is not what was written, or cannot be read
    void run() throws PosixException {
        boolean more = true;
        while (!control.stopped() && (more || !slots.noneInFlight())) {
            while (more && slots.anyFree()) {
                more = stream.next();
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
        PosixException damage = BlockOperations.damage(verifier, engine, files, read);
        if (damage != null) {
            throw damage;
        }
        slots.completed(read);
    }
}
