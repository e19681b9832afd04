package io.plimsoll.server;

import static io.plimsoll.database.PostgresForTests.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.config.HealthSettings;
import io.plimsoll.config.LimitSettings;
import io.plimsoll.config.ListenSettings;
import io.plimsoll.config.MulticastSettings;
import io.plimsoll.config.SecuritySettings;
import io.plimsoll.config.ServerSettings;
import io.plimsoll.database.PostgresForTests;
import io.plimsoll.model.Authentication;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.ClientState;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.HeartbeatTags;
import io.plimsoll.wire.Heartbeat;
import io.plimsoll.wire.Samples;
import io.plimsoll.wire.bus.BusAddresses;
import io.plimsoll.wire.bus.BusMessage;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class HealthVerticleIT {
    private static final int SOCKET_TIMEOUT_MS = 30_000;

    @TempDir
    Path temporary;

    private final Vertx vertx = Vertx.vertx();
    private final int port = freePort();

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void whileTheServerStartsItIsLiveAndNotReady() {
        deployAlone();
        assertEquals("200", status("GET /live HTTP/1.1"));
        String notReady = ask("GET /ready HTTP/1.1");
        assertTrue(notReady.startsWith("HTTP/1.1 503 "), notReady);
        assertTrue(notReady.contains("{\"status\":\"unavailable\",\"cause\":\"the server is starting\"}"), notReady);
    }

    @Test
    void nothingElseIsAnsweredAndNoConnectionStays() {
        deployAlone();
        assertEquals("404", status("GET / HTTP/1.1"));
        assertEquals("405", status("POST /ready HTTP/1.1"));
        assertEquals("405", status("HEAD /ready HTTP/1.1"));
        assertEquals("414", status("GET /" + "x".repeat(600) + " HTTP/1.1"));
        assertEquals("431", status("GET /live HTTP/1.1\r\nX: " + "x".repeat(5_000)));
        assertEquals("", ask("GET /live HT", ""), "who does not come to the end of a question is cut");
    }

    @Test
    void aHungDatabaseIsNotReadyWithItsCauseWhileHeartbeatsCountAndReadyAgainWhenItIsBack() throws Exception {
        int udp = freePort();
        await(vertx.deployVerticle(new ServerVerticle(settings(udp), new CompletableFuture<>())));
        await(vertx.eventBus()
                .request(
                        Local.ROSTER,
                        new Local.Admit(Samples.hello("a"), 1, "test", Authentication.LOOPBACK),
                        PersistBus.DELIVERY));
        awaitUntil(() -> status("GET /ready HTTP/1.1").equals("200"));
        String processes = processes();
        signal("STOP", processes);
        try {
            awaitUntil(() -> status("GET /ready HTTP/1.1").equals("503"));
            String answer = ask("GET /ready HTTP/1.1");
            assertTrue(answer.contains("\"cause\":\"the database has not answered for "), answer);
            awaitUntil(() -> ask("GET /ready HTTP/1.1").contains("did not answer within"));
            assertEquals("200", status("GET /live HTTP/1.1"));
            awaitUntil(() -> {
                beat(udp);
                BusMessage.ClientView view = view();
                return view.live() != null && view.live().bytes() == beats;
            });
            assertEquals(ClientState.ALIVE, view().state());
        } finally {
            signal("CONT", processes);
        }
        awaitUntil(() -> status("GET /ready HTTP/1.1").equals("200"));
    }

    private long beats;

    private void beat(int udp) {
        beats++;
        var beat = new Heartbeat(Samples.session("a"), beats, ClientPhase.WRITING, true, beats, 0);
        byte[] bytes = beat.encode(System.currentTimeMillis(), new HeartbeatTags(HeartbeatKeys.NONE))
                .getBytes();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), udp));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private BusMessage.ClientView view() {
        return ((BusMessage.ServerStatus)
                        await(vertx.eventBus().request(BusAddresses.SERVER_STATUS, new BusMessage.StatusRequest()))
                                .body())
                .clients()
                .getFirst();
    }

    private void deployAlone() {
        Promise<io.plimsoll.database.Database> never = Promise.promise();
        await(vertx.deployVerticle(
                new HealthVerticle(new HealthSettings("127.0.0.1", port), new Readiness(), never.future())));
    }

    private ServerSettings settings(int udp) {
        return new ServerSettings(
                new MulticastSettings("239.77.42.9", udp, Optional.of("lo"), Optional.empty()),
                new ListenSettings(
                        "127.0.0.1",
                        freePort(),
                        new SecuritySettings(SecuritySettings.Mode.INSECURE, Optional.empty())),
                PostgresForTests.embedded(temporary.resolve("database")),
                temporary.resolve("log"),
                temporary.resolve("report.json"),
                Duration.ofMinutes(10),
                false,
                new LimitSettings(10, 1 << 16, Duration.ofSeconds(5), Duration.ofSeconds(60), 10, 100),
                new HealthSettings("127.0.0.1", port),
                Optional.empty());
    }

    private String status(String head) {
        String answer = ask(head);
        return answer.replaceFirst("(?s)HTTP/1.[01] ([0-9]+) .*", "$1");
    }

    private String ask(String head) {
        return ask(head, "\r\nHost: x\r\n\r\n");
    }

    /// All that comes until the server ends the connection.
    private String ask(String head, String rest) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(SOCKET_TIMEOUT_MS);
            socket.getOutputStream().write((head + rest).getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitUntil(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "it did not come to pass");
            Thread.sleep(100);
        }
    }

    private String processes() throws IOException {
        ProcessHandle postmaster = ProcessHandle.of(
                        Long.parseLong(Files.readAllLines(temporary.resolve("database/data/postmaster.pid"))
                                .getFirst()
                                .strip()))
                .orElseThrow();
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

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
