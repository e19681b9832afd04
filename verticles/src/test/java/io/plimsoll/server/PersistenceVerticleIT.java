package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.database.Database;
import io.plimsoll.database.PostgresForTests;
import io.plimsoll.model.Authentication;
import io.plimsoll.model.Calibration;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.HostFacts;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.model.TargetFacts;
import io.plimsoll.wire.Digest;
import io.plimsoll.wire.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PersistenceVerticleIT {
    @RegisterExtension
    static final PostgresForTests POSTGRES = new PostgresForTests();

    private static final UUID INSTANCE = new UUID(5, 6);
    private static final long AT_MS = 1_750_000_000_123L;

    private Vertx vertx;
    private Database database;
    private String deployment;
    private long run;
    private long client;

    @BeforeEach
    void deploy() {
        vertx = Vertx.vertx();
        database = POSTGRES.open(vertx);
        deployment = await(vertx.deployVerticle(new PersistenceVerticle(database, Future::succeededFuture)));
        run = this.<Persist.RunRow>ask(openRun(UUID.randomUUID())).run();
        client = admit("berta").row().client();
    }

    @AfterEach
    void close() {
        await(vertx.deploymentIDs().contains(deployment) ? vertx.undeploy(deployment) : Future.succeededFuture());
        await(database.close());
        await(vertx.close());
    }

    @Test
    void everyKindOfReportIsOneRowWithWhatItSays() {
        ask(reports(
                numbered(1, started()),
                numbered(2, file(1)),
                numbered(3, interval(0, 17)),
                numbered(4, resources()),
                numbered(5, new Report.Happened(AT_MS, EventKind.DISK_GUARD, "3 % free")),
                numbered(6, ended(6))));

        assertEquals(
                List.of(List.of("1", "data-000001", "20000000", "2", "true", "2.0", "0.5", "0.01", "0.25", "null")),
                rows("select file_index, name, bytes, chunks, complete, write_seconds, fsync_seconds, close_seconds,"
                        + " delete_seconds, dd_seconds from data_files where client = " + client));
        assertEquals(
                List.of(List.of("0", "1.0", "10000000", "1", "17", "\\x11", "1750000000.123000")),
                rows("select interval_index, duration_seconds, bytes, ops, latency_max_ns, latency_histogram::text,"
                        + " extract(epoch from started_at)::text from intervals where client = " + client));
        assertEquals(
                List.of(List.of("12.5", "7.5", "25.0", "4096", "0.001", "null", "8192", "50.0")),
                rows("select thread_user_percent, thread_system_percent, process_cpu_percent, rss_bytes,"
                        + " scheduling_delay_seconds, device_read_bytes, device_written_bytes, device_busy_percent"
                        + " from resource_samples where client = " + client));
        assertEquals(
                List.of(
                        List.of("1", "client", "info", "run-started"),
                        List.of("5", "client", "error", "disk-guard"),
                        List.of("6", "client", "info", "run-ended")),
                rows("select sequence, source, severity, kind from events where client = " + client
                        + " order by sequence"));
        assertEquals(
                List.of(List.of("/mnt/a", "ext4", "50000000", "0.5", "4.5")),
                rows("select path, file_system, calibration_bytes, calibration_seconds, predicted_rollovers"
                        + " from targets where client = " + client));
        assertEquals(
                List.of(List.of("finished", "6", "123", "4", "3", "true")),
                rows("select state, last_sequence, declared_bytes, declared_files, declared_rollovers,"
                        + " ended_at is not null from clients where client = " + client));
        assertTrue(this.<Persist.Completeness>ask(new Persist.Prove(client)).complete());
    }

    @Test
    void nothingIsLostOrDoubledHoweverOftenReportsAreSent() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Future<Object>> answers = new ArrayList<>();
        int last = 3_000;
        for (int sequence = 1; sequence <= last; ) {
            int n = Math.min(1 + random.nextInt(50), last - sequence + 1);
            Persist.Reports request = reports(LongStream.range(sequence, sequence + n)
                    .mapToObj(this::someReport)
                    .toArray(Persist.Numbered[]::new));
            int times = 1 + random.nextInt(3);
            for (int i = 0; i < times; i++) {
                answers.add(request(request));
            }
            sequence += random.nextInt(4) == 0 ? Math.max(1, n / 2) : n;
        }
        await(Future.join(answers));
        ask(reports(numbered(last + 1, ended(last + 1))));

        Persist.Completeness proof = ask(new Persist.Prove(client));
        assertEquals(last + 1, proof.present(), "seed " + seed);
        assertTrue(proof.complete());
        assertEquals(
                List.of(List.of(Integer.toString(last + 1))),
                rows("select (select count(*) from data_files where client = c) + (select count(*) from intervals where"
                        + " client = c) + (select count(*) from resource_samples where client = c) + (select count(*)"
                        + " from events where client = c and sequence is not null) from (values (" + client
                        + "::bigint)) v(c)"));
        assertEquals(0, altered().size(), "seed " + seed);
    }

    @Test
    void answersOnlyAfterTheCommit() {
        Future<Object> answer;
        try (PostgresForTests.Held _ = POSTGRES.hold("lock table intervals in access exclusive mode")) {
            answer = request(reports(numbered(1, interval(0, 1))));
            assertThrows(TimeoutException.class, () -> answer.await(700, TimeUnit.MILLISECONDS));
        }
        await(answer);
        assertEquals(List.of(List.of("1")), rows("select count(*) from intervals where client = " + client));
    }

    @Test
    void aReportThatComesAgainWithOtherContentIsKeptAsItWasAndTold() {
        ask(reports(numbered(1, interval(0, 1)), numbered(2, interval(1, 2)), numbered(3, file(1))));
        ask(reports(numbered(1, interval(0, 1)), numbered(2, interval(1, 99)), numbered(4, interval(2, 4))));
        ask(reports(numbered(3, interval(7, 7))));
        ask(reports(numbered(5, interval(3, 5)), numbered(5, interval(3, 6))));
        ask(reports(numbered(2, interval(1, 99))));

        assertEquals(
                List.of(List.of("1", "1"), List.of("2", "2"), List.of("4", "4"), List.of("5", "5")),
                rows("select sequence, latency_max_ns from intervals where client = " + client + " order by sequence"));
        assertEquals(List.of(List.of("3")), rows("select sequence from data_files where client = " + client));
        assertEquals(
                List.of(
                        List.of("report 2 came again with other content; the first one is kept", "error"),
                        List.of("report 3 came again with other content; the first one is kept", "error"),
                        List.of("report 5 came again with other content; the first one is kept", "error")),
                altered());
    }

    @Test
    void alteredReportsOfTwoClientsAreToldApartAlsoUnderTheSameNumber() {
        long other = admit("ada").row().client();
        ask(reports(numbered(1, interval(0, 1)), numbered(other, 1, interval(0, 1))));
        ask(reports(numbered(1, interval(0, 2)), numbered(other, 1, interval(0, 3))));

        assertEquals(
                List.of(List.of(Long.toString(client)), List.of(Long.toString(other))),
                rows("select client from events where kind = 'report-altered' and run = " + run + " order by client"));
    }

    @Test
    void aReportThatNoTableTakesFailsAloneAndIsKeptApart() {
        POSTGRES.sql("alter table intervals add constraint no_thirteen check (latency_max_ns <> 13)");
        List<Future<Object>> good = new ArrayList<>();
        List<Future<Object>> bad = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
            if (i % 20 == 7) {
                bad.add(request(reports(numbered(i, interval(0, 13)))));
            } else {
                good.add(request(reports(numbered(i, interval(i, 1)))));
            }
        }
        await(Future.join(good));
        for (Future<Object> answer : bad) {
            ReplyException failure = assertThrows(ReplyException.class, () -> await(answer));
            assertEquals(Persist.UNSTORABLE, failure.failureCode(), failure.getMessage());
        }
        assertEquals(List.of(List.of("57")), rows("select count(*) from intervals where client = " + client));
        assertEquals(6, admit("berta").committed());

        Persist.Quarantine quarantine = new Persist.Quarantine(numbered(7, interval(0, 13)), "violates no_thirteen");
        assertEquals(Persist.Stored.ALL, ask(quarantine));
        assertEquals(Persist.Stored.ALL, ask(quarantine), "sent again");
        assertEquals(26, admit("berta").committed());
        assertEquals(
                List.of(List.of("7", "violates no_thirteen", "13")),
                rows("select sequence, reason, convert_from(body, 'utf8')::json ->> 'maxNs' from rejected_reports"
                        + " where client = " + client));
        assertEquals(
                List.of(List.of("report 7 cannot be stored: violates no_thirteen", "error")),
                rows("select detail, severity from events where kind = 'report-unstorable' and client = " + client));
        ask(new Persist.Quarantine(numbered(27, interval(0, 13)), "bad"));
        ask(new Persist.Quarantine(numbered(47, interval(0, 13)), "bad"));
        ask(reports(numbered(61, ended(61))));
        assertEquals(new Persist.Completeness(client, Optional.of(61L), 58), ask(new Persist.Prove(client)));
        assertEquals("incomplete", closed(), "what is kept apart is no result");
        POSTGRES.sql("alter table intervals drop constraint no_thirteen");
    }

    @Test
    void reportsOfASessionThatNobodyAdmittedAreDeclinedAndBlockNobody() {
        Persist.Numbered stray = numbered(999_999_999, 1, interval(0, 1));
        Persist.Stored stored = ask(reports(stray, numbered(1, interval(0, 1))));
        assertEquals(
                List.of(stray),
                stored.declined().stream().map(Persist.Declined::report).toList());
        assertEquals(1, admit("berta").committed());
    }

    @Test
    void aLaterProcessFencesTheFormerOneForEverWhateverTheirClocksSay() {
        ask(reports(numbered(1, interval(0, 1))));
        ask(new Persist.CloseRun(run, AT_MS));
        long next = this.<Persist.RunRow>ask(openRun(UUID.randomUUID())).run();
        long newer =
                admit(next, "berta", -1_000, UUID.randomUUID(), false).row().client();

        Persist.Stored stored = ask(reports(numbered(1, interval(0, 1)), numbered(2, interval(1, 2))));
        assertEquals(1, stored.declined().size(), "the first one is there, the second one comes too late");
        assertEquals(2, stored.declined().getFirst().report().sequence());
        ReplyException refused = assertThrows(ReplyException.class, () -> admit("berta"));
        assertEquals(Persist.REFUSED, refused.failureCode());
        assertTrue(refused.getMessage().contains("started again later"), refused.getMessage());

        assertEquals(1, admit(run, "berta", 0, INSTANCE, true).committed(), "late deliveries are welcome");
        Persist.Numbered second = numbered(2, interval(1, 2));
        ask(reports(new Persist.Numbered(run, client, 2, second.digest(), true, second.report())));
        assertEquals(2, admit(run, "berta", 0, INSTANCE, true).committed());
        assertEquals(Persist.Stored.ALL, ask(reports(numbered(newer, 1, interval(0, 1)))), "who is late fences nobody");
    }

    @Test
    void twoProcessesOfOneSessionAreToldApart() {
        ReplyException refused =
                assertThrows(ReplyException.class, () -> admit(run, "berta", 0, new UUID(7, 8), false));
        assertEquals(Persist.REFUSED, refused.failureCode());
        assertTrue(refused.getMessage().contains("same millisecond"), refused.getMessage());
    }

    /// Two transactions with the same numbers, one of them with another content: whoever commits first is kept, and the
    /// other one hears of it.
    @Test
    void twoWritersWithTheSameNumbersWaitForEachOtherAndStoreThemOnce() {
        for (int round = 0; round < 20; round++) {
            int first = 100 * round + 1;
            List<Persist.Numbered> some = new ArrayList<>();
            List<Persist.Numbered> same = new ArrayList<>();
            for (int i = first; i < first + 100; i++) {
                some.add(numbered(i, interval(i, 1)));
                same.addFirst(numbered(i, interval(i, i == first + 50 ? 2 : 1)));
            }
            Future<Persist.Stored> one = database.withTransaction(10_000, c -> ReportStore.write(c, some));
            Future<Persist.Stored> other = database.withTransaction(10_000, c -> ReportStore.write(c, same));
            int declined =
                    await(one).declined().size() + await(other).declined().size();
            assertEquals(1, declined, "round " + round);
        }
        assertEquals(List.of(List.of("2000")), rows("select count(*) from intervals where client = " + client));
        assertEquals(2_000, admit("berta").committed());
    }

    @Test
    void aFullQueueRefusesAtOnceAndTakesMoreLater() {
        await(vertx.undeploy(deployment));
        deployment = await(
                vertx.deployVerticle(new PersistenceVerticle(database, Future::succeededFuture, 3, 60_000, 10_000)));
        List<Future<Object>> taken = new ArrayList<>();
        try (PostgresForTests.Held _ = POSTGRES.hold("lock table intervals in access exclusive mode")) {
            for (int i = 1; i <= 3; i++) {
                taken.add(request(reports(numbered(i, interval(i, 1)))));
            }
            ReplyException failure =
                    assertThrows(ReplyException.class, () -> ask(reports(numbered(4, interval(4, 1)))));
            assertEquals(Persist.UNAVAILABLE, failure.failureCode());
        }
        await(Future.join(taken));
        ask(reports(numbered(4, interval(4, 1))));
    }

    @Test
    void stoppingWritesWhatIsQueuedFirst() {
        List<Future<Object>> answers = new ArrayList<>();
        Future<Void> stopped;
        try (PostgresForTests.Held _ = POSTGRES.hold("lock table intervals in access exclusive mode")) {
            for (int i = 1; i <= 500; i++) {
                answers.add(request(reports(numbered(i, interval(i, 1)))));
            }
            ask(openRun(UUID.randomUUID()));
            stopped = vertx.undeploy(deployment);
            assertThrows(TimeoutException.class, () -> stopped.await(300, TimeUnit.MILLISECONDS));
        }
        await(stopped);
        await(Future.all(answers));
        assertEquals(List.of(List.of("500")), rows("select count(*) from intervals where client = " + client));
    }

    @Test
    void aRunAndAClientAreFoundAgainByTheirNames() {
        UUID uuid = UUID.randomUUID();
        Persist.RunRow made = ask(openRun(uuid));
        assertTrue(made.open());
        assertEquals(made, ask(openRun(uuid)));
        assertEquals(made, ask(new Persist.FindRun(uuid)));
        ReplyException unknown = assertThrows(ReplyException.class, () -> ask(new Persist.FindRun(UUID.randomUUID())));
        assertEquals(Persist.NOT_FOUND, unknown.failureCode());
        assertEquals(client, admit("berta").row().client());
        ask(reports(numbered(1, ended(1))));
        assertEquals(
                new Persist.ClientRow(client, ClientState.FINISHED, Persist.HeartbeatCounts.NONE),
                admit("berta").row());
    }

    @Test
    void aClientThatComesBackIsToldUpToWhichNumberNoneIsMissing() {
        assertEquals(0, admit("berta").committed());
        ask(reports(numbered(1, started()), numbered(2, interval(0, 1)), numbered(3, file(1))));
        assertEquals(3, admit("berta").committed());
        ask(reports(numbered(5, resources()), numbered(6, interval(1, 1))));
        assertEquals(3, admit("berta").committed(), "report 4 is missing");
        ask(reports(numbered(4, interval(2, 1))));
        assertEquals(6, admit("berta").committed());
        assertEquals(0, admit("ada").committed());
    }

    @Test
    void noticesAreStoredOnceAndPresenceNeverUndoesAnEnd() {
        Persist.Notices notices = new Persist.Notices(List.of(
                new Persist.Notice(run, Optional.of(client), AT_MS, EventKind.CLIENT_SUSPECT, "3 missed"),
                new Persist.Notice(run, Optional.empty(), AT_MS, EventKind.RUN_OPENED, "")));
        ask(notices);
        ask(notices);
        assertEquals(
                List.of(List.of("client-suspect", "server", "warning"), List.of("run-opened", "server", "info")),
                rows("select kind, source, severity from events where run = " + run + " order by kind"));

        ask(new Persist.Presence(List.of(update(ClientState.LOST, 7))));
        assertEquals(List.of(List.of("lost", "7")), state());
        ask(new Persist.Presence(List.of(update(ClientState.ALIVE, 8))));
        assertEquals(List.of(List.of("alive", "8")), state());
        ask(reports(numbered(1, ended(1))));
        ask(new Persist.Presence(List.of(update(ClientState.LOST, 9))));
        assertEquals(List.of(List.of("finished", "9")), state());
    }

    @Test
    void theStateOfARunIsTheGravestThatFits() {
        assertEquals("incomplete", closed(), "the client has not ended");
        ask(reports(numbered(2, ended(2))));
        assertEquals("incomplete", closed(), "report 1 is missing");
        ask(reports(numbered(1, interval(0, 1))));
        assertEquals("complete", closed());
        long other = admit("ada").row().client();
        ask(reports(numbered(other, 1, ended(1, ClientState.INTERRUPTED))));
        assertEquals("incomplete", closed(), "a client was interrupted");
        ask(new Persist.Presence(List.of(new Persist.ClientUpdate(
                admit("carl").row().client(), ClientState.LOST, "silent", AT_MS, Persist.HeartbeatCounts.NONE))));
        assertEquals("failed", closed(), "a client was lost");
    }

    /// Else the next server would not know that there is something to close.
    @Test
    void aClosedRunIsOpenAgainFromTheMomentThatSomebodyComesBackOrEndsLate() {
        assertEquals("incomplete", closed());
        admit("berta");
        assertEquals("open", stateOfRun());
        UUID uuid = UUID.fromString(
                rows("select run_uuid from runs where run = " + run).getFirst().getFirst());
        assertFalse(this.<Persist.RunRow>ask(new Persist.FindRun(uuid)).open(), "but no run for newcomers");
        assertEquals("incomplete", closed());
        admit(run, "berta", 0, INSTANCE, true);
        assertEquals("open", stateOfRun());

        ask(new Persist.Presence(List.of(update(ClientState.LOST, 7))));
        assertEquals("failed", closed());
        ask(reports(numbered(1, interval(0, 1))));
        assertEquals("failed", stateOfRun(), "that changes nothing");
        ask(reports(numbered(2, ended(2))));
        assertEquals("open", stateOfRun());
        assertEquals("complete", closed());
    }

    /// Whoever comes second sees what the first one did, or else a run would stay closed without its last report.
    @Test
    void whoClosesARunAndWhoEndsInItAtTheSameTimeWaitForEachOther() {
        ask(new Persist.Presence(List.of(update(ClientState.LOST, 7))));
        Future<Object> closing;
        try (PostgresForTests.Held _ = POSTGRES.hold("update clients set state = 'finished', last_sequence = 0"
                + " where client = " + client + "; update runs set state = 'open' where run = " + run)) {
            closing = request(new Persist.CloseRun(run, AT_MS));
            assertThrows(TimeoutException.class, () -> closing.await(300, TimeUnit.MILLISECONDS));
        }
        await(closing);
        assertEquals("complete", stateOfRun());
    }

    private String closed() {
        ask(new Persist.CloseRun(run, AT_MS));
        return stateOfRun();
    }

    private String stateOfRun() {
        return rows("select state from runs where run = " + run).getFirst().getFirst();
    }

    private List<List<String>> state() {
        return rows("select state, heartbeats_missed from clients where client = " + client);
    }

    private List<List<String>> altered() {
        return rows("select detail, severity from events where client = " + client
                + " and kind = 'report-altered' order by detail");
    }

    private Persist.ClientUpdate update(ClientState state, long missed) {
        return new Persist.ClientUpdate(client, state, "reason", AT_MS, new Persist.HeartbeatCounts(5, 6, missed));
    }

    @Test
    void aSessionIsKnownAsBadlyAsItEverWas() {
        Map<List<Authentication>, String> expected = Map.of(
                List.of(Authentication.CERTIFICATE, Authentication.CERTIFICATE), "certificate",
                List.of(Authentication.CERTIFICATE, Authentication.LOOPBACK), "loopback",
                List.of(Authentication.LOOPBACK, Authentication.CERTIFICATE), "loopback",
                List.of(Authentication.LOOPBACK, Authentication.INSECURE), "insecure",
                List.of(Authentication.INSECURE, Authentication.CERTIFICATE), "insecure",
                List.of(Authentication.INSECURE, Authentication.LOOPBACK), "insecure");
        expected.forEach((hellos, word) -> {
            String name = hellos.getFirst() + "-" + hellos.getLast();
            hellos.forEach(by -> admit(run, name, 0, INSTANCE, false, by));
            assertEquals(
                    List.of(List.of(word)),
                    POSTGRES.sql("select authenticated from clients where client_id = '" + name + "'"));
        });
    }

    private Persist.Admission admit(String name) {
        return admit(run, name, 0, INSTANCE, false);
    }

    private Persist.Admission admit(long in, String name, long later, UUID instance, boolean late) {
        return admit(in, name, later, instance, late, Authentication.LOOPBACK);
    }

    private Persist.Admission admit(long in, String name, long later, UUID instance, boolean late, Authentication by) {
        return ask(new Persist.AdmitClient(
                in,
                new Session(new ClientId(name), AT_MS + later),
                instance,
                late,
                new HostFacts("host", "6.18", "cpu", 8, 1 << 30, "25", "0.1", 4711),
                new ChunkPlan(10_000_000, 20_000_000, 10_000, 3, EngineKind.PSYNC, false),
                5,
                by));
    }

    private static Persist.OpenRun openRun(UUID uuid) {
        return new Persist.OpenRun(uuid, "server", "0.1", "{\"port\": 42000}");
    }

    private Persist.Numbered someReport(long sequence) {
        return numbered(
                sequence,
                switch ((int) (sequence % 4)) {
                    case 0 -> file((int) sequence);
                    case 1 -> resources();
                    case 2 -> new Report.Happened(AT_MS, EventKind.WRITER_STALLED, "for " + sequence + " ms");
                    default -> interval((int) sequence, sequence);
                });
    }

    private Persist.Numbered numbered(long sequence, Report report) {
        return numbered(client, sequence, report);
    }

    private Persist.Numbered numbered(long of, long sequence, Report report) {
        long digest = Digest.of(Buffer.buffer(Json.write(report)));
        return new Persist.Numbered(run, of, sequence, digest, false, report);
    }

    private static Persist.Reports reports(Persist.Numbered... reports) {
        return new Persist.Reports(List.of(reports));
    }

    private static Report started() {
        return new Report.RunStarted(
                AT_MS,
                new Calibration(50_000_000, 500_000_000, 4.5),
                new TargetFacts("/mnt/a", "/mnt", "ext4", "/dev/sda1", "rw", "sda1", "disk", "none", 1 << 30, 1 << 29));
    }

    private static Report file(int index) {
        return new Report.FileClosed(
                AT_MS,
                index,
                "data-%06d".formatted(index),
                20_000_000,
                2,
                true,
                2_000_000_000,
                500_000_000,
                10_000_000,
                250_000_000,
                Optional.empty());
    }

    private static Report interval(int index, long maxNs) {
        return new Report.Interval(AT_MS, index, 1_000_000_000, 10_000_000, 1, maxNs, new byte[] {0x11});
    }

    private static Report resources() {
        return new Report.Resources(
                AT_MS,
                10_000_000_000L,
                12.5,
                7.5,
                25,
                4096,
                1_000_000,
                Optional.empty(),
                Optional.of(8192L),
                Optional.of(50.0));
    }

    private static Report ended(long sequence) {
        return ended(sequence, ClientState.FINISHED);
    }

    private static Report ended(long sequence, ClientState outcome) {
        return new Report.RunEnded(AT_MS, sequence, outcome, "", 123, 4, 3);
    }

    private static List<List<String>> rows(String sql) {
        return POSTGRES.sql(sql);
    }

    private <T> T ask(Persist request) {
        return await(this.<T>request(request));
    }

    private <T> Future<T> request(Persist request) {
        return vertx.eventBus()
                .<T>request(PersistBus.ADDRESS, request, PersistBus.DELIVERY)
                .map(reply -> reply.body());
    }

    private static <T> T await(Future<T> future) {
        return PostgresForTests.await(future);
    }
}
