package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.Authentication;
import io.plimsoll.model.ClientId;
import io.plimsoll.security.CertificateAuthority;
import io.plimsoll.security.Credentials;
import io.plimsoll.security.Principal;
import io.plimsoll.wire.Frame;
import io.plimsoll.wire.FrameDecoder;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.plimsoll.wire.Samples;
import io.plimsoll.wire.Tls;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Real sockets against the real verticle; the database behind it is one that fails when a test says so.
@Timeout(60)
final class TcpVerticleIT {
    private static final int HANDSHAKE_MS = 1_500;
    private static final int SOCKET_TIMEOUT_MS = 20_000;

    private final Vertx vertx = Vertx.vertx();
    private final Map<Long, List<Long>> stored = new ConcurrentHashMap<>();
    private final AtomicInteger failuresToCome = new AtomicInteger();
    private final AtomicLong unstorable = new AtomicLong(-1);
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean frozen;
    private final List<Long> quarantined = new java.util.concurrent.CopyOnWriteArrayList<>();
    private volatile int admitFailure;
    private volatile long run = 7;
    private int port;

    @BeforeEach
    void startServer() throws Exception {
        // the first message that is written takes longer than a server waits for it, on a machine with much to do
        MessageCodec.encode(Samples.hello("warm-up"));
        LocalCodec.register(vertx.eventBus(), Local.types());
        LocalCodec.register(
                vertx.eventBus(), List.of(Persist.Reports.class, Persist.Quarantine.class, Persist.Stored.class));
        AtomicLong keys = new AtomicLong();
        vertx.eventBus().<Local>localConsumer(Local.ROSTER, m -> {
            if (m.body() instanceof Local.Admit && admitFailure != 0) {
                m.fail(admitFailure, "cannot be");
            } else if (m.body() instanceof Local.Admit) {
                m.reply(new Local.Admitted(new java.util.UUID(1, 2), run, keys.incrementAndGet(), 0));
            }
        });
        vertx.eventBus().<Persist>localConsumer(PersistBus.ADDRESS, m -> {
            if (m.body() instanceof Persist.Quarantine q) {
                quarantined.add(q.report().sequence());
                m.reply(Persist.Stored.ALL);
                return;
            }
            Persist.Reports asked = (Persist.Reports) m.body();
            boolean poison = asked.reports().stream().anyMatch(r -> r.sequence() == unstorable.get());
            if (frozen) {
                return;
            }
            if (poison) {
                m.fail(Persist.UNSTORABLE, "numeric value out of range");
            } else if (failuresToCome.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                m.fail(Persist.UNAVAILABLE, "database is away");
            } else {
                asked.reports()
                        .forEach(r -> stored.computeIfAbsent(r.client(), _ -> new ArrayList<>())
                                .add(r.sequence()));
                m.reply(Persist.Stored.ALL);
            }
        });
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        TcpLimits limits = new TcpLimits(Frame.BODY_BYTES_MAX, HANDSHAKE_MS, 60_000, 50, 200, 100);
        var listen = new TcpVerticle.Listen("127.0.0.1", port, 20, "test", Admittance.LOOPBACK);
        for (int i = 0; i < 2; i++) {
            vertx.deployVerticle(new TcpVerticle(i, 2, listen, limits, connections))
                    .await(10, TimeUnit.SECONDS);
        }
    }

    @AfterEach
    void stopServer() throws Exception {
        frozen = false;
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void reportsAreAcknowledgedInOrderAlsoWhenTheDatabaseFailsAtFirst() throws Exception {
        failuresToCome.set(2);
        try (Peer peer = new Peer()) {
            peer.greet("a");
            for (int i = 1; i <= 500; i++) {
                peer.send(report(i));
            }
            long acknowledged = 0;
            while (acknowledged < 500) {
                long next = ((Message.Ack) peer.receive()).sequence();
                assertTrue(next > acknowledged);
                acknowledged = next;
            }
            assertEquals(
                    java.util.stream.LongStream.rangeClosed(1, 500).boxed().toList(),
                    stored.values().iterator().next());
        }
    }

    @Test
    void strangersAreClosedInTimeAndDisturbNobody() throws Exception {
        try (Peer good = new Peer()) {
            good.greet("good");
            List<byte[]> openings = new ArrayList<>();
            openings.add("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            openings.add(new byte[] {0x16, 3, 1, 2, 0, 1, 0});
            openings.add(MessageCodec.encode(Samples.hello("x"))
                    .setUnsignedInt(8, 0xffff_ffffL)
                    .getBytes());
            openings.add(
                    MessageCodec.encode(Samples.hello("x")).setUnsignedInt(8, 1).getBytes());
            openings.add(MessageCodec.encode(report(1)).getBytes());
            openings.add(
                    new Frame(1, 0, Buffer.buffer("[".repeat(100_000))).encode().getBytes());
            Random random = new Random(5);
            for (int i = 0; i < 10; i++) {
                byte[] noise = new byte[1 + random.nextInt(5000)];
                random.nextBytes(noise);
                openings.add(noise);
            }
            for (byte[] opening : openings) {
                try (Peer stranger = new Peer()) {
                    stranger.raw(opening);
                    stranger.expectEnd();
                }
            }
            good.send(report(1));
            assertEquals(new Message.Ack(1), good.receive());
        }
    }

    @Test
    void silenceHalfAHelloAndHalfAFrameAreCutAfterTheHandshakeTime() throws Exception {
        byte[] hello = MessageCodec.encode(Samples.hello("h")).getBytes();
        try (Peer silent = new Peer();
                Peer half = new Peer();
                Peer drip = new Peer()) {
            half.raw(java.util.Arrays.copyOf(hello, hello.length - 1));
            drip.greet("drip");
            drip.raw(java.util.Arrays.copyOf(MessageCodec.encode(report(1)).getBytes(), 30));
            silent.expectEnd();
            half.expectEnd();
            drip.expectEnd();
        }
        assertTrue(connections.get() <= 3);
    }

    @Test
    void whoComesWhileTheDatabaseIsAwayIsCutOffAndNeverRefused() throws Exception {
        Message.Hello first = Samples.hello("a");
        Message.Hello returning = new Message.Hello(
                first.session(),
                first.instance(),
                first.host(),
                first.plan(),
                first.heartbeatMs(),
                java.util.Optional.of(new java.util.UUID(1, 2)),
                false);
        for (Message.Hello hello : List.of(first, returning)) {
            admitFailure = Persist.UNAVAILABLE;
            try (Peer peer = new Peer()) {
                peer.send(hello);
                IOException end = org.junit.jupiter.api.Assertions.assertThrows(IOException.class, peer::receive);
                assertEquals("closed by the server", end.getMessage());
            }
            admitFailure = Persist.REFUSED;
            try (Peer peer = new Peer()) {
                peer.send(hello);
                assertEquals(new Message.Refused("cannot be"), peer.receive());
            }
        }
    }

    @Test
    void aConnectionThatTheServerFailsAtIsEndedAndTheOthersWork() throws Exception {
        run = 0;
        try (Peer peer = new Peer()) {
            peer.send(Samples.hello("unlucky"));
            peer.expectEnd();
        }
        run = 7;
        try (Peer peer = new Peer()) {
            peer.greet("good");
            peer.send(report(1));
            assertEquals(new Message.Ack(1), peer.receive());
        }
    }

    @Test
    void aReportIsAcknowledgedAlsoIfItCouldNotEvenBeHandedOnAtFirst() throws Exception {
        Vertx other = Vertx.vertx();
        try {
            LocalCodec.register(other.eventBus(), Local.types());
            other.eventBus().<Local>localConsumer(Local.ROSTER, m -> {
                if (m.body() instanceof Local.Admit) {
                    m.reply(new Local.Admitted(new java.util.UUID(1, 2), 7, 1, 0));
                }
            });
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            TcpLimits limits = new TcpLimits(Frame.BODY_BYTES_MAX, HANDSHAKE_MS, 60_000, 50, 200, 100);
            var listen = new TcpVerticle.Listen("127.0.0.1", port, 20, "test", Admittance.LOOPBACK);
            other.deployVerticle(new TcpVerticle(0, 1, listen, limits, new AtomicInteger()))
                    .await(10, TimeUnit.SECONDS);
            try (Peer peer = new Peer()) {
                peer.greet("a");
                peer.send(report(1));
                other.timer(1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
                LocalCodec.register(
                        other.eventBus(),
                        List.of(Persist.Reports.class, Persist.Quarantine.class, Persist.Stored.class));
                other.eventBus().localConsumer(PersistBus.ADDRESS, m -> m.reply(Persist.Stored.ALL));
                assertEquals(new Message.Ack(1), peer.receive());
            }
        } finally {
            other.close().await(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aGapInTheSequenceIsRefusedWithTheNumbers() throws Exception {
        try (Peer peer = new Peer()) {
            peer.greet("gap");
            peer.send(report(1));
            peer.send(report(3));
            Message answer = peer.receive();
            while (answer instanceof Message.Ack) {
                answer = peer.receive();
            }
            assertEquals(new Message.Refused("sent report 3 where 2 was due"), answer);
        }
    }

    @Test
    void aReportThatTheDatabaseNeverTakesHoldsUpNobodyElse() throws Exception {
        unstorable.set(21);
        try (Peer bad = new Peer();
                Peer good = new Peer()) {
            bad.greet("bad");
            good.greet("good");
            for (int i = 1; i <= 21; i++) {
                bad.send(report(i));
            }
            for (int i = 1; i <= 20; i++) {
                good.send(report(i));
            }
            long acknowledged = 0;
            while (acknowledged < 20) {
                acknowledged = ((Message.Ack) good.receive()).sequence();
            }
            acknowledged = 0;
            while (acknowledged < 21) {
                acknowledged = ((Message.Ack) bad.receive()).sequence();
            }
            assertEquals(List.of(21L), quarantined);
        }
    }

    @Test
    void aServerThatCannotStoreStopsReadingSoThatMemoryStaysBounded() throws Exception {
        frozen = true;
        try (Peer peer = new Peer()) {
            peer.greet("fast");
            Message.Numbered big = new Message.Numbered(
                    1, new io.plimsoll.model.Report.Interval(1_795_000_000_000L, 0, 1, 1, 1, 1, new byte[60_000]));
            Thread writer = Thread.ofPlatform().daemon().start(() -> {
                try {
                    for (int i = 1; i < 100_000; i++) {
                        peer.send(new Message.Numbered(i, big.report()));
                    }
                } catch (IOException e) {
                    // the test is over
                }
            });
            long before = -1;
            for (long sent = peer.sentBytes.get(); sent != before; sent = peer.sentBytes.get()) {
                before = sent;
                writer.join(1_000);
            }
            assertTrue(writer.isAlive(), "the writer is held up");
            assertTrue(before < 60_000_000, "read " + before + " bytes");
        }
    }

    @Test
    void moreConnectionsThanAllowedAreTurnedAwayAndTheOthersWork() throws Exception {
        List<Peer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                Peer peer = new Peer();
                peers.add(peer);
                peer.greet("p" + i);
            }
            try (Peer tooMany = new Peer()) {
                tooMany.expectEnd();
            }
            peers.getFirst().send(report(1));
            assertEquals(new Message.Ack(1), peers.getFirst().receive());
        } finally {
            for (Peer peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void aClientThatAsksForTlsIsToldOnceThatThereIsNone() throws Exception {
        byte[] question = new Frame(7, 0, Buffer.buffer()).encode().getBytes();
        try (Peer peer = new Peer()) {
            peer.raw(question);
            assertEquals(
                    Tls.plainly(), Buffer.buffer(peer.socket.getInputStream().readNBytes(Frame.HEADER_BYTES)));
            peer.greet("a");
            peer.send(report(1));
            assertEquals(new Message.Ack(1), peer.receive());
        }
        try (Peer pest = new Peer()) {
            pest.raw(question);
            pest.raw(question);
            pest.expectEnd();
        }
    }

    @Test
    void aServerWithCertificatesCountsWhoSaysNothingAndLetsItGo() throws Exception {
        CertificateAuthority lab = CertificateAuthority.create(Instant.now());
        Credentials own = lab.issue(
                new Principal(Principal.Role.SERVER, new ClientId("server")), List.of("127.0.0.1"), Instant.now());
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        TcpLimits limits = new TcpLimits(Frame.BODY_BYTES_MAX, HANDSHAKE_MS, 60_000, 50, 200, 100);
        var demanding = new Admittance(
                Optional.of(Tls.server(own, HANDSHAKE_MS)), Authentication.CERTIFICATE, Optional.empty());
        var listen = new TcpVerticle.Listen("127.0.0.1", port, 20, "test", demanding);
        vertx.deployVerticle(new TcpVerticle(0, 1, listen, limits, connections)).await(10, TimeUnit.SECONDS);
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            peers.add(new Peer());
        }
        try (Peer tooMany = new Peer()) {
            tooMany.expectEnd();
        }
        for (Peer peer : peers) {
            peer.expectEnd();
            peer.close();
        }
        try (Peer plain = new Peer()) {
            plain.send(Samples.hello("plain"));
            assertTrue(plain.receive() instanceof Message.Refused);
            plain.expectEnd();
        }
        for (long until = System.nanoTime() + SOCKET_TIMEOUT_MS * 1_000_000L;
                connections.get() > 0 && System.nanoTime() < until; ) {
            Thread.onSpinWait();
        }
        assertEquals(0, connections.get());
    }

    private static Message.Numbered report(long sequence) {
        return new Message.Numbered(sequence, Samples.interval(1_795_000_000_000L, new Random(sequence)));
    }

    /// A client made of a plain socket.
    private final class Peer implements AutoCloseable {
        private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        private final FrameDecoder decoder = new FrameDecoder();
        private final List<Message> received = new ArrayList<>();
        private final AtomicLong sentBytes = new AtomicLong();

        Peer() throws IOException {
            socket.setSoTimeout(SOCKET_TIMEOUT_MS);
        }

        void greet(String id) throws IOException {
            send(Samples.hello(id));
            assertTrue(receive() instanceof Message.Welcome);
        }

        void send(Message message) throws IOException {
            raw(MessageCodec.encode(message).getBytes());
        }

        void raw(byte[] bytes) throws IOException {
            try {
                socket.getOutputStream().write(bytes);
                sentBytes.addAndGet(bytes.length);
            } catch (SocketException e) {
                if (socket.isClosed()) {
                    throw e;
                }
                // closed by the server in mid-write: what a stranger must expect
            }
        }

        Message receive() throws IOException {
            InputStream in = socket.getInputStream();
            byte[] piece = new byte[8192];
            while (received.isEmpty()) {
                int n = in.read(piece);
                if (n < 0) {
                    throw new IOException("closed by the server");
                }
                decoder.feed(Buffer.buffer().appendBytes(piece, 0, n), f -> received.add(MessageCodec.decode(f)));
            }
            return received.removeFirst();
        }

        void expectEnd() throws IOException {
            try {
                while (socket.getInputStream().read() >= 0) {
                    // a refusal may come first
                }
            } catch (SocketException e) {
                // a reset is an end, too
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
