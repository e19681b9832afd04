package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import io.plimsoll.bench.JobResult.OpenLoopResult;
import io.plimsoll.io.Engine;
import io.plimsoll.io.Engines;
import io.plimsoll.io.FileRef;
import io.plimsoll.io.OpenMode;
import io.plimsoll.io.PosixException;
import io.plimsoll.io.Storage;
import io.plimsoll.io.TargetRefusedException;
import io.plimsoll.io.TestMounts;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.JobPlan.EngineChoice;
import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import io.plimsoll.stats.OpRecorder;
import io.plimsoll.workload.BlockStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whole jobs against real files, from laying out to the result.
@Timeout(300)
class BenchIT {
    private static final int BLOCK = 4096;
    private static final long SIZE = 64 * BLOCK;
    private static final BooleanSupplier NEVER = () -> false;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path temp;

    @Test
    void everyEngineDoesWhatEveryModeSaysAndCountsIt() throws Exception {
        for (EngineKind kind : EngineKind.values()) {
            if (kind == EngineKind.IO_URING && !ringsAreAllowed()) {
                continue;
            }
            for (AccessMode mode : AccessMode.values()) {
                int depth = kind.queues() ? 8 : 1;
                JobResult result = succeed(new Trial().mode(mode).engine(kind, depth));
                assertEquals(kind, result.engine());
                assertEquals(64, ops(result), mode + " with " + kind);
                assertEquals(SIZE, bytes(result), mode + " with " + kind);
                boolean mixed = mode.reads() && mode.writes();
                assertEquals(mode.reads(), ops(result, Direction.READ) > 0);
                assertEquals(mode.writes(), ops(result, Direction.WRITE) > 0);
                assertEquals(mixed ? 2 : 1, result.directions().size());
            }
        }
    }

    @Test
    void directGoesToTheDiskWithEveryEngineThatCan() throws Exception {
        assumeDirect(temp);
        for (EngineKind kind : List.of(EngineKind.PSYNC, EngineKind.IO_URING, EngineKind.FILECHANNEL, EngineKind.DD)) {
            if (kind == EngineKind.IO_URING && !ringsAreAllowed()) {
                continue;
            }
            for (AccessMode mode : AccessMode.values()) {
                JobResult result =
                        succeed(new Trial().mode(mode).engine(kind, 1).direct());
                assertEquals(64, ops(result), mode + " with " + kind);
            }
        }
    }

    @Test
    void directIsRefusedWhereTheFileSystemOrTheEngineHasNone() throws Exception {
        JobRefusedException mmap = assertThrows(
                JobRefusedException.class,
                () -> run(new Trial().engine(EngineKind.MMAP, 1).direct()));
        assertTrue(mmap.getMessage().contains("use --direct=0, or another engine"), mmap.getMessage());
        Path mount = temp.resolve("ramfs");
        try (TestMounts _ = TestMounts.ramfs(mount)) {
            for (AccessMode mode : List.of(AccessMode.RANDREAD, AccessMode.WRITE)) {
                IOException e = assertThrows(
                        IOException.class,
                        () -> run(new Trial().mode(mode).direct().in(mount)));
                assertTrue(e instanceof TargetRefusedException || e instanceof JobRefusedException, e.toString());
                assertTrue(e.getMessage().contains("--direct=0"), e.getMessage());
            }
        }
    }

    @Test
    void blocksThatDirectCannotTakeAreRefused() {
        IOException e = assertThrows(
                JobRefusedException.class,
                () -> run(new Trial().blocks(BlockSizes.of(1000)).direct()));
        assertTrue(e.getMessage().contains("choose another block size, or --direct=0"), e.getMessage());
    }

    @Test
    void aFallbackRunsWhereItIsAllowedAndTheResultSaysWhy() throws Exception {
        // More memory for buffers than there can be: refused without any means of the test's own.
        EngineChoice alone = new EngineChoice(EngineKind.IO_URING, 4096, false, List.of(), List.of());
        JobRefusedException e = assertThrows(
                JobRefusedException.class, () -> EngineSelection.of(alone, 1 << 30, 1), "4 TiB of buffers");
        assertTrue(e.getMessage().startsWith("io_uring: "), e.getMessage());
        assertTrue(e.getMessage().endsWith("; or allow another engine: --fallback=psync"), e.getMessage());

        EngineSelection selection =
                new EngineSelection(EngineKind.PSYNC, "", List.of("io_uring: Operation not permitted"));
        JobPlan small = new JobPlan(
                "x",
                work(AccessMode.WRITE, BlockSizes.of(BLOCK), SIZE, 1),
                new EngineChoice(EngineKind.IO_URING, 4, false, List.of(EngineKind.PSYNC), List.of()),
                1,
                new Load.Closed(),
                new Span(0, 0, false),
                1);
        Path file = Files.createFile(temp.resolve("f"));
        JobControl control = new JobControl();
        JobResult result = Job.run(
                new JobRequest(small, new JobTarget.File(file), false, false),
                selection,
                List.of(new BlockPreparation(
                        small,
                        (Work.Blocks) small.work(),
                        selection.kind(),
                        0,
                        List.of(new FileRef.At(file)),
                        control,
                        1)),
                Optional.empty(),
                List.of(),
                control,
                Progress.NONE,
                NEVER);
        assertEquals(64, ops(result, Direction.WRITE));
        assertEquals(EngineKind.PSYNC, result.engine());
        assertTrue(result.flags().stream().anyMatch(flag -> flag.rule().equals("fallback-engine")));
        assertEquals(
                "refused: io_uring: Operation not permitted", result.notes().getFirst());
        assertTrue(result.notes().getLast().startsWith("own cost not measured: "), result.notes() + "");
    }

    @Test
    void verifiedBlocksAreWhatWasWrittenInThisRunAndInTheNextOne() throws Exception {
        JobResult written = succeed(new Trial().mode(AccessMode.WRITE).verify());
        assertTrue(written.notes().contains("64 pieces of 4096 bytes were read and verified"), written.notes() + "");
        JobResult read = succeed(new Trial().mode(AccessMode.READ).verify());
        assertTrue(read.notes().getFirst().contains("1 as found"), read.notes() + "");
        assertTrue(read.notes().contains("64 pieces of 4096 bytes were read and verified"), read.notes() + "");
        succeed(new Trial()
                .mode(AccessMode.RANDREAD)
                .blocks(BlockSizes.of(4 * BLOCK))
                .verify());
    }

    @Test
    void aReaderThatVerifiesNothingLeavesTheEvidence() throws Exception {
        succeed(new Trial().mode(AccessMode.WRITE).verify());
        flip(file(0, 0), 5 * BLOCK);
        JobResult read = succeed(new Trial().mode(AccessMode.RANDREAD));
        assertTrue(read.notes().getFirst().contains("1 reused"), read.notes() + "");
        JobResult verified = run(new Trial().mode(AccessMode.READ).verify());
        assertTrue(verified.failure().orElseThrow().contains("4096 bytes at offset 20480 "), verified + "");
    }

    /// What a mixed job reads before it has written it proves nothing.
    @Test
    void whatTheRunDidNotWriteIsSaidNotToBeJudged() throws Exception {
        JobResult result = succeed(new Trial().mode(AccessMode.RANDRW).verify());
        String more = " more were read and not judged: this run had not written them";
        long notJudged = result.notes().stream()
                .filter(note -> note.endsWith(more))
                .mapToLong(note -> Long.parseLong(note.substring(0, note.indexOf(' '))))
                .sum();
        assertTrue(notJudged > 0, result.notes() + "");
        result = succeed(new Trial().mode(AccessMode.RANDWRITE).verify());
        assertTrue(result.notes().stream().noneMatch(note -> note.endsWith(more)), result.notes() + "");
    }

    @Test
    void whatWasWrittenIsReadBackFromTheStorage() throws Exception {
        assumeTrue(Storage.of(temp).kind() == Storage.Kind.DEVICE, "no disk at " + temp);
        for (AccessMode mode : List.of(AccessMode.WRITE, AccessMode.RANDWRITE, AccessMode.RW, AccessMode.RANDRW)) {
            for (boolean direct : directWorks(temp) ? List.of(false, true) : List.of(false)) {
                Trial job = new Trial().mode(mode).threads(2).verify();
                job.direct = direct;
                JobResult result = succeed(job);
                String way = direct ? "past the page cache" : "after a sync, with the page cache dropped";
                assertTrue(
                        result.notes().stream()
                                .anyMatch(note -> note.matches("\\S+ kB of what was written were read back " + way
                                        + "; all of it came from the storage \\(by /proc/self/io\\)")),
                        mode + (direct ? " direct: " : ": ") + result.notes());
            }
        }
        Path memory = temp.resolve("memory");
        try (TestMounts _ = TestMounts.tmpfs(memory, "8m")) {
            JobResult result =
                    succeed(new Trial().mode(AccessMode.WRITE).verify().in(memory));
            assertTrue(
                    result.notes()
                            .contains("262.1 kB of what was written were read back from memory: tmpfs is nothing"
                                    + " else"),
                    result.notes() + "");
        }
    }

    @Test
    void whatAMixedJobWroteIsReadBack() throws Exception {
        for (AccessMode mode : List.of(AccessMode.RW, AccessMode.RANDRW)) {
            JobResult result = succeed(new Trial().mode(mode).verify());
            Set<Long> written = new HashSet<>();
            BlockStream stream = new BlockStream((Work.Blocks) result.plan().work(), 0, 7);
            long read = 0;
            while (stream.next()) {
                if (!stream.reads()) {
                    written.add(stream.offset());
                } else if (written.contains(stream.offset())) {
                    read++;
                }
            }
            assertEquals(written.size() + read, verified(result), mode + "");
        }
    }

    @Test
    void dataThreadsThatShareAFileAllFindItInOrder() throws Exception {
        Path file = temp.resolve("shared");
        for (AccessMode writer : List.of(AccessMode.WRITE, AccessMode.RANDWRITE, AccessMode.RANDRW)) {
            succeed(new Trial().mode(writer).verify().on(file));
            for (AccessMode reader : List.of(AccessMode.READ, AccessMode.RANDREAD)) {
                for (int threads : new int[] {1, 2, 4}) {
                    JobResult result = succeed(
                            new Trial().mode(reader).threads(threads).verify().on(file));
                    assertEquals(64 * threads, verified(result), reader + " after " + writer);
                }
            }
        }
        Path fresh = temp.resolve("fresh");
        succeed(new Trial().mode(AccessMode.RANDWRITE).verify().on(fresh));
        succeed(new Trial().mode(AccessMode.RANDREAD).threads(3).verify().on(fresh));
        flip(fresh, 5 * BLOCK + 77);
        JobResult result =
                run(new Trial().mode(AccessMode.READ).threads(3).verify().on(fresh));
        assertTrue(result.failure().orElseThrow().contains("4096 bytes at offset 20480 are damaged"), result + "");
    }

    @Test
    void filesOfManyDataThreadsAreVerifiedByFewerAndNeverByMore() throws Exception {
        succeed(new Trial()
                .mode(AccessMode.WRITE)
                .bytes(2 * SIZE)
                .files(2)
                .threads(3)
                .verify());
        for (int threads = 1; threads <= 3; threads++) {
            JobResult result = succeed(new Trial()
                    .mode(AccessMode.READ)
                    .bytes(2 * SIZE)
                    .files(2)
                    .threads(threads)
                    .verify());
            assertEquals(threads * 2 * 64, verified(result));
        }
        for (Trial more : List.of(
                new Trial().mode(AccessMode.READ).bytes(2 * SIZE).files(2).threads(4),
                new Trial().mode(AccessMode.READ).bytes(3 * SIZE).files(3).threads(3))) {
            IOException e = assertThrows(TargetRefusedException.class, () -> run(more.verify()));
            assertTrue(e.getMessage().contains("is not there, and 6 of "), e.getMessage());
            assertTrue(e.getMessage().contains("--numjobs and --nrfiles"), e.getMessage());
        }
        assertFalse(Files.exists(file(3, 0)), "nothing is written in place of what is missing");
    }

    @Test
    void moreThanCanBeRememberedIsRefusedWithTheNumbers() throws Exception {
        Trial job = new Trial()
                .mode(AccessMode.RANDWRITE)
                .bytes(48L << 30)
                .threads(3)
                .verify();
        String refusal = assertThrows(JobRefusedException.class, () -> run(job)).getMessage();
        assertEquals(
                "verify: 3 data thread(s) write 12582912 pieces of 4096 bytes each, and of a job 33554432 can be"
                        + " remembered, which are 137.4 GB; make --size smaller, or use fewer data threads (--numjobs)",
                refusal);
        Trial sectors = new Trial()
                .mode(AccessMode.RANDWRITE)
                .blocks(BlockSizes.of(512))
                .bytes(48L << 30)
                .verify();
        assertTrue(
                assertThrows(JobRefusedException.class, () -> run(sectors))
                        .getMessage()
                        .endsWith(", or block sizes that are multiples of 4096"),
                "the remedy that is left");
        assertEquals(List.of(), names(temp));
    }

    /// More jobs: `-Dverified.jobs=2000`.
    @Test
    void noVerifiedJobRaisesAFalseAlarm() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        boolean rings = ringsAreAllowed();
        boolean disk = directWorks(temp);
        for (int i = 0; i < Integer.getInteger("verified.jobs", 40); i++) {
            Trial job = anyVerified(random, rings, disk);
            String which = "job " + i + " of seed " + seed + ": ";
            JobResult result = run(job);
            assertEquals(Optional.empty(), result.failure(), () -> which + result.plan());
            assertTrue(verified(result) > 0, () -> which + result.plan());
            Trial later = job.reading(1 + random.nextInt(job.threads), random.nextBoolean());
            JobResult read = run(later);
            assertEquals(Optional.empty(), read.failure(), () -> which + read.plan() + " after " + result.plan());
        }
    }

    /// Small files, so that what is in flight meets all the time, and rounds begin anew.
    private static Trial anyVerified(Random random, boolean rings, boolean disk) {
        List<BlockSizes> even = List.of(
                BlockSizes.of(BLOCK),
                BlockSizes.of(512),
                split(BLOCK, 50, 4 * BLOCK, 30, 16 * BLOCK, 20),
                split(512, 40, 1536, 30, 4096, 30),
                split(16 * BLOCK, 10, 8 * BLOCK, 20, BLOCK, 70));
        // Sequential work with such sizes leaves files that end before their size.
        BlockSizes uneven = split(6144, 40, 10_240, 30, 512 * 5, 30);
        AccessMode mode =
                pick(random, List.of(AccessMode.WRITE, AccessMode.RANDWRITE, AccessMode.RW, AccessMode.RANDRW));
        BlockSizes blocks = mode.random() && random.nextInt(4) == 0 ? uneven : pick(random, even);
        int files = 1 + random.nextInt(3);
        Trial job = new Trial()
                .mode(mode)
                .blocks(blocks)
                .files(files)
                .threads(1 + random.nextInt(3))
                .bytes((long) files * (2 + random.nextInt(7)) * blocks.maxBytes())
                .sync(new SyncPolicy(random.nextBoolean() ? 7 : 0, true, SyncPolicy.OpenFlag.NONE, false))
                .verify();
        if (random.nextBoolean()) {
            job.distribution(new Distribution.Zipf(1.2));
        }
        EngineKind kind = pick(random, List.of(EngineKind.PSYNC, EngineKind.IO_URING, EngineKind.MMAP));
        if (kind == EngineKind.IO_URING && rings) {
            job.engine(EngineKind.IO_URING, 1 + random.nextInt(32));
        } else if (kind == EngineKind.MMAP) {
            job.engine(EngineKind.MMAP, 1);
        }
        job.direct = disk
                && job.kind != EngineKind.MMAP
                && blocks.parts().stream().allMatch(part -> part.bytes() % 4096 == 0)
                && random.nextBoolean();
        if (mode != AccessMode.WRITE && random.nextBoolean()) {
            job.timed(100 + random.nextInt(200));
        }
        job.seed = random.nextInt(3);
        return job;
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static BlockSizes split(int a, int aPercent, int b, int bPercent, int c, int cPercent) {
        return new BlockSizes(List.of(
                new BlockSizes.Part(a, aPercent), new BlockSizes.Part(b, bPercent), new BlockSizes.Part(c, cPercent)));
    }

    @Test
    void overlappingWritesOfManySizesAtDepthGiveNoFalseAlarm() throws Exception {
        assumeRings();
        BlockSizes split = new BlockSizes(List.of(
                new BlockSizes.Part(BLOCK, 50),
                new BlockSizes.Part(4 * BLOCK, 30),
                new BlockSizes.Part(16 * BLOCK, 20)));
        for (AccessMode mode : List.of(AccessMode.RANDWRITE, AccessMode.RANDRW)) {
            // A small file, so that operations in flight meet each other all the time.
            Trial job = new Trial()
                    .mode(mode)
                    .blocks(split)
                    .bytes(8 * SIZE)
                    .engine(EngineKind.IO_URING, 32)
                    .verify()
                    .timed(1_000);
            job.direct = directWorks(temp);
            JobResult result = succeed(job);
            assertTrue(ops(result, Direction.WRITE) > 500, mode + ": " + ops(result, Direction.WRITE) + " writes");
            long verified = verified(result);
            assertTrue(verified > 100, mode + ": " + verified + " pieces verified");
            succeed(new Trial().mode(AccessMode.READ).bytes(8 * SIZE).verify());
        }
    }

    @Test
    void aFlippedBitIsFoundWhereverItIs() throws Exception {
        long seed = System.nanoTime();
        RandomGenerator random = new java.util.SplittableRandom(seed);
        succeed(new Trial().mode(AccessMode.WRITE).verify());
        Path file = file(0, 0);
        for (int i = 0; i < 20; i++) {
            long at = random.nextLong(SIZE);
            flip(file, at);
            JobResult result = run(new Trial().mode(AccessMode.READ).verify());
            String failure = result.failure().orElseThrow(() -> new AssertionError("bit at " + at + ", seed " + seed));
            assertTrue(failure.startsWith("verify " + file + ": "), failure);
            assertTrue(failure.contains("4096 bytes at offset " + at / BLOCK * BLOCK + " "), at + ": " + failure);
            assertTrue(
                    result.direction(Direction.READ)
                                    .map(JobResult.DirectionResult::ops)
                                    .orElse(0L)
                            <= at / BLOCK + 1,
                    "reading ends there");
            assertEquals(at / BLOCK, verified(result), result.notes() + "");
            assertTrue(result.notes().contains("1 piece(s) were read and are broken"), result.notes() + "");
            flip(file, at);
        }
        succeed(new Trial().mode(AccessMode.READ).verify());
    }

    @Test
    void dataThreadsHaveFilesOfTheirOwnAndAddUp() throws Exception {
        JobResult result = succeed(new Trial()
                .mode(AccessMode.RANDWRITE)
                .bytes(3 * SIZE)
                .files(3)
                .threads(4)
                .verify());
        assertEquals(4 * 3 * 64, ops(result, Direction.WRITE));
        Set<Path> files = new HashSet<>();
        for (int thread = 0; thread < 4; thread++) {
            for (int file = 0; file < 3; file++) {
                assertEquals(SIZE, Files.size(file(thread, file)));
                files.add(file(thread, file));
            }
        }
        assertEquals(12, files.size());
        assertTrue(result.notes().getFirst().contains(": 12 files of "), result.notes() + "");
    }

    @Test
    void syncsAreCountedAsOperationsOfTheirOwn() throws Exception {
        List<EngineKind> kinds = new ArrayList<>(List.of(EngineKind.PSYNC, EngineKind.FILECHANNEL, EngineKind.MMAP));
        if (ringsAreAllowed()) {
            kinds.add(EngineKind.IO_URING);
        }
        for (EngineKind kind : kinds) {
            for (boolean dataOnly : List.of(true, false)) {
                for (SyncPolicy.OpenFlag open : SyncPolicy.OpenFlag.values()) {
                    SyncPolicy sync = new SyncPolicy(8, dataOnly, open, true);
                    JobResult result = succeed(new Trial()
                            .mode(AccessMode.WRITE)
                            .engine(kind, kind.queues() ? 4 : 1)
                            .sync(sync));
                    assertEquals(64, ops(result, Direction.WRITE), kind + " " + sync);
                    assertEquals(64 / 8 + 1, ops(result, Direction.SYNC), kind + " " + sync);
                }
            }
        }
        JobResult each = succeed(
                new Trial().mode(AccessMode.WRITE).sync(new SyncPolicy(1, true, SyncPolicy.OpenFlag.NONE, false)));
        assertEquals(64, ops(each, Direction.SYNC));
        assertEquals(64, each.direction(Direction.SYNC).orElseThrow().lat().count());
    }

    @Test
    void skewedAccessTouchesEveryFileOnlyWhereItMay() throws Exception {
        for (Distribution distribution :
                List.of(new Distribution.Zipf(1.2), new Distribution.Zipf(0.8), new Distribution.Pareto(0.2))) {
            for (AccessMode mode : List.of(AccessMode.RANDWRITE, AccessMode.RANDREAD, AccessMode.RANDRW)) {
                JobResult result = succeed(
                        new Trial().mode(mode).distribution(distribution).verify());
                assertEquals(64, ops(result), mode + " " + distribution);
                assertEquals(SIZE, Files.size(file(0, 0)), "nothing is written beyond the end");
            }
        }
    }

    @Test
    void whatIsWrittenCanBeCompressedAsFarAsWasAskedFor() throws Exception {
        for (int percent : new int[] {25, 50, 75, 100}) {
            for (AccessMode mode : List.of(AccessMode.WRITE, AccessMode.RANDWRITE)) {
                succeed(new Trial().mode(mode).content(new Content(percent, 0, false)));
                double saved = 1 - deflated(Files.readAllBytes(file(0, 0))) / (double) SIZE;
                assertEquals(percent / 100.0, saved, 0.06, percent + " % asked for, with " + mode);
            }
        }
    }

    /// Blocks out of the same memory are alike but for their numbers: it is each of them that cannot be compressed.
    @Test
    void aBlockCannotBeCompressedWhereNothingIsSaid() throws Exception {
        succeed(new Trial().mode(AccessMode.WRITE));
        byte[] all = Files.readAllBytes(file(0, 0));
        for (int at = 0; at < all.length; at += BLOCK) {
            assertTrue(deflated(Arrays.copyOfRange(all, at, at + BLOCK)) >= BLOCK, "block at " + at);
        }
    }

    @Test
    void aFileCannotBeCompressedWhereNothingIsSaid() throws Exception {
        succeed(new Trial().mode(AccessMode.WRITE));
        assertTrue(deflated(Files.readAllBytes(file(0, 0))) > 0.95 * SIZE);
    }

    @Test
    void whatIsWrittenHasItsShareOfDuplicates() throws Exception {
        for (int percent : new int[] {0, 50, 100}) {
            long bytes = 2048 * BLOCK;
            succeed(new Trial().mode(AccessMode.WRITE).bytes(bytes).content(new Content(0, percent, false)));
            byte[] all = Files.readAllBytes(file(0, 0));
            Set<String> distinct = new HashSet<>();
            for (int at = 0; at < all.length; at += BLOCK) {
                distinct.add(new String(all, at, BLOCK, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
            double duplicates = 1 - distinct.size() / 2048.0;
            assertEquals(percent / 100.0, duplicates, 0.06, percent + " % asked for");
        }
    }

    @Test
    void aJobWithoutATimeEndsWhenItsBytesAreDoneAndOneWithATimeBeginsAnew() throws Exception {
        assertEquals(64, ops(succeed(new Trial().mode(AccessMode.READ))));
        Trial bounded = new Trial().mode(AccessMode.READ);
        bounded.span = new Span(0, 3_600_000_000_000L, false);
        assertEquals(64, ops(succeed(bounded)), "the bytes are done long before the time is over");
        JobResult timed = succeed(new Trial().mode(AccessMode.READ).timed(300));
        assertTrue(ops(timed) > 64, ops(timed) + " in 0.3 s");
        assertTrue(timed.elapsedNs() >= 250_000_000, timed.elapsedNs() + " ns");
    }

    @Test
    void everyOperationThatWasDueIsDoneOrMissedWithEveryPacer() throws Exception {
        for (Load.Pacer pacer : Load.Pacer.values()) {
            for (Load.Arrival arrival : Load.Arrival.values()) {
                for (EngineKind kind : ringsAreAllowed()
                        ? List.of(EngineKind.PSYNC, EngineKind.IO_URING)
                        : List.of(EngineKind.PSYNC)) {
                    Trial job = new Trial().mode(AccessMode.RANDREAD).engine(kind, kind.queues() ? 8 : 1);
                    job.load = new Load.Open(1_000, arrival, pacer);
                    job.span = new Span(0, 300_000_000, true);
                    JobResult result = succeed(job);
                    String which = pacer + " " + arrival + " " + kind;
                    OpenLoopResult open = result.openLoop().orElseThrow();
                    assertEquals(1_000, open.requestedPerSecond(), which);
                    // 300 and five standard deviations of a Poisson process
                    assertEquals(300, open.due(), arrival == Load.Arrival.LINEAR ? 1 : 87, which);
                    assertEquals(open.due(), ops(result, Direction.READ) + open.missed(), which);
                    long responses = result.direction(Direction.READ)
                            .map(d -> d.resp().count())
                            .orElse(0L);
                    assertEquals(open.due(), responses, which + ": what was missed has waited too");
                }
            }
        }
    }

    @Test
    void filesStayForTheNextJobOrAreRemoved() throws Exception {
        JobResult first = succeed(new Trial().mode(AccessMode.RANDREAD));
        assertTrue(first.notes().getFirst().contains("1 filled"), first.notes() + "");
        JobResult second = succeed(new Trial().mode(AccessMode.RANDREAD));
        assertTrue(second.notes().getFirst().contains("1 reused"), second.notes() + "");
        Trial last = new Trial().mode(AccessMode.RANDREAD);
        last.unlink = true;
        succeed(last);
        assertEquals(List.of(), names(temp));
    }

    @Test
    void aForeignFileIsReadAsItIsAndWrittenOnlyByLeave() throws Exception {
        Path file = temp.resolve("thesis");
        byte[] years = new byte[(int) SIZE];
        new java.util.Random(42).nextBytes(years);
        Files.write(file, years);
        for (AccessMode mode : AccessMode.values()) {
            Trial job = new Trial().mode(mode);
            job.target = new JobTarget.File(file);
            if (mode.writes()) {
                TargetRefusedException e = assertThrows(TargetRefusedException.class, () -> run(job));
                assertTrue(e.getMessage().contains("--overwrite=1"), e.getMessage());
            } else {
                succeed(job);
            }
            assertTrue(Arrays.equals(years, Files.readAllBytes(file)), "untouched");
        }
        Trial leave = new Trial().mode(AccessMode.RANDWRITE);
        leave.target = new JobTarget.File(file);
        leave.overwrite = true;
        leave.unlink = true;
        assertEquals(64, ops(succeed(leave), Direction.WRITE));
        assertFalse(Arrays.equals(years, Files.readAllBytes(file)));
        assertTrue(Files.exists(file), "what Plimsoll did not make it does not remove");
        assertEquals(List.of("thesis"), names(temp));
    }

    @Test
    void chunksAreCountedAndLeaveNothing() throws Exception {
        for (int threads : new int[] {1, 2}) {
            for (EngineKind kind : List.of(EngineKind.PSYNC, EngineKind.FILECHANNEL)) {
                Trial job = new Trial().engine(kind, 1).threads(threads);
                job.work = new Work.Chunks(256 << 10, 1 << 20, 2);
                job.span = new Span(50_000_000, 300_000_000, false);
                JobResult result = succeed(job);
                long chunks = ops(result, Direction.WRITE);
                assertTrue(chunks > 0);
                assertEquals(chunks * (256 << 10), bytes(result));
                long syncs = ops(result, Direction.SYNC);
                assertTrue(syncs >= chunks / 4 - threads && syncs <= chunks / 4 + 2 * threads, chunks + ", " + syncs);
                assertEquals(List.of(), names(temp), "with " + threads + " data threads");
            }
        }
    }

    @Test
    void metadataWorkIsCountedAndLeavesNothing() throws Exception {
        Trial job = new Trial().threads(2);
        job.work = new Work.Metadata(30, 7, 100);
        JobResult result = succeed(job);
        assertEquals(5, result.directions().size());
        result.directions().forEach(d -> assertEquals(60, d.ops(), d.direction().word()));
        assertEquals(List.of(), names(temp));
    }

    @Test
    void aStopLeavesTheResultOfTheTimeUntilThen() throws Exception {
        List<Trial> jobs = new ArrayList<>();
        Trial chunks = new Trial();
        chunks.work = new Work.Chunks(256 << 10, 1 << 20, 2);
        chunks.span = new Span(0, 3_600_000_000_000L, false);
        jobs.add(chunks);
        Trial metadata = new Trial();
        metadata.work = new Work.Metadata(100, 10, 0);
        metadata.span = new Span(0, 3_600_000_000_000L, true);
        jobs.add(metadata);
        for (AccessMode mode : AccessMode.values()) {
            jobs.add(new Trial().mode(mode).timed(3_600_000));
        }
        Trial paced = new Trial().mode(AccessMode.RANDREAD).timed(3_600_000);
        paced.load = new Load.Open(100, Load.Arrival.POISSON, Load.Pacer.TIMED);
        jobs.add(paced);
        for (Trial job : jobs) {
            job.unlink = true;
            AtomicBoolean atWork = new AtomicBoolean();
            Progress progress = state -> {
                if (state instanceof Progress.Working working && working.opsPerSecond() > 0) {
                    atWork.set(true);
                }
            };
            JobResult result = run(job, progress, atWork::get);
            assertTrue(result.interrupted(), job.work + "");
            assertEquals(Optional.empty(), result.failure(), job.work + "");
            assertTrue(
                    result.directions().stream()
                                    .mapToLong(JobResult.DirectionResult::ops)
                                    .sum()
                            > 0,
                    job.work + "");
            assertEquals(List.of(), names(temp), job.work + "");
        }
    }

    @Test
    void aFullDiskEndsTheJobAndCountsOnlyWhatIsThere() throws Exception {
        List<EngineKind> kinds = new ArrayList<>(List.of(EngineKind.PSYNC, EngineKind.FILECHANNEL));
        if (ringsAreAllowed()) {
            kinds.add(EngineKind.IO_URING);
        }
        for (EngineKind kind : kinds) {
            Path mount = temp.resolve("full-" + kind.word());
            try (TestMounts _ = TestMounts.tmpfs(mount, "8m")) {
                Trial job = new Trial()
                        .mode(AccessMode.WRITE)
                        .bytes(6 << 20)
                        .engine(kind, kind.queues() ? 8 : 1)
                        .in(mount);
                job.load = new Load.Open(500, Load.Arrival.LINEAR, Load.Pacer.TIMED);
                Path file = mount.resolve("plimsoll-bench/job/job.0.0");
                // Somebody else takes the space that was there when the job began.
                JobResult result = run(job, Progress.NONE, () -> fillOnceBegun(file, mount.resolve("other")));
                String failure = result.failure().orElseThrow(() -> new AssertionError(kind + " was not stopped"));
                assertTrue(failure.startsWith("write " + file + ": "), failure);
                assertTrue(failure.contains("ENOSPC"), failure);
                long done = ops(result, Direction.WRITE);
                assertTrue(done > 0 && done < 6 * 256, kind + ": " + done);
                assertEquals(
                        done * BLOCK,
                        result.direction(Direction.WRITE).orElseThrow().bytes());
                assertTrue(done * BLOCK <= Files.size(file), kind + ": " + done + " blocks of " + Files.size(file));
                assertEquals(
                        done,
                        result.direction(Direction.WRITE).orElseThrow().lat().count());
            }
        }
    }

    @Test
    void aDiskWithoutRoomForTheRecordIsNotedAndFailsNothing() throws Exception {
        Path mount = temp.resolve("full");
        try (TestMounts _ = TestMounts.tmpfs(mount, "8m")) {
            Path file = mount.resolve("plimsoll-bench/job/job.0.0");
            Trial job = new Trial().mode(AccessMode.RANDREAD).in(mount);
            JobResult result = run(job, Progress.NONE, () -> fillOnceBegun(file, mount.resolve("other")));
            assertEquals(Optional.empty(), result.failure());
            assertEquals(64, ops(result));
            String note = result.notes().getLast();
            assertTrue(note.startsWith("what the files hold could not be recorded (write " + mount), note);
            assertTrue(note.endsWith("ENOSPC, errno 28)): the next job lays them out anew"), note);
        }
    }

    @Test
    void aDiskThatFailsEndsTheJobAndNamesTheOperation() throws Exception {
        Path mount = temp.resolve("sick");
        // The file system believes to be larger than what is below it.
        Path small = temp.resolve("small");
        try (TestMounts _ = TestMounts.tmpfs(small, "6m");
                TestMounts _ = TestMounts.ext4(mount, small.resolve("image"), "64m")) {
            JobResult result = run(new Trial()
                    .mode(AccessMode.WRITE)
                    .bytes(16 << 20)
                    .sync(new SyncPolicy(64, false, SyncPolicy.OpenFlag.NONE, true))
                    .in(mount));
            String failure = result.failure().orElseThrow();
            assertTrue(
                    failure.matches("(fsync|write) \\S+job\\.0\\.0: .*errno \\d+.*"),
                    "an operation, a path, and why: " + failure);
            assertTrue(ops(result, Direction.SYNC) < 16 * 256 / 64, "a sync that failed does not count");
        }
    }

    @Test
    void aMillionOperationsOnAFileAllocateNothing() throws Exception {
        assumeRings();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (AccessMode mode : List.of(AccessMode.RANDREAD, AccessMode.RANDRW)) {
            Path path = temp.resolve(mode.word());
            Files.write(path, new byte[(int) SIZE]);
            Work.Blocks work = work(mode, BlockSizes.of(512), SIZE, 1);
            JobPlan plan = new JobPlan(
                    "job",
                    work,
                    new EngineChoice(EngineKind.IO_URING, 32, false, List.of(), List.of()),
                    1,
                    new Load.Closed(),
                    new Span(0, 3_600_000_000_000L, true),
                    7);
            long[] seen = new long[2];
            Thread thread = Thread.ofPlatform().start(() -> {
                try {
                    million(plan, work, path, threads, seen);
                } catch (IOException e) {
                    seen[0] = Long.MAX_VALUE;
                }
            });
            thread.join();
            assertTrue(seen[1] >= 1_000_000, mode + ": " + seen[1] + " operations");
            assertTrue(seen[0] < 64 * 1024, mode + ": " + seen[0] + " bytes allocated in " + seen[1] + " operations");
        }
    }

    /// Runs for a million operations, warm, on the calling thread.
    private static void million(JobPlan plan, Work.Blocks work, Path path, ThreadMXBean threads, long[] seen)
            throws IOException {
        JobControl control = new JobControl();
        BlockPreparation preparation =
                new BlockPreparation(plan, work, EngineKind.IO_URING, 0, List.of(new FileRef.At(path)), control, 1);
        long id = Thread.currentThread().threadId();
        for (int warm = 0; warm < 2; warm++) {
            try (DataLoop loop = preparation.loop()) {
                long operations = 0;
                long allocated = 0;
                while (operations < 1_000_000) {
                    long start = threads.getThreadAllocatedBytes(id);
                    long now = System.nanoTime();
                    loop.run(new Timeline(now, now, now + 500_000_000));
                    allocated += threads.getThreadAllocatedBytes(id) - start;
                    OpRecorder recorded = loop.recorder();
                    operations = recorded.ops(Direction.READ.ordinal()) + recorded.ops(Direction.WRITE.ordinal());
                }
                seen[0] = allocated;
                seen[1] = operations;
            }
        }
    }

    private static boolean fillOnceBegun(Path begun, Path other) {
        try {
            if (Files.exists(begun) && Files.size(begun) > 0 && !Files.exists(other)) {
                try (var out = Files.newOutputStream(other)) {
                    byte[] block = new byte[BLOCK];
                    while (true) {
                        out.write(block);
                    }
                }
            }
        } catch (IOException _) {
            // it is full now
        }
        return false;
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int old = bytes.read();
            bytes.seek(at);
            bytes.write(old ^ 1 << at % 8);
        }
    }

    private static long deflated(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        deflater.setInput(bytes);
        deflater.finish();
        byte[] out = new byte[1 << 16];
        while (!deflater.finished()) {
            deflater.deflate(out);
        }
        long size = deflater.getBytesWritten();
        deflater.end();
        return size;
    }

    private static long verified(JobResult result) {
        String note = result.notes().stream()
                .filter(n -> n.endsWith("were read and verified"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(note.substring(0, note.indexOf(' ')));
    }

    private static long ops(JobResult result, Direction direction) {
        return result.direction(direction).map(JobResult.DirectionResult::ops).orElse(0L);
    }

    private static long ops(JobResult result) {
        return ops(result, Direction.READ) + ops(result, Direction.WRITE);
    }

    private static long bytes(JobResult result) {
        return result.directions().stream()
                .mapToLong(JobResult.DirectionResult::bytes)
                .sum();
    }

    private Path file(int thread, int file) {
        return temp.resolve("plimsoll-bench/job/job." + thread + "." + file);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static boolean ringsAreAllowed() {
        try (Engine _ = Engines.open(EngineKind.IO_URING, 8, BLOCK)) {
            return true;
        } catch (PosixException e) {
            System.out.println("without io_uring: " + e.getMessage());
            return false;
        }
    }

    private static void assumeRings() {
        assumeTrue(ringsAreAllowed(), "the system refuses io_uring");
    }

    private static boolean directWorks(Path directory) throws IOException {
        Path file = Files.write(directory.resolve("direct"), new byte[BLOCK]);
        try (Engine engine = Engines.open(EngineKind.PSYNC, 1, BLOCK)) {
            engine.open(new FileRef.At(file), new OpenMode(true, false, false, true, SyncPolicy.OpenFlag.NONE));
            return Files.getFileStore(file).type().matches("ext[234]|xfs|btrfs");
        } catch (PosixException _) {
            return false;
        } finally {
            Files.delete(file);
        }
    }

    private static void assumeDirect(Path directory) throws IOException {
        assumeTrue(directWorks(directory), "no disk with direct I/O at " + directory);
    }

    private static Work.Blocks work(AccessMode mode, BlockSizes blocks, long bytes, int files) {
        int percent = mode.reads() ? mode.writes() ? 50 : 100 : 0;
        return new Work.Blocks(
                mode, percent, blocks, new Distribution.Uniform(), bytes, files, SyncPolicy.NONE, Content.RANDOM);
    }

    private JobResult succeed(Trial job) throws Exception {
        JobResult result = run(job);
        assertEquals(Optional.empty(), result.failure(), () -> result.plan().toString());
        assertFalse(result.interrupted());
        return result;
    }

    private JobResult run(Trial job) throws Exception {
        return run(job, Progress.NONE, NEVER);
    }

    /// Whatever comes of a job, it can be shown.
    private JobResult run(Trial job, Progress progress, BooleanSupplier stopped) throws Exception {
        JobResult result = Bench.run(job.request(temp), progress, stopped);
        for (boolean bins : List.of(false, true)) {
            JsonNode shown = JSON.readTree(BenchJson.render(result, SampleResults.RENDERING, bins));
            assertEquals(
                    ops(result, Direction.READ),
                    shown.at("/jobs/0/read/total_ios").asLong());
            assertEquals(
                    ops(result, Direction.WRITE),
                    shown.at("/jobs/0/write/total_ios").asLong());
            assertEquals(
                    ops(result, Direction.SYNC),
                    shown.at("/jobs/0/sync/total_ios").asLong());
            assertEquals(
                    result.failure().isPresent() ? 1 : 0,
                    shown.at("/jobs/0/error").asInt(-1));
            assertEquals(
                    result.failure().orElse(""), shown.at("/jobs/0/failure").asText());
            assertEquals(result.interrupted(), shown.at("/jobs/0/interrupted").asBoolean());
        }
        String text = BenchText.render(result, SampleResults.RENDERING);
        assertTrue(text.startsWith("job: (g=0): rw="), text);
        return result;
    }

    /// A job to be changed where a test wants it otherwise: a sequential read of one small file with psync.
    private static final class Trial {
        private Work work = BenchIT.work(AccessMode.READ, BlockSizes.of(BLOCK), SIZE, 1);
        private EngineKind kind = EngineKind.PSYNC;
        private int depth = 1;
        private boolean direct;
        private int threads = 1;
        private Load load = new Load.Closed();
        private Span span = new Span(0, 0, false);
        private Path directory;
        private JobTarget target;
        private boolean overwrite;
        private boolean unlink;
        private long seed = 7;

        private Work.Blocks blocks() {
            return (Work.Blocks) work;
        }

        Trial mode(AccessMode mode) {
            Work.Blocks b = blocks();
            int percent = mode.reads() ? mode.writes() ? 50 : 100 : 0;
            return with(mode, percent, b.blocks(), b.distribution(), b.bytes(), b.files(), b.sync(), b.content());
        }

        Trial blocks(BlockSizes sizes) {
            Work.Blocks b = blocks();
            return with(
                    b.mode(), b.readPercent(), sizes, b.distribution(), b.bytes(), b.files(), b.sync(), b.content());
        }

        Trial distribution(Distribution distribution) {
            Work.Blocks b = blocks();
            return with(
                    b.mode(), b.readPercent(), b.blocks(), distribution, b.bytes(), b.files(), b.sync(), b.content());
        }

        Trial bytes(long bytes) {
            Work.Blocks b = blocks();
            return with(
                    b.mode(), b.readPercent(), b.blocks(), b.distribution(), bytes, b.files(), b.sync(), b.content());
        }

        Trial files(int files) {
            Work.Blocks b = blocks();
            return with(
                    b.mode(), b.readPercent(), b.blocks(), b.distribution(), b.bytes(), files, b.sync(), b.content());
        }

        Trial sync(SyncPolicy sync) {
            Work.Blocks b = blocks();
            return with(
                    b.mode(), b.readPercent(), b.blocks(), b.distribution(), b.bytes(), b.files(), sync, b.content());
        }

        Trial content(Content content) {
            Work.Blocks b = blocks();
            return with(
                    b.mode(), b.readPercent(), b.blocks(), b.distribution(), b.bytes(), b.files(), b.sync(), content);
        }

        Trial verify() {
            return content(new Content(0, 0, true));
        }

        private Trial with(
                AccessMode mode,
                int percent,
                BlockSizes sizes,
                Distribution distribution,
                long bytes,
                int files,
                SyncPolicy sync,
                Content content) {
            work = new Work.Blocks(mode, percent, sizes, distribution, bytes, files, sync, content);
            return this;
        }

        Trial engine(EngineKind engine, int iodepth) {
            kind = engine;
            depth = iodepth;
            return this;
        }

        Trial direct() {
            direct = true;
            return this;
        }

        Trial threads(int count) {
            threads = count;
            return this;
        }

        Trial timed(long ms) {
            span = new Span(0, ms * 1_000_000, true);
            return this;
        }

        Trial in(Path other) {
            directory = other;
            return this;
        }

        Trial on(Path file) {
            target = new JobTarget.File(file);
            return this;
        }

        /// What this job wrote, read to verify it by so many data threads.
        Trial reading(int readers, boolean random) {
            Trial reading = new Trial();
            reading.work = work;
            reading.kind = kind;
            reading.depth = depth;
            reading.direct = direct;
            reading.threads = readers;
            reading.seed = seed;
            reading.target = target;
            return reading.mode(random ? AccessMode.RANDREAD : AccessMode.READ);
        }

        JobRequest request(Path temp) {
            JobPlan plan = new JobPlan(
                    "job",
                    work,
                    new EngineChoice(kind, depth, direct, List.of(), List.of()),
                    threads,
                    load,
                    span,
                    seed);
            JobTarget where = target != null ? target : new JobTarget.Directory(directory != null ? directory : temp);
            return new JobRequest(plan, where, overwrite, unlink);
        }
    }
}
