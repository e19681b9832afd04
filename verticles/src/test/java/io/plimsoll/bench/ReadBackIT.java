package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.io.Engine;
import io.plimsoll.io.Engines;
import io.plimsoll.io.FileRef;
import io.plimsoll.io.OpenMode;
import io.plimsoll.io.PosixException;
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
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

    /// A pipe that nobody writes to: what is read from it is in flight for ever.
    @Test
    @Timeout(60)
    void aStopEndsItThoughTheStorageDoesNotAnswer() throws Exception {
        Path pipe = temp.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no mkfifo");
        Work.Blocks work = work();
        JobControl control = new JobControl();
        try (RandomAccessFile _ = new RandomAccessFile(pipe.toFile(), "rw");
                Engine engine = ring()) {
            OpenMode mode = new OpenMode(true, false, false, false, SyncPolicy.OpenFlag.NONE);
            OpenedFiles files = new OpenedFiles(engine, List.of(new FileRef.At(pipe)), mode);
            Thread.ofPlatform().daemon().start(() -> {
                LockSupport.parkNanos(200_000_000);
                control.stop();
            });
            BlockVerifier verifier = new BlockVerifier(work, 0, 1, 1);
            new ReadBack(engine, work, files, verifier, control).run();
            assertTrue(control.stopped());
            assertEquals(0, verifier.unitsChecked());
        }
    }

    private static Engine ring() {
        try {
            return Engines.open(EngineKind.IO_URING, 4, BLOCK);
        } catch (PosixException e) {
            assumeTrue(false, "the system refuses io_uring: " + e.getMessage());
            throw new IllegalStateException(e);
        }
    }

    private static Work.Blocks work() {
        return new Work.Blocks(
                AccessMode.WRITE,
                0,
                BlockSizes.of(BLOCK),
                new Distribution.Uniform(),
                BLOCKS * BLOCK,
                1,
                SyncPolicy.NONE,
                new Content(0, 0, true));
    }

    /// Writes so many blocks, leaves so many bytes of them, and reads back. Returns the units that were checked.
    private long written(int blocks, long left) throws IOException {
        Work.Blocks work = work();
        Path file = temp.resolve("data");
        Files.deleteIfExists(file);
        BlockVerifier verifier = new BlockVerifier(work, 0, 1, 1);
        BlockContent content = new BlockContent(work.content(), 0, 1, verifier);
        try (Engine engine = Engines.open(EngineKind.PSYNC, 1, BLOCK)) {
            OpenMode mode = new OpenMode(true, true, true, false, SyncPolicy.OpenFlag.NONE);
            OpenedFiles files = new OpenedFiles(engine, List.of(new FileRef.At(file)), mode);
            content.fill(engine.memory(0));
            for (int i = 0; i < blocks; i++) {
                content.next(engine.memory(0), BLOCK, 0, (long) i * BLOCK);
                engine.write(0, files.number(0), (long) i * BLOCK, 0, BLOCK);
                engine.submit();
                assertEquals(1, engine.reap(1, -1));
                assertEquals(BLOCK, engine.result(0));
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(left);
                if (channel.size() < left) {
                    channel.write(java.nio.ByteBuffer.allocate(1), left - 1);
                }
            }
            new ReadBack(engine, work, files, verifier, new JobControl()).run();
            return verifier.unitsChecked();
        }
    }
}
