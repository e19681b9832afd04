package io.plimsoll.client;

import io.plimsoll.config.MulticastSettings;
import io.plimsoll.config.SecuritySettings;
import io.plimsoll.config.UplinkSettings;
import io.plimsoll.faults.Content;
import io.plimsoll.faults.History;
import io.plimsoll.faults.TcpProxy;
import io.plimsoll.faults.TcpProxy.Way;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.HostFacts;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.wire.FrameDecoder;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A process whose reports are made up, and whose way to the server is the real one: the uplink with its spool,
/// behind a [TcpProxy] of its own. What it did is in its [History]; what it sent and was told, that proxy has
/// seen pass.
///
/// `HistoryClient ID SERVER_PORT SOURCE DIRECTORY GAP_US SEED [GROUP INTERFACE UDP_PORT INTERVAL_MS]`: a report
/// every so many µs; with heartbeats, where the last four say how. Says `acknowledged N` on stdout a few times a
/// second. Does as it is told on stdin, a line each: `reset`, `half-open`, `stall up down`, `truncate up 100`,
/// `delay 50`, `bandwidth 10000`, `heal`, and `end`: then all is delivered, and it exits with 0. It dies with
/// whoever started it.
final class HistoryClient implements UplinkVerticle.Listener {
    private static final long START_SECONDS_MAX = 180;
    private static final long DRAIN_MS_MAX = 120_000;
    private static final long KEPT_BYTES_MAX = 512 << 20;
    private static final long NO_HEARTBEATS_MS = 600_000;
    private static final HostFacts HOST = new HostFacts("host", "6.18", "cpu", 2, 1 << 30, "25", "0.1.0", 1);
    private static final ChunkPlan PLAN = new ChunkPlan(1, 1, 1, 1, EngineKind.NULL, false);

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final Session session;
    private final History.Writer history;
    private final TcpProxy proxy;
    private final UplinkVerticle uplink;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong offered = new AtomicLong();
    private volatile boolean ending;

    public static void main(String[] args) throws Exception {
        int exitCode = new HistoryClient(args).run(args);
        System.out.flush();
        Runtime.getRuntime().halt(exitCode);
    }

    private HistoryClient(String[] args) throws Exception {
        Path directory = Files.createDirectories(Path.of(args[3]));
        session = new Session(new ClientId(args[0]), System.currentTimeMillis());
        history = new History.Writer(directory.resolve(session.clientId() + ".history"), session);
        proxy = new TcpProxy(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1])),
                InetAddress.getByName(args[2]),
                Long.parseLong(args[5]),
                Watch::new);
        long heartbeatMs = args.length > 6 ? Long.parseLong(args[9]) : NO_HEARTBEATS_MS;
        Message.Hello hello =
                new Message.Hello(session, UUID.randomUUID(), HOST, PLAN, heartbeatMs, Optional.empty(), false);
        uplink = new UplinkVerticle(
                new UplinkSettings(
                        "127.0.0.1",
                        proxy.port(),
                        new SecuritySettings(SecuritySettings.Mode.INSECURE, Optional.empty())),
                hello,
                KEPT_BYTES_MAX,
                Optional.of(new Spool(directory.resolve("spool"), session)),
                this);
    }

    private int run(String[] args) throws Exception {
        vertx.deployVerticle(uplink).await(START_SECONDS_MAX, TimeUnit.SECONDS);
        if (args.length > 6) {
            var multicast =
                    new MulticastSettings(args[6], Integer.parseInt(args[8]), Optional.empty(), Optional.empty());
            var pulse = new HeartbeatVerticle.Pulse(() -> ClientPhase.WRITING, offered::get);
            vertx.deployVerticle(new HeartbeatVerticle(
                            multicast,
                            args[7],
                            "127.0.0.1",
                            session,
                            Long.parseLong(args[9]),
                            pulse,
                            () -> HeartbeatKeys.NONE,
                            _ -> {}))
                    .await(START_SECONDS_MAX, TimeUnit.SECONDS);
        }
        System.out.println("welcomed");
        Thread.ofPlatform().daemon().start(this::tell);
        Thread feeder = Thread.ofPlatform().daemon().start(() -> feed(Long.parseLong(args[4])));
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            if (words[0].equals("end")) {
                ending = true;
                feeder.join();
                uplink.offer(n -> new Message.Numbered(n, intended(n, Content.end(session, n))));
                uplink.drain(DRAIN_MS_MAX).await(2 * DRAIN_MS_MAX, TimeUnit.MILLISECONDS);
                history.drained();
                System.out.println("drained");
                return 0;
            }
            suffer(words);
        }
        return 1;
    }

    private void feed(long gapUs) {
        while (!ending) {
            uplink.offer(n -> new Message.Numbered(n, intended(n, Content.of(session, n))));
            offered.incrementAndGet();
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(gapUs));
        }
    }

    private Report intended(long number, Report report) {
        history.intent(number, Content.digest(report));
        return report;
    }

    private void tell() {
        for (long last = -1; true; LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100))) {
            long now = acknowledged.get();
            if (now != last) {
                System.out.println("acknowledged " + now);
                last = now;
            }
        }
    }

    private void suffer(String[] words) {
        switch (words[0]) {
            case "reset" -> proxy.reset();
            case "half-open" -> proxy.halfOpen();
            case "stall" ->
                proxy.stall(Arrays.stream(words).skip(1).map(HistoryClient::way).toArray(Way[]::new));
            case "truncate" -> proxy.truncate(way(words[1]), Integer.parseInt(words[2]));
            case "delay" -> proxy.delay(Long.parseLong(words[1]));
            case "bandwidth" -> proxy.bandwidth(Long.parseLong(words[1]));
            case "heal" -> proxy.heal();
            default -> throw new IllegalArgumentException(String.join(" ", words));
        }
    }

    private static Way way(String word) {
        return Way.valueOf(word.toUpperCase(java.util.Locale.ROOT));
    }

    @Override
    public void heartbeatsHeard(Message.HeartbeatsHeard heard) {}

    @Override
    public void heartbeatKey(HeartbeatKeys.Key key) {
        throw new AssertionError("an insecure server gave a key");
    }

    @Override
    public void stopOrdered(String reason) {}

    @Override
    public void refused(String reason) {
        System.out.println("refused: " + reason);
    }

    @Override
    public void full() {
        System.out.println("full");
    }

    @Override
    public void spoolTrouble(EventKind kind, String what) {
        System.out.println(kind.word() + ": " + what);
    }

    @Override
    public Future<?> closing() {
        return Future.succeededFuture();
    }

    /// Writes down what passes on one connection, before it does.
    private final class Watch implements TcpProxy.Tap {
        private final FrameDecoder up = new FrameDecoder();
        private final FrameDecoder down = new FrameDecoder();

        @Override
        public void passing(Way way, byte[] bytes, int length) {
            Buffer piece = Buffer.buffer(Arrays.copyOf(bytes, length));
            (way == Way.UP ? up : down).feed(piece, frame -> {
                switch (MessageCodec.decode(frame)) {
                    case Message.Numbered m -> history.sent(m.sequence());
                    case Message.Ack m -> told(m.sequence());
                    case Message.Welcome m -> told(m.committed());
                    case Message.Hello _,
                            Message.HeartbeatKey _,
                            Message.Refused _,
                            Message.HeartbeatsHeard _,
                            Message.Stop _ -> {}
                }
            });
        }

        private void told(long number) {
            history.acknowledged(number);
            acknowledged.accumulateAndGet(number, Math::max);
        }
    }
}
