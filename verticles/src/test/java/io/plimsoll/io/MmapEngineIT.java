package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.SyncPolicy.OpenFlag;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MmapEngineIT {
    private static final int BLOCK = 4096;
    private static final OpenMode READ_WRITE = new OpenMode(true, true, false, false, OpenFlag.NONE);

    @TempDir
    Path temp;

    @Test
    void whatAMappingCannotDoIsRefusedWithTheRemedy() throws IOException {
        Path path = temp.resolve("f");
        Files.write(path, new byte[BLOCK]);
        assertTrue(refused(path, new OpenMode(true, false, false, true, OpenFlag.NONE))
                .contains("mmap goes through the page cache; use --direct=0"));
        assertTrue(refused(temp.resolve("new"), new OpenMode(true, true, true, false, OpenFlag.NONE))
                .contains("must have its size"));
    }

    private static String refused(Path path, OpenMode mode) throws PosixException {
        try (Engine engine = new MmapEngine(1, BLOCK)) {
            PosixException e = assertThrows(PosixException.class, () -> engine.open(new FileRef.At(path), mode));
            assertEquals(Errno.EINVAL.number, e.errno());
            return e.getMessage();
        }
    }

    @Test
    void aFileIsNotMadeLonger() throws IOException {
        Path path = temp.resolve("f");
        Files.write(path, new byte[BLOCK]);
        try (Engine engine = new MmapEngine(1, BLOCK)) {
            int file = engine.open(new FileRef.At(path), READ_WRITE);
            assertEquals(96, write(engine, file, BLOCK - 96));
            assertEquals(-Errno.EFBIG.number, write(engine, file, BLOCK));
            assertEquals("the file was mapped with 4096 bytes and does not grow", engine.detail(0));
        }
    }

    /// In compiled code Java tells of such a fault late: the engine must not let it out to where nobody expects it.
    @Test
    void aFaultInTheMappingIsAResultAlsoOnceItIsCompiled() throws IOException {
        Path path = temp.resolve("f");
        for (int warmUp : new int[] {0, 10, 100_000}) {
            Files.write(path, new byte[4 * BLOCK]);
            try (Engine engine = new MmapEngine(1, BLOCK);
                    FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                int file = engine.open(new FileRef.At(path), READ_WRITE);
                for (int i = 0; i < warmUp; i++) {
                    assertEquals(BLOCK, write(engine, file, BLOCK));
                    assertEquals(BLOCK, read(engine, file, BLOCK));
                }
                channel.truncate(BLOCK);
                for (int i = 0; i < 3; i++) {
                    assertEquals(-Errno.EIO.number, write(engine, file, BLOCK), "after " + warmUp);
                    assertTrue(engine.detail(0).contains("of the mapping cannot be had"));
                    assertEquals(-Errno.EIO.number, read(engine, file, BLOCK), "after " + warmUp);
                    assertEquals(BLOCK, read(engine, file, 0));
                    assertEquals("", engine.detail(0));
                }
            }
        }
    }

    @Test
    void aHoleOnAFullDiskIsAResultToo() throws IOException {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "64k");
                Engine engine = new MmapEngine(1, BLOCK)) {
            Path path = temp.resolve("m/f");
            try (FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                channel.write(java.nio.ByteBuffer.allocate(1), 1_000_000 - 1);
            }
            int file = engine.open(new FileRef.At(path), READ_WRITE);
            int result = BLOCK;
            for (long at = 0; at < 900_000 && result == BLOCK; at += BLOCK) {
                result = write(engine, file, at);
            }
            assertEquals(-Errno.EIO.number, result);
        }
    }

    @Test
    void closingGivesTheMappingsBack() throws IOException {
        Path path = temp.resolve("f");
        Files.write(path, new byte[BLOCK]);
        long before = 0;
        for (int i = 0; i < 10_000; i++) {
            try (Engine engine = new MmapEngine(2, BLOCK)) {
                engine.open(new FileRef.At(path), READ_WRITE);
            }
            before = i == 100 ? mappings() : before;
        }
        assertTrue(mappings() < before + 1_000, before + " mappings, then " + mappings());
    }

    private static long mappings() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.count();
        }
    }

    private static int write(Engine engine, int file, long offset) throws PosixException {
        engine.write(0, file, offset, 0, BLOCK);
        return only(engine);
    }

    private static int read(Engine engine, int file, long offset) throws PosixException {
        engine.read(0, file, offset, 0, BLOCK);
        return only(engine);
    }

    private static int only(Engine engine) throws PosixException {
        engine.submit();
        assertEquals(1, engine.reap(1, -1));
        return engine.result(0);
    }
}
