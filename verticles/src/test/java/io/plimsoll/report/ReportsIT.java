package io.plimsoll.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.database.Database;
import io.plimsoll.database.PostgresForTests;
import io.plimsoll.model.ClientState;
import io.plimsoll.report.Seed.File;
import io.plimsoll.report.Seed.Interval;
import io.plimsoll.report.Seed.Written;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Numbers of a report against an independent computation from what was written.
final class ReportsIT {
    @RegisterExtension
    static final PostgresForTests POSTGRES = new PostgresForTests();

    private static Vertx vertx;
    private static Database database;
    private static long run;
    private static Written finished;
    private static Written lost;
    private static Written dd;

    @BeforeAll
    static void seedARunOfFourClients() {
        vertx = Vertx.vertx();
        database = POSTGRES.open(vertx);
        Seed seed = new Seed(POSTGRES, 20261123);
        long other = seed.run("ffffffff-0000-4000-8000-000000000001", "complete", Seed.START.minusSeconds(3600));
        long bystander = seed.client(other, "a-finished", "finished", "", "psync", 31L);
        seed.write(other, bystander, 10, Seed.START, false);
        run = seed.run("0b8c3f52-7a61-4a0e-9c3d-2f1e5b6a7c8d", "failed", Seed.START);
        long a = seed.client(run, "a-finished", "finished", "", "psync", 127L);
        seed.target(a, "/srv", "ext4", "Model A");
        finished = seed.write(run, a, 60, Seed.START.plusMillis(500), false);
        seed.event(run, a, "info", "client-ended", "finished");
        long b = seed.client(run, "b-lost", "lost", "10 heartbeats missed", "psync", null);
        seed.target(b, "/mnt/nfs", "nfs4", "");
        lost = seed.write(run, b, 25, Seed.START.plusMillis(1250), false);
        seed.event(run, b, "error", "client-lost", "10 heartbeats missed");
        long c = seed.client(run, "c-rejected", "rejected", "path is read-only", "psync", null);
        seed.event(run, c, "warning", "client-rejected", "path is read-only");
        long d = seed.client(run, "d-dd", "finished", "", "dd", 130L);
        seed.target(d, "/srv", "ext4", "Model A");
        dd = seed.write(run, d, 60, Seed.START, true);
    }

    @AfterAll
    static void close() {
        PostgresForTests.await(database.close());
        PostgresForTests.await(vertx.close());
    }

    private static RunReport load() {
        return PostgresForTests.await(database.withConnection(30_000, c -> Reports.load(c, run)));
    }

    @Test
    void throughputIsBytesOverTheTimeOfWriteFsyncAndClose() {
        for (Written written : List.of(finished, lost, dd)) {
            ClientReport client = client(written.client());
            double seconds = written.files().stream()
                    .mapToDouble(f -> (f.writeNs() + f.fsyncNs() + f.closeNs()) / 1e9)
                    .sum();
            long bytes = written.files().stream().mapToLong(File::bytes).sum();
            assertEquals(bytes, client.throughput().bytes());
            assertEquals(written.files().size(), client.throughput().files());
            assertEquals(written.files().size() - 1, client.throughput().rollovers());
            assertEquals(
                    bytes / 1e6 / seconds, client.throughput().meanMbPerSecond().orElseThrow(), 1e-6);
            assertEquals(
                    written.files().stream().mapToLong(File::writeNs).sum(),
                    client.throughput().writeNs());
            double[] complete = written.files().stream()
                    .filter(File::complete)
                    .mapToDouble(f -> f.bytes() / 1e6 / ((f.writeNs() + f.fsyncNs() + f.closeNs()) / 1e9))
                    .sorted()
                    .toArray();
            assertEquals(complete[0], client.throughput().minMbPerSecond().orElseThrow(), 1e-6);
            assertEquals(
                    complete[complete.length - 1],
                    client.throughput().maxMbPerSecond().orElseThrow(),
                    1e-6);
        }
    }

    @Test
    void writeLatencyComesFromMergedHistogramsAndItsMaximumIsExact() {
        for (Written written : List.of(finished, lost, dd)) {
            expectLatency(Stream.of(written), client(written.client()).writeLatency());
        }
        expectLatency(Stream.of(finished, lost, dd), load().totals().writeLatency());
    }

    private static void expectLatency(Stream<Written> from, Optional<Latency> actual) {
        Histogram all = new Histogram(1, 3_600_000_000_000L, 3);
        List<Long> values = from.flatMap(w -> w.intervals().stream())
                .flatMap(i -> i.latenciesNs().stream())
                .toList();
        values.forEach(all::recordValue);
        long max = values.stream().mapToLong(v -> v).max().orElseThrow();
        assertEquals(
                new Latency(
                        values.size(),
                        false,
                        all.getValueAtPercentile(50),
                        all.getValueAtPercentile(90),
                        Math.min(max, all.getValueAtPercentile(99)),
                        Math.min(max, all.getValueAtPercentile(99.9)),
                        max),
                actual.orElseThrow());
    }

    @Test
    void fsyncLatencyIsExactOverAllFiles() {
        for (Written written : List.of(finished, lost, dd)) {
            long[] sorted =
                    written.files().stream().mapToLong(File::fsyncNs).sorted().toArray();
            Latency fsync = client(written.client()).fsyncLatency().orElseThrow();
            assertTrue(fsync.exact());
            assertEquals(sorted.length, fsync.count());
            assertEquals(sorted[(int) Math.ceil(sorted.length * 0.5) - 1], fsync.p50Ns());
            assertEquals(sorted[(int) Math.ceil(sorted.length * 0.99) - 1], fsync.p99Ns());
            assertEquals(sorted[sorted.length - 1], fsync.maxNs());
        }
    }

    @Test
    void resourcesAreWeighedByTheLengthOfTheirSamples() {
        var resources = client(finished.client()).resources().orElseThrow();
        double seconds =
                finished.samples().stream().mapToDouble(Seed.Sample::seconds).sum();
        assertEquals(6, resources.samples());
        assertEquals(
                finished.samples().stream()
                                .mapToDouble(s -> s.user() * s.seconds())
                                .sum()
                        / seconds,
                resources.threadUserPercentMean(),
                1e-9);
        assertEquals(
                finished.samples().stream()
                                .mapToDouble(s -> s.rss() * s.seconds())
                                .sum()
                        / seconds,
                resources.rssBytesMean(),
                1);
        assertEquals(
                finished.samples().stream().mapToLong(Seed.Sample::rss).max().orElseThrow(), resources.rssBytesMax());
        assertEquals(6 * 250_000_000L, resources.schedulingDelayNs());
        assertEquals(Optional.of(6000L), resources.deviceWrittenBytes());
        assertEquals(50.0, resources.deviceBusyPercentMean().orElseThrow(), 1e-9);
    }

    @Test
    void windowsCountWhatWasWrittenWhileAllAndWhileAnyWrote() {
        RunReport report = load();
        Instant from = Seed.START.plusMillis(1250);
        Instant to = from.plusSeconds(25);
        double within = Stream.of(finished, lost, dd)
                .flatMap(w -> w.intervals().stream())
                .mapToDouble(i -> i.bytes() * overlapSeconds(i, from, to))
                .sum();
        RunReport.Window all = report.allActive().orElseThrow();
        assertEquals(from, all.from());
        assertEquals(to, all.to());
        assertEquals(3, all.clients());
        assertEquals(within, all.bytes(), 60, "each interval may round to a byte");
        RunReport.Window any = report.anyActive().orElseThrow();
        assertEquals(Seed.START, any.from());
        assertEquals(Seed.START.plusMillis(60_500), any.to());
        assertEquals(
                Stream.of(finished, lost, dd)
                        .flatMap(w -> w.intervals().stream())
                        .mapToLong(Interval::bytes)
                        .sum(),
                any.bytes());
    }

    private static double overlapSeconds(Interval i, Instant from, Instant to) {
        Instant end = i.from().plusNanos(i.durationNs());
        Instant begin = i.from().isBefore(from) ? from : i.from();
        Instant last = end.isAfter(to) ? to : end;
        return begin.isBefore(last) ? Duration.between(begin, last).toNanos() / 1e9 : 0;
    }

    @Test
    void completenessCountsEveryRowOfASession() {
        // 60 intervals, 60 files, 6 samples, 1 event, and what the server noticed is not the client's report
        assertEquals(127, client(finished.client()).completeness().present());
        assertEquals(Optional.of(127L), client(finished.client()).completeness().expected());
        assertTrue(client(finished.client()).completeness().complete());
        assertEquals(List.of(), client(finished.client()).cautions());
        assertEquals(127, client(dd.client()).completeness().present());
        assertTrue(has(client(dd.client()), Caution.Kind.REPORTS_MISSING));
        assertEquals(Optional.empty(), client(lost.client()).completeness().expected());
        assertFalse(client(lost.client()).completeness().complete());
    }

    @Test
    void statesAndCautionsTellWhatIsNotWhole() {
        RunReport report = load();
        assertEquals(
                List.of("a-finished", "b-lost", "c-rejected", "d-dd"),
                report.clients().stream().map(ClientReport::clientId).toList());
        ClientReport rejected = report.clients().get(2);
        assertEquals(ClientState.REJECTED, rejected.state());
        assertFalse(rejected.wrote());
        assertEquals(Optional.empty(), rejected.target());
        assertEquals(Optional.empty(), rejected.throughput().meanMbPerSecond());
        assertTrue(has(rejected, Caution.Kind.PARTIAL));
        assertTrue(has(client(lost.client()), Caution.Kind.PARTIAL));
        assertFalse(has(client(dd.client()), Caution.Kind.PARTIAL));
        assertEquals(4, report.totals().clients());
        assertEquals(2, report.totals().clientsFinished());
        assertEquals(3, report.totals().clientsThatWrote());
    }

    private static boolean has(ClientReport client, Caution.Kind kind) {
        return client.cautions().stream().anyMatch(c -> c.kind() == kind);
    }

    @Test
    void ddTellsItsOwnTimeBesideOurs() {
        ClientReport.DdTimes times = client(dd.client()).throughput().dd().orElseThrow();
        assertEquals(60, times.files());
        assertEquals(dd.files().stream().mapToLong(File::ddNs).sum(), times.ddNs());
        assertEquals(dd.files().stream().mapToLong(File::writeNs).sum(), times.oursNs());
        assertEquals(Optional.empty(), client(finished.client()).throughput().dd());
    }

    @Test
    void theSameDatabaseGivesTheSameBytes() {
        assertEquals(TextReport.render(load()), TextReport.render(load()));
        assertEquals(JsonReport.render(load()), JsonReport.render(load()));
        String before = JsonReport.render(load());
        POSTGRES.sql("update intervals set ops = ops where client = " + finished.client()
                + "; update data_files set name = name where complete");
        assertEquals(before, JsonReport.render(load()), "rows lie in another order");
    }

    @Test
    void writerLeavesTheWholeReportAsTextAndJson(@TempDir Path directory) throws Exception {
        StringBuilder text = new StringBuilder();
        Path json = directory.resolve("new/report.json");
        RunReport written = PostgresForTests.await(ReportWriter.write(vertx, database, run, text::append, json));
        assertEquals(TextReport.render(written), text.toString());
        assertEquals(JsonReport.render(written), Files.readString(json));
        try (Stream<Path> left = Files.list(json.getParent())) {
            assertEquals(List.of(json), left.toList());
        }
    }

    @Test
    void aRunThatDoesNotExistIsSaidSo() {
        NoSuchRunException e = assertThrows(
                NoSuchRunException.class,
                () -> PostgresForTests.await(database.withConnection(30_000, c -> Reports.load(c, 4711))));
        assertEquals("no run 4711 in the database", e.getMessage());
    }

    @Test
    void runsAreFoundByNumberLatestAndUniqueBeginningOfTheirUuid() {
        assertEquals(run, resolve(Long.toString(run)));
        assertEquals(run, resolve("latest"));
        assertEquals(run, resolve("0b8c3f52"));
        assertEquals(run, resolve("0B8C"));
        for (String wrong : List.of("0b9c", "4711", "nonsense", "", "0b8", "%", "0b8c%", "'; drop table runs;--")) {
            NoSuchRunException e = assertThrows(NoSuchRunException.class, () -> resolve(wrong), wrong);
            assertTrue(e.getMessage().contains("plimsoll runs"), e.getMessage());
        }
    }

    private static long resolve(String name) {
        return PostgresForTests.await(database.withConnection(30_000, c -> RunNames.resolve(c, name)));
    }

    private static ClientReport client(long key) {
        return load().clients().stream()
                .filter(c -> c.client() == key)
                .findFirst()
                .orElseThrow();
    }
}
