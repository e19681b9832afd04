package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.io.Engine;
import io.plimsoll.io.Engines;
import io.plimsoll.io.FileRef;
import io.plimsoll.io.OpenMode;
import io.plimsoll.io.PosixException;
import io.plimsoll.io.TestMounts;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import io.plimsoll.workload.BlockContent;
import io.plimsoll.workload.BlockVerifier;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadBackIT {
    private static final int BLOCK = 16384;
    private static final int BLOCKS = 8;

    @TempDir
    Path temp;

    @Test
    void whatWasWrittenIsFoundAgain() throws IOException {
        assertEquals(BLOCKS * BLOCK / 4096, written(BLOCKS, BLOCKS * BLOCK));
    }

    @Test
    void whatWasNeverWrittenIsNotMissed() throws IOException {
        assertEquals(3 * BLOCK / 4096, written(3, 3 * BLOCK));
        assertEquals(3 * BLOCK / 4096, written(3, 3 * BLOCK + 100));
    }

    @Test
    void aLostTailIsFound() {
        for (int bytes : List.of(0, BLOCK, 3 * BLOCK, 3 * BLOCK + 100, BLOCKS * BLOCK - 4096, BLOCKS * BLOCK - 1)) {
            PosixException e = assertThrows(PosixException.class, () -> written(BLOCKS, bytes), bytes + " bytes left");
            assertTrue(e.getMessage().contains("at offset " + bytes / 4096 * 4096 + " "), e.getMessage());
        }
    }

    /// What changes on the disk below the file system is not seen in the page cache, nor through a mapping.
    @Test
    void whatIsWrongOnTheDiskIsFoundWithEveryEngine() throws IOException {
        Path image = temp.resolve("image");
        Path mount = temp.resolve("mount");
        try (TestMounts _ = TestMounts.ext4(mount, image, "64m")) {
            for (EngineKind kind : engines()) {
                for (boolean direct : kind == EngineKind.MMAP ? List.of(false) : List.of(false, true)) {
                    long run = 2L * kind.ordinal() + (direct ? 1 : 0);
                    Path file = Files.write(mount.resolve("data" + run), new byte[BLOCKS * BLOCK]);
                    PosixException e = assertThrows(
                            PosixException.class,
                            () -> readBack(file, kind, direct, run, BLOCKS, () -> spoil(image, file, 5 * 4096, run)),
                            kind + (direct ? " direct" : ""));
                    assertTrue(
                            e.getMessage()
                                    .startsWith("verify " + file + ": the 4096 bytes at offset 20480 are damaged"),
                            e.getMessage());
                }
            }
        }
    }

    @Test
    void theTailIsReadBackWhereBlocksOfTheJobDoNotComeOutEven() throws IOException {
        BlockSizes odd = new BlockSizes(List.of(new BlockSizes.Part(6144, 50), new BlockSizes.Part(10_240, 50)));
        Work.Blocks work = work(odd, 3 * 10_240);
        Path file = Files.write(temp.resolve("odd"), new byte[3 * 10_240]);
        BlockVerifier verifier = new BlockVerifier(work, 0, 1, 1);
        BlockContent content = new BlockContent(work.content(), 0, 1, verifier);
        try (Engine engine = Engines.open(EngineKind.PSYNC, 1, odd)) {
            OpenedFiles files = new OpenedFiles(engine, List.of(new FileRef.At(file)), mode(false));
            content.next(engine.memory(0), 6144, 0, 4 * 6144);
            engine.write(0, files.number(0), 4 * 6144, 0, 6144);
            engine.submit();
            assertEquals(1, engine.reap(1, -1));
            ReadBack readBack = new ReadBack(engine, work, files, verifier, false, new JobControl());
            readBack.run();
            assertEquals(6144 / 512, verifier.unitsInOrder());
            assertEquals(10_240, readBack.done().orElseThrow().bytes(), "and nothing of which nothing was written");
        }
    }

    @Test
    void aStopBeforehandReadsNothingBack() throws IOException {
        Work.Blocks work = work(BlockSizes.of(BLOCK), BLOCKS * BLOCK);
        JobControl stopped = new JobControl();
        stopped.stop();
        Path file = Files.write(temp.resolve("data"), new byte[BLOCKS * BLOCK]);
        try (Engine engine = Engines.open(EngineKind.PSYNC, 1, BLOCK)) {
            OpenedFiles files = new OpenedFiles(engine, List.of(new FileRef.At(file)), mode(false));
            ReadBack readBack = new ReadBack(engine, work, files, new BlockVerifier(work, 0, 1, 1), false, stopped);
            readBack.run();
            assertEquals(Optional.empty(), readBack.done());
        }
    }

    /// Writes so many blocks, leaves so many bytes of them, and reads back. Returns the units that were checked.
    private long written(int blocks, long left) throws IOException {
        Path file = temp.resolve("data");
        Files.write(file, new byte[0]);
        return readBack(file, EngineKind.PSYNC, false, 1, blocks, () -> {
            try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                bytes.setLength(left);
            }
        });
    }

    private interface Meanwhile {
        void run() throws IOException;
    }

    private static long readBack(Path file, EngineKind kind, boolean direct, long run, int blocks, Meanwhile meanwhile)
            throws IOException {
        Work.Blocks work = work(BlockSizes.of(BLOCK), BLOCKS * BLOCK);
        BlockVerifier verifier = new BlockVerifier(work, 0, 1, run);
        BlockContent content = new BlockContent(work.content(), 0, 1, verifier);
        try (Engine engine = Engines.open(kind, 1, BLOCK)) {
            OpenedFiles files = new OpenedFiles(engine, List.of(new FileRef.At(file)), mode(direct));
            content.fill(engine.memory(0));
            for (int i = 0; i < blocks; i++) {
                content.next(engine.memory(0), BLOCK, 0, (long) i * BLOCK);
                engine.write(0, files.number(0), (long) i * BLOCK, 0, BLOCK);
                engine.submit();
                assertEquals(1, engine.reap(1, -1));
                assertEquals(BLOCK, engine.result(0));
            }
            engine.sync(1, files.number(0), false);
            engine.submit();
            assertEquals(1, engine.reap(1, -1));
            meanwhile.run();
            new ReadBack(engine, work, files, verifier, direct, new JobControl()).run();
            return verifier.unitsInOrder();
        }
    }

    /// Changes a byte of a unit where it lies in the image, behind the back of the file system.
    private static void spoil(Path image, Path file, long offset, long run) throws IOException {
        ByteBuffer begin = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel data = FileChannel.open(file)) {
            data.read(begin, offset);
        }
        assertEquals(run, begin.flip().getLong(24));
        ByteBuffer unit = ByteBuffer.allocate(32);
        try (FileChannel disk = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long at = 0; at < disk.size(); at += 1024) {
                disk.read(unit.clear(), at);
                if (unit.flip().equals(begin)) {
                    disk.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), at + 100);
                    return;
                }
            }
        }
        throw new AssertionError("offset " + offset + " of " + file + " is not in " + image);
    }

    private static List<EngineKind> engines() {
        List<EngineKind> kinds =
                new ArrayList<>(List.of(EngineKind.PSYNC, EngineKind.FILECHANNEL, EngineKind.MMAP, EngineKind.DD));
        try (Engine _ = Engines.open(EngineKind.IO_URING, 1, BLOCK)) {
            kinds.add(EngineKind.IO_URING);
        } catch (PosixException e) {
            System.out.println("without io_uring: " + e.getMessage());
        }
        return kinds;
    }

    private static OpenMode mode(boolean direct) {
        return new OpenMode(true, true, false, direct, SyncPolicy.OpenFlag.NONE);
    }

    private static Work.Blocks work(BlockSizes blocks, long bytes) {
        return new Work.Blocks(
                AccessMode.WRITE,
                0,
                blocks,
                new Distribution.Uniform(),
                bytes,
                1,
                SyncPolicy.NONE,
                new Content(0, 0, true));
    }
}
