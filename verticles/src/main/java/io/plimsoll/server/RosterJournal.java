package io.plimsoll.server;

import io.plimsoll.model.EventKind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what the roster noticed, one request at a time: notices, then the latest state of each client, then proofs
/// that reports are whole, then the ends of runs. So an older state never overwrites a newer one, and a run is closed,
/// and reported, only after all that happened in it is there. What fails is written again until it succeeds.
///
/// Lives on its verticle's event loop.
final class RosterJournal {
    static final int NOTICES_MAX = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.roster");
    private static final int BATCH_MAX = 500;
    private static final long RETRY_MS = 500;

    private final Vertx vertx;
    private final Consumer<List<Roster.Action>> act;
    private final Consumer<Long> runClosed;
    private final Deque<Persist.Notice> notices = new ArrayDeque<>();
    private final Map<Long, Persist.ClientUpdate> updates = new LinkedHashMap<>();
    private final Deque<Local.Ended> ends = new ArrayDeque<>();
    private final Deque<Persist.CloseRun> closes = new ArrayDeque<>();
    private final List<Promise<Void>> drained = new ArrayList<>();
    private boolean busy;
    /// The run whose end is being written; 0 for none.
    private long closing;
    private long dropped;

    /// @param act carries out what a proof brings to light
    /// @param runClosed told the number of each run after it was closed in the database
    RosterJournal(Vertx vertx, Consumer<List<Roster.Action>> act, Consumer<Long> runClosed) {
        this.vertx = vertx;
        this.act = act;
        this.runClosed = runClosed;
    }

    /// Beyond [#NOTICES_MAX] that wait, notices are counted, not kept; they are in the log.
    void note(Persist.Notice notice) {
        if (notices.size() >= NOTICES_MAX) {
            dropped++;
            return;
        }
        notices.add(notice);
        start();
    }

    void save(Persist.ClientUpdate update) {
        updates.put(update.client(), update);
        start();
    }

    /// Has the database prove that all reports of a client that ended are there; what is missing is noted.
    void prove(Local.Ended end) {
        ends.add(end);
        start();
    }

    void close(Persist.CloseRun close) {
        closes.add(close);
        start();
    }

    /// Whether the end of the run waits to be written.
    boolean closing(long run) {
        return closing == run || closes.stream().anyMatch(close -> close.run() == run);
    }

    /// Completes when all that was told so far is written.
    Future<Void> drained() {
        Promise<Void> promise = Promise.promise();
        if (busy) {
            drained.add(promise);
        } else {
            promise.complete();
        }
        return promise.future();
    }

    private void start() {
        if (!busy) {
            busy = true;
            vertx.runOnContext(_ -> next());
        }
    }

    private void next() {
        closing = 0;
        if (dropped > 0 && notices.isEmpty()) {
            LOG.atError().addKeyValue("count", dropped).log("notices-not-stored");
            dropped = 0;
        }
        if (!notices.isEmpty()) {
            List<Persist.Notice> batch = new ArrayList<>();
            while (!notices.isEmpty() && batch.size() < BATCH_MAX) {
                batch.add(notices.poll());
            }
            write(new Persist.Notices(batch), _ -> {});
        } else if (!updates.isEmpty()) {
            List<Persist.ClientUpdate> batch =
                    updates.values().stream().limit(BATCH_MAX).toList();
            batch.forEach(update -> updates.remove(update.client()));
            write(new Persist.Presence(batch), _ -> {});
        } else if (!ends.isEmpty()) {
            Local.Ended end = ends.poll();
            this.<Persist.Completeness>write(new Persist.Prove(end.client()), proof -> proven(end, proof));
        } else if (!closes.isEmpty()) {
            Persist.CloseRun close = closes.poll();
            closing = close.run();
            write(close, _ -> runClosed.accept(close.run()));
        } else {
            busy = false;
            List<Promise<Void>> done = List.copyOf(drained);
            drained.clear();
            done.forEach(Promise::complete);
        }
    }

    private void proven(Local.Ended end, Persist.Completeness proof) {
        if (!proof.complete()) {
            String missing = proof.present() + " of " + end.report().lastSequence() + " reports are here";
            act.accept(List.of(new Roster.Action.Note(
                    end.run(), Optional.of(end.client()), end.clientId(), EventKind.REPORTS_MISSING, missing)));
        }
    }

    private <T> void write(Persist request, Consumer<T> written) {
        PersistBus.<T>ask(vertx, request).onComplete(reply -> {
            if (reply.succeeded()) {
                written.accept(reply.result());
                next();
                return;
            }
            int code = Admissions.code(reply.cause());
            boolean hopeless = code == Persist.UNSTORABLE || code == Persist.NOT_FOUND;
            LOG.atError()
                    .addKeyValue("request", request.getClass().getSimpleName())
                    .addKeyValue("again", !hopeless)
                    .addKeyValue("reason", reply.cause().getMessage())
                    .log("persist-failed");
            if (hopeless) {
                next();
            } else {
                vertx.timer(RETRY_MS, TimeUnit.MILLISECONDS).onComplete(_ -> write(request, written));
            }
        });
    }
}
