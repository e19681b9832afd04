package io.plimsoll.bench;

/// The operations of one data thread that are in flight, by slot, as plain numbers; and which slots are free.
///
/// A write may have a sync that follows it under the slot's number plus the depth; the slot is free again when both
/// have completed.
final class Slots {
    final int depth;
    final long[] dueNs;
    final long[] startNs;
    final long[] submittedNs;
    final int[] kind;
    final int[] file;
    final long[] offset;
    final int[] bytes;
    /// Bytes that came back so far.
    final int[] done;
    private final int[] pending;
    private final int[] free;
    private int freeCount;

    Slots(int depth) {
        this.depth = depth;
        dueNs = new long[2 * depth];
        startNs = new long[2 * depth];
        submittedNs = new long[2 * depth];
        kind = new int[2 * depth];
        file = new int[2 * depth];
        offset = new long[2 * depth];
        bytes = new int[2 * depth];
        done = new int[2 * depth];
        pending = new int[depth];
        free = new int[depth];
        for (int slot = depth - 1; slot >= 0; slot--) {
            free[freeCount++] = slot;
        }
    }

    boolean anyFree() {
        return freeCount > 0;
    }

    boolean noneInFlight() {
        return freeCount == depth;
    }

    int inFlight() {
        return depth - freeCount;
    }

    int take() {
        int slot = free[--freeCount];
        pending[slot] = 1;
        return slot;
    }

    /// The slot of the sync that follows the operation of `slot`.
    int takeSync(int slot) {
        pending[slot]++;
        return slot + depth;
    }

    /// Gives back what `take` or `takeSync` gave.
    void completed(int slot) {
        int owner = slot < depth ? slot : slot - depth;
        if (--pending[owner] == 0) {
            free[freeCount++] = owner;
        }
    }
}
