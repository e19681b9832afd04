package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The bytes of one chunk: random, so that no storage compresses them, and different in every 4 KiB of every chunk, so
/// that no storage finds a block that it already has.
///
/// The memory is 2 MiB aligned and asked to be of huge pages, which halves the cost of large writes. One owner, one
/// thread at a time; [#close] gives the memory back. It takes as much memory as a chunk has bytes.
final class Payload implements AutoCloseable {
    static final int STAMP_EVERY_BYTES = 4096;
    private static final long HUGE_PAGE_BYTES = 2L << 20;
    private static final long ODD = 0x9E3779B97F4A7C15L;

    private final Posix posix;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final long mappedAddress;
    private final long mappedBytes;
    private final int fd;
    private long stamps;

    /// @param seed two payloads of the same seed are the same bytes; clients must not share one
    private Payload(Posix posix, long bytes, int fd, long seed) throws PosixException {
        this.posix = posix;
        this.fd = fd;
        // A private mapping is made larger to be aligned; one of a file has the file's length.
        long whole = fd >= 0 ? bytes : roundUp(bytes, HUGE_PAGE_BYTES) + HUGE_PAGE_BYTES;
        mappedAddress = posix.map(whole, fd);
        mappedBytes = whole;
        long start = fd >= 0 ? mappedAddress : roundUp(mappedAddress, HUGE_PAGE_BYTES);
        posix.adviseHugePages(start, fd >= 0 ? bytes : roundUp(bytes, HUGE_PAGE_BYTES));
        memory = MemorySegment.ofAddress(start).reinterpret(bytes, arena, null);
        stamps = mix(seed);
        fill(seed);
    }

    /// Memory of this process only.
    static Payload ofMemory(Posix posix, long bytes, long seed) throws PosixException {
        return new Payload(posix, bytes, -1, seed);
    }

    /// A file in memory, which another process can read as [#path].
    static Payload ofMemoryFile(Posix posix, long bytes, long seed) throws PosixException {
        int fd = posix.memoryFile("plimsoll-payload", bytes);
        try {
            return new Payload(posix, bytes, fd, seed);
        } catch (PosixException e) {
            posix.close(fd, "plimsoll-payload");
            throw e;
        }
    }

    MemorySegment memory() {
        return memory;
    }

    String path() {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + fd;
    }

    /// Makes the next chunk: gives each 4 KiB a number that was not there before. Allocates nothing.
    void stamp() {
        long end = memory.byteSize() - Long.BYTES;
        long n = stamps;
        for (long at = 0; at <= end; at += STAMP_EVERY_BYTES) {
            // Times an odd number is one-to-one: different numbers stay different, and do not look like a row.
            memory.set(JAVA_LONG_UNALIGNED, at, n++ * ODD);
        }
        stamps = n;
    }

    private void fill(long seed) {
        long x = mix(seed) | 1;
        long bytes = memory.byteSize();
        long at = 0;
        for (; at + Long.BYTES <= bytes; at += Long.BYTES) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
            memory.set(JAVA_LONG_UNALIGNED, at, x * ODD);
        }
        for (; at < bytes; at++) {
            memory.set(JAVA_BYTE, at, (byte) (x >>> (8 * (at & 7))));
        }
    }

    private static long mix(long seed) {
        long x = (seed ^ (seed >>> 33)) * 0xFF51AFD7ED558CCDL;
        x = (x ^ (x >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return x ^ (x >>> 33);
    }

    private static long roundUp(long n, long unit) {
        return (n + unit - 1) / unit * unit;
    }

    @Override
    public void close() throws PosixException {
        arena.close(); // from here on a use is an exception, not a crash
        posix.unmap(mappedAddress, mappedBytes);
        if (fd >= 0) {
            posix.close(fd, "plimsoll-payload");
        }
    }
}
