package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.database.Database;
import io.plimsoll.database.PostgresForTests;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.wire.Samples;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to reports while Postgres is killed or frozen; each test has a Postgres of its own to hurt.
class PostgresOutageIT {
    private static final long AT_MS = 1_750_000_000_000L;

    @TempDir
    Path temporary;

    private Vertx vertx;
    private Database database;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        database = await(Database.forServer(vertx, PostgresForTests.embedded(temporary.resolve("database"))));
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void aKilledPostgresComesBackAndNothingIsLostOrDoubled() throws Exception {
        long client = deploy(60_000, 10_000);
        List<Future<Object>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(request(reports(client, 10L * i + 1, 10)));
            if (i == 100) {
                await(answers.get(50));
                assertTrue(ProcessHandle.of(postmaster()).orElseThrow().destroyForcibly());
            }
        }
        await(Future.all(answers));
        await(request(new Persist.Reports(List.of(new Persist.Numbered(
                1,
                client,
                2001,
                2001,
                false,
                new Report.RunEnded(AT_MS, 2001, io.plimsoll.model.ClientState.FINISHED, "", 0, 0, 0))))));
        Persist.Completeness proof = await(request(new Persist.Prove(client)));
        assertEquals(new Persist.Completeness(client, Optional.of(2001L), 2001), proof);
        assertEquals(2001, count());
        await(database.close());
    }

    @Test
    void aFrozenPostgresHoldsNobodyUpForLongAndNothingIsLostOrDoubled() throws Exception {
        long client = deploy(60_000, 400);
        await(request(reports(client, 1, 10)));
        List<Future<Object>> answers = new ArrayList<>();
        String processes = processes();
        signal("STOP", processes);
        try {
            for (int i = 1; i < 100; i++) {
                answers.add(request(reports(client, 10L * i + 1, 10)));
            }
            Future<Persist.Completeness> proof = request(new Persist.Prove(client));
            assertThrows(
                    java.util.concurrent.TimeoutException.class,
                    () -> Future.any(answers).await(1500, TimeUnit.MILLISECONDS));
            assertTrue(!proof.isComplete());
        } finally {
            signal("CONT", processes);
        }
        await(Future.all(answers));
        assertEquals(1000, count());
        await(database.close());
    }

    @Test
    void whatIsTriedForTooLongFailsAsUnavailableAndClosingEndsWhilePostgresIsFrozen() throws Exception {
        long client = deploy(1_000, 300);
        await(request(reports(client, 1, 10)));
        String processes = processes();
        signal("STOP", processes);
        try {
            Future<Object> report = request(reports(client, 11, 10));
            Future<Object> question = request(new Persist.Prove(client));
            assertEquals(
                    Persist.UNAVAILABLE,
                    assertThrows(ReplyException.class, () -> await(report)).failureCode());
            assertEquals(
                    Persist.UNAVAILABLE,
                    assertThrows(ReplyException.class, () -> await(question)).failureCode());
            await(vertx.undeploy(vertx.deploymentIDs().iterator().next()));
        } finally {
            // Stopping a frozen Postgres is possible too, but takes as long as it is given.
            Future<Void> closed = database.close();
            signal("CONT", processes);
            await(closed);
        }
    }

    private long deploy(long retryMsMax, long transactionMsMax) {
        await(vertx.deployVerticle(
                new PersistenceVerticle(database, Future::succeededFuture, 100_000, retryMsMax, transactionMsMax)));
        Persist.RunRow run = await(request(new Persist.OpenRun(UUID.randomUUID(), "host", "0.1", "{}")));
        Persist.Admission client = await(request(new Persist.AdmitClient(
                run.run(),
                Samples.session("berta"),
                UUID.randomUUID(),
                false,
                Samples.host(),
                Samples.plan(),
                5,
                io.plimsoll.model.Authentication.LOOPBACK)));
        return client.row().client();
    }

    private static Persist.Reports reports(long client, long first, int n) {
        return new Persist.Reports(LongStream.range(first, first + n)
                .mapToObj(sequence -> new Persist.Numbered(
                        1,
                        client,
                        sequence,
                        sequence,
                        false,
                        sequence % 2 == 0
                                ? new Report.Happened(AT_MS, EventKind.WRITER_STALLED, "number " + sequence)
                                : new Report.Interval(AT_MS, (int) sequence, 1, 1, 1, sequence, new byte[200])))
                .toList());
    }

    private long count() {
        return await(database.withConnection(
                10_000,
                connection -> connection
                        .query("select (select count(*) from intervals) + (select count(*) from events)")
                        .execute()
                        .map(rows -> rows.iterator().next().getLong(0))));
    }

    private long postmaster() throws IOException {
        return Long.parseLong(Files.readAllLines(temporary.resolve("database/data/postmaster.pid"))
                .getFirst()
                .strip());
    }

    private String processes() throws IOException {
        ProcessHandle postmaster = ProcessHandle.of(postmaster()).orElseThrow();
        return Stream.concat(Stream.of(postmaster), postmaster.children())
                .map(process -> Long.toString(process.pid()))
                .collect(Collectors.joining(" "));
    }

    private static void signal(String name, String processes) throws IOException, InterruptedException {
        assertEquals(
                0,
                new ProcessBuilder("sh", "-c", "kill -" + name + " " + processes)
                        .inheritIO()
                        .start()
                        .waitFor());
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
