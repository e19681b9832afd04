package io.plimsoll.io;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory of an engine's slots from Java's own supply, without native access: each slot's begins at a page of 4 KiB.
final class DirectMemory {
    private static final long PAGE_BYTES = 4096;

    private DirectMemory() {}

    /// Takes memory that goes with `arena`.
    ///
    /// @throws PosixException where the JVM was given too little
    static MemorySegment[] slots(Arena arena, int depth, int blockBytes) throws PosixException {
        long slotBytes = (blockBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        MemorySegment all;
        try {
            all = arena.allocate(depth * slotBytes, PAGE_BYTES);
        } catch (OutOfMemoryError e) {
            throw new PosixException(
                    "allocate",
                    depth * slotBytes + " bytes of memory",
                    Errno.ENOMEM.number,
                    "raise -XX:MaxDirectMemorySize, or take smaller blocks (" + e.getMessage() + ")");
        }
        MemorySegment[] slots = new MemorySegment[depth];
        for (int i = 0; i < depth; i++) {
            slots[i] = all.asSlice(i * slotBytes, blockBytes);
        }
        return slots;
    }
}
