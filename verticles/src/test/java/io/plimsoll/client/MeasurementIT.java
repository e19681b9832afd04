package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.config.AllowedTarget;
import io.plimsoll.config.ClientSettings;
import io.plimsoll.config.MulticastSettings;
import io.plimsoll.config.QuotaSettings;
import io.plimsoll.config.SecuritySettings;
import io.plimsoll.config.SpoolSettings;
import io.plimsoll.config.UplinkSettings;
import io.plimsoll.io.TestMounts;
import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.model.TargetName;
import io.plimsoll.stats.Histograms;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MeasurementIT {
    private static final long MB = 1_000_000;

    @TempDir
    Path temp;

    private final List<Report> reports = new CopyOnWriteArrayList<>();
    private List<AllowedTarget> targets = List.of();
    private QuotaSettings quota = new QuotaSettings(Optional.empty(), Optional.empty());
    private Vertx vertx;
    private Measurement measurement;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void whatIsReportedAddsUpAndNothingIsLeft() throws Exception {
        Measurement.End end = ended(begin(settings("d", 2 * MB, Duration.ofMillis(1_500), false, true)));

        assertEquals(ClientState.FINISHED, end.state(), end.reason());
        List<Report.FileClosed> files = all(Report.FileClosed.class);
        List<Report.Interval> intervals = all(Report.Interval.class);
        assertEquals(1, all(Report.RunStarted.class).size());
        assertEquals(
                end.bytes(), files.stream().mapToLong(Report.FileClosed::bytes).sum());
        assertEquals(
                end.bytes(),
                intervals.stream().mapToLong(Report.Interval::bytes).sum());
        assertEquals(
                end.bytes() / MB,
                Histograms.merge(intervals.stream()
                                .map(i -> Histograms.decode(i.histogram()))
                                .toList())
                        .count());
        assertEquals(end.files(), files.size());
        assertEquals(
                end.rollovers(),
                files.stream().filter(Report.FileClosed::complete).count());
        for (int i = 0; i < intervals.size(); i++) {
            assertEquals(i, intervals.get(i).index());
        }
        assertFalse(all(Report.Resources.class).isEmpty(), "a run shorter than the interval has its sample too");
        assertEquals(List.of(), names(temp));
    }

    @Test
    void keptFilesStayAndAreNamed() throws Exception {
        Measurement.End end = ended(begin(settings("d", 2 * MB, Duration.ofMillis(300), true, true)));
        assertTrue(
                end.notes().toString().contains("the data files are in " + temp.resolve("d")),
                end.notes().toString());
        assertTrue(names(temp.resolve("d")).stream().anyMatch(name -> name.startsWith("data-")));
        Measurement.End again = ended(begin(settings("d", 2 * MB, Duration.ofMillis(300), false, true)));
        assertEquals(ClientState.REJECTED, again.state());
        assertTrue(again.reason().contains("kept (--keep-files)"), again.reason());
    }

    @Test
    void aRunTimeThatAllowsNoRolloverIsRefusedAndNothingIsWritten() throws Exception {
        Measurement.End end = ended(begin(settings("d", 400 * MB, Duration.ofMillis(1), false, false)));
        assertEquals(ClientState.REJECTED, end.state());
        assertTrue(end.reason().contains(" rollovers are to be expected, 2 are the least"), end.reason());
        assertTrue(end.reason().contains("write -rt "), end.reason());
        assertEquals(List.of(), reports);
        assertEquals(List.of(), names(temp));
    }

    @Test
    void forcedItRunsAndIsFlaggedTwice() throws Exception {
        Measurement.End end = ended(begin(settings("d", 400 * MB, Duration.ofMillis(1), false, true)));
        assertEquals(ClientState.FINISHED, end.state(), end.reason());
        assertEquals(2, end.notes().size(), end.notes().toString());
        assertEquals(
                EventKind.FEW_ROLLOVERS, all(Report.Happened.class).getFirst().kind());
    }

    @Test
    void aStopKeepsWhatWasMeasured() throws Exception {
        CompletableFuture<Measurement.End> run = begin(settings("d", 2 * MB, Duration.ofHours(1), false, true));
        waitForBytes();
        measurement.stop(ClientState.INTERRUPTED, "stopped by its user");
        measurement.stop(ClientState.FAILED, "a later reason does not count");
        Measurement.End end = ended(run);
        assertEquals(ClientState.INTERRUPTED, end.state());
        assertEquals("stopped by its user", end.reason());
        assertTrue(end.bytes() > 0);
        assertEquals(
                end.bytes(),
                all(Report.FileClosed.class).stream()
                        .mapToLong(Report.FileClosed::bytes)
                        .sum());
        assertEquals(List.of(), names(temp));
    }

    @Test
    void anAllowedTargetIsWrittenToAndALinkOutOfItIsNot() throws Exception {
        Path root = Files.createDirectory(temp.resolve("root"));
        Path outside = Files.createDirectory(temp.resolve("outside"));
        targets = List.of(new AllowedTarget(new TargetName("fast"), root));
        Measurement.End end = ended(begin(settings("root/a/b", 2 * MB, Duration.ofMillis(300), false, true)));
        assertEquals(ClientState.FINISHED, end.state(), end.reason());
        assertEquals(List.of(), names(root));
        Files.createSymbolicLink(root.resolve("a"), outside);
        end = ended(begin(settings("root/a/b", 2 * MB, Duration.ofMillis(300), false, true)));
        assertEquals(ClientState.REJECTED, end.state());
        assertTrue(end.reason().contains("no link is followed"), end.reason());
        assertEquals(List.of(), names(outside));
    }

    @Test
    void aQuotaOfBytesIsNeverExceededAndEndsTheRunInOrder() throws Exception {
        quota = new QuotaSettings(Optional.of(21 * MB + 1), Optional.empty());
        Measurement.End end = ended(begin(settings("d", 4 * MB, Duration.ofHours(1), false, true)));
        assertEquals(ClientState.FAILED, end.state());
        assertEquals("disk guard: all of the 21 MB that the run may write are written (quota.bytes)", end.reason());
        long calibrated = all(Report.RunStarted.class).getFirst().calibration().bytes();
        assertEquals(21 * MB, end.bytes() + calibrated);
        assertEquals(
                end.bytes(),
                all(Report.FileClosed.class).stream()
                        .mapToLong(Report.FileClosed::bytes)
                        .sum());
        assertEquals(
                List.of(EventKind.DISK_GUARD),
                all(Report.Happened.class).stream()
                        .map(Report.Happened::kind)
                        .filter(kind -> kind != EventKind.FEW_ROLLOVERS)
                        .toList());
        assertEquals(List.of(), names(temp));
    }

    @Test
    void aRunThatWantsMoreThanItsQuotaIsRefused() throws Exception {
        quota = new QuotaSettings(Optional.of(5 * MB), Optional.empty());
        Measurement.End end = ended(begin(settings("d", 2 * MB, Duration.ofSeconds(1), false, true)));
        assertEquals(ClientState.REJECTED, end.state());
        assertTrue(end.reason().contains("(quota.bytes); choose a smaller -f"), end.reason());
        quota = new QuotaSettings(Optional.of(20 * MB), Optional.empty());
        end = ended(begin(settings("d", 2 * MB, Duration.ofHours(1), false, false)));
        assertEquals(ClientState.REJECTED, end.state());
        assertTrue(end.reason().contains("(quota.bytes); choose a shorter -rt"), end.reason());
        quota = new QuotaSettings(Optional.empty(), Optional.of(Duration.ofMinutes(1)));
        end = ended(begin(settings("d", 2 * MB, Duration.ofMinutes(2), false, true)));
        assertEquals(ClientState.REJECTED, end.state());
        assertTrue(end.reason().contains("(quota.time); choose a shorter -rt"), end.reason());
        end = ended(begin(settings("d", 2 * MB, Duration.ofMinutes(1), false, true)));
        assertEquals(ClientState.REJECTED, end.state(), "the preparation counts too");
        assertEquals(List.of(), reports);
        assertEquals(List.of(), names(temp));
    }

    @Test
    void aQuotaOfTimeEndsTheRunOnADiskThatDoesNotAnswer() throws Exception {
        try (TestMounts disk = TestMounts.ext4(temp.resolve("m"), temp.resolve("image"), "256m")) {
            assumeTrue(disk.freeze(), "not allowed to freeze");
            try {
                quota = new QuotaSettings(Optional.empty(), Optional.of(Duration.ofSeconds(1)));
                Measurement.End end = ended(begin(settings("m/d", 2 * MB, Duration.ofMillis(1), false, true)));
                assertEquals(ClientState.FAILED, end.state());
                assertTrue(end.reason().contains("the 1.00 s that the run may have"), end.reason());
            } finally {
                disk.thaw();
            }
        }
    }

    @Test
    void aTargetWithForeignFilesIsRefused() throws Exception {
        Files.createDirectories(temp.resolve("d"));
        Files.createFile(temp.resolve("d/thesis.tex"));
        Measurement.End end = ended(begin(settings("d", 2 * MB, Duration.ofSeconds(1), false, true)));
        assertEquals(ClientState.REJECTED, end.state());
        assertTrue(end.reason().contains("thesis.tex"), end.reason());
        assertEquals(List.of("thesis.tex"), names(temp.resolve("d")));
    }

    @Test
    void aDiskWithoutRoomIsRefusedBeforeAnythingIsWritten() throws Exception {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "6m")) {
            Measurement.End end = ended(begin(settings("m/d", 2 * MB, Duration.ofSeconds(1), false, true)));
            assertEquals(ClientState.REJECTED, end.state());
            assertTrue(end.reason().contains(" free of 6.29 MB, the run still needs "), end.reason());
            assertEquals(List.of(), names(temp.resolve("m")));
        }
    }

    @Test
    void aDiskThatSomebodyElseFillsEndsTheRunAndIsCleanedUp() throws Exception {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "40m")) {
            CompletableFuture<Measurement.End> run = begin(settings("m/d", 2 * MB, Duration.ofHours(1), false, true));
            waitForBytes();
            fill(temp.resolve("m/others"), 41_900_000);
            Measurement.End end = ended(run);
            assertEquals(ClientState.FAILED, end.state());
            // Whoever sees it first: the writer names ENOSPC, the guard the numbers.
            assertTrue(end.reason().contains("ENOSPC") || end.reason().startsWith("disk guard: "), end.reason());
            Report.Happened event = all(Report.Happened.class).getFirst();
            assertTrue(event.kind() == EventKind.IO_ERROR || event.kind() == EventKind.DISK_GUARD, event.toString());
            assertEquals(
                    end.bytes(),
                    all(Report.FileClosed.class).stream()
                            .mapToLong(Report.FileClosed::bytes)
                            .sum());
            assertEquals(List.of("others"), names(temp.resolve("m")));
        }
    }

    @Test
    void aDiskThatTurnsReadOnlyEndsTheRunAndSaysWhatIsLeft() throws Exception {
        try (TestMounts disk = TestMounts.ext4(temp.resolve("m"), temp.resolve("image"), "64m")) {
            CompletableFuture<Measurement.End> run = begin(settings("m/d", 2 * MB, Duration.ofHours(1), false, true));
            waitForBytes();
            disk.abort();
            Measurement.End end = ended(run);
            assertEquals(ClientState.FAILED, end.state());
            assertTrue(end.reason().contains("EROFS") || end.reason().contains("EIO"), end.reason());
            assertTrue(end.notes().toString().contains("EROFS"), end.notes().toString());
            assertEquals(
                    EventKind.IO_ERROR, all(Report.Happened.class).getFirst().kind());
        }
    }

    @Test
    void aStopDoesNotWaitForEverForAFrozenDiskAndWhatItHeldIsNotReportedAfterTheEnd() throws Exception {
        try (TestMounts disk = TestMounts.ext4(temp.resolve("m"), temp.resolve("image"), "256m")) {
            CompletableFuture<Measurement.End> run = begin(settings("m/d", 8 * MB, Duration.ofHours(1), false, true));
            waitForBytes();
            assumeTrue(disk.freeze(), "not allowed to freeze");
            List<Report> atTheEnd;
            try {
                measurement.stop(ClientState.INTERRUPTED, "stopped by its user");
                Measurement.End end = ended(run);
                atTheEnd = List.copyOf(reports);
                assertEquals(ClientState.FAILED, end.state());
                assertTrue(end.reason().contains("the disk has not answered for 3.00 s"), end.reason());
                assertEquals(
                        end.bytes(),
                        all(Report.FileClosed.class).stream()
                                .mapToLong(Report.FileClosed::bytes)
                                .sum());
            } finally {
                disk.thaw();
            }
            vertx.close().await(20, TimeUnit.SECONDS);
            assertEquals(atTheEnd, reports);
            vertx = Vertx.vertx();
        }
    }

    @Test
    void aFrozenDiskShowsAsStalledAndNotAsADeadClient() throws Exception {
        try (TestMounts disk = TestMounts.ext4(temp.resolve("m"), temp.resolve("image"), "256m")) {
            CompletableFuture<Measurement.End> run = begin(settings("m/d", 8 * MB, Duration.ofHours(1), false, true));
            waitForBytes();
            assumeTrue(disk.freeze(), "not allowed to freeze");
            try {
                waitFor(() -> measurement.phase() == ClientPhase.STALLED);
                int told = all(Report.Interval.class).size();
                waitFor(() -> all(Report.Interval.class).size() > told);
                assertEquals(0, all(Report.Interval.class).getLast().bytes(), "nothing is written, and that is said");
            } finally {
                disk.thaw();
            }
            waitFor(() -> measurement.phase() == ClientPhase.WRITING);
            measurement.stop(ClientState.INTERRUPTED, "stopped by its user");
            assertEquals(ClientState.INTERRUPTED, ended(run).state());
            assertEquals(
                    List.of(EventKind.WRITER_STALLED, EventKind.WRITER_RESUMED),
                    all(Report.Happened.class).stream()
                            .map(Report.Happened::kind)
                            .limit(2)
                            .toList());
        }
    }

    @Test
    void aStopDoesNotWaitForEverForADiskThatIsFrozenDuringThePreparation() throws Exception {
        try (TestMounts disk = TestMounts.ext4(temp.resolve("m"), temp.resolve("image"), "256m")) {
            assumeTrue(disk.freeze(), "not allowed to freeze");
            try {
                CompletableFuture<Measurement.End> run =
                        begin(settings("m/d", 8 * MB, Duration.ofHours(1), false, true));
                measurement.stop(ClientState.INTERRUPTED, "stopped by its user");
                Measurement.End end = ended(run);
                assertEquals(ClientState.FAILED, end.state());
                assertTrue(end.reason().contains("the disk has not answered for 3.00 s"), end.reason());
            } finally {
                disk.thaw();
            }
        }
    }

    @Test
    void aStopInThePreparationLeavesNothing() throws Exception {
        CompletableFuture<Measurement.End> run = begin(settings("a/b/d", 2 * MB, Duration.ofHours(1), false, true));
        measurement.stop(ClientState.INTERRUPTED, "stopped by its user");
        Measurement.End end = ended(run);
        assertEquals(ClientState.INTERRUPTED, end.state());
        assertEquals(0, end.bytes());
        assertEquals(List.of(), reports);
        assertEquals(List.of(), names(temp));
    }

    @Test
    void bytesThatAnFsyncLostAreNotDeclared() throws Exception {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("b"), "100m");
                TestMounts _ = TestMounts.ext4(temp.resolve("m"), temp.resolve("b/image"), "256m")) {
            CompletableFuture<Measurement.End> run = begin(settings("m/d", 20 * MB, Duration.ofHours(1), false, true));
            waitForBytes();
            fill(temp.resolve("b/others"), 100_000_000);
            Measurement.End end = ended(run);
            assertEquals(ClientState.FAILED, end.state());
            assertTrue(end.reason().startsWith("fsync "), end.reason());
            assertEquals(
                    end.bytes(),
                    all(Report.FileClosed.class).stream()
                            .mapToLong(Report.FileClosed::bytes)
                            .sum());
            assertEquals(
                    EventKind.IO_ERROR, all(Report.Happened.class).getFirst().kind());
        }
    }

    @Test
    void aDiskThatHasNotTheRoomThatItClaimsIsRefusedByTheCalibration() throws Exception {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("b"), "8m");
                TestMounts _ = TestMounts.ext4(temp.resolve("m"), temp.resolve("b/image"), "512m")) {
            Measurement.End end = ended(begin(settings("m/d", 20 * MB, Duration.ofHours(1), false, true)));
            assertEquals(ClientState.REJECTED, end.state(), end.reason());
            assertTrue(end.reason().startsWith("fsync "), end.reason());
            assertEquals(List.of(), reports);
        }
    }

    @Test
    void undeployingTheWriterIsAnInterruption() throws Exception {
        CompletableFuture<Measurement.End> run = begin(settings("d", 2 * MB, Duration.ofHours(1), false, true));
        waitForBytes();
        for (String id : vertx.deploymentIDs()) {
            vertx.undeploy(id);
        }
        assertEquals(ClientState.INTERRUPTED, ended(run).state());
    }

    private CompletableFuture<Measurement.End> begin(ClientSettings settings) {
        CompletableFuture<Measurement.End> end = new CompletableFuture<>();
        CompletableFuture<Measurement> made = new CompletableFuture<>();
        Session session = new Session(settings.id(), System.currentTimeMillis());
        vertx.runOnContext(_ -> {
            Measurement begun = new Measurement(vertx, settings, session, reports::add, 3_000);
            made.complete(begun);
            begun.run().onComplete(end::complete, end::completeExceptionally);
        });
        measurement = made.join();
        return end;
    }

    private static Measurement.End ended(CompletableFuture<Measurement.End> run) throws Exception {
        return run.get(60, TimeUnit.SECONDS);
    }

    private static void waitFor(java.util.function.BooleanSupplier condition) throws Exception {
        for (long until = System.nanoTime() + 60_000_000_000L; !condition.getAsBoolean(); ) {
            assertTrue(System.nanoTime() < until, "it does not come");
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private void waitForBytes() throws Exception {
        for (long until = System.nanoTime() + 60_000_000_000L; measurement.bytes() < 5 * MB; ) {
            assertTrue(System.nanoTime() < until, "nothing is written");
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertEquals(ClientPhase.WRITING, measurement.phase());
    }

    /// As much as there is room for.
    private static void fill(Path file, int bytes) {
        try {
            Files.write(file, new byte[bytes]);
        } catch (IOException e) {
            System.out.println("filled: " + e.getMessage());
        }
    }

    private <T extends Report> List<T> all(Class<T> kind) {
        return reports.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    private ClientSettings settings(String path, long fileBytes, Duration runTime, boolean keep, boolean force) {
        return new ClientSettings(
                new ClientId("test"),
                new UplinkSettings(
                        "127.0.0.1", 1, new SecuritySettings(SecuritySettings.Mode.INSECURE, Optional.empty())),
                new MulticastSettings("239.0.0.1", 1, Optional.empty(), Optional.empty()),
                Duration.ofSeconds(5),
                MB,
                true,
                fileBytes,
                runTime,
                targets,
                temp.resolve(path),
                EngineKind.PSYNC,
                2,
                keep,
                100 * MB,
                quota,
                force,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                new SpoolSettings(Optional.empty(), 1 << 20),
                temp.resolve("log"),
                true,
                Optional.empty());
    }
}
