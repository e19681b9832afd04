package io.plimsoll.server;

import io.plimsoll.security.Principal;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.Tls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.BindException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Listens on TCP, checks frames and hands reports to the persistence verticle in batches; acknowledges what was
/// committed. Carries out what its [Intake] decides.
///
/// While the database is slow or away, the windows fill and sockets are paused, so memory stays bounded all the way
/// back to the clients.
final class TcpVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.tcp");
    private static final long TICK_MS = 250;
    private static final long DRAIN_TIMEOUT_MS = 10_000;
    private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

    /// Where to listen, and who counts.
    record Listen(String host, int port, int connectionsMax, String serverVersion, Admittance admittance) {}

    private final int instance;
    private final int instances;
    private final Listen listen;
    private final TcpLimits limits;
    private final AtomicInteger connectionCount;
    private final Intake intake;
    private final Map<Long, ClientConnection> connections = new HashMap<>();
    private final Queue<Intake.Event> events = new ArrayDeque<>();
    private final Promise<Void> drained = Promise.promise();
    private NetServer server;
    private long nextNumber;
    private boolean telling;
    private boolean stopping;

    /// @param instance 0 to `instances` - 1; numbers of its connections are `instance` modulo `instances`
    /// @param connectionCount shared by the instances
    TcpVerticle(int instance, int instances, Listen listen, TcpLimits limits, AtomicInteger connectionCount) {
        this.instance = instance;
        this.instances = instances;
        this.listen = listen;
        this.limits = limits;
        this.connectionCount = connectionCount;
        this.intake =
                new Intake(limits, listen.serverVersion(), listen.admittance().heartbeatKey());
        this.nextNumber = instance + instances;
    }

    @Override
    public Future<?> start() {
        vertx.eventBus().<Local>localConsumer(Local.tcp(instance), message -> {
            switch (message.body()) {
                case Local.Tell m -> tell(m.connection(), new Conversation.Event.Tell(m.message()));
                case Local.Disconnect m -> tell(m.connection(), new Conversation.Event.Dismissed(m.reason()));
                default -> throw new IllegalStateException("not for a TCP verticle: " + message.body());
            }
        });
        vertx.setPeriodic(TICK_MS, _ -> tell(new Intake.Event.Tick()));
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
        tell(new Intake.Event.Drain());
        return drained.future()
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
        } else if (listen.admittance().tls().isEmpty()) {
            open(socket, Optional.empty());
        } else {
            Tls.accept(socket, listen.admittance().tls().get())
                    .onSuccess(who -> open(socket, Optional.of(who)))
                    .onFailure(e -> {
                        connectionCount.decrementAndGet();
                        socket.close();
                        LOG.atWarn()
                                .addKeyValue("remote", socket.remoteAddress())
                                .addKeyValue("reason", Tls.reason(e))
                                .log("stray-connection");
                    });
        }
    }

    private void open(NetSocket socket, Optional<Principal> who) {
        long number = nextNumber;
        nextNumber += instances;
        connections.put(
                number,
                new ClientConnection(
                        number,
                        socket,
                        limits.frameBytesMax(),
                        who.isEmpty(),
                        event -> tell(number, event),
                        reason -> tell(new Intake.Event.Closed(number, reason))));
        tell(new Intake.Event.Opened(number, who));
    }

    private void tell(long connection, Conversation.Event event) {
        tell(new Intake.Event.Of(connection, event));
    }

    /// What an action leads to at once waits until all actions are carried out.
    private void tell(Intake.Event event) {
        events.add(event);
        if (telling) {
            return;
        }
        telling = true;
        try {
            for (Intake.Event next = events.poll(); next != null; next = events.poll()) {
                decide(next);
            }
        } finally {
            telling = false;
        }
    }

    /// A connection that cannot be decided on is ended, and disturbs no other one.
    private void decide(Intake.Event event) {
        try {
            intake.on(event, nowMs(), this::attempt);
        } catch (RuntimeException e) {
            LOG.error("not-decided", e);
            if (event instanceof Intake.Event.Of of && !(of.event() instanceof Conversation.Event.Garbled)) {
                tell(of.connection(), new Conversation.Event.Garbled("the server failed: " + e.getMessage()));
            }
        }
    }

    /// What cannot be done keeps nothing else from being done: an acknowledgement least of all.
    private void attempt(Intake.Action action) {
        try {
            carryOut(action);
        } catch (RuntimeException e) {
            LOG.error("not-carried-out", e);
        }
    }

    private void carryOut(Intake.Action action) {
        switch (action) {
            case Intake.Action.On a -> on(connections.get(a.connection()), a.action());
            case Intake.Action.Soon _ -> context.runOnContext(_ -> tell(new Intake.Event.Turned()));
            case Intake.Action.Store a -> store(() -> new Persist.Reports(a.reports()));
            case Intake.Action.Quarantine a -> store(() -> new Persist.Quarantine(a.report(), a.reason()));
            case Intake.Action.Committed a ->
                ReportLog.log(a.clientId(), a.report().sequence(), a.report().report());
            case Intake.Action.Started a -> roster(new Local.Started(a.client(), a.report()));
            case Intake.Action.Ended a -> roster(new Local.Ended(a.run(), a.client(), a.clientId(), a.report()));
            case Intake.Action.Delivered a -> roster(new Local.Delivered(a.clients()));
            case Intake.Action.Left a -> roster(new Local.Disconnected(a.client(), a.connection(), a.reason()));
            case Intake.Action.Gone a -> gone(a);
            case Intake.Action.Drained _ -> drained.tryComplete();
        }
    }

    private void on(ClientConnection connection, Conversation.Action action) {
        if (action instanceof Conversation.Action.Admit admit) {
            admit(connection, admit.hello());
        } else {
            connection.carryOut(action);
        }
    }

    private void admit(ClientConnection connection, Message.Hello hello) {
        vertx.eventBus()
                .<Local.Admitted>request(
                        Local.ROSTER,
                        new Local.Admit(
                                hello,
                                connection.number,
                                connection.remote,
                                listen.admittance().by()),
                        PersistBus.DELIVERY)
                .onSuccess(reply -> tell(connection.number, new Conversation.Event.Admitted(reply.body())))
                .onFailure(
                        e -> tell(connection.number, new Conversation.Event.NotAdmitted(e.getMessage(), hopeless(e))));
    }

    private static boolean hopeless(Throwable failure) {
        return failure instanceof ReplyException e
                && (e.failureCode() == Persist.REFUSED || e.failureCode() == Persist.UNSTORABLE);
    }

    /// What cannot even be handed on is answered like any other request, or no other one would follow.
    private void store(Supplier<Persist> request) {
        Future.succeededFuture()
                .compose(_ -> PersistBus.<Persist.Stored>ask(vertx, request.get()))
                .onSuccess(stored -> tell(new Intake.Event.Stored(stored.declined())))
                .onFailure(e -> {
                    int code = Admissions.code(e);
                    if (code != Persist.UNSTORABLE) {
                        LOG.atError().addKeyValue("reason", e.getMessage()).log("reports-not-stored-yet");
                    }
                    tell(new Intake.Event.NotStored(code, e.getMessage()));
                });
    }

    private void gone(Intake.Action.Gone gone) {
        ClientConnection connection = connections.remove(gone.connection());
        connectionCount.decrementAndGet();
        LOG.atLevel(gone.admitted() ? Level.INFO : Level.WARN)
                .addKeyValue("remote", connection.remote)
                .addKeyValue("client", gone.clientId())
                .addKeyValue("reason", gone.reason())
                .log(gone.admitted() ? "connection-closed" : "stray-connection");
    }

    private void roster(Local message) {
        vertx.eventBus().send(Local.ROSTER, message, LOCAL);
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
