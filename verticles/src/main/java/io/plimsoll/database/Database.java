package io.plimsoll.database;

import io.plimsoll.config.DatabaseSettings;
import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// An open database: a bounded set of connections, and a time limit for everything that is asked of it.
///
/// [#forServer] owns an embedded directory and migrates the schema; [#forQueries] reads only, whether a server is using
/// the database at the time or not. Safe to use from every event loop; nothing here blocks one.
public final class Database {
    public static final int CONNECTIONS_MAX = 8;

    private final Vertx vertx;
    private final Connections connections;
    private final Place place;
    private final Findings findings;

    Database(Vertx vertx, Connections connections, Place place, Findings findings) {
        this.vertx = vertx;
        this.connections = connections;
        this.place = place;
        this.findings = findings;
    }

    /// Opens for a server: starts the Postgres of an embedded directory (made on first use) and owns it until
    /// [#close], and brings the schema up to date. A Postgres that can lose commits is refused, unless the settings
    /// allow it. Fails with [DatabaseException].
    public static Future<Database> forServer(Vertx vertx, DatabaseSettings settings) {
        return DatabaseOpening.forServer(vertx, settings, System.getenv());
    }

    /// Opens for reading: what a live server has open is read beside it, an embedded database that nobody uses is
    /// started and stopped again by [#close]. The schema must be this program's. Fails with [DatabaseException].
    public static Future<Database> forQueries(Vertx vertx, DatabaseLocation location) {
        return DatabaseOpening.forQueries(vertx, location, System.getenv());
    }

    /// Runs work on one connection. If it has not ended in time, counted from now, the connection is cut (a frozen
    /// Postgres would never give it back) and the future fails with [DatabaseException] of kind TIMEOUT.
    public <T> Future<T> withConnection(long timeoutMs, Function<SqlConnection, Future<T>> work) {
        Promise<T> result = ((ContextInternal) vertx.getOrCreateContext()).promise();
        Loan loan = new Loan();
        long timer = vertx.setTimer(timeoutMs, _ -> {
            if (result.tryFail(tooLate(timeoutMs))) {
                loan.cut();
            }
        });
        connections
                .lease()
                .compose(slot -> loan.begin(slot) ? work.apply(slot.connection()) : Future.failedFuture("too late"))
                .onComplete(done -> {
                    vertx.cancelTimer(timer);
                    // It goes back first: whoever gets the result may want it next.
                    loan.end();
                    if (done.succeeded()) {
                        result.tryComplete(done.result());
                    } else {
                        result.tryFail(DatabaseErrors.translated(done.cause(), describe()));
                    }
                });
        return result.future();
    }

    /// A connection to keep for a while, for cursors and the like. Its user bounds its statements, and ends it with
    /// `close`; it is not used again.
    public Future<SqlConnection> connection(long timeoutMs) {
        Promise<SqlConnection> result = ((ContextInternal) vertx.getOrCreateContext()).promise();
        long timer = vertx.setTimer(timeoutMs, _ -> result.tryFail(tooLate(timeoutMs)));
        connections.lease().onComplete(done -> {
            vertx.cancelTimer(timer);
            if (done.failed()) {
                result.tryFail(DatabaseErrors.translated(done.cause(), describe()));
            } else if (!result.tryComplete(done.result().connection())) {
                connections.giveBack(done.result());
            }
        });
        return result.future();
    }

    /// As [#withConnection], in one transaction: committed if the work succeeds, rolled back if it fails.
    public <T> Future<T> withTransaction(long timeoutMs, Function<SqlConnection, Future<T>> work) {
        return withConnection(
                timeoutMs,
                connection -> connection
                        .begin()
                        .compose(transaction -> Future.succeededFuture(connection)
                                .compose(work)
                                .compose(
                                        done -> transaction.commit().map(done),
                                        failure ->
                                                transaction.rollback().transform(_ -> Future.failedFuture(failure)))));
    }

    /// Where it is, without a password.
    public String describe() {
        return place.description();
    }

    /// A command line that opens it in psql, without a password.
    public String psqlCommand() {
        return place.psqlCommand();
    }

    /// How it may lose what it acknowledged, in words; nothing unless the settings allowed that.
    public List<String> gaps() {
        return findings.gaps();
    }

    /// What the role that writes can do beyond writing, in words; empty if nothing.
    public Optional<String> excessRights() {
        return findings.excessRights();
    }

    Database with(Findings found) {
        return new Database(vertx, connections, place, found);
    }

    /// Closes the connections, and stops the embedded Postgres if this opening started it.
    public Future<Void> close() {
        return disconnect()
                .eventually(() -> vertx.executeBlocking(
                        () -> {
                            place.release();
                            return null;
                        },
                        false));
    }

    /// As [#close], but leaves the Postgres as it is.
    Future<Void> disconnect() {
        return connections.close();
    }

    private DatabaseException tooLate(long timeoutMs) {
        return new DatabaseException(
                Kind.TIMEOUT, "the database " + describe() + " did not answer within " + timeoutMs + " ms");
    }

    /// Where an open database is, and what closing it takes.
    ///
    /// @param onRelease blocks
    record Place(String description, String psqlCommand, Runnable onRelease) {
        void release() {
            onRelease.run();
        }
    }

    /// What was seen of a database when it was opened.
    record Findings(List<String> gaps, Optional<String> excessRights) {
        static final Findings NONE = new Findings(List.of(), Optional.empty());

        Findings {
            gaps = List.copyOf(gaps);
        }
    }

    /// A connection on loan, which ends once: given back, or cut.
    private final class Loan {
        private Connections.Slot slot;
        private boolean over;

        synchronized boolean begin(Connections.Slot taken) {
            slot = taken;
            return !over;
        }

        synchronized void end() {
            over = true;
            if (slot != null) {
                connections.giveBack(slot);
            }
        }

        synchronized void cut() {
            over = true;
            if (slot != null) {
                connections.cut(slot);
            }
        }
    }
}
