package io.plimsoll.server;

import io.plimsoll.config.ServerSettings;
import io.plimsoll.model.ClientId;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.Severity;
import io.plimsoll.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out what the [Roster] decides: admits clients into runs, stores and logs what happens to them, ends runs.
/// Deploys the verticles that feed it, so that they stop before it does.
final class RosterVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.roster");
    private static final long TICK_MS = 250;
    private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

    private final ServerFacts facts;
    private final int tcpInstances;
    private final Supplier<Future<?>> deploySources;
    private final Consumer<String> exit;
    private final Consumer<Long> runClosed;
    private final Set<ClientId> admitting = new HashSet<>();
    private final Roster roster;
    private Future<Persist.RunRow> opening;

    /// Who the server is, for the rows of its runs.
    record ServerFacts(String hostName, String version, JsonObject settings) {}

    /// @param deploySources deploys the TCP and UDP verticles; called on this verticle's context
    /// @param runClosed told the number of each run after it was closed in the database
    /// @param exit told why, when the server has nothing more to wait for
    RosterVerticle(
            ServerSettings settings,
            ServerFacts facts,
            int tcpInstances,
            Supplier<Future<?>> deploySources,
            Consumer<Long> runClosed,
            Consumer<String> exit) {
        this.facts = facts;
        this.tcpInstances = tcpInstances;
        this.deploySources = deploySources;
        this.runClosed = runClosed;
        this.exit = exit;
        this.roster = new Roster(settings.idleTimeout().toMillis(), settings.keepRunning(), now());
    }

    @Override
    public Future<?> start() {
        vertx.eventBus().<Local>localConsumer(Local.ROSTER, message -> {
            switch (message.body()) {
                case Local.Admit m -> admit(m).onComplete(message::reply, e -> message.fail(400, e.getMessage()));
                case Local.Disconnected m -> act(roster.disconnected(m.client(), m.connection(), m.reason(), now()));
                case Local.Heard m -> m.beats().forEach(b -> act(roster.heard(b, now(), System.currentTimeMillis())));
                case Local.Delivered m -> act(roster.delivered(m.clients(), now(), System.currentTimeMillis()));
                case Local.Started m ->
                    roster.started(m.client(), m.report().target().path());
                case Local.Ended m -> ended(m);
                case Local.Tell _, Local.Disconnect _ -> throw new IllegalStateException("not for the roster");
            }
        });
        vertx.setPeriodic(TICK_MS, _ -> act(roster.tick(now())));
        BusDesk desk = new BusDesk(vertx, roster, this::act);
        return desk.open().compose(_ -> deploySources.get());
    }

    @Override
    public Future<?> stop() {
        return act(roster.closeRun(now()));
    }

    private Future<Local.Admitted> admit(Local.Admit request) {
        Message.Hello hello = request.hello();
        ClientId id = hello.session().clientId();
        Optional<String> refusal = admitting.contains(id)
                ? Optional.of("client id '" + id + "' is just connecting from elsewhere")
                : roster.refusal(hello, now());
        if (refusal.isPresent()) {
            LOG.atWarn()
                    .addKeyValue("client", id)
                    .addKeyValue("remote", request.remote())
                    .addKeyValue("reason", refusal.get())
                    .log("client-refused");
            return Future.failedFuture(refusal.get());
        }
        admitting.add(id);
        return run(hello.run())
                .compose(run -> this.<Persist.ClientRow>persist(new Persist.AdmitClient(
                                run.run(), hello.session(), hello.host(), hello.plan(), hello.heartbeatMs() / 1000.0))
                        .map(row -> {
                            long wallMs = System.currentTimeMillis();
                            act(roster.connected(run, row, hello, request.connection(), now(), wallMs));
                            return new Local.Admitted(run.uuid(), run.run(), row.client());
                        }))
                .onComplete(_ -> admitting.remove(id));
    }

    /// The run that a returning client names, or the open one, or a new one.
    private Future<Persist.RunRow> run(Optional<UUID> named) {
        if (named.isPresent()) {
            return this.<Persist.RunRow>persist(new Persist.FindRun(named.get()))
                    .recover(_ -> Future.failedFuture("run " + named.get() + " is not in this server's database"));
        }
        if (roster.openRun().isPresent()) {
            return Future.succeededFuture(roster.openRun().get());
        }
        if (opening == null) {
            opening = this.<Persist.RunRow>persist(
                            new Persist.OpenRun(UUID.randomUUID(), facts.hostName(), facts.version(), facts.settings()))
                    .onSuccess(run -> {
                        roster.runOpened(run);
                        carryOut(new Roster.Action.Note(run.run(), Optional.empty(), "", EventKind.RUN_OPENED, ""));
                    })
                    .onComplete(_ -> opening = null);
        }
        return opening;
    }

    private void ended(Local.Ended m) {
        act(roster.ended(m.client(), m.report().outcome(), m.report().reason(), now()));
        this.<Persist.Completeness>persist(new Persist.Prove(m.client())).onSuccess(proof -> {
            if (!proof.complete()) {
                String missing = proof.present() + " of " + m.report().lastSequence() + " reports are here";
                act(List.of(new Roster.Action.Note(
                        m.run(), Optional.of(m.client()), m.clientId(), EventKind.REPORTS_MISSING, missing)));
            }
        });
    }

    /// The server ends after all else that was decided with it is done: closing the run takes its time.
    private Future<?> act(List<Roster.Action> actions) {
        Map<Boolean, List<Roster.Action>> parted =
                actions.stream().collect(Collectors.partitioningBy(Roster.Action.Exit.class::isInstance));
        return Future.join(parted.get(false).stream().map(this::carryOut).toList())
                .onComplete(_ -> parted.get(true).forEach(this::carryOut));
    }

    private Future<?> carryOut(Roster.Action action) {
        return switch (action) {
            case Roster.Action.Note note -> {
                log(note);
                yield persist(new Persist.Notices(List.of(new Persist.Notice(
                        note.run(), note.client(), System.currentTimeMillis(), note.kind(), note.detail()))));
            }
            case Roster.Action.Save save -> persist(new Persist.Presence(List.of(save.update())));
            case Roster.Action.Tell tell -> tcp(tell.connection(), new Local.Tell(tell.connection(), tell.message()));
            case Roster.Action.Disconnect out ->
                tcp(out.connection(), new Local.Disconnect(out.connection(), out.reason()));
            case Roster.Action.CloseRun close ->
                persist(new Persist.CloseRun(close.run(), System.currentTimeMillis()))
                        .onSuccess(_ -> runClosed.accept(close.run()));
            case Roster.Action.Exit end -> {
                exit.accept(end.reason());
                yield Future.succeededFuture();
            }
        };
    }

    private Future<?> tcp(long connection, Local order) {
        vertx.eventBus().send(Local.tcp(connection % tcpInstances), order, LOCAL);
        return Future.succeededFuture();
    }

    private <T> Future<T> persist(Persist request) {
        return vertx.eventBus()
                .<T>request(Persist.ADDRESS, request, Persist.DELIVERY)
                .map(io.vertx.core.eventbus.Message::body)
                .onFailure(e -> LOG.atError()
                        .addKeyValue("request", request.getClass().getSimpleName())
                        .addKeyValue("reason", e.getMessage())
                        .log("persist-failed"));
    }

    private static void log(Roster.Action.Note note) {
        Severity severity = note.kind().severity();
        var line =
                severity == Severity.INFO ? LOG.atInfo() : severity == Severity.WARNING ? LOG.atWarn() : LOG.atError();
        line.addKeyValue("run", note.run())
                .addKeyValue("client", note.clientId())
                .addKeyValue("detail", note.detail())
                .log(note.kind().word());
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }
}
