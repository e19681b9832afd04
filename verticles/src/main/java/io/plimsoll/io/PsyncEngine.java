package io.plimsoll.io;

import io.plimsoll.model.BlockSizes;
import java.lang.foreign.MemorySegment;

/// `pread`, `pwrite`, `fsync` and `fdatasync` on the calling thread, one at a time.
final class PsyncEngine extends BlockingEngine {
    private final PosixFiles posix;
    private final OpenFiles files;
    private final SlotMemory memory;

    PsyncEngine(int depth, BlockSizes blocks) throws PosixException {
        super(depth);
        posix = new PosixFiles();
        files = new OpenFiles(posix, blocks);
        try {
            memory = new SlotMemory(posix, depth, blocks.maxBytes());
        } catch (PosixException e) {
            posix.close();
            throw e;
        }
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
    int carryOutRead(int slot, int file, long offset, int at, int bytes) {
        return (int) posix.read(files.fd(file), memory.address(slot, at, bytes), bytes, offset);
    }

    @Override
    int carryOutWrite(int slot, int file, long offset, int at, int bytes) {
        return (int) posix.write(files.fd(file), memory.address(slot, at, bytes), bytes, offset);
    }

    @Override
    int carryOutSync(int slot, int file, boolean dataOnly) {
        return posix.sync(files.fd(file), dataOnly);
    }

    @Override
    public void close() throws PosixException {
        try (posix;
                memory) {
            files.close();
        }
    }
}
