package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

class MemoryFileIT {
    @Test
    void whatIsInMemoryIsInTheFileAndTheOtherWayRound() throws IOException {
        try (PosixFiles posix = new PosixFiles();
                MemoryFile file = new MemoryFile(posix, 10_001)) {
            file.bytes().set(JAVA_BYTE, 10_000, (byte) 7);
            byte[] read = Files.readAllBytes(Path.of(file.path()));
            assertEquals(10_001, read.length);
            assertEquals(7, read[10_000]);
            Files.write(Path.of(file.path()), new byte[] {1, 2, 3}, StandardOpenOption.WRITE);
            assertEquals(3, file.bytes().get(JAVA_BYTE, 2));
        }
    }

    @Test
    void useAfterCloseIsAnExceptionNotACrash() throws IOException {
        try (PosixFiles posix = new PosixFiles()) {
            MemoryFile file = new MemoryFile(posix, 4096);
            MemorySegment bytes = file.bytes();
            file.close();
            assertThrows(IllegalStateException.class, () -> bytes.get(JAVA_BYTE, 0));
        }
    }

    @Test
    void closingGivesTheMemoryBack() throws IOException {
        long before = mappedKiB();
        try (PosixFiles posix = new PosixFiles()) {
            for (int i = 0; i < 128; i++) {
                new MemoryFile(posix, 32L << 20).close();
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
}
