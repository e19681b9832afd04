package io.plimsoll.server;

import static io.plimsoll.database.PostgresForTests.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.config.HealthSettings;
import io.plimsoll.config.LimitSettings;
import io.plimsoll.config.ListenSettings;
import io.plimsoll.config.MulticastSettings;
import io.plimsoll.config.SecuritySettings;
import io.plimsoll.config.ServerSettings;
import io.plimsoll.database.Database;
import io.plimsoll.database.PostgresForTests;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.Samples;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Roster and persistence with a real database, without sockets: the test is the TCP verticle.
@Timeout(60)
final class RosterVerticleIT {
    @RegisterExtension
    static final PostgresForTests POSTGRES = new PostgresForTests();

    private static final long BEAT_MS = 100;

    private final BlockingQueue<String> exits = new LinkedBlockingQueue<>();
    private final String place = "127.0.0.1:" + System.nanoTime();
    private Node server = new Node();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aRunThatADeadServerLeftOpenIsClosedByTheNextOneAndItsClientIsLost() throws Exception {
        Local.Admitted admitted = await(server.admit(hello("gone", Optional.empty()), 1));
        server.kill();
        server = new Node();
        assertEquals(admitted.run(), server.closed.poll(30, TimeUnit.SECONDS));
        assertEquals(
                List.of(List.of("failed", "lost", "true")),
                POSTGRES.sql("select r.state, c.state, r.ended_at is not null from runs r join clients c using (run)"
                        + " where run = " + admitted.run()));
    }

    @Test
    void whoComesBackToTheNextServerFindsItsRunAndNewcomersJoinIt() {
        Local.Admitted admitted = await(server.admit(hello("back", Optional.empty()), 1));
        try (Node _ = server) {
            server = new Node();
            assertEquals(admitted, await(server.admit(hello("back", Optional.of(admitted.runUuid())), 1)));
            assertEquals(
                    admitted.run(),
                    await(server.admit(hello("new", Optional.empty()), 2)).run());
        }
    }

    /// The first server stops in order while its client is at work, and the second one dies.
    @Test
    void aRunThatWasClosedAndGoesOnIsTakenUpByTheServerAfterTheNext() throws Exception {
        Local.Admitted admitted = await(server.admit(hello("on", Optional.empty(), 1_000), 1));
        server.close();
        assertEquals(admitted.run(), server.closed.poll(30, TimeUnit.SECONDS));
        server = new Node();
        assertEquals(admitted, await(server.admit(hello("on", Optional.of(admitted.runUuid()), 1_000), 1)));
        server.kill();
        server = new Node();
        assertEquals(admitted.run(), server.closed.poll(30, TimeUnit.SECONDS));
        assertEquals(
                List.of(List.of("failed", "lost")),
                POSTGRES.sql("select r.state, c.state from runs r join clients c using (run) where run = "
                        + admitted.run()));
    }

    @Test
    void aServerAtAnotherPlaceLeavesTheOpenRunsOfOthersAlone() {
        Local.Admitted admitted = await(server.admit(hello("a", Optional.empty()), 1));
        try (Node other = new Node("127.0.0.1:1")) {
            assertNotEquals(
                    admitted.run(),
                    await(other.admit(hello("b", Optional.empty()), 1)).run());
        }
    }

    @Test
    void aHelloThatIsRepeatedWhileTheDatabaseIsSlowIsNotRefused() {
        Future<Local.Admitted> first;
        Future<Local.Admitted> second;
        try (PostgresForTests.Held _ = POSTGRES.hold("lock table clients in access exclusive mode")) {
            first = server.admit(hello("again", Optional.empty()), 1);
            second = server.admit(hello("again", Optional.empty()), 2);
            assertThrows(TimeoutException.class, () -> second.await(300, TimeUnit.MILLISECONDS));
        }
        assertEquals(await(first), await(second));
    }

    @Test
    void aRunOfAnotherDatabaseIsRefused() {
        ReplyException refused = assertThrows(
                ReplyException.class, () -> await(server.admit(hello("a", Optional.of(UUID.randomUUID())), 1)));
        assertEquals(Persist.REFUSED, refused.failureCode());
        assertTrue(refused.getMessage().contains("is not in this server's database"), refused.getMessage());
    }

    @Test
    void aRunIsClosedAndTheServerEndsOnlyAfterAllThatHappenedIsWritten() throws Exception {
        Local.Admitted admitted;
        try (PostgresForTests.Held _ = POSTGRES.hold("lock table events in exclusive mode")) {
            admitted = await(server.admit(hello("a", Optional.empty()), 1));
            server.tell(new Local.Disconnected(admitted.client(), 1, "reset"));
            assertEquals(null, server.closed.poll(2, TimeUnit.SECONDS));
            assertEquals(null, exits.poll());
        }
        assertEquals(admitted.run(), server.closed.poll(30, TimeUnit.SECONDS));
        assertTrue(exits.poll(30, TimeUnit.SECONDS).startsWith("no client"));
        assertEquals(
                List.of(
                        List.of("run-opened"),
                        List.of("client-connected"),
                        List.of("client-disconnected"),
                        List.of("client-lost")),
                POSTGRES.sql("select kind from events where run = " + admitted.run() + " order by at, event"));
    }

    private static Message.Hello hello(String id, Optional<UUID> run) {
        return hello(id, run, BEAT_MS);
    }

    private static Message.Hello hello(String id, Optional<UUID> run, long beatMs) {
        Message.Hello h = Samples.hello(id);
        return new Message.Hello(h.session(), h.instance(), h.host(), h.plan(), beatMs, run, false);
    }

    /// A server, but for its sockets.
    private final class Node implements AutoCloseable {
        private final Vertx vertx = Vertx.vertx();
        private final Database database = POSTGRES.open(vertx);
        private final BlockingQueue<Long> closed = new LinkedBlockingQueue<>();
        private final String deployment;

        Node() {
            this(place);
        }

        Node(String tcp) {
            LocalCodec.register(vertx.eventBus(), Local.types());
            var settings = new ServerSettings(
                    new MulticastSettings("239.0.0.1", 10001, Optional.empty(), Optional.empty()),
                    new ListenSettings(
                            "127.0.0.1", 42000, new SecuritySettings(SecuritySettings.Mode.INSECURE, Optional.empty())),
                    POSTGRES.settings(),
                    Path.of("log"),
                    Path.of("report"),
                    Duration.ofMillis(400),
                    false,
                    new LimitSettings(1, 1 << 16, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1),
                    new HealthSettings("127.0.0.1", 0),
                    Optional.empty());
            var facts = new Admissions.ServerFacts("host", "test", new JsonObject().put("tcp", tcp));
            deployment = await(vertx.deployVerticle(new PersistenceVerticle(
                    database,
                    () -> vertx.deployVerticle(new RosterVerticle(
                            settings, facts, 1, Future::succeededFuture, closed::add, exits::add)))));
        }

        Future<Local.Admitted> admit(Message.Hello hello, long connection) {
            return vertx.eventBus()
                    .<Local.Admitted>request(
                            Local.ROSTER,
                            new Local.Admit(hello, connection, "test", io.plimsoll.model.Authentication.LOOPBACK),
                            PersistBus.DELIVERY)
                    .map(reply -> reply.body());
        }

        void tell(Local news) {
            vertx.eventBus().send(Local.ROSTER, news);
        }

        /// From now on nothing that it does gets anywhere.
        void kill() {
            await(database.close());
            vertx.close();
        }

        @Override
        public void close() {
            await(vertx.undeploy(deployment));
            await(database.close());
            await(vertx.close());
        }
    }
}
