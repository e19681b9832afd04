package io.plimsoll.io;

import java.lang.foreign.MemorySegment;

/// `pread`, `pwrite`, `fsync` and `fdatasync` on the calling thread, one at a time.
final class PsyncEngine implements Engine {
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int SYNC = 2;
    private static final int DATASYNC = 3;

    private final Posix posix;
    private final OpenFiles files;
    private final SlotMemory memory;

    /// Operations in the order in which they were queued, in a circle: those that are looked at, then those that have
    /// completed, then those that are queued. A slot is in at most two places at once, as looked at and as queued.
    private final int mask;

    private final int[] slot;
    private final int[] kind;
    private final int[] file;
    private final long[] offset;
    private final int[] at;
    private final int[] bytes;
    private final boolean[] linked;
    private final int[] result;
    private boolean link;
    private int looked;
    private int completed;
    private int submitted;
    private int queued;

    PsyncEngine(int depth, int blockBytes) throws PosixException {
        posix = new Posix();
        files = new OpenFiles(posix, blockBytes);
        try {
            memory = new SlotMemory(posix, depth, blockBytes);
        } catch (PosixException e) {
            posix.close();
            throw e;
        }
        int places = Integer.highestOneBit(4 * depth - 1) << 1;
        mask = places - 1;
        slot = new int[places];
        kind = new int[places];
        file = new int[places];
        offset = new long[places];
        at = new int[places];
        bytes = new int[places];
        linked = new boolean[places];
        result = new int[places];
    }

    @Override
    public int depth() {
        return memory.depth();
    }

    @Override
    public boolean async() {
        return false;
    }

    @Override
    public String note() {
        return memory.note();
    }

    @Override
    public int open(FileRef ref, OpenMode mode) throws PosixException {
        return files.open(ref, mode);
    }

    @Override
    public void close(int number) throws PosixException {
        files.close(number);
    }

    @Override
    public MemorySegment memory(int slot) {
        return memory.of(slot);
    }

    @Override
    public void read(int slot, int file, long offset, int at, int bytes) {
        queue(READ, slot, file, offset, at, bytes);
    }

    @Override
    public void write(int slot, int file, long offset, int at, int bytes) {
        queue(WRITE, slot, file, offset, at, bytes);
    }

    @Override
    public void sync(int slot, int file, boolean dataOnly) {
        queue(dataOnly ? DATASYNC : SYNC, slot, file, 0, 0, 0);
    }

    private void queue(int kind, int slot, int file, long offset, int at, int bytes) {
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
    public void link() {
        link = true;
    }

    @Override
    public void submit() {
        while (submitted != queued) {
            int i = submitted & mask;
            int before = (submitted - 1) & mask;
            submitted++;
            result[i] = linked[i] && result[before] != bytes[before] ? CANCELED : carryOut(i);
        }
    }

    private int carryOut(int i) {
        int fd = files.fd(file[i]);
        return switch (kind[i]) {
            case READ -> (int) posix.read(fd, memory.address(slot[i], at[i], bytes[i]), bytes[i], offset[i]);
            case WRITE -> (int) posix.write(fd, memory.address(slot[i], at[i], bytes[i]), bytes[i], offset[i]);
            default -> posix.sync(fd, kind[i] == DATASYNC);
        };
    }

    @Override
    public int reap(int min, long timeoutNs) {
        looked = completed;
        completed = submitted;
        return completed - looked;
    }

    @Override
    public int slot(int i) {
        return slot[(looked + i) & mask];
    }

    @Override
    public int result(int i) {
        return result[(looked + i) & mask];
    }

    @Override
    public void close() throws PosixException {
        try (posix;
                memory) {
            files.close();
        }
    }
}
