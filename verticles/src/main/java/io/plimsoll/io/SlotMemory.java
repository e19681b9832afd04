package io.plimsoll.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// The memory of an engine's slots: one mapping, of huge pages where it is large enough for one, which halves the cost
/// of large direct writes. All of it is there from the beginning, so that no operation pays for a page fault.
///
/// One thread, from making to closing.
final class SlotMemory implements AutoCloseable {
    /// Each slot begins at a multiple: the page size, which satisfies every disk's demand on direct I/O.
    static final int SLOT_ALIGN_BYTES = 4096;

    private static final long HUGE_PAGE_BYTES = 2L << 20;
    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    private final Posix posix;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment[] slots;
    private final long mapped;
    private final long mappedBytes;
    private final long first;
    private final int blockBytes;
    private final long strideBytes;
    private final boolean hugePages;

    SlotMemory(Posix posix, int depth, int blockBytes) throws PosixException {
        this.posix = posix;
        this.blockBytes = blockBytes;
        strideBytes = roundUp(blockBytes, SLOT_ALIGN_BYTES);
        long bytes = depth * strideBytes;
        boolean huge = bytes >= HUGE_PAGE_BYTES;
        mappedBytes = huge ? roundUp(bytes, HUGE_PAGE_BYTES) + HUGE_PAGE_BYTES : bytes;
        mapped = posix.map(mappedBytes, -1);
        first = huge ? roundUp(mapped, HUGE_PAGE_BYTES) : mapped;
        hugePages = huge && posix.adviseHugePages(first, roundUp(bytes, HUGE_PAGE_BYTES)) && allowed();
        MemorySegment all = MemorySegment.ofAddress(first).reinterpret(bytes, arena, null);
        all.fill((byte) 0);
        slots = new MemorySegment[depth];
        for (int slot = 0; slot < depth; slot++) {
            slots[slot] = all.asSlice(slot * strideBytes, blockBytes);
        }
    }

    private static boolean allowed() {
        try {
            return !Files.readString(HUGE_PAGES).contains("[never]");
        } catch (IOException e) {
            return false; // a kernel without them
        }
    }

    int depth() {
        return slots.length;
    }

    MemorySegment of(int slot) {
        return slots[slot];
    }

    long address(int slot) {
        return first + slot * strideBytes;
    }

    /// Of a part of a slot, for the kernel, which does not know where a slot ends.
    long address(int slot, int at, int bytes) {
        if (at < 0 || bytes < 0 || at > blockBytes - bytes) {
            throw new IndexOutOfBoundsException(bytes + " bytes from " + at + " on in a slot of " + blockBytes);
        }
        return first + Objects.checkIndex(slot, slots.length) * strideBytes + at;
    }

    /// From one slot to the next.
    long strideBytes() {
        return strideBytes;
    }

    long bytes() {
        return slots.length * strideBytes;
    }

    /// For a result: `huge pages` where the kernel was asked for them and grants them, empty otherwise.
    String note() {
        return hugePages ? "huge pages" : "";
    }

    private static long roundUp(long n, long unit) {
        return (n + unit - 1) / unit * unit;
    }

    @Override
    public void close() throws PosixException {
        arena.close(); // from here on a use is an exception, not a crash
        posix.unmap(mapped, mappedBytes);
    }
}
