package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// The bytes of one chunk: random, so that no storage compresses them, and different in every 4 KiB of every chunk, so
/// that no storage finds a block that it already has.
final class Payload {
    static final int STAMP_EVERY_BYTES = 4096;
    private static final long ODD = 0x9E3779B97F4A7C15L;

    private final MemorySegment memory;
    private long stamps;

    /// Fills the memory, whose owner and thread are the payload's too.
    ///
    /// @param seed two payloads of the same seed are the same bytes; clients must not share one
    Payload(MemorySegment memory, long seed) {
        this.memory = memory;
        stamps = mix(seed);
        fill(seed);
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
}
