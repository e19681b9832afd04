package io.plimsoll.io;

import io.plimsoll.model.BlockSizes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;

/// Reads and writes through `java.nio.channels.FileChannel`, one operation at a time. Makes no native calls: it works
/// where Java is started without the right to them. A job needs them even so, to lay out, lock and look at its files
/// ([FileSet]), for a rate ([ThreadTimers]) and for processors of its own ([ThreadAffinity]).
///
/// An interrupt of the data thread closes the channel that is at work (so the JDK has it), and every operation on it
/// fails from then on: a thread with this engine must not be interrupted while it works. Java tells the cause of a
/// failure as a text, and its number is found by that; where that cannot be, as in another language, the result is EIO
/// and [#detail] has the text. Memory of the slots counts as direct memory of the JVM. Direct I/O must be in whole
/// blocks of the file system, also where the disk itself would take less.
final class FileChannelEngine extends BlockingEngine {
    private final Arena arena = Arena.ofConfined();
    private final JavaFiles<FileChannel> files = new JavaFiles<>();
    private final BlockSizes blocks;
    private final MemorySegment[] memory;
    private final ByteBuffer[] views;

    FileChannelEngine(int depth, BlockSizes blocks) throws PosixException {
        super(depth);
        this.blocks = blocks;
        try {
            memory = DirectMemory.slots(arena, depth, blocks.maxBytes());
        } catch (PosixException e) {
            arena.close();
            throw e;
        }
        views = new ByteBuffer[depth];
        for (int i = 0; i < depth; i++) {
            views[i] = memory[i].asByteBuffer();
        }
    }

    @Override
    public int open(FileRef ref, OpenMode mode) throws PosixException {
        if (mode.direct()) {
            DirectAlignment.check(
                    blocks, JavaFiles.directUnitBytes(ref, mode), ref.path().toString());
        }
        return files.add(JavaFiles.channel(ref, mode), ref);
    }

    @Override
    public void close(int number) throws PosixException {
        files.close(number);
    }

    @Override
    public MemorySegment memory(int slot) {
        return memory[slot];
    }

    private ByteBuffer view(int slot, int at, int bytes) {
        return views[slot].limit(at + bytes).position(at);
    }

    @Override
    int carryOutRead(int slot, int file, long offset, int at, int bytes) {
        try {
            return Math.max(files.get(file).read(view(slot, at, bytes), offset), 0);
        } catch (IOException e) {
            return failed(e);
        } catch (NonReadableChannelException _) {
            return -Errno.EBADF.number;
        }
    }

    @Override
    int carryOutWrite(int slot, int file, long offset, int at, int bytes) {
        try {
            return files.get(file).write(view(slot, at, bytes), offset);
        } catch (IOException e) {
            return failed(e);
        } catch (NonWritableChannelException _) {
            return -Errno.EBADF.number;
        }
    }

    @Override
    int carryOutSync(int slot, int file, boolean dataOnly) {
        try {
            files.get(file).force(!dataOnly);
            return 0;
        } catch (IOException e) {
            return failed(e);
        }
    }

    @Override
    public void close() throws PosixException {
        try (arena) {
            files.close();
        }
    }
}
