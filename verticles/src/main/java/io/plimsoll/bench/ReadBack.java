package io.plimsoll.bench;

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

    /// @throws PosixException for the first block that is not what was written, or cannot be read
    void run() throws PosixException {
        boolean more = true;
        while (more || !slots.noneInFlight()) {
            while (more && slots.anyFree()) {
                more = !control.stopped() && stream.next();
                if (more) {
                    begin();
                }
            }
            engine.submit();
            int completed = engine.reap(slots.noneInFlight() ? 0 : 1, -1);
            for (int i = 0; i < completed; i++) {
                check(engine.slot(i), engine.result(i));
            }
        }
    }

    private void begin() {
        int slot = slots.take();
        slots.file[slot] = stream.file();
        slots.offset[slot] = stream.offset();
        slots.bytes[slot] = stream.bytes();
        slots.done[slot] = 0;
        read(slot);
    }

    /// What is still missing of the block.
    private void read(int slot) {
        int done = slots.done[slot];
        engine.read(slot, files.number(slots.file[slot]), slots.offset[slot] + done, done, slots.bytes[slot] - done);
    }

    private void check(int slot, int result) throws PosixException {
        if (result < 0 && !Engine.again(result)) {
            throw new PosixException(
                    "read back", files.path(slots.file[slot]), -result, "at offset " + slots.offset[slot]);
        }
        slots.done[slot] += Math.max(result, 0);
        if (result == 0) {
            // Beyond the end there is nothing: right where nothing was written, and found out where something was.
            engine.memory(slot)
                    .asSlice(slots.done[slot], slots.bytes[slot] - slots.done[slot])
                    .fill((byte) 0);
        } else if (slots.done[slot] < slots.bytes[slot]) {
            read(slot);
            return;
        }
        PosixException damage = BlockOperations.damage(verifier, engine, files, slots, slot);
        if (damage != null) {
            throw damage;
        }
        slots.completed(slot);
    }
}
