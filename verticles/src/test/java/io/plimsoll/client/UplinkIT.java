package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.config.SecuritySettings;
import io.plimsoll.config.UplinkSettings;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EventKind;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.wire.FrameDecoder;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.plimsoll.wire.Samples;
import io.plimsoll.wire.WireException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The real uplink against a server made of a plain socket that misbehaves on purpose.
@Timeout(120)
final class UplinkIT {
    private static final UUID RUN = new UUID(3, 4);

    private final Vertx vertx = Vertx.vertx();
    private final Heard heard = new Heard();

    @AfterEach
    void close() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void everyReportIsDeliveredOnceInOrderToAServerThatCutsItselfOffAgainAndAgain() throws Exception {
        try (ScriptedServer server = new ScriptedServer(20261123, 12)) {
            UplinkVerticle uplink = deploy(server.port());
            Random random = new Random(1);
            for (int i = 1; i <= 2_000; i++) {
                uplink.accept(Samples.report(random));
            }
            uplink.drain(100_000).await(110, TimeUnit.SECONDS);
            assertEquals(2_000, server.committed.size());
            assertEquals(1L, server.committed.firstKey());
            assertEquals(2_000L, server.committed.lastKey());
            Random again = new Random(1);
            server.committed.values().forEach(report -> assertEquals(Samples.report(again), report.report()));
            assertTrue(server.connections > 5, server.connections + " connections");
            assertTrue(server.runsNamed.stream().skip(1).allMatch(run -> run.equals(Optional.of(RUN))));
        }
    }

    @Test
    void noServerIsAClearFailureAtOnce() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var failure = assertThrows(ServerUnreachableException.class, () -> deploy(port));
        assertTrue(failure.getMessage().startsWith("no server at 127.0.0.1:" + port), failure.getMessage());
    }

    @Test
    void aStrangeServerIsNamedAsSuch() throws Exception {
        try (ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> {
                try (Socket socket = stranger.accept()) {
                    socket.getOutputStream().write("220 mail.example.org ESMTP\r\n".getBytes());
                    while (socket.getInputStream().read() >= 0) {
                        // until the client hangs up
                    }
                } catch (IOException e) {
                    // hung up
                }
            });
            var failure = assertThrows(RefusedException.class, () -> deploy(stranger.getLocalPort()));
            assertTrue(failure.getMessage().contains("not understood"), failure.getMessage());
        }
    }

    @Test
    void whatTheServerDidNotTakeGoesIntoAFileAndFromThereToAServerLater(@TempDir Path directory) throws Exception {
        UplinkVerticle.Unsent unsent;
        try (ScriptedServer server = new ScriptedServer(1, Integer.MAX_VALUE)) {
            UplinkVerticle uplink = deploy(server.port());
            server.goAwayForEver();
            Random random = new Random(2);
            for (int i = 1; i <= 50; i++) {
                uplink.accept(Samples.report(random));
            }
            assertThrows(
                    java.util.concurrent.TimeoutException.class,
                    () -> uplink.drain(1_500).await(10, TimeUnit.SECONDS));
            unsent = uplink.unsent().await(10, TimeUnit.SECONDS);
        }
        Path file = UnsentFile.write(directory, Samples.session("up"), unsent.frames());
        assertFalse(unsent.spooled());
        SpoolFile read = SpoolFile.read(file);
        assertEquals(50, read.reports().size());
        assertEquals(0, read.damagedBytes());
        assertTrue(read.hello().late());
        assertEquals(Optional.of(RUN), read.hello().run());
        try (ScriptedServer server = new ScriptedServer(3, 10)) {
            UplinkSettings where = plain(server.port());
            int delivered = Submission.deliver(vertx, where, read, 60_000).await(60, TimeUnit.SECONDS);
            assertEquals(50, delivered);
            assertEquals(
                    read.reports().stream().map(SpoolFile.Kept::frame).toList(),
                    server.committed.values().stream().map(MessageCodec::encode).toList());
        }
        byte[] whole = Files.readAllBytes(file);
        Path damaged = directory.resolve("damaged");
        Random random = new Random(4);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = whole.clone();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(damaged, bytes);
            try {
                assertTrue(SpoolFile.read(damaged).damagedBytes() > 0, "a flipped bit that nobody noticed");
            } catch (WireException e) {
                assertTrue(e.getMessage().contains("does not say to which run"), e.getMessage());
            }
            Files.write(damaged, java.util.Arrays.copyOf(whole, random.nextInt(whole.length - 1)));
            try {
                assertTrue(SpoolFile.read(damaged).reports().size() < 50);
            } catch (WireException e) {
                assertInstanceOf(String.class, e.getMessage());
            }
        }
    }

    @Test
    void whereTheLastFileCannotBeWrittenTheSpoolKeepsWhatItHasAndNothingIsCalledKeptThatIsNot(@TempDir Path directory)
            throws Exception {
        Measurement.End end = new Measurement.End(ClientState.FINISHED, "", 0, 0, 0, List.of());
        String part = SpoolFile.unsentName(Samples.session("up")) + ".part";
        Files.createDirectories(directory.resolve(part).resolve("in the way"));
        List<String> notes = new ArrayList<>();
        try (ScriptedServer server = new ScriptedServer(1, Integer.MAX_VALUE)) {
            UplinkSettings where = plain(server.port());
            UplinkVerticle uplink = new UplinkVerticle(
                    where,
                    Samples.hello("up"),
                    Long.MAX_VALUE,
                    Optional.of(new Spool(directory, Samples.session("up"))),
                    heard);
            vertx.deployVerticle(uplink).await(30, TimeUnit.SECONDS);
            server.goAwayForEver();
            Random random = new Random(2);
            for (int i = 1; i <= 50; i++) {
                uplink.accept(Samples.report(random));
            }
            Optional<Path> kept = new FinalReport(vertx, Samples.session("up"), where, uplink, directory, notes::add)
                    .deliver(end, 6_000)
                    .await(30, TimeUnit.SECONDS);
            List<Path> files = SpoolFile.in(directory);
            assertEquals(files.size() == 1 ? files.getFirst() : directory, kept.orElseThrow());
            assertEquals(
                    51,
                    files.stream()
                            .mapToInt(file -> {
                                try {
                                    return SpoolFile.read(file).reports().size();
                                } catch (IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            })
                            .sum());
            assertEquals(1, notes.size());
        }
        try (ScriptedServer server = new ScriptedServer(1, Integer.MAX_VALUE)) {
            UplinkVerticle uplink = deploy(server.port());
            server.goAwayForEver();
            UplinkSettings where = plain(server.port());
            FinalReport last = new FinalReport(vertx, Samples.session("up"), where, uplink, directory, notes::add);
            var lost = assertThrows(
                    ServerUnreachableException.class,
                    () -> last.deliver(end, 500).await(30, TimeUnit.SECONDS));
            assertTrue(lost.getMessage().contains("did not take 1 reports"), lost.getMessage());
        }
    }

    @Test
    void whatDeadProcessesLeftIsDeliveredAndDeletedAndWhatIsDamagedIsKeptAside(@TempDir Path directory)
            throws Exception {
        Message.Hello first = Samples.hello("up");
        Buffer hello = MessageCodec.encode(new Message.Hello(
                first.session(), first.instance(), first.host(), first.plan(), 5_000, Optional.of(RUN), true));
        List<Buffer> frames = new ArrayList<>();
        for (long n = 1; n <= 40; n++) {
            frames.add(MessageCodec.encode(new Message.Numbered(n, Samples.report(new Random(n)))));
        }
        Buffer damaged = Buffer.buffer().appendBuffer(hello);
        frames.subList(0, 20).forEach(damaged::appendBuffer);
        int inTheMiddle =
                hello.length() + frames.get(0).length() + frames.get(1).length() + 30;
        damaged.setByte(inTheMiddle, (byte) (damaged.getByte(inTheMiddle) ^ 1));
        Path bad = Files.write(directory.resolve("plimsoll-spool-up-1-000001.frames"), damaged.getBytes());
        Buffer good = Buffer.buffer().appendBuffer(hello);
        frames.subList(20, 40).forEach(good::appendBuffer);
        Path fine = Files.write(directory.resolve("plimsoll-spool-up-1-000002.frames"), good.getBytes());
        Path owned = Files.write(directory.resolve("plimsoll-spool-up-2-000001.frames"), good.getBytes());
        Path foreign = Files.writeString(directory.resolve("plimsoll-unsent-x-1.frames"), "PLMS, but nothing else");
        try (ScriptedServer server = new ScriptedServer(3, 10);
                FileChannel owner = FileChannel.open(owned, StandardOpenOption.WRITE)) {
            owner.lock();
            Leftovers.Delivered all = Leftovers.deliver(vertx, plain(server.port()), SpoolFile.in(directory), 60_000)
                    .await(60, TimeUnit.SECONDS);
            assertEquals(2, all.files());
            assertEquals(39, all.reports());
            assertEquals(2, all.notes().size(), all.notes()::toString);
            List<Buffer> whole = new ArrayList<>(frames);
            whole.remove(2);
            assertEquals(
                    whole,
                    server.committed.values().stream().map(MessageCodec::encode).toList());
        }
        assertEquals(
                List.of(bad.resolveSibling(bad.getFileName() + ".damaged"), owned, foreign),
                Files.list(directory).sorted().toList());
        assertFalse(Files.exists(fine));
    }

    /// Its buffers are full then, so that not even the end of the connection can be written.
    @Test
    void aServerThatStopsReadingIsLeftForANewConnection() throws Exception {
        BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (true) {
                        Socket socket = listener.accept();
                        Message welcome = new Message.Welcome(RUN, 1, 1_000_000, 0, "test");
                        socket.getOutputStream()
                                .write(MessageCodec.encode(welcome).getBytes());
                        accepted.add(socket);
                    }
                } catch (IOException e) {
                    // the end
                }
            });
            UplinkVerticle uplink = deploy(listener.getLocalPort());
            Random random = new Random(1);
            for (int i = 0; i < 20_000; i++) {
                uplink.accept(Samples.report(random));
            }
            Socket first = accepted.take();
            Socket second = accepted.poll(Uplink.SILENCE_MS_MAX + 10_000, TimeUnit.MILLISECONDS);
            assertTrue(second != null, "still on the old connection");
            first.close();
            second.close();
        }
    }

    @Test
    void ordersAndRefusalsOfTheServerReachTheClient() throws Exception {
        try (ScriptedServer server = new ScriptedServer(5, Integer.MAX_VALUE)) {
            deploy(server.port());
            server.say(new Message.HeartbeatsHeard(0, 0, 10_000));
            server.say(new Message.HeartbeatKey(HeartbeatKeys.Key.random("ours")));
            server.say(new Message.Stop("enough"));
            server.say(new Message.Refused("no more"));
            assertEquals("heard 10000", heard.said.poll(10, TimeUnit.SECONDS));
            assertEquals("heartbeat key of ours", heard.said.poll(10, TimeUnit.SECONDS), "and not the key itself");
            assertEquals("stop enough", heard.said.poll(10, TimeUnit.SECONDS));
            assertEquals("refused no more", heard.said.poll(10, TimeUnit.SECONDS));
        }
    }

    private static UplinkSettings plain(int port) {
        return new UplinkSettings(
                "127.0.0.1", port, new SecuritySettings(SecuritySettings.Mode.INSECURE, Optional.empty()));
    }

    private UplinkVerticle deploy(int port) throws Exception {
        UplinkVerticle uplink =
                new UplinkVerticle(plain(port), Samples.hello("up"), Long.MAX_VALUE, Optional.empty(), heard);
        vertx.deployVerticle(uplink).await(30, TimeUnit.SECONDS);
        return uplink;
    }

    private static final class Heard implements UplinkVerticle.Listener {
        final BlockingQueue<String> said = new LinkedBlockingQueue<>();

        @Override
        public void heartbeatsHeard(Message.HeartbeatsHeard heard) {
            said.add("heard " + heard.silentMs());
        }

        @Override
        public void heartbeatKey(HeartbeatKeys.Key key) {
            said.add(key.toString());
        }

        @Override
        public void stopOrdered(String reason) {
            said.add("stop " + reason);
        }

        @Override
        public void refused(String reason) {
            said.add("refused " + reason);
        }

        @Override
        public void full() {
            said.add("full");
        }

        @Override
        public void spoolTrouble(EventKind kind, String what) {
            said.add(kind + " " + what);
        }

        @Override
        public Future<?> closing() {
            return Future.succeededFuture();
        }
    }

    /// Commits in order, acknowledges now and then, and cuts the connection after about `lifeReports` reports.
    private static final class ScriptedServer implements AutoCloseable {
        final TreeMap<Long, Message.Numbered> committed = new TreeMap<>();
        final List<Optional<UUID>> runsNamed = new ArrayList<>();
        volatile int connections;
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Random random;
        private final int lifeReports;
        private final Thread thread;
        private volatile Socket current;

        ScriptedServer(long seed, int lifeReports) throws IOException {
            this.random = new Random(seed);
            this.lifeReports = lifeReports;
            this.thread = Thread.ofPlatform().daemon().start(this::serve);
        }

        int port() {
            return listener.getLocalPort();
        }

        void say(Message message) throws IOException {
            current.getOutputStream().write(MessageCodec.encode(message).getBytes());
        }

        void goAwayForEver() throws IOException {
            listener.close();
            current.close();
        }

        private void serve() {
            while (!listener.isClosed()) {
                try (Socket socket = listener.accept()) {
                    connections++;
                    current = socket;
                    converse(socket);
                } catch (IOException e) {
                    // the next one, or the end
                }
            }
        }

        private void converse(Socket socket) throws IOException {
            FrameDecoder decoder = new FrameDecoder();
            List<Message> messages = new ArrayList<>();
            byte[] piece = new byte[4096];
            // lives longer with each connection, so that the end is reached
            long life = lifeReports == Integer.MAX_VALUE ? lifeReports : (long) lifeReports * connections * connections;
            int seen = 0;
            while (true) {
                int n = socket.getInputStream().read(piece);
                if (n < 0) {
                    return;
                }
                decoder.feed(Buffer.buffer().appendBytes(piece, 0, n), f -> messages.add(MessageCodec.decode(f)));
                for (Message m : messages) {
                    if (m instanceof Message.Hello hello) {
                        runsNamed.add(hello.run());
                        long last = committed.isEmpty() ? 0 : committed.lastKey();
                        say(new Message.Welcome(RUN, 1, 1 + random.nextInt(64), last, "test"));
                    } else if (m instanceof Message.Numbered report) {
                        committed.putIfAbsent(report.sequence(), report);
                        if (++seen > life) {
                            return;
                        }
                        if (lifeReports == Integer.MAX_VALUE || random.nextInt(4) > 0 || seen % 60 == 0) {
                            say(new Message.Ack(report.sequence()));
                        }
                    }
                }
                if (!messages.isEmpty() && messages.getLast() instanceof Message.Numbered last) {
                    say(new Message.Ack(last.sequence()));
                }
                messages.clear();
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
            if (current != null) {
                current.close();
            }
            try {
                thread.join(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
