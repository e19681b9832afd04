package io.plimsoll.server;

import io.plimsoll.model.Report;
import io.plimsoll.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.BindException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens on TCP, checks frames and hands reports to the persistence verticle in batches; acknowledges what was
/// committed.
///
/// While the database is slow or away, the windows fill and sockets are paused, so memory stays bounded all the way
/// back to the clients.
final class TcpVerticle extends VerticleBase implements ClientConnection.Desk {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.tcp");
    private static final long TICK_MS = 250;
    private static final long QUEUE_BYTES_MAX = 16 << 20;
    private static final long DRAIN_TIMEOUT_MS = 10_000;
    private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

    /// Where to listen, and who counts.
    record Listen(String host, int port, int connectionsMax, String serverVersion) {}

    private final int instance;
    private final int instances;
    private final Listen listen;
    private final TcpLimits limits;
    private final AtomicInteger connectionCount;
    private final Map<Long, ClientConnection> connections = new HashMap<>();
    private final Set<Long> deliveredClients = new HashSet<>();
    private BatchWriter writer;
    private NetServer server;
    private long nextNumber;
    private boolean paused;
    private boolean stopping;

    /// @param instance 0 to `instances` - 1; numbers of its connections are `instance` modulo `instances`
    /// @param connectionCount shared by the instances
    TcpVerticle(int instance, int instances, Listen listen, TcpLimits limits, AtomicInteger connectionCount) {
        this.instance = instance;
        this.instances = instances;
        this.listen = listen;
        this.limits = limits;
        this.connectionCount = connectionCount;
        this.nextNumber = instance + instances;
    }

    @Override
    public Future<?> start() {
        writer = new BatchWriter(vertx, limits.batchReports(), this::committed);
        vertx.eventBus().<Local>localConsumer(Local.tcp(instance), message -> {
            switch (message.body()) {
                case Local.Tell m -> with(m.connection(), c -> c.send(m.message()));
                case Local.Disconnect m -> with(m.connection(), c -> c.disconnect(m.reason()));
                default -> throw new IllegalStateException("not for a TCP verticle: " + message.body());
            }
        });
        vertx.setPeriodic(TICK_MS, _ -> tick());
        server = vertx.createNetServer(new NetServerOptions()
                        .setHost(listen.host())
                        .setPort(listen.port())
                        .setAcceptBacklog(4096)
                        .setTcpKeepAlive(true)
                        .setTcpNoDelay(true))
                .connectHandler(this::accept);
        return server.listen()
                .recover(e -> Future.failedFuture(
                        new BindException("cannot listen on TCP " + listen.host() + ":" + listen.port() + ": "
                                + e.getMessage() + "; stop what listens there, or choose another port with -t")));
    }

    /// Reads no more; what has arrived is committed and acknowledged (the windows bound it), then all is closed.
    @Override
    public Future<?> stop() {
        stopping = true;
        connections.values().forEach(c -> c.pausedByDesk(true));
        return writer.drain()
                .timeout(DRAIN_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .transform(_ -> server.shutdown(0, TimeUnit.SECONDS));
    }

    private void accept(NetSocket socket) {
        if (connectionCount.incrementAndGet() > listen.connectionsMax() || stopping) {
            connectionCount.decrementAndGet();
            LOG.atWarn()
                    .addKeyValue("remote", socket.remoteAddress())
                    .addKeyValue("connectionsMax", listen.connectionsMax())
                    .log("connection-refused");
            socket.close();
            return;
        }
        ClientConnection connection = new ClientConnection(nextNumber, socket, limits, this, nowMs());
        nextNumber += instances;
        connections.put(connection.number, connection);
        connection.pausedByDesk(paused);
    }

    @Override
    public void hello(ClientConnection connection, Message.Hello hello) {
        vertx.eventBus()
                .<Local.Admitted>request(
                        Local.ROSTER, new Local.Admit(hello, connection.number, connection.remote), Persist.DELIVERY)
                .onSuccess(reply -> {
                    connection.admitted(reply.body(), listen.serverVersion());
                    if (!connections.containsKey(connection.number)) {
                        left(reply.body().client(), connection.number, "closed while it was admitted");
                    }
                })
                .onFailure(e -> {
                    if (hello.run().isEmpty() || hopeless(e)) {
                        connection.refuse(e.getMessage());
                    } else {
                        // a client in the middle of its run comes again; a refusal would end it
                        connection.disconnect("cannot be admitted now: " + e.getMessage());
                    }
                });
    }

    private static boolean hopeless(Throwable failure) {
        return failure instanceof ReplyException e
                && (e.failureCode() == Local.REFUSED || e.failureCode() == Persist.UNSTORABLE);
    }

    @Override
    public void report(ClientConnection connection, Persist.Numbered report) {
        writer.add(new BatchWriter.Waiting(connection, report));
        deliveredClients.add(report.client());
        pauseAll(paused || full(1));
    }

    @Override
    public void closed(ClientConnection connection, String reason) {
        connections.remove(connection.number);
        connectionCount.decrementAndGet();
        LOG.atLevel(connection.wasAdmitted() ? org.slf4j.event.Level.INFO : org.slf4j.event.Level.WARN)
                .addKeyValue("remote", connection.remote)
                .addKeyValue("client", connection.who())
                .addKeyValue("reason", reason)
                .log(connection.wasAdmitted() ? "connection-closed" : "stray-connection");
        if (connection.wasAdmitted()) {
            left(connection.client(), connection.number, reason);
        }
    }

    private void committed(List<BatchWriter.Waiting> batch) {
        Map<ClientConnection, int[]> counts = new HashMap<>();
        Map<ClientConnection, Long> last = new HashMap<>();
        for (BatchWriter.Waiting w : batch) {
            counts.computeIfAbsent(w.connection(), _ -> new int[1])[0]++;
            last.put(w.connection(), w.report().sequence());
            ReportLog.log(
                    w.connection().who(), w.report().sequence(), w.report().report());
            switch (w.report().report()) {
                case Report.RunStarted r -> roster(new Local.Started(w.report().client(), r));
                case Report.RunEnded r ->
                    roster(new Local.Ended(
                            w.report().run(),
                            w.report().client(),
                            w.connection().who(),
                            r));
                case Report.FileClosed _, Report.Interval _, Report.Resources _, Report.Happened _ -> {}
            }
        }
        last.forEach((connection, sequence) -> connection.committed(counts.get(connection)[0], sequence));
        pauseAll(paused && full(2));
    }

    /// Whether as much waits as may, or that part of it.
    private boolean full(int part) {
        return writer.waiting() >= limits.queueReports() / part || writer.waitingBytes() >= QUEUE_BYTES_MAX / part;
    }

    private void tick() {
        long now = nowMs();
        List.copyOf(connections.values()).forEach(c -> c.tick(now));
        if (!deliveredClients.isEmpty()) {
            roster(new Local.Delivered(Set.copyOf(deliveredClients)));
            deliveredClients.clear();
        }
    }

    private void pauseAll(boolean pause) {
        if (pause != paused) {
            paused = pause;
            connections.values().forEach(c -> c.pausedByDesk(pause));
        }
    }

    private void with(long connection, java.util.function.Consumer<ClientConnection> action) {
        ClientConnection c = connections.get(connection);
        if (c != null) {
            action.accept(c);
        }
    }

    private void left(long client, long connection, String reason) {
        roster(new Local.Disconnected(client, connection, reason));
    }

    private void roster(Local message) {
        vertx.eventBus().send(Local.ROSTER, message, LOCAL);
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
