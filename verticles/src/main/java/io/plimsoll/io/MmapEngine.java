package io.plimsoll.io;

import io.plimsoll.model.SyncPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;

/// Reads and writes by copying from and to a mapping of the whole file, one operation at a time. Needs no native
/// access.
///
/// A file has its size when it is opened and keeps it: nothing is read or written beyond. Its blocks should be written
/// already: a store into a hole finds out too late that the disk is full. That, a truncated file, and a disk's error
/// are all one and the same fault to a mapping, and all come as EIO.
///
/// A thread that waits for a page in here holds up the pauses of the JVM: then all its threads wait for the storage.
final class MmapEngine extends BlockingEngine {
    private static final Runtime RUNTIME = Runtime.getRuntime();

    private record Mapped(FileChannel channel, Arena arena, MemorySegment bytes, OpenMode mode) implements Closeable {
        @Override
        public void close() throws IOException {
            arena.close();
            channel.close();
        }
    }

    private final Arena arena = Arena.ofConfined();
    private final JavaFiles<Mapped> files = new JavaFiles<>();
    private final MemorySegment[] memory;

    MmapEngine(int depth, int blockBytes) throws PosixException {
        super(depth);
        try {
            memory = DirectMemory.slots(arena, depth, blockBytes);
        } catch (PosixException e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public int open(FileRef ref, OpenMode mode) throws PosixException {
        if (mode.direct()) {
            throw refused(ref, "mmap goes through the page cache; use --direct=0, or another engine");
        }
        if (mode.create()) {
            throw refused(ref, "a file must have its size before it is mapped; use another engine for new files");
        }
        // Stores need a file that can be read too; its flags would say nothing to them.
        FileChannel channel =
                JavaFiles.channel(ref, new OpenMode(true, mode.write(), false, false, SyncPolicy.OpenFlag.NONE));
        Arena mapping = Arena.ofConfined();
        try {
            var access = mode.write() ? FileChannel.MapMode.READ_WRITE : FileChannel.MapMode.READ_ONLY;
            MemorySegment bytes = channel.map(access, 0, channel.size(), mapping);
            return files.add(new Mapped(channel, mapping, bytes, mode), ref);
        } catch (IOException e) {
            PosixException failure = JavaFiles.failure("map", ref.path().toString(), e);
            try (channel) {
                mapping.close();
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private static PosixException refused(FileRef ref, String why) {
        return new PosixException("open", ref.path().toString(), Errno.EINVAL.number, why);
    }

    @Override
    public void close(int number) throws PosixException {
        files.close(number);
    }

    @Override
    public MemorySegment memory(int slot) {
        return memory[slot];
    }

    @Override
    int carryOutRead(int slot, int file, long offset, int at, int bytes) {
        Mapped from = files.get(file);
        if (!from.mode.read()) {
            return -Errno.EBADF.number;
        }
        int there = Math.clamp(from.bytes.byteSize() - offset, 0, bytes);
        return there == 0 ? 0 : copy(from.bytes, offset, memory[slot], at, there);
    }

    @Override
    int carryOutWrite(int slot, int file, long offset, int at, int bytes) {
        Mapped to = files.get(file);
        if (!to.mode.write()) {
            return -Errno.EBADF.number;
        }
        int room = Math.clamp(to.bytes.byteSize() - offset, 0, bytes);
        if (room == 0 && bytes > 0) {
            explain("the file was mapped with " + to.bytes.byteSize() + " bytes and does not grow");
            return -Errno.EFBIG.number;
        }
        int written = copy(memory[slot], at, to.bytes, offset, room);
        if (written <= 0 || to.mode.sync() == SyncPolicy.OpenFlag.NONE) {
            return written;
        }
        boolean dataOnly = to.mode.sync() == SyncPolicy.OpenFlag.DSYNC;
        int synced = sync(to, dataOnly ? to.bytes.asSlice(offset, written) : to.bytes, dataOnly);
        return synced < 0 ? synced : written;
    }

    private int copy(MemorySegment source, long from, MemorySegment target, long to, int bytes) {
        try {
            MemorySegment.copy(source, from, target, to, bytes);
            // A fault in compiled code becomes an InternalError only where the thread next looks whether it is wanted:
            // coming back from a native method it does so, hence here, and not in some innocent place later.
            RUNTIME.maxMemory();
            return bytes;
        } catch (InternalError _) {
            explain("a page of the mapping cannot be had: the disk's error or end, or that of the file");
            return -Errno.EIO.number;
        }
    }

    @Override
    int carryOutSync(int slot, int file, boolean dataOnly) {
        Mapped mapped = files.get(file);
        return sync(mapped, mapped.bytes, dataOnly);
    }

    /// fsync writes back what was stored into mappings too, and times and size besides; msync does not.
    private int sync(Mapped file, MemorySegment part, boolean dataOnly) {
        try {
            if (dataOnly) {
                part.force();
            } else {
                file.channel.force(true);
            }
            return 0;
        } catch (UncheckedIOException e) {
            return failed(e.getCause());
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
