package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class PayloadTest {
    private static final int BYTES = 1_000_000; // not a multiple of 4 KiB

    @Test
    void doesNotCompress() throws IOException {
        try (Posix posix = new Posix();
                Payload payload = Payload.ofMemory(posix, BYTES, 7)) {
            payload.stamp();
            byte[] data = bytes(payload);
            byte[] compressed = new byte[2 * BYTES];
            try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION)) {
                deflater.setInput(data);
                deflater.finish();
                int length = deflater.deflate(compressed);
                assertTrue(length > 0.999 * BYTES, BYTES + " bytes became " + length);
            }
        }
    }

    @Test
    void noBlockOfAFileIsLikeAnyOtherWhereverItsChunksBegin() throws IOException {
        int chunks = 40;
        try (Posix posix = new Posix();
                Payload payload = Payload.ofMemory(posix, BYTES, 7)) {
            byte[] file = new byte[chunks * BYTES];
            for (int i = 0; i < chunks; i++) {
                payload.stamp();
                System.arraycopy(bytes(payload), 0, file, i * BYTES, BYTES);
            }
            for (int block : new int[] {4096, 8192, 65536}) {
                Set<ByteBuffer> blocks = new HashSet<>();
                for (int at = 0; at + block <= file.length; at += block) {
                    assertTrue(blocks.add(ByteBuffer.wrap(file, at, block).slice()), "block " + block + " at " + at);
                }
            }
        }
    }

    @Test
    void twoClientsWriteDifferentData() throws IOException {
        try (Posix posix = new Posix();
                Payload one = Payload.ofMemory(posix, 4096, 1);
                Payload other = Payload.ofMemory(posix, 4096, 2)) {
            one.stamp();
            other.stamp();
            assertNotEquals(Arrays.hashCode(bytes(one)), Arrays.hashCode(bytes(other)));
        }
    }

    @Test
    void anyLengthIsFilledToItsLastByte() throws IOException {
        try (Posix posix = new Posix()) {
            for (int length : new int[] {1, 7, 8, 9, 4095, 4096, 4097, 2 << 20, (2 << 20) + 3}) {
                try (Payload payload = Payload.ofMemory(posix, length, length)) {
                    payload.stamp();
                    byte[] data = bytes(payload);
                    assertEquals(length, data.length);
                    boolean tailIsZero = length > 16;
                    for (int i = Math.max(0, length - 8); i < length; i++) {
                        tailIsZero &= data[i] == 0;
                    }
                    assertTrue(!tailIsZero, "length " + length);
                }
            }
        }
    }

    @Test
    void anotherProcessReadsTheSameBytesFromTheMemoryFile() throws IOException {
        try (Posix posix = new Posix();
                Payload payload = Payload.ofMemoryFile(posix, BYTES, 3)) {
            payload.stamp();
            assertTrue(Arrays.equals(bytes(payload), Files.readAllBytes(Path.of(payload.path()))));
        }
    }

    @Test
    void useAfterCloseIsAnExceptionNotACrash() throws IOException {
        try (Posix posix = new Posix()) {
            Payload payload = Payload.ofMemory(posix, 4096, 3);
            payload.close();
            assertThrows(IllegalStateException.class, payload::stamp);
        }
    }

    @Test
    void closingGivesTheMemoryBack() throws IOException {
        long before = mappedKiB();
        try (Posix posix = new Posix()) {
            for (int i = 0; i < 128; i++) {
                Payload.ofMemory(posix, 32L << 20, i).close();
            }
        }
        long grown = mappedKiB() - before;
        assertTrue(grown < 1 << 20, grown + " KiB of 4 GiB are still mapped");
    }

    private static long mappedKiB() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmSize:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] bytes(Payload payload) {
        return payload.memory().toArray(JAVA_BYTE);
    }
}
