package io.plimsoll.server;

import io.plimsoll.config.ServerSettings;
import io.plimsoll.model.Severity;
import io.plimsoll.wire.Heartbeat;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out what the [Roster] decides: admits clients into runs, stores and logs what happens to them, ends runs.
/// Deploys the verticles that feed it, so that they stop before it does.
final class RosterVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.roster");
    private static final Logger LOG_BEATS = LoggerFactory.getLogger("plimsoll.heartbeat");
    private static final long TICK_MS = 250;
    private static final long WRITTEN_MS_MAX = 60_000;
    private static final long STOP_MS_MAX = 10_000;
    private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

    private final Admissions.ServerFacts facts;
    private final int tcpInstances;
    private final Supplier<Future<?>> deploySources;
    private final Consumer<String> exit;
    private final Consumer<Long> runClosed;
    private final Roster roster;
    private RosterJournal journal;
    private Admissions admissions;

    /// @param deploySources deploys the TCP and UDP verticles; called on this verticle's context
    /// @param runClosed told the number of each run after it was closed in the database
    /// @param exit told why, when the server has nothing more to wait for
    RosterVerticle(
            ServerSettings settings,
            Admissions.ServerFacts facts,
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
        journal = new RosterJournal(vertx, this::act, runClosed);
        admissions = new Admissions(vertx, roster, journal, facts, this::act);
        vertx.eventBus().<Local>localConsumer(Local.ROSTER, message -> {
            switch (message.body()) {
                case Local.Admit m ->
                    admissions
                            .admit(m)
                            .onComplete(message::reply, e -> message.fail(Admissions.code(e), e.getMessage()));
                case Local.Disconnected m -> act(roster.disconnected(m.client(), m.connection(), m.reason(), now()));
                case Local.Heard m -> m.beats().forEach(this::heard);
                case Local.Delivered m -> act(roster.delivered(m.clients(), now(), System.currentTimeMillis()));
                case Local.Started m ->
                    roster.started(m.client(), m.report().target().path());
                case Local.Ended m -> ended(m);
                case Local.Tell _, Local.Disconnect _ -> throw new IllegalStateException("not for the roster");
            }
        });
        BusDesk desk = new BusDesk(vertx, roster, this::act);
        // nothing is decided before the port is ours: until then another server may own what was resumed
        return admissions
                .resume()
                .compose(_ -> desk.open())
                .compose(_ -> deploySources.get())
                .onSuccess(_ -> vertx.setPeriodic(TICK_MS, _ -> act(roster.tick(now()))));
    }

    @Override
    public Future<?> stop() {
        act(roster.closeRuns(now()));
        return journal.drained().timeout(STOP_MS_MAX, TimeUnit.MILLISECONDS);
    }

    /// Only clients that the roster knows have their heartbeats logged: a stranger's flood fills no disk.
    private void heard(Heartbeat beat) {
        if (roster.knows(beat.session())) {
            LOG_BEATS
                    .atInfo()
                    .addKeyValue("client", beat.session().clientId())
                    .addKeyValue("counter", beat.counter())
                    .addKeyValue("phase", beat.phase())
                    .addKeyValue("path", beat.unicast() ? "unicast" : "multicast")
                    .addKeyValue("bytes", beat.bytesWritten())
                    .addKeyValue("delayNs", beat.schedulingDelayNs())
                    .log("heartbeat");
            act(roster.heard(beat, now(), System.currentTimeMillis()));
        }
    }

    private void ended(Local.Ended m) {
        act(roster.ended(m.run(), m.client(), m.report().outcome(), m.report().reason(), now()));
        journal.prove(m);
    }

    private void act(List<Roster.Action> actions) {
        actions.forEach(this::carryOut);
    }

    private void carryOut(Roster.Action action) {
        switch (action) {
            case Roster.Action.Note note -> {
                log(note);
                journal.note(new Persist.Notice(
                        note.run(), note.client(), System.currentTimeMillis(), note.kind(), note.detail()));
            }
            case Roster.Action.Save save -> journal.save(save.update());
            case Roster.Action.Tell tell -> tcp(tell.connection(), new Local.Tell(tell.connection(), tell.message()));
            case Roster.Action.Disconnect out ->
                tcp(out.connection(), new Local.Disconnect(out.connection(), out.reason()));
            case Roster.Action.CloseRun close ->
                journal.close(new Persist.CloseRun(close.run(), System.currentTimeMillis()));
            case Roster.Action.Exit end -> exitWhenWritten(end.reason());
        }
    }

    /// Closing a run takes its time, and somebody may come in that time.
    private void exitWhenWritten(String reason) {
        journal.drained().timeout(WRITTEN_MS_MAX, TimeUnit.MILLISECONDS).onComplete(_ -> {
            if (roster.mayExit()) {
                exit.accept(reason);
            }
        });
    }

    private void tcp(long connection, Local order) {
        vertx.eventBus().send(Local.tcp(connection % tcpInstances), order, LOCAL);
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
