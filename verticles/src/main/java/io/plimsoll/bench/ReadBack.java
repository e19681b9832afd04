package io.plimsoll.bench;

import io.plimsoll.io.Engine;
import io.plimsoll.io.PosixException;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.Work;
import io.plimsoll.workload.BlockStream;
import io.plimsoll.workload.BlockVerifier;
import io.plimsoll.workload.Finding;
import java.util.List;

/// Reads back what a data thread wrote with `verify`, and checks it. Not measured.
final class ReadBack {
    private final Engine engine;
    private final int[] files;
    private final List<String> paths;
    private final BlockVerifier verifier;
    private final JobControl control;
    private final BlockStream stream;
    private final Slots slots;

    ReadBack(
            Engine engine,
            Work.Blocks work,
            int[] files,
            List<String> paths,
            BlockVerifier verifier,
            JobControl control) {
        this.engine = engine;
        this.files = files;
        this.paths = paths;
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

    /// @throws PosixException for the first block that is not what was written, or cannot be read
    void run() throws PosixException {
        boolean more = true;
        while (more || !slots.noneInFlight()) {
            while (more && slots.anyFree()) {
                more = !control.stopped() && stream.next();
                if (more) {
                    read();
                }
            }
            engine.submit();
            int completed = engine.reap(slots.noneInFlight() ? 0 : 1, -1);
            for (int i = 0; i < completed; i++) {
                check(engine.slot(i), engine.result(i));
            }
        }
    }

    private void read() {
        int slot = slots.take();
        slots.file[slot] = stream.file();
        slots.offset[slot] = stream.offset();
        slots.bytes[slot] = stream.bytes();
        engine.read(slot, files[stream.file()], stream.offset(), 0, stream.bytes());
    }

    private void check(int slot, int result) throws PosixException {
        int file = slots.file[slot];
        long offset = slots.offset[slot];
        if (Engine.again(result)) {
            engine.read(slot, files[file], offset, 0, slots.bytes[slot]);
            return;
        }
        if (result < 0) {
            throw new PosixException("read back", paths.get(file), -result, "at offset " + offset);
        }
        // A sequential job that its time ended leaves the rest of its file unwritten: there is nothing to check.
        if (result > 0 && verifier.check(engine.memory(slot), result, file, offset) != Finding.OK) {
            throw new PosixException(
                    "verify", paths.get(file), 0, verifier.describe(engine.memory(slot), result, file, offset));
        }
        slots.completed(slot);
    }
}
