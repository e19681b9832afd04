package io.plimsoll.io;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Completes every operation at once and in full without carrying it out: what is left is the tool's own cost.
final class NullEngine implements Engine {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment[] memory;
    private final boolean async;
    /// Operations in the order in which they were queued, in a circle: those that are looked at, then those that are
    /// submitted, then those that are queued.
    private final int mask;

    private final int[] slots;
    private final int[] results;
    private int looked;
    private int completed;
    private int submitted;
    private int queued;
    private int files;

    /// @param async whether it passes for an engine whose operations complete later
    NullEngine(int depth, int blockBytes, boolean async) throws PosixException {
        this.async = async;
        try {
            memory = DirectMemory.slots(arena, depth, blockBytes);
        } catch (PosixException e) {
            arena.close();
            throw e;
        }
        int places = Integer.highestOneBit(4 * depth - 1) << 1;
        mask = places - 1;
        slots = new int[places];
        results = new int[places];
    }

    @Override
    public int depth() {
        return memory.length;
    }

    @Override
    public boolean async() {
        return async;
    }

    @Override
    public int open(FileRef file, OpenMode mode) {
        return files++;
    }

    @Override
    public void close(int file) {}

    @Override
    public MemorySegment memory(int slot) {
        return memory[slot];
    }

    @Override
    public void read(int slot, int file, long offset, int at, int bytes) {
        queue(slot, bytes);
    }

    @Override
    public void write(int slot, int file, long offset, int at, int bytes) {
        queue(slot, bytes);
    }

    @Override
    public void sync(int slot, int file, boolean dataOnly) {
        queue(slot, 0);
    }

    private void queue(int slot, int result) {
        int place = queued++ & mask;
        slots[place] = slot;
        results[place] = result;
    }

    @Override
    public void link() {}

    @Override
    public void submit() {
        submitted = queued;
    }

    @Override
    public int reap(int min, long timeoutNs) {
        looked = completed;
        completed = submitted;
        return completed - looked;
    }

    @Override
    public int slot(int i) {
        return slots[(looked + i) & mask];
    }

    @Override
    public int result(int i) {
        return results[(looked + i) & mask];
    }

    @Override
    public void close() {
        arena.close();
    }
}
