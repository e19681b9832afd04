package io.plimsoll.workload;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.Content;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockContentTest {
    private static final int PIECE_BYTES = 4096;

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void giveMemoryBack() {
        arena.close();
    }

    @Test
    void doesNotCompress() {
        byte[] written = written(Content.RANDOM, 16_384, 256, 0);
        assertTrue(deflatedShare(written) > 0.999, "" + deflatedShare(written));
    }

    @Test
    void no4KibOfAnyBlockThreadOrSeedIsLikeAnother() {
        Set<ByteBuffer> pieces = new HashSet<>();
        int written = 0;
        for (long seed = 1; seed <= 2; seed++) {
            for (int thread = 0; thread < 3; thread++) {
                BlockContent content = new BlockContent(Content.RANDOM, thread, seed);
                MemorySegment memory = arena.allocate(65_536);
                content.fill(memory);
                for (int block = 0; block < 50; block++) {
                    int bytes = block % 2 == 0 ? 65_536 : PIECE_BYTES;
                    content.next(memory, bytes, 0, 0);
                    byte[] data = memory.asSlice(0, bytes).toArray(JAVA_BYTE);
                    for (int at = 0; at < bytes; at += PIECE_BYTES) {
                        pieces.add(ByteBuffer.wrap(data, at, PIECE_BYTES).slice());
                        written++;
                    }
                }
            }
        }
        assertEquals(written, pieces.size());
    }

    @Test
    void theCompressibleShareIsThatOfThePlanForAnyBlockSize() {
        for (int bytes : new int[] {512, 4096, 6144, 131_072}) {
            for (int percent : new int[] {0, 25, 50, 75, 90}) {
                byte[] written = written(new Content(percent, 0, false), bytes, (4 << 20) / bytes, 0);
                double share = deflatedShare(written);
                String what = percent + " % of blocks of " + bytes + ": deflated to " + share;
                assertTrue(Math.abs(share - (1 - percent / 100.0)) < 0.04, what);
                assertEquals(percent / 100.0, zeroShare(written), 0.02, what);
            }
        }
    }

    @Test
    void evenAllZerosKeepTheirNumbers() {
        Content allZeros = new Content(100, 0, false);
        byte[] written = written(allZeros, PIECE_BYTES, 100, 0);
        assertTrue(zeroShare(written) > 0.99);
        assertEquals(100, pieces(written).size());
    }

    @Test
    void duplicatesHaveTheShareOfThePlanAndAreWhole() {
        for (int percent : new int[] {10, 50, 90, 100}) {
            for (int bytes : new int[] {4096, 65_536}) {
                int count = (64 << 20) / bytes;
                Map<Long, Integer> pieces = new HashMap<>();
                BlockContent content = new BlockContent(new Content(0, percent, false), 0, 3);
                MemorySegment memory = arena.allocate(bytes);
                content.fill(memory);
                for (int i = 0; i < count; i++) {
                    content.next(memory, bytes, 0, 0);
                    for (int at = 0; at < bytes; at += PIECE_BYTES) {
                        pieces.merge(hash(memory, at), 1, Integer::sum);
                    }
                }
                int written = count * (bytes / PIECE_BYTES);
                long repeated = pieces.values().stream().filter(n -> n > 1).count();
                assertTrue(repeated <= 16, repeated + " pieces repeat");
                Fit.share(
                        "duplicates",
                        written - pieces.size() + repeated,
                        written,
                        percent == 100 ? 1 - 1e-12 : percent / 100.0);
            }
        }
    }

    @Test
    void aSlotThatWasReadIntoIsFilledAgainAsItWas() {
        BlockContent content = new BlockContent(new Content(50, 0, false), 0, 3);
        MemorySegment memory = arena.allocate(65_536);
        content.fill(memory);
        memory.asSlice(0, 8192).fill((byte) 7);
        content.fill(memory, 8192);
        content.next(memory, 65_536, 0, 0);
        byte[] written = memory.toArray(JAVA_BYTE);
        assertTrue(Math.abs(deflatedShare(written) - 0.5) < 0.04);
        assertEquals(16, pieces(written).size());
    }

    @Test
    void anyLengthIsFilledToItsLastByte() {
        for (int length : new int[] {1, 7, 8, 9, 511, 512, 513, 4095, 4097}) {
            BlockContent content = new BlockContent(Content.RANDOM, 0, length);
            boolean[] changed = new boolean[length];
            MemorySegment memory = arena.allocate(length);
            for (int i = 0; i < 20; i++) {
                content.fill(memory);
                content.next(memory, length, 0, 0);
                for (int at = 0; at < length; at++) {
                    changed[at] |= memory.get(JAVA_BYTE, at) != 0;
                }
            }
            for (int at = 0; at < length; at++) {
                assertTrue(changed[at], "byte " + at + " of " + length);
            }
        }
    }

    @Test
    void verifiedContentNeedsItsVerifierAndNoOtherHasOne() {
        assertThrows(IllegalArgumentException.class, () -> new BlockContent(new Content(0, 0, true), 0, 1));
    }

    private byte[] written(Content plan, int bytes, int blocks, int thread) {
        BlockContent content = new BlockContent(plan, thread, 5);
        byte[] written = new byte[bytes * blocks];
        MemorySegment[] slots = new MemorySegment[8];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = arena.allocate(bytes);
            content.fill(slots[i]);
        }
        for (int i = 0; i < blocks; i++) {
            MemorySegment memory = slots[i % slots.length];
            content.fill(memory); // a reused slot is alike but for its numbers, which deflate can see within 32 KiB
            content.next(memory, bytes, 0, 0);
            MemorySegment.copy(memory, JAVA_BYTE, 0, written, i * bytes, bytes);
        }
        return written;
    }

    private static long hash(MemorySegment memory, long at) {
        long hash = 0;
        for (int i = 0; i < PIECE_BYTES; i += Long.BYTES) {
            hash = Xoshiro256.mix(hash + memory.get(JAVA_LONG_UNALIGNED, at + i));
        }
        return hash;
    }

    private static Set<ByteBuffer> pieces(byte[] data) {
        Set<ByteBuffer> pieces = new HashSet<>();
        for (int at = 0; at + PIECE_BYTES <= data.length; at += PIECE_BYTES) {
            pieces.add(ByteBuffer.wrap(data, at, PIECE_BYTES).slice());
        }
        return pieces;
    }

    private static double zeroShare(byte[] data) {
        int zeros = 0;
        for (byte each : data) {
            zeros += each == 0 ? 1 : 0;
        }
        return (double) zeros / data.length;
    }

    private static double deflatedShare(byte[] data) {
        byte[] deflated = new byte[2 * data.length];
        try (Deflater deflater = new Deflater()) {
            deflater.setInput(data);
            deflater.finish();
            return (double) deflater.deflate(deflated) / data.length;
        }
    }
}
