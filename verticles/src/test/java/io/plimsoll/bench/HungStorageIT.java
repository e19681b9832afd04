package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.JobResult.OpenLoopResult;
import io.plimsoll.io.Engine;
import io.plimsoll.io.Engines;
import io.plimsoll.io.FileRef;
import io.plimsoll.io.PosixException;
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
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Jobs whose storage stops answering, and a user who has had enough of it. What hangs is a pipe that nobody writes to
/// any more, or a frozen file system.
@Timeout(120)
class HungStorageIT {
    private static final int BLOCK = 4096;
    private static final long SECOND = 1_000_000_000L;
    private static final Span AN_HOUR = new Span(0, 3_600 * SECOND, true);
    /// Blocks that fit into a pipe, so that so many operations complete.
    private static final int ANSWERED = 10;
    /// Of half a second each.
    private static final int STOPPED_AFTER_SAMPLES = 3;

    @TempDir
    Path temp;

    @Test
    void whatWasDueWhileABlockedThreadHungIsAccountedUpToTheStop() throws Exception {
        JobResult result = hang(EngineKind.DD, 1, 2, 50, ANSWERED);
        OpenLoopResult open = result.openLoop().orElseThrow();
        assertEquals(ANSWERED, reads(result).ops());
        assertEquals(ANSWERED + open.missed() + 2, open.due(), "two data threads had one in flight each");
        checkUpToTheStop(result, 2 * 50, 2);
    }

    @Test
    void whatWasDueWhileAFullQueueHungIsAccountedUpToTheStop() throws Exception {
        assumeRings();
        JobResult result = hang(EngineKind.IO_URING, 4, 1, 500, ANSWERED);
        OpenLoopResult open = result.openLoop().orElseThrow();
        assertEquals(ANSWERED, reads(result).ops());
        assertEquals(ANSWERED + open.missed() + 4, open.due());
        checkUpToTheStop(result, 500, 4);
    }

    @Test
    void aStorageThatNeverAnsweredHasResponseTimesOfWhatWaited() throws Exception {
        assumeRings();
        JobResult result = hang(EngineKind.IO_URING, 4, 1, 500, 0);
        assertEquals(0, reads(result).ops());
        checkUpToTheStop(result, 500, 4);
        String text = BenchText.render(result, SampleResults.RENDERING);
        assertTrue(text.contains("read: IOPS=0,") && text.contains("resp percentiles"), text);
        BenchJson.render(result, SampleResults.RENDERING, true);
    }

    private static void checkUpToTheStop(JobResult result, double perSecond, int inFlight) {
        OpenLoopResult open = result.openLoop().orElseThrow();
        assertTrue(result.interrupted());
        double seconds = result.elapsedNs() / 1e9;
        assertTrue(seconds >= 1.5 && seconds < 4, seconds + " s were measured");
        assertEquals(perSecond * seconds, open.due(), 3 + 0.02 * perSecond, "due in " + seconds + " s");
        assertEquals(
                (double) reads(result).ops() / open.due(),
                open.achievedShare(),
                0.01,
                "share of what was due: " + open);
        assertEquals(open.due(), reads(result).resp().count(), "each has its response time");
        long maxNs = reads(result).resp().maxNs();
        assertTrue(maxNs > 5 * SECOND && maxNs < 9 * SECOND, maxNs + " ns waited what was given up last");
        assertEquals(
                inFlight + " operation(s) in flight have not completed; the storage does not answer",
                result.failure().orElseThrow());
        assertTrue(
                result.notes().stream()
                        .anyMatch(note -> note.startsWith(inFlight + " operation(s) had not completed when they were"
                                        + " given up, the oldest after ")
                                && note.endsWith("; they are in the response times with what they had waited")),
                result.notes().toString());
        List<String> rules = result.flags().stream().map(Flag::rule).toList();
        assertTrue(rules.containsAll(List.of("rate-not-achieved", "schedule-missed")), rules.toString());
    }

    /// Lets the storage answer again when all is over: the data threads come back then, and end.
    private JobResult hang(EngineKind kind, int depth, int threads, double perSecond, int answered) throws Exception {
        Path pipe = pipe();
        Work.Blocks work = work(AccessMode.READ, BLOCK);
        JobPlan plan = new JobPlan(
                "job",
                work,
                new EngineChoice(kind, depth, false, List.of(), List.of()),
                threads,
                new Load.Open(perSecond, Load.Arrival.LINEAR, Load.Pacer.TIMED),
                AN_HOUR,
                1);
        JobControl control = new JobControl();
        List<BlockPreparation> preparations = IntStream.range(0, threads)
                .mapToObj(i -> new BlockPreparation(plan, work, kind, i, List.of(new FileRef.At(pipe)), control, 0))
                .toList();
        JobResult result;
        try (RandomAccessFile writer = new RandomAccessFile(pipe.toFile(), "rw")) {
            writer.write(new byte[answered * BLOCK]);
            AtomicInteger told = new AtomicInteger();
            result = Job.run(
                    new JobRequest(plan, new JobTarget.File(pipe), false, false),
                    new EngineSelection(kind, "", List.of()),
                    preparations,
                    Optional.empty(),
                    List.of(),
                    control,
                    _ -> told.incrementAndGet(),
                    () -> told.get() >= STOPPED_AFTER_SAMPLES);
        }
        awaitDataThreads();
        return result;
    }

    private static void awaitDataThreads() throws InterruptedException {
        long untilNs = System.nanoTime() + 20 * SECOND;
        while (dataThreads() > 0 && System.nanoTime() < untilNs) {
            Thread.sleep(10);
        }
        assertEquals(0, dataThreads(), "data threads are left");
    }

    private static long dataThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("data-"))
                .count();
    }

    private Path pipe() throws Exception {
        Path pipe = temp.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no mkfifo");
        return pipe;
    }

    @Test
    void aFrozenFileSystemIsAccountedUpToTheStopByEveryKindOfJob() throws Exception {
        try (TestMounts disk = TestMounts.ext4(temp.resolve("m"), temp.resolve("image"), "2g")) {
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch underWay = new CountDownLatch(4);
            Work.Blocks blocks = work(AccessMode.RANDWRITE, 16 << 20);
            Load rate = new Load.Open(500, Load.Arrival.POISSON, Load.Pacer.TIMED);
            CompletableFuture<JobResult> paced = begin("paced", blocks, rate, underWay, stop);
            CompletableFuture<JobResult> closed = begin("closed", blocks, new Load.Closed(), underWay, stop);
            CompletableFuture<JobResult> chunks =
                    begin("chunks", new Work.Chunks(64 << 10, 4 << 20, 2), new Load.Closed(), underWay, stop);
            CompletableFuture<JobResult> metadata =
                    begin("metadata", new Work.Metadata(100_000, 1000, 0), new Load.Closed(), underWay, stop);
            assertTrue(underWay.await(60, TimeUnit.SECONDS));
            assumeTrue(disk.freeze(), "not allowed to freeze");
            try {
                Thread.sleep(2_000);
                stop.set(true);
                for (CompletableFuture<JobResult> job : List.of(paced, closed, chunks, metadata)) {
                    JobResult result = job.get(30, TimeUnit.SECONDS);
                    String name = result.plan().name();
                    assertTrue(result.failure().orElseThrow().contains("the storage does not answer"), name);
                    assertTrue(result.elapsedNs() > 2 * SECOND && result.elapsedNs() < 20 * SECOND, result.toString());
                    assertEquals(
                            1,
                            result.notes().stream()
                                    .filter(note -> note.startsWith("1 operation(s) had not completed"))
                                    .count(),
                            name + ": " + result.notes());
                }
                JobResult open = paced.get();
                OpenLoopResult schedule = open.openLoop().orElseThrow();
                DirectionResult writes = open.direction(Direction.WRITE).orElseThrow();
                assertEquals(writes.ops() + schedule.missed() + 1, schedule.due());
                assertEquals(schedule.due(), writes.resp().count());
                assertTrue(schedule.missed() > 800, schedule.missed() + " were missed in two seconds at 500/s");
                assertTrue(schedule.achievedShare() < 0.9, schedule.toString());
                long phasesNs = metadata.get().directions().stream()
                        .mapToLong(DirectionResult::activeNs)
                        .sum();
                assertTrue(phasesNs > 2 * SECOND, "the phase that hung lasted until the stop: " + phasesNs);
            } finally {
                disk.thaw();
            }
        }
    }

    /// A disk that is a file of a file system which is frozen: what is in the page cache never gets to it.
    @Test
    void aDiskThatHangsWhenItIsReadBackIsGivenUpAndTheResultIsThere() throws Exception {
        Path below = temp.resolve("below");
        Path above = temp.resolve("above");
        try (TestMounts disk = TestMounts.ext4(below, temp.resolve("image"), "256m");
                TestMounts _ = TestMounts.ext4(above, below.resolve("image"), "64m")) {
            Work.Blocks work = verified(64 * BLOCK);
            EngineChoice psync = new EngineChoice(EngineKind.PSYNC, 1, false, List.of(), List.of());
            JobPlan plan = new JobPlan("job", work, psync, 1, new Load.Closed(), new Span(0, 0, false), 1);
            Path file = Files.createFile(above.resolve("data"));
            JobControl control = new JobControl();
            AtomicBoolean frozen = new AtomicBoolean();
            JobRun.Listener freezing = new JobRun.Listener() {
                @Override
                public void finished() {
                    frozen.set(freeze(disk) && dirty(file));
                }
            };
            JobRun.Outcome outcome;
            try {
                outcome = new JobRun(
                                plan.span(),
                                List.of(new BlockPreparation(
                                        plan, work, EngineKind.PSYNC, 0, List.of(new FileRef.At(file)), control, 1)),
                                freezing,
                                control,
                                () -> false,
                                new JobRun.Patience(3_600 * SECOND, 3_600 * SECOND, 2 * SECOND))
                        .run();
            } finally {
                disk.thaw();
            }
            awaitDataThreads();
            assumeTrue(frozen.get(), "not allowed to freeze");
            assertEquals(
                    "the data threads have not ended; the storage does not answer",
                    outcome.failure().orElseThrow().getMessage());
            assertEquals(64, outcome.totals().ops(Direction.WRITE.ordinal()));
            assertEquals(Optional.empty(), outcome.readBack());
        }
    }

    private static boolean freeze(TestMounts disk) {
        try {
            return disk.freeze();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes what is there again, so that there is something to sync, whoever has synced before.
    private static boolean dirty(Path file) {
        try (RandomAccessFile data = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] block = new byte[BLOCK];
            data.readFully(block);
            data.seek(0);
            data.write(block);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CompletableFuture<JobResult> begin(
            String name, Work work, Load load, CountDownLatch underWay, AtomicBoolean stop) throws IOException {
        EngineChoice psync = new EngineChoice(EngineKind.PSYNC, 1, false, List.of(), List.of());
        JobPlan plan = new JobPlan(name, work, psync, 1, load, AN_HOUR, 1);
        Path directory = Files.createDirectory(temp.resolve("m").resolve(name));
        JobRequest request = new JobRequest(plan, new JobTarget.Directory(directory), false, false);
        AtomicBoolean told = new AtomicBoolean();
        Progress progress = state -> {
            if (state instanceof Progress.Working && told.compareAndSet(false, true)) {
                underWay.countDown();
            }
        };
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return Bench.run(request, progress, stop::get);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> Thread.ofPlatform().daemon().name(name).start(task));
    }

    private static DirectionResult reads(JobResult result) {
        return result.direction(Direction.READ).orElseThrow();
    }

    private static Work.Blocks work(AccessMode mode, long bytes) {
        return work(mode, bytes, Content.RANDOM);
    }

    private static Work.Blocks verified(long bytes) {
        return work(AccessMode.WRITE, bytes, new Content(0, 0, true));
    }

    private static Work.Blocks work(AccessMode mode, long bytes, Content content) {
        return new Work.Blocks(
                mode,
                mode.reads() ? 100 : 0,
                BlockSizes.of(BLOCK),
                new Distribution.Uniform(),
                bytes,
                1,
                SyncPolicy.NONE,
                content);
    }

    private static void assumeRings() {
        try (Engine _ = Engines.open(EngineKind.IO_URING, 4, BLOCK)) {
            return;
        } catch (PosixException e) {
            assumeTrue(false, "the system refuses io_uring: " + e.getMessage());
        }
    }
}
