package io.plimsoll.io;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Completes every operation at once and in full without carrying it out: what is left is the tool's own cost.
final class NullEngine implements Engine {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment[] memory;
    private final int[] slots;
    private final int[] results;
    private int queued;
    private int submitted;
    private int files;

    NullEngine(int depth, int blockBytes) {
        memory = new MemorySegment[depth];
        slots = new int[2 * depth];
        results = new int[2 * depth];
        MemorySegment all = arena.allocate((long) depth * blockBytes, 4096);
        for (int i = 0; i < depth; i++) {
            memory[i] = all.asSlice((long) i * blockBytes, blockBytes);
        }
    }

    @Override
    public int depth() {
        return memory.length;
    }

    @Override
    public boolean async() {
        return false;
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
        slots[queued] = slot;
        results[queued++] = result;
    }

    @Override
    public void link() {}

    @Override
    public void submit() {
        submitted = queued;
    }

    @Override
    public int reap(int min, long timeoutNs) {
        int completed = submitted;
        submitted = 0;
        queued = 0;
        return completed;
    }

    @Override
    public int slot(int i) {
        return slots[i];
    }

    @Override
    public int result(int i) {
        return results[i];
    }

    @Override
    public void close() {
        arena.close();
    }
}
