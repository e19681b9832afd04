package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.io.PosixException;
import io.plimsoll.io.TargetDirectory;
import io.plimsoll.io.TargetProbe;
import io.plimsoll.io.TestMounts;
import io.plimsoll.io.ThreadCpu;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.Report;
import io.plimsoll.stats.IntervalRecorder;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class WriterVerticleIT {
    private static final long CHUNK = 1_000_000;

    @TempDir
    Path temp;

    private final IntervalRecorder recorder = new IntervalRecorder();
    private final WriterProgress progress = new WriterProgress();
    private final List<Report.FileClosed> files = new CopyOnWriteArrayList<>();
    private final List<String> threads = new CopyOnWriteArrayList<>();
    private final CompletableFuture<ThreadCpu> dataThread = new CompletableFuture<>();
    private final CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();
    private Vertx vertx;
    private TargetDirectory target;
    private WriterVerticle writer;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
        if (target != null) {
            target.cleanUp();
        }
    }

    @Test
    void writesForTheRunTimeAndEverythingAddsUp() throws Exception {
        deploy(temp.resolve("d"), 4 * CHUNK, 300, null);

        assertEquals(Optional.empty(), ended.get(30, TimeUnit.SECONDS));

        IntervalRecorder.Snapshot all = recorder.takeInterval();
        long inFiles = files.stream().mapToLong(Report.FileClosed::bytes).sum();
        assertEquals(progress.bytes(), inFiles);
        assertEquals(all.bytes(), inFiles);
        assertEquals(all.ops() * CHUNK, inFiles);
        assertEquals(progress.files(), files.size());
        assertEquals(
                progress.rollovers(),
                files.stream().filter(Report.FileClosed::complete).count());
        assertEquals(progress.bytesOnDisk(), bytesOnDisk());
        assertEquals(Optional.empty(), progress.inFlight());
        long wroteNs = files.stream()
                .mapToLong(f -> f.writeNs() + f.fsyncNs() + f.closeNs())
                .sum();
        assertTrue(wroteNs > 0 && progress.startedNs() != 0);
        assertEquals(1, threads.stream().distinct().count(), "one thread: " + threads);
        assertTrue(threads.getFirst().startsWith("writer-test"), threads.getFirst());
    }

    @Test
    void aStopEndsWithTheOpenFileSyncedAndCounted() throws Exception {
        deploy(temp.resolve("d"), 1_000_000 * CHUNK, 3_600_000, null);
        waitUntil(() -> progress.bytes() > 3 * CHUNK);
        writer.askToStop();
        assertEquals(Optional.empty(), ended.get(30, TimeUnit.SECONDS));
        assertEquals(1, files.size());
        assertFalse(files.getFirst().complete());
        assertEquals(progress.bytes(), files.getFirst().bytes());
        assertEquals(0, progress.rollovers());
    }

    @Test
    void undeployingEndsTheWritingToo() throws Exception {
        String id = deploy(temp.resolve("d"), 1_000_000 * CHUNK, 3_600_000, null);
        waitUntil(() -> progress.bytes() > 0);
        vertx.undeploy(id).await(20, TimeUnit.SECONDS);
        assertTrue(ended.isDone());
        assertEquals(progress.bytes(), files.getFirst().bytes());
    }

    @Test
    void aFullDiskIsToldAndWhatWasWrittenWholeCounts() throws Exception {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "10m")) {
            deploy(temp.resolve("m/d"), 4 * CHUNK, 3_600_000, null);
            PosixException e = (PosixException) ended.get(30, TimeUnit.SECONDS).orElseThrow();
            assertEquals("ENOSPC", e.errnoName().orElseThrow());
            assertEquals("write", e.operation());
            assertEquals(
                    progress.bytes(),
                    files.stream().mapToLong(Report.FileClosed::bytes).sum());
            vertx.close().await(20, TimeUnit.SECONDS);
            assertEquals(List.of(), target.cleanUp().left());
        }
    }

    @Test
    void bytesOfAFileWhoseFsyncFailedAreTakenBack() throws Exception {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("b"), "8m");
                TestMounts _ = TestMounts.ext4(temp.resolve("m"), temp.resolve("b/image"), "64m")) {
            deploy(temp.resolve("m/d"), 20 * CHUNK, 3_600_000, null);
            PosixException e = (PosixException) ended.get(60, TimeUnit.SECONDS).orElseThrow();
            assertEquals("fsync", e.operation(), e.getMessage());
            assertEquals(0, progress.bytes());
            assertEquals(0, files.getFirst().bytes());
            assertEquals(0, progress.rollovers());
            vertx.close().await(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void anErrorOfTheListenerEndsTheWritingInsteadOfHangingIt() throws Exception {
        deploy(temp.resolve("d"), CHUNK, 3_600_000, new IllegalStateException("no more reports"));
        assertEquals(
                "no more reports", ended.get(30, TimeUnit.SECONDS).orElseThrow().getMessage());
    }

    @Test
    void aDiskThatDoesNotAnswerIsSeenFromOutside() throws Exception {
        try (TestMounts disk = TestMounts.ext4(temp.resolve("m"), temp.resolve("image"), "64m")) {
            deploy(temp.resolve("m/d"), 8 * CHUNK, 3_600_000, null);
            waitUntil(() -> progress.files() > 0);
            assumeTrue(disk.freeze(), "not allowed to freeze");
            try {
                waitUntil(() -> progress.inFlight()
                        .filter(call -> System.nanoTime() - call.sinceNs() > 300_000_000L)
                        .isPresent());
                long frozen = progress.bytes();
                writer.askToStop();
                assertFalse(ended.isDone());
                assertTrue(progress.bytes() - frozen <= CHUNK);
            } finally {
                disk.thaw();
            }
            assertEquals(Optional.empty(), ended.get(30, TimeUnit.SECONDS));
            assertTrue(recorder.takeInterval().maxNs() > 0);
            vertx.close().await(20, TimeUnit.SECONDS);
            target.cleanUp();
        }
    }

    @Test
    void theWatcherReportsAllTheTimeThatItWatched() throws Exception {
        deploy(temp.resolve("d"), 8 * CHUNK, 3_600_000, null);
        LinkedBlockingQueue<Report> reports = new LinkedBlockingQueue<>();
        long begin = System.nanoTime();
        String watcher = vertx.deployVerticle(
                        new ResourceVerticle(
                                1_000,
                                new TargetProbe(target),
                                dataThread.get(10, TimeUnit.SECONDS),
                                new DiskGuard(new DiskSpace(plan(CHUNK, 1), 0)),
                                progress,
                                reports::add,
                                why -> ended.completeExceptionally(new AssertionError(why))),
                        ResourceVerticle.options("test"))
                .await(20, TimeUnit.SECONDS);
        waitUntil(() -> System.nanoTime() - begin > 1_700_000_000L);
        vertx.undeploy(watcher).await(20, TimeUnit.SECONDS);
        long watchedNs = System.nanoTime() - begin;
        writer.askToStop();
        assertEquals(Optional.empty(), ended.get(30, TimeUnit.SECONDS));

        long ns = 0;
        double busy = 0;
        for (Report report : reports) {
            Report.Resources r = (Report.Resources) report;
            ns += r.durationNs();
            busy += r.threadUserPercent() + r.threadSystemPercent();
            assertTrue(r.rssBytes() > 0);
            assertTrue(r.processCpuPercent() >= 0);
            assertEquals(
                    r.deviceWrittenBytes().isPresent(), r.deviceBusyPercent().isPresent());
        }
        assertTrue(ns <= watchedNs && ns > 500_000_000L, ns + " of " + watchedNs);
        assertTrue(busy > 0, "the data thread wrote all the time");
    }

    @Test
    void theGuardStopsARunWhenSomebodyElseFillsTheDisk() throws Exception {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "40m")) {
            deploy(temp.resolve("m/d"), 4 * CHUNK, 3_600_000, null);
            waitUntil(() -> progress.files() > 4);
            CompletableFuture<String> shortage = new CompletableFuture<>();
            vertx.deployVerticle(
                            new ResourceVerticle(
                                    10_000,
                                    new TargetProbe(target),
                                    dataThread.get(10, TimeUnit.SECONDS),
                                    new DiskGuard(new DiskSpace(plan(4 * CHUNK, 1), 1_000_000_000)),
                                    progress,
                                    _ -> {},
                                    shortage::complete),
                            ResourceVerticle.options("test"))
                    .await(20, TimeUnit.SECONDS);
            Files.write(temp.resolve("m/others"), new byte[28_500_000]);
            String why = shortage.get(30, TimeUnit.SECONDS);
            assertTrue(why.contains(" free of 41.94 MB, the run still needs "), why);
            writer.askToStop();
            ended.get(30, TimeUnit.SECONDS);
            vertx.close().await(20, TimeUnit.SECONDS);
            target.cleanUp();
        }
    }

    private String deploy(Path directory, long fileBytes, long runTimeMs, RuntimeException onFile) throws Exception {
        target = TargetDirectory.claim(directory, "test");
        writer = new WriterVerticle(
                plan(fileBytes, runTimeMs),
                target,
                42,
                Long.MAX_VALUE,
                recorder,
                progress,
                dataThread::complete,
                listener(onFile));
        String id = vertx.deployVerticle(writer, WriterVerticle.options("test")).await(20, TimeUnit.SECONDS);
        writer.begin();
        return id;
    }

    private WriterVerticle.Listener listener(RuntimeException onFile) {
        return new WriterVerticle.Listener() {
            @Override
            public void fileClosed(Report.FileClosed file) {
                files.add(file);
                threads.add(Thread.currentThread().getName());
                if (onFile != null) {
                    throw onFile;
                }
            }

            @Override
            public void bytesUsedUp() {
                throw new AssertionError("there is no limit");
            }

            @Override
            public void ended(Optional<Throwable> failure) {
                ended.complete(failure);
            }
        };
    }

    private static ChunkPlan plan(long fileBytes, long runTimeMs) {
        return new ChunkPlan(CHUNK, fileBytes, runTimeMs, 2, EngineKind.PSYNC, false);
    }

    private long bytesOnDisk() throws Exception {
        try (Stream<Path> entries = Files.list(target.path())) {
            return entries.filter(p -> p.getFileName().toString().startsWith("data-"))
                    .mapToLong(p -> p.toFile().length())
                    .sum();
        }
    }

    private static void waitUntil(BooleanSupplier condition) throws Exception {
        for (long until = System.nanoTime() + 60_000_000_000L; !condition.getAsBoolean(); ) {
            assertTrue(System.nanoTime() < until, "waited a minute");
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
