package io.plimsoll.client;

import io.plimsoll.config.ClientSettings;
import io.plimsoll.config.Settings;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.HostFacts;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.wire.Interfaces;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.bus.BusCodec;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The life of a client: connect, measure, deliver. Whatever ends it early (its user, an order, the disk, the server)
/// asks for the same orderly end, and what was measured is kept.
public final class ClientVerticle extends VerticleBase implements UplinkVerticle.Listener {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.client");
    private static final String SHUTDOWN = "plimsoll.local.shutdown";
    private static final long STATUS_INTERVAL_MS = 1_000;

    private final ClientSettings given;
    private final CompletableFuture<ClientOutcome> outcome;
    private final List<String> notes = new ArrayList<>();
    private ClientSettings settings;
    private Session session;
    private SpoolPlace spool;
    private UplinkVerticle uplink;
    private final AtomicReference<HeartbeatKeys> heartbeatKeys = new AtomicReference<>(HeartbeatKeys.NONE);
    private HeartbeatVerticle heartbeats;
    private boolean beating;
    private Optional<Message.HeartbeatsHeard> lastHeard = Optional.empty();
    private Measurement measurement;
    private ProgressLine progress;
    private long run;
    private boolean undeliverable;
    private boolean measuring;

    /// For the bare Vert.x launcher: settings come from its `-conf`, and Vert.x is closed at the end.
    public ClientVerticle() {
        this(null, new CompletableFuture<>());
    }

    /// @param outcome completed when the client has ended; then the caller closes Vert.x
    public ClientVerticle(ClientSettings settings, CompletableFuture<ClientOutcome> outcome) {
        this.given = settings;
        this.outcome = outcome;
    }

    @Override
    public Future<?> start() {
        BusCodec.register(vertx);
        if (given == null) {
            outcome.thenRun(() -> vertx.close());
        }
        vertx.eventBus().localConsumer(SHUTDOWN, _ -> stopEarly(ClientState.INTERRUPTED, "stopped by its user"));
        return settings()
                .compose(read -> {
                    settings = read;
                    session = new Session(settings.id(), System.currentTimeMillis());
                    boolean terminal =
                            System.console() != null && System.console().isTerminal();
                    progress = new ProgressLine(System.err, terminal, settings.quiet());
                    return vertx.executeBlocking(
                            () -> SpoolPlace.choose(settings.spool().directory(), settings.path(), System.getenv()));
                })
                .compose(place -> {
                    spool = place;
                    return vertx.executeBlocking(HostProbe::facts);
                })
                .compose(this::connect)
                .compose(_ -> beat())
                .compose(_ -> joinBus())
                .onSuccess(_ -> leftovers().onComplete(_ -> measure()));
    }

    /// Undeployed from outside (the bare form's Ctrl-C): ends in order all the same.
    @Override
    public Future<?> closing() {
        if (!measuring || outcome.isDone()) {
            return Future.succeededFuture();
        }
        stopEarly(ClientState.INTERRUPTED, "stopped by its user");
        return Future.fromCompletionStage(outcome);
    }

    private Future<ClientSettings> settings() {
        return given != null ? Future.succeededFuture(given) : Settings.client(vertx, config());
    }

    private Future<?> connect(HostFacts host) {
        Message.Hello hello = new Message.Hello(
                session,
                UUID.randomUUID(),
                host,
                settings.plan(),
                settings.heartbeatInterval().toMillis(),
                Optional.empty(),
                false);
        Optional<Spool> kept = Optional.of(new Spool(spool.directory(), session));
        uplink = new UplinkVerticle(settings.tcp(), hello, settings.spool().bytes(), kept, this);
        measurement = new Measurement(vertx, settings, session, uplink, Measurement.STOP_TIMEOUT_MS);
        return vertx.deployVerticle(uplink).compose(_ -> uplink.welcome()).onSuccess(welcome -> {
            run = welcome.runNumber();
            progress.say("run " + run + ": client " + session.clientId() + " connected to "
                    + settings.tcp().server() + ":" + settings.tcp().port());
        });
    }

    private Future<?> beat() {
        String networkInterface = settings.multicast()
                .networkInterface()
                .or(() -> Interfaces.having(uplink.localAddress()))
                .orElseGet(() -> Interfaces.multicast().getFirst());
        heartbeats = new HeartbeatVerticle(
                settings.multicast(),
                networkInterface,
                settings.tcp().server(),
                session,
                settings.heartbeatInterval().toMillis(),
                new HeartbeatVerticle.Pulse(measurement::phase, measurement::bytes),
                heartbeatKeys::get,
                this::unicastChosen);
        return vertx.deployVerticle(heartbeats).onSuccess(_ -> {
            beating = true;
            lastHeard.ifPresent(heartbeats::heard);
        });
    }

    private Future<?> joinBus() {
        BusLink bus =
                new BusLink(vertx, session, measurement::status, reason -> stopEarly(ClientState.INTERRUPTED, reason));
        return vertx.isClustered() ? bus.open() : Future.succeededFuture();
    }

    /// Reports of a former process of this client, delivered before the disk is busy; never fails.
    private Future<?> leftovers() {
        measuring = true;
        return vertx.executeBlocking(() ->
                        SpoolPlace.leftOf(session.clientId(), settings.spool().directory(), System.getenv()))
                .compose(files -> Leftovers.deliver(
                        vertx, settings.tcp(), files, settings.drainTimeout().toMillis()))
                .onSuccess(delivered -> {
                    if (delivered.files() > 0) {
                        progress.say(delivered.reports() + " reports of a former process of this client delivered");
                    }
                    delivered.notes().forEach(progress::say);
                })
                .otherwise(e -> {
                    LOG.atWarn().addKeyValue("reason", e.toString()).log("leftovers-not-delivered");
                    return null;
                });
    }

    private void measure() {
        spool.note().ifPresent(note -> measurement.happened(EventKind.SPOOL_PLACE, note));
        long timer = vertx.setPeriodic(STATUS_INTERVAL_MS, _ -> progress.show(measurement.status()));
        measurement
                .run()
                .compose(this::deliver)
                .andThen((_, _) -> {
                    vertx.cancelTimer(timer);
                    progress.end();
                })
                .onComplete(outcome::complete, outcome::completeExceptionally);
    }

    private Future<ClientOutcome> deliver(Measurement.End end) {
        progress.end();
        notes.addAll(end.notes());
        LOG.atInfo()
                .addKeyValue("state", end.state())
                .addKeyValue("reason", end.reason())
                .addKeyValue("bytes", end.bytes())
                .addKeyValue("files", end.files())
                .addKeyValue("rollovers", end.rollovers())
                .log("run-ended");
        return new FinalReport(vertx, session, settings.tcp(), uplink, spool.directory(), notes::add)
                .deliver(end, undeliverable ? 1 : settings.drainTimeout().toMillis())
                .map(unsent -> new ClientOutcome(
                        end.state(), end.reason(), run, end.bytes(), end.files(), end.rollovers(), notes, unsent));
    }

    private void stopEarly(ClientState state, String reason) {
        if (measurement == null) {
            outcome.complete(new ClientOutcome(state, reason, 0, 0, 0, 0, List.of(), Optional.empty()));
        } else {
            measurement.stop(state, reason);
        }
    }

    private void unicastChosen(String reason) {
        context.runOnContext(_ -> progress.say("heartbeats go by unicast: " + reason));
        measurement.report(new Report.Happened(System.currentTimeMillis(), EventKind.HEARTBEATS_UNICAST, reason));
    }

    @Override
    public void heartbeatsHeard(Message.HeartbeatsHeard heard) {
        context.runOnContext(_ -> {
            lastHeard = Optional.of(heard);
            if (beating) {
                heartbeats.heard(heard);
            }
        });
    }

    @Override
    public void heartbeatKey(HeartbeatKeys.Key key) {
        heartbeatKeys.set(new HeartbeatKeys(List.of(key)));
    }

    @Override
    public void stopOrdered(String reason) {
        stopEarly(ClientState.INTERRUPTED, reason);
    }

    @Override
    public void refused(String reason) {
        context.runOnContext(_ -> {
            undeliverable = true;
            notes.add("the server refused what was sent: " + reason);
        });
        stopEarly(ClientState.FAILED, "refused by the server: " + reason);
    }

    @Override
    public void spoolTrouble(EventKind kind, String what) {
        context.runOnContext(_ -> notes.add(kind.word() + ": " + what));
        measurement.happened(kind, what);
    }

    @Override
    public void full() {
        stopEarly(ClientState.FAILED, "the server was away for so long that no more reports can be kept (spool.size)");
    }
}
