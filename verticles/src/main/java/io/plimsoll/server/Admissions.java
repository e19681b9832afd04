package io.plimsoll.server;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.EventKind;
import io.plimsoll.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets clients into runs: finds or opens the run, and makes the client's row, before the roster knows of it. Lives on
/// the roster verticle's context.
final class Admissions {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.roster");

    private final Vertx vertx;
    private final Roster roster;
    private final RosterJournal journal;
    private final ServerFacts server;
    private final Consumer<List<Roster.Action>> act;
    private final Map<ClientId, Future<?>> underWay = new HashMap<>();
    private Future<Persist.RunRow> opening;

    /// Who the server is, for the rows of its runs.
    ///
    /// @param settings with `tcp`, where it listens, by which it finds its runs again
    record ServerFacts(String hostName, String version, JsonObject settings) {}

    Admissions(
            Vertx vertx, Roster roster, RosterJournal journal, ServerFacts server, Consumer<List<Roster.Action>> act) {
        this.vertx = vertx;
        this.roster = roster;
        this.journal = journal;
        this.server = server;
        this.act = act;
    }

    /// Takes up the runs that a former server at the same place left open when it died.
    Future<?> resume() {
        var find = new Persist.FindLeftOpen(server.hostName(), server.settings().getString("tcp"));
        return PersistBus.<Persist.LeftOpen>ask(vertx, find).onSuccess(left -> {
            roster.resumed(left, now());
            left.runs()
                    .forEach(run -> LOG.atWarn()
                            .addKeyValue("run", run.run())
                            .addKeyValue(
                                    "clients",
                                    left.clients().stream()
                                            .filter(c -> c.run() == run.run())
                                            .count())
                            .log("run-resumed"));
        });
    }

    /// Hellos of one client are answered one after the other: a client whose connection broke before it was welcomed
    /// says hello again, and must not be refused for its own former try. Fails with a code of [#code].
    Future<Local.Admitted> admit(Local.Admit request) {
        ClientId id = request.hello().session().clientId();
        roster.arriving();
        Future<Local.Admitted> mine = underWay.getOrDefault(id, Future.succeededFuture())
                .transform(_ -> next(request))
                .onFailure(e -> notAdmitted(request, e));
        underWay.put(id, mine);
        return mine.onComplete(_ -> {
            roster.arrived();
            underWay.remove(id, mine);
        });
    }

    /// A code of [Persist].
    static int code(Throwable failure) {
        return switch (failure) {
            case ReplyException e -> e.failureCode();
            case PersistFailure e -> e.code();
            default -> Persist.UNAVAILABLE;
        };
    }

    private Future<Local.Admitted> next(Local.Admit request) {
        Message.Hello hello = request.hello();
        Optional<String> refusal = roster.refusal(hello, now());
        if (refusal.isPresent()) {
            return refused(refusal.get());
        }
        return run(hello.run())
                .compose(run -> PersistBus.<Persist.Admission>ask(
                                vertx,
                                new Persist.AdmitClient(
                                        run.run(),
                                        hello.session(),
                                        hello.instance(),
                                        hello.late(),
                                        hello.host(),
                                        hello.plan(),
                                        hello.heartbeatMs() / 1000.0,
                                        request.by()))
                        .map(admission -> {
                            long wallMs = System.currentTimeMillis();
                            Persist.ClientRow row = admission.row();
                            act.accept(roster.connected(run, row, hello, request.connection(), now(), wallMs));
                            return new Local.Admitted(run.uuid(), run.run(), row.client(), admission.committed());
                        })
                        .onFailure(e -> {
                            if (code(e) != Persist.REFUSED) {
                                roster.perhapsAdmitted(run);
                            }
                        }));
    }

    private void notAdmitted(Local.Admit request, Throwable why) {
        ClientId id = request.hello().session().clientId();
        LOG.atWarn()
                .addKeyValue("client", id)
                .addKeyValue("remote", request.remote())
                .addKeyValue("reason", why.getMessage())
                .log("client-not-admitted");
        if (code(why) == Persist.REFUSED) {
            roster.openRun()
                    .ifPresent(open -> act.accept(List.of(new Roster.Action.Note(
                            open.run(), Optional.empty(), id.value(), EventKind.CLIENT_REJECTED, why.getMessage()))));
        }
    }

    /// The run that a returning client names, or the open one, or a new one. Who comes back to a run that is being
    /// closed
    /// comes after that, and opens it again.
    private Future<Persist.RunRow> run(Optional<UUID> named) {
        if (named.isPresent()) {
            return PersistBus.<Persist.RunRow>ask(vertx, new Persist.FindRun(named.get()))
                    .recover(e -> code(e) == Persist.NOT_FOUND
                            ? refused("run " + named.get() + " is not in this server's database")
                            : Future.failedFuture(e))
                    .compose(row -> journal.closing(row.run())
                            ? journal.drained().compose(_ -> run(named))
                            : Future.succeededFuture(row));
        }
        if (roster.openRun().isPresent()) {
            return Future.succeededFuture(roster.openRun().get());
        }
        if (opening == null) {
            var open = new Persist.OpenRun(
                    UUID.randomUUID(),
                    server.hostName(),
                    server.version(),
                    server.settings().encode());
            opening = PersistBus.<Persist.RunRow>ask(vertx, open)
                    .onSuccess(run -> {
                        roster.runOpened(run);
                        act.accept(List.of(
                                new Roster.Action.Note(run.run(), Optional.empty(), "", EventKind.RUN_OPENED, "")));
                    })
                    .onComplete(_ -> opening = null);
        }
        return opening;
    }

    private static <T> Future<T> refused(String reason) {
        return Future.failedFuture(new PersistFailure(Persist.REFUSED, reason));
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }
}
