package io.plimsoll.io;

import java.io.IOException;

/// An engine whose operations are over when the call for them returns, one at a time: keeps what is queued, and carries
/// it out in order.
abstract sealed class BlockingEngine implements Engine permits PsyncEngine, FileChannelEngine, MmapEngine, DdEngine {
    private static final byte READ = 0;
    private static final byte WRITE = 1;
    private static final byte SYNC = 2;
    private static final byte DATASYNC = 3;

    private final int depth;

    /// Operations in the order in which they were queued, in a circle: those that are looked at, then those that have
    /// completed, then those that are queued. A slot is in at most two places at once, as looked at and as queued.
    private final int mask;

    private final int[] slot;
    private final byte[] kind;
    private final int[] file;
    private final long[] offset;
    private final int[] at;
    private final int[] bytes;
    private final boolean[] linked;
    private final int[] result;
    private final String[] detail;
    private boolean link;
    private int looked;
    private int completed;
    private int submitted;
    private int queued;

    BlockingEngine(int depth) {
        this.depth = depth;
        int places = Integer.highestOneBit(4 * depth - 1) << 1;
        mask = places - 1;
        slot = new int[places];
        kind = new byte[places];
        file = new int[places];
        offset = new long[places];
        at = new int[places];
        bytes = new int[places];
        linked = new boolean[places];
        result = new int[places];
        detail = new String[places];
    }

    /// Reads to byte `at` of the slot's memory. Returns bytes or -errno; throws only where the engine itself is at its
    /// end. So do the next two.
    abstract int carryOutRead(int slot, int file, long offset, int at, int bytes) throws PosixException;

    abstract int carryOutWrite(int slot, int file, long offset, int at, int bytes) throws PosixException;

    abstract int carryOutSync(int slot, int file, boolean dataOnly) throws PosixException;

    /// Says of the operation that is being carried out what is to be known of its failure beside the number.
    final void explain(String why) {
        detail[(submitted - 1) & mask] = why;
    }

    /// The result of an operation that Java says failed.
    final int failed(IOException e) {
        int errno = Errno.of(e);
        String why = String.valueOf(e.getMessage());
        if (Errno.guess(why) == 0) {
            explain(why); // it says more than the number
        }
        return errno == 0 ? -Errno.EIO.number : -errno;
    }

    @Override
    public final int depth() {
        return depth;
    }

    @Override
    public final boolean async() {
        return false;
    }

    @Override
    public final void read(int slot, int file, long offset, int at, int bytes) {
        queue(READ, slot, file, offset, at, bytes);
    }

    @Override
    public final void write(int slot, int file, long offset, int at, int bytes) {
        queue(WRITE, slot, file, offset, at, bytes);
    }

    @Override
    public final void sync(int slot, int file, boolean dataOnly) {
        queue(dataOnly ? DATASYNC : SYNC, slot, file, 0, 0, 0);
    }

    private void queue(byte kind, int slot, int file, long offset, int at, int bytes) {
        int i = queued++ & mask;
        this.kind[i] = kind;
        this.slot[i] = slot;
        this.file[i] = file;
        this.offset[i] = offset;
        this.at[i] = at;
        this.bytes[i] = bytes;
        linked[i] = link;
        link = false;
    }

    @Override
    public final void link() {
        link = true;
    }

    @Override
    public final void submit() throws PosixException {
        while (submitted != queued) {
            int i = submitted & mask;
            int before = (submitted - 1) & mask;
            submitted++;
            detail[i] = "";
            result[i] = linked[i] && result[before] != bytes[before] ? CANCELED : carryOut(i);
        }
    }

    private int carryOut(int i) throws PosixException {
        return switch (kind[i]) {
            case READ -> carryOutRead(slot[i], file[i], offset[i], at[i], bytes[i]);
            case WRITE -> carryOutWrite(slot[i], file[i], offset[i], at[i], bytes[i]);
            default -> carryOutSync(slot[i], file[i], kind[i] == DATASYNC);
        };
    }

    @Override
    public final int reap(int min, long timeoutNs) {
        looked = completed;
        completed = submitted;
        return completed - looked;
    }

    @Override
    public final int slot(int i) {
        return slot[(looked + i) & mask];
    }

    @Override
    public final int result(int i) {
        return result[(looked + i) & mask];
    }

    @Override
    public final String detail(int i) {
        return detail[(looked + i) & mask];
    }
}
