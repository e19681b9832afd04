package io.plimsoll.bench;

/// The operations of one data thread by slot, made once; and which slots are free. One thread.
final class Slots {
    private final Operation[] operations;
    private final Operation[] free;
    private int freeCount;

    /// What is known of an operation that is in flight.
    static final class Operation {
        /// Of the engine.
        final int slot;
        /// Of an operation with memory: the sync that may follow it; its slot is free when both have completed. Of
        /// that sync: the operation that it follows.
        Operation partner;

        long dueNs;
        long startNs;
        long submittedNs;
        /// The direction's ordinal.
        int kind;

        int file;
        long offset;
        int bytes;
        /// Bytes that came back so far.
        int done;
        /// The sync is due when this has completed.
        boolean syncAfter;
        /// How much of the slot's memory holds what a read left there.
        int readBytes;

        /// And not given back.
        private boolean taken;

        private Operation(int slot) {
            this.slot = slot;
        }

        int rest() {
            return bytes - done;
        }

        /// Neither free, nor a sync whose time has not come.
        boolean inFlight() {
            return taken && !partner.syncAfter;
        }
    }

    Slots(int depth) {
        operations = new Operation[2 * depth];
        free = new Operation[depth];
        for (int slot = depth - 1; slot >= 0; slot--) {
            Operation operation = new Operation(slot);
            Operation sync = new Operation(slot + depth);
            operation.partner = sync;
            sync.partner = operation;
            operations[slot] = operation;
            operations[slot + depth] = sync;
            free[freeCount++] = operation;
        }
    }

    int depth() {
        return free.length;
    }

    Operation of(int slot) {
        return operations[slot];
    }

    boolean anyFree() {
        return freeCount > 0;
    }

    boolean noneInFlight() {
        return freeCount == free.length;
    }

    int inFlight() {
        return free.length - freeCount;
    }

    Operation take() {
        Operation operation = free[--freeCount];
        operation.taken = true;
        return operation;
    }

    /// The sync that follows an operation.
    Operation takeSync(Operation operation) {
        operation.partner.taken = true;
        return operation.partner;
    }

    /// Gives back what `take` or `takeSync` gave.
    void completed(Operation operation) {
        operation.taken = false;
        if (!operation.partner.taken) {
            free[freeCount++] = operation.slot < free.length ? operation : operation.partner;
        }
    }
}
