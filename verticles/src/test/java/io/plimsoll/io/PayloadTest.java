package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class PayloadTest {
    private static final int BYTES = 1_000_000; // not a multiple of 4 KiB

    @Test
    void doesNotCompress() {
        byte[] data = stamped(BYTES, 7);
        byte[] compressed = new byte[2 * BYTES];
        try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION)) {
            deflater.setInput(data);
            deflater.finish();
            int length = deflater.deflate(compressed);
            assertTrue(length > 0.999 * BYTES, BYTES + " bytes became " + length);
        }
    }

    @Test
    void noBlockOfAFileIsLikeAnyOtherWhereverItsChunksBegin() {
        int chunks = 40;
        MemorySegment memory = Arena.ofAuto().allocate(BYTES);
        Payload payload = new Payload(memory, 7);
        byte[] file = new byte[chunks * BYTES];
        for (int i = 0; i < chunks; i++) {
            payload.stamp();
            MemorySegment.copy(memory, JAVA_BYTE, 0, file, i * BYTES, BYTES);
        }
        for (int block : new int[] {4096, 8192, 65536}) {
            Set<ByteBuffer> blocks = new HashSet<>();
            for (int at = 0; at + block <= file.length; at += block) {
                assertTrue(blocks.add(ByteBuffer.wrap(file, at, block).slice()), "block " + block + " at " + at);
            }
        }
    }

    @Test
    void twoClientsWriteDifferentData() {
        assertNotEquals(Arrays.hashCode(stamped(4096, 1)), Arrays.hashCode(stamped(4096, 2)));
    }

    @Test
    void anyLengthIsFilledToItsLastByte() {
        for (int length : new int[] {1, 7, 8, 9, 4095, 4096, 4097, 2 << 20, (2 << 20) + 3}) {
            byte[] data = stamped(length, length);
            assertEquals(length, data.length);
            boolean tailIsZero = length > 16;
            for (int i = Math.max(0, length - 8); i < length; i++) {
                tailIsZero &= data[i] == 0;
            }
            assertTrue(!tailIsZero, "length " + length);
        }
    }

    private static byte[] stamped(int bytes, long seed) {
        MemorySegment memory = Arena.ofAuto().allocate(bytes);
        new Payload(memory, seed).stamp();
        return memory.toArray(JAVA_BYTE);
    }
}
