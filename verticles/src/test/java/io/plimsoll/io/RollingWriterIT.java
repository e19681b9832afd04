package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.Report;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class RollingWriterIT {
    private static final long CHUNK = 100_000;

    @TempDir
    Path temp;

    private final Recording told = new Recording();

    @Test
    void filesRollOverAtWholeChunksAndTheOldestGoes() throws IOException {
        ChunkPlan plan = plan(EngineKind.PSYNC, 250_000, 2); // two chunks fit
        try (Run run = new Run(plan, temp.resolve("d"))) {
            run.steps(9);
            run.writer.finish();
            run.writer.finish(); // a second one has nothing to do
            assertEquals(List.of("data-000003", "data-000004", "data-000005"), run.files());
            for (String name : List.of("data-000003", "data-000004")) {
                assertEquals(200_000, Files.size(run.target.path().resolve(name)));
            }
            assertEquals(100_000, Files.size(run.target.path().resolve("data-000005")));
        }
        assertEquals(9, told.chunks);
        assertEquals(9 * CHUNK, told.bytes);
        assertEquals(400_000, told.deletedBytes);
        assertEquals(told.begun, told.done);
        assertEquals(5, told.files.size());
        assertEquals(
                9 * CHUNK,
                told.files.stream().mapToLong(Report.FileClosed::bytes).sum());
        assertEquals(
                told.latencyNs,
                told.files.stream().mapToLong(Report.FileClosed::writeNs).sum());
        for (int i = 0; i < 5; i++) {
            Report.FileClosed file = told.files.get(i);
            assertEquals(i + 1, file.index());
            assertEquals(String.format("data-%06d", i + 1), file.name());
            assertEquals(i < 4, file.complete());
            assertTrue(file.fsyncNs() > 0);
            assertEquals(Optional.empty(), file.ddNs());
        }
        assertEquals(0, told.files.get(2).deleteNs());
        assertTrue(told.files.get(3).deleteNs() > 0);
        assertTrue(told.files.get(4).deleteNs() > 0);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NULL", "MMAP"})
    void everyEngineWritesTheSameChunks(EngineKind kind) throws IOException {
        assumeOffered(kind);
        byte[] expected = new byte[0];
        for (EngineKind engine : List.of(EngineKind.PSYNC, kind)) {
            try (Run run = new Run(plan(engine, 3 * CHUNK, 5), temp.resolve("d"))) {
                run.steps(4);
                run.writer.finish();
                assertEquals(List.of("data-000001", "data-000002"), run.files());
                byte[] written = Files.readAllBytes(run.target.path().resolve("data-000001"));
                assertEquals(3 * CHUNK, written.length);
                assertArrayEquals(engine == kind && expected.length > 0 ? expected : written, written);
                expected = written;
                run.target.cleanUp();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NULL", "MMAP"})
    void everyEngineSaysThatTheDiskIsFull(EngineKind kind) throws IOException {
        assumeOffered(kind);
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "1m");
                Run run = new Run(plan(kind, 4 * CHUNK, 9), temp.resolve("m/d"))) {
            PosixException e = assertThrows(PosixException.class, () -> run.steps(20));
            assertEquals("write", e.operation());
            assertTrue(
                    e.getMessage().contains("data-000003: No space left on device (ENOSPC, errno 28)"), e.getMessage());
            run.writer.finish();
            assertEquals(10, told.chunks);
            assertEquals(
                    10 * CHUNK,
                    told.files.stream().mapToLong(Report.FileClosed::bytes).sum());
            run.target.cleanUp();
        }
    }

    @Test
    void theNullEngineRunsThePlanAndTouchesNothing() throws IOException {
        try (Run run = new Run(plan(EngineKind.NULL, 2 * CHUNK, 1), temp.resolve("d"))) {
            run.steps(9);
            run.writer.finish();
            assertEquals(List.of(), run.files());
        }
        assertEquals(9 * CHUNK, told.bytes);
        assertEquals(5, told.files.size());
        assertEquals(600_000, told.deletedBytes);
    }

    private static void assumeOffered(EngineKind kind) throws PosixException {
        try {
            Engines.open(kind, 1, 4096).close();
        } catch (PosixException e) {
            assumeTrue(kind != EngineKind.IO_URING, e.getMessage());
            throw e;
        }
    }

    @Test
    void nothingIsOpenBeforeTheFirstChunkNorBetweenFiles() throws IOException {
        try (Run run = new Run(plan(EngineKind.PSYNC, CHUNK, 3), temp.resolve("d"))) {
            assertEquals(List.of(), run.files());
            assertEquals(0, run.writer.elapsedNs());
            run.steps(1);
            assertEquals(List.of("data-000001"), run.files());
            run.writer.finish();
            assertEquals(1, told.files.size());
            assertTrue(run.writer.elapsedNs() > 0);
        }
    }

    @Test
    void timesAreThoseOfTheGivenClock() throws IOException {
        AtomicLong clock = new AtomicLong();
        ChunkPlan plan = plan(EngineKind.PSYNC, 2 * CHUNK, 1);
        try (Run run = new Run(plan, temp.resolve("d"), clock)) {
            run.steps(4);
        }
        // Every reading is 10 ns later: a chunk, an fsync and a close lie between two readings each.
        Report.FileClosed first = told.files.getFirst();
        assertEquals(20, first.writeNs());
        assertEquals(10, first.fsyncNs());
        assertEquals(10, first.closeNs());
    }

    @Test
    void everyBlockOnDiskIsDifferent() throws IOException {
        try (Run run = new Run(plan(EngineKind.PSYNC, 10 * CHUNK, 5), temp.resolve("d"))) {
            run.steps(30);
            run.writer.finish();
            java.util.Set<java.nio.ByteBuffer> blocks = new java.util.HashSet<>();
            int count = 0;
            for (String name : run.files()) {
                byte[] data = Files.readAllBytes(run.target.path().resolve(name));
                for (int at = 0; at + 4096 <= data.length; at += 4096) {
                    blocks.add(java.nio.ByteBuffer.wrap(data, at, 4096).slice());
                    count++;
                }
            }
            assertEquals(count, blocks.size());
        }
    }

    @Test
    void aFileWhoseFsyncFailedCountsNothingAndIsNotSyncedAgain() throws IOException {
        try (Run run = new Run(plan(EngineKind.PSYNC, 10 * CHUNK, 5), temp.resolve("d"))) {
            run.steps(3);
            closeBehindItsBack("data-000001");
            PosixException e = assertThrows(PosixException.class, run.writer::finish);
            assertEquals("fsync", e.operation());
            assertEquals("EBADF", e.errnoName().orElseThrow());
            assertTrue(e.path().endsWith("/data-000001"), e.path());
            assertEquals(1, e.getSuppressed().length, "close failed too");
            run.writer.finish();
        }
        assertEquals(1, told.files.size());
        Report.FileClosed file = told.files.getFirst();
        assertEquals(0, file.bytes());
        assertEquals(0, file.chunks());
        assertFalse(file.complete());
        assertEquals(told.begun, told.done);
    }

    @Test
    void aRolloverWhoseFsyncFailedIsNoRolloverAndEndsTheRun() throws IOException {
        try (Run run = new Run(plan(EngineKind.PSYNC, 2 * CHUNK, 5), temp.resolve("d"))) {
            run.steps(1);
            // A directory in its place takes a descriptor's number, so the write fails instead.
            closeBehindItsBack("data-000001");
            PosixException e = assertThrows(PosixException.class, run.writer::step);
            assertEquals("write", e.operation());
            assertThrows(IllegalStateException.class, run.writer::step);
            assertThrows(PosixException.class, run.writer::finish);
        }
        assertEquals(1, told.chunks);
        assertEquals(0, told.files.getFirst().bytes());
    }

    @Test
    void aFullDiskLeavesWhatWasWrittenWhole() throws IOException {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "1m");
                Run run = new Run(plan(EngineKind.PSYNC, 4 * CHUNK, 9), temp.resolve("m/d"))) {
            PosixException e = assertThrows(PosixException.class, () -> run.steps(20));
            assertEquals("write", e.operation());
            assertEquals(28, e.errno());
            assertTrue(
                    e.getMessage().contains("data-000003: No space left on device (ENOSPC, errno 28)"), e.getMessage());
            run.writer.finish();
            assertEquals(10, told.chunks);
            assertEquals(
                    List.of(4L, 4L, 2L),
                    told.files.stream().map(Report.FileClosed::chunks).toList());
            assertEquals(
                    List.of(true, true, false),
                    told.files.stream().map(Report.FileClosed::complete).toList());
            assertEquals(List.of(), run.target.cleanUp().left());
        }
    }

    @Test
    void bytesThatTheDiskTookAndDidNotKeepAreNotCounted() throws IOException {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("b"), "8m");
                TestMounts _ = TestMounts.ext4(temp.resolve("m"), temp.resolve("b/image"), "64m");
                Run run = new Run(plan(EngineKind.PSYNC, 200 * CHUNK, 9), temp.resolve("m/d"))) {
            PosixException e = assertThrows(PosixException.class, () -> run.steps(200));
            assertEquals("fsync", e.operation(), e.getMessage());
            assertEquals(200, told.chunks);
            assertEquals(0, told.files.getFirst().bytes());
            assertFalse(told.files.getFirst().complete());
        }
    }

    @Test
    void aDiskThatTurnsReadOnlyEndsTheRunWithItsReason() throws IOException {
        try (TestMounts disk = TestMounts.ext4(temp.resolve("m"), temp.resolve("image"), "16m")) {
            try (Run run = new Run(plan(EngineKind.PSYNC, 2 * CHUNK, 9), temp.resolve("m/d"))) {
                run.steps(2);
                disk.abort();
                PosixException e = assertThrows(PosixException.class, run.writer::step);
                assertEquals("open", e.operation());
                assertEquals("EROFS", e.errnoName().orElseThrow());
                assertTrue(run.target.cleanUp().left().getFirst().contains("EROFS"));
            }
        }
    }

    @Test
    void writingAChunkAllocatesNothing() throws IOException {
        ChunkPlan plan = new ChunkPlan(4096, 4096L * 1_000_000, 1000, 1, EngineKind.PSYNC, false);
        try (Run run = new Run(plan, temp.resolve("d"))) {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            threads.getCurrentThreadAllocatedBytes();
            int window = 10_000;
            long allocated = Long.MAX_VALUE;
            // Nothing at all once the calls are compiled, whenever the compiler comes to it.
            for (int i = 0; i < 100 && allocated > window / 10; i++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                run.steps(window);
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
                assertTrue(i == 0 || allocated < 64L * window, allocated + " bytes for " + window + " chunks");
            }
            assertTrue(allocated <= window / 10, allocated + " bytes for " + window + " chunks");
        }
    }

    @Test
    void ddWritesTheSameFilesAndTellsItsOwnTime() throws IOException {
        try (Run run = new Run(plan(EngineKind.DD, 2 * CHUNK, 5), temp.resolve("d"))) {
            run.steps(5);
            run.writer.finish();
            assertEquals(List.of("data-000001", "data-000002", "data-000003"), run.files());
            assertEquals(2 * CHUNK, Files.size(run.target.path().resolve("data-000001")));
            assertEquals(CHUNK, Files.size(run.target.path().resolve("data-000003")));
            byte[] data = Files.readAllBytes(run.target.path().resolve("data-000001"));
            assertFalse(java.util.Arrays.equals(data, 0, (int) CHUNK, data, (int) CHUNK, 2 * (int) CHUNK));
        }
        for (Report.FileClosed file : told.files) {
            long dd = file.ddNs().orElseThrow();
            assertTrue(dd > 0 && dd < file.writeNs(), dd + " of " + file.writeNs());
        }
    }

    @Test
    void calibrationWritesAtMostAFileAndLeavesNothing() throws IOException {
        ChunkPlan plan = plan(EngineKind.PSYNC, 3 * CHUNK, 5);
        try (Run run = new Run(plan, temp.resolve("d"))) {
            Calibrator.Result result = Calibrator.run(plan, run.files, System::nanoTime);
            assertEquals(3 * CHUNK, result.bytes());
            assertTrue(result.elapsedNs() > 0);
            assertEquals(List.of(), run.files());
            AtomicLong slow = new AtomicLong();
            Calibrator.Result oneChunk = Calibrator.run(plan, run.files, () -> slow.getAndAdd(Calibrator.TIME_NS));
            assertEquals(CHUNK, oneChunk.bytes());
        }
    }

    @Test
    void tenThousandFilesLeakNoDescriptor() throws IOException {
        ChunkPlan plan = new ChunkPlan(1, 1, 1000, 1, EngineKind.PSYNC, false);
        Path here = Path.of("/dev/shm/plimsoll-it-" + ProcessHandle.current().pid());
        try (Run run = new Run(plan, here)) {
            run.steps(10);
            long before = descriptors();
            run.steps(10_000);
            assertEquals(before, descriptors());
            run.target.cleanUp();
        }
        assertFalse(Files.exists(here));
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(fd -> fd.toString().length() > 0 && points(fd).contains("plimsoll-it-"))
                    .count();
        }
    }

    private static String points(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /// Takes the descriptor of the open data file away from the engine, so that its next call fails with EBADF.
    private void closeBehindItsBack(String name) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"));
                Posix posix = new Posix()) {
            Path fd = open.filter(p -> points(p).endsWith(name)).findFirst().orElseThrow();
            posix.close(Integer.parseInt(fd.getFileName().toString()), name);
        }
    }

    private ChunkPlan plan(EngineKind engine, long fileBytes, int kept) {
        return new ChunkPlan(CHUNK, fileBytes, 1000, kept, engine, false);
    }

    private final class Run implements AutoCloseable {
        final TargetDirectory target;
        final ChunkFiles files;
        final RollingWriter writer;

        Run(ChunkPlan plan, Path directory) throws IOException {
            this(plan, directory, null);
        }

        Run(ChunkPlan plan, Path directory, AtomicLong clock) throws IOException {
            target = TargetDirectory.claim(directory, "test");
            files = ChunkFiles.in(target, plan.engine(), plan.chunkBytes(), false, 42);
            writer = new RollingWriter(
                    plan,
                    files,
                    told,
                    clock == null ? System::nanoTime : () -> clock.addAndGet(10),
                    System::currentTimeMillis);
        }

        void steps(int n) throws IOException {
            for (int i = 0; i < n; i++) {
                writer.step();
            }
        }

        List<String> files() throws IOException {
            try (Stream<Path> entries = Files.list(target.path())) {
                return entries.map(p -> p.getFileName().toString())
                        .filter(n -> n.startsWith("data-"))
                        .sorted()
                        .toList();
            }
        }

        @Override
        public void close() throws IOException {
            try {
                files.close();
            } catch (PosixException e) {
                System.out.println("closing the files: " + e.getMessage());
            }
            target.close();
        }
    }
}
