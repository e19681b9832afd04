package io.plimsoll.io;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A file in memory that this process has mapped and others can open as [#path]: what they write is in [#bytes] at
/// once, and the other way round. Nothing of it reaches a disk. One owner; asked to be of huge pages.
final class MemoryFile implements AutoCloseable {
    private static final String NAME = "plimsoll-slot";

    private final PosixFiles posix;
    private final Arena arena = Arena.ofConfined();
    private final int fd;
    private final long address;
    private final MemorySegment bytes;

    MemoryFile(PosixFiles posix, long byteSize) throws PosixException {
        this.posix = posix;
        fd = posix.memoryFile(NAME, byteSize);
        try {
            address = posix.map(byteSize, fd);
            posix.adviseHugePages(address, byteSize);
        } catch (PosixException e) {
            posix.close(fd, NAME);
            throw e;
        }
        bytes = MemorySegment.ofAddress(address).reinterpret(byteSize, arena, null);
    }

    MemorySegment bytes() {
        return bytes;
    }

    String path() {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + fd;
    }

    @Override
    public void close() throws PosixException {
        arena.close(); // from here on a use is an exception, not a crash
        posix.unmap(address, bytes.byteSize());
        posix.close(fd, NAME);
    }
}
