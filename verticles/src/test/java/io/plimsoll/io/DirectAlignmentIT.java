package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.BlockSizes.Part;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.SyncPolicy.OpenFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DirectAlignmentIT {
    private static final OpenMode DIRECT = new OpenMode(true, true, false, true, OpenFlag.NONE);

    @TempDir
    Path temp;

    @Test
    void everySizeThatIsDrawnMustFit() throws PosixException {
        DirectAlignment.check(split(4096, 50, 8192, 50), 4096, "f");
        DirectAlignment.check(split(512, 50, 6144, 50), 512, "f");
        DirectAlignment.check(split(512, 0, 4096, 100), 4096, "f");
        DirectAlignment.check(BlockSizes.of(1000), 0, "f");
        for (BlockSizes blocks : List.of(
                split(512, 50, 4096, 50),
                split(4096, 50, 512, 50),
                split(6144, 50, 12_288, 50),
                split(12_288, 99, 6144, 1))) {
            PosixException e =
                    assertThrows(PosixException.class, () -> DirectAlignment.check(blocks, 4096, "f"), blocks + "");
            assertTrue(e.getMessage().contains("multiple of 4096 bytes, and some of these are of "), e.getMessage());
            assertTrue(e.getMessage().endsWith("; choose another block size, or --direct=0"), e.getMessage());
        }
        PosixException e =
                assertThrows(PosixException.class, () -> DirectAlignment.check(BlockSizes.of(1000), 512, "f"));
        assertEquals(
                "open f: direct I/O needs blocks of a multiple of 512 bytes, and these are of 1000; choose another"
                        + " block size, or --direct=0",
                e.getMessage());
    }

    @Test
    void aDiskOfLargeSectorsRefusesSmallBlocksWhenTheFileIsOpened() throws IOException {
        Path mount = temp.resolve("mount");
        try (TestMounts _ = TestMounts.ext4OfSectors(mount, temp.resolve("image"), "64m", 4096)) {
            Path file = Files.write(mount.resolve("f"), new byte[1 << 16]);
            for (EngineKind kind : engines()) {
                for (BlockSizes blocks : List.of(split(512, 50, 4096, 50), split(6144, 50, 12_288, 50))) {
                    try (Engine engine = Engines.open(kind, 1, blocks)) {
                        PosixException e = assertThrows(
                                PosixException.class, () -> engine.open(new FileRef.At(file), DIRECT), kind + "");
                        assertTrue(e.getMessage().contains("multiple of 4096 bytes"), kind + ": " + e.getMessage());
                    }
                }
                try (Engine engine = Engines.open(kind, 1, split(4096, 50, 8192, 50))) {
                    int opened = assertDoesNotThrow(() -> engine.open(new FileRef.At(file), DIRECT), kind + "");
                    engine.read(0, opened, 4096, 0, 4096);
                    engine.submit();
                    assertEquals(1, engine.reap(1, -1));
                    assertEquals(4096, engine.result(0), kind + "");
                }
            }
        }
    }

    private static List<EngineKind> engines() {
        List<EngineKind> others = List.of(EngineKind.PSYNC, EngineKind.FILECHANNEL, EngineKind.DD);
        try (Engine _ = Engines.open(EngineKind.IO_URING, 1, 4096)) {
            return List.of(EngineKind.IO_URING, EngineKind.PSYNC, EngineKind.FILECHANNEL, EngineKind.DD);
        } catch (PosixException e) {
            System.out.println("without io_uring: " + e.getMessage());
            return others;
        }
    }

    private static BlockSizes split(int one, int onePercent, int other, int otherPercent) {
        return new BlockSizes(List.of(new Part(one, onePercent), new Part(other, otherPercent)));
    }
}
