package io.plimsoll.database;

import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// An open database: a bounded pool of connections, and a time limit for everything that is asked of it.
///
/// [#forServer] owns an embedded directory and migrates the schema; [#forQueries] reads only, whether a server is using
/// the database at the time or not. Safe to use from every event loop; nothing here blocks one.
public final class Database {
    public static final int CONNECTIONS_MAX = 8;

    private static final int WAITING_MAX = 1_000;
    private static final int CONNECT_MS_MAX = 5_000;
    private static final int IDLE_SECONDS_MAX = 60;
    private static final int STATEMENTS_CACHED_MAX = 64;

    private final Vertx vertx;
    private final Pool pool;
    private final Place place;
    private final List<String> warnings;

    Database(Vertx vertx, Pool pool, Place place, List<String> warnings) {
        this.vertx = vertx;
        this.pool = pool;
        this.place = place;
        this.warnings = List.copyOf(warnings);
    }

    /// Opens for a server: starts the Postgres of an embedded directory (made on first use) and owns it until
    /// [#close], and brings the schema up to date. Fails with [DatabaseException].
    public static Future<Database> forServer(Vertx vertx, DatabaseLocation location) {
        return DatabaseOpening.forServer(vertx, location, System.getenv());
    }

    /// Opens for reading: what a live server has open is read beside it, an embedded database that nobody uses is
    /// started and stopped again by [#close]. The schema must be this program's. Fails with [DatabaseException].
    public static Future<Database> forQueries(Vertx vertx, DatabaseLocation location) {
        return DatabaseOpening.forQueries(vertx, location, System.getenv());
    }

    /// Runs work on one connection. If it has not ended in time, counted from now, the connection is cut (a frozen
    /// Postgres would never give it back) and the future fails with [DatabaseException] of kind TIMEOUT.
    public <T> Future<T> withConnection(long timeoutMs, Function<SqlConnection, Future<T>> work) {
        Promise<T> result = Promise.promise();
        Lease lease = new Lease();
        long timer = vertx.setTimer(timeoutMs, _ -> {
            if (result.tryFail(new DatabaseException(
                    Kind.TIMEOUT, "the database " + describe() + " did not answer within " + timeoutMs + " ms"))) {
                lease.cut();
            }
        });
        pool.getConnection()
                .compose(connection -> lease.begin(connection) ? lease.run(work) : Future.failedFuture("too late"))
                .onComplete(done -> {
                    vertx.cancelTimer(timer);
                    // The lease goes back first: whoever gets the result may want the connection.
                    lease.end();
                    if (done.succeeded()) {
                        result.tryComplete(done.result());
                    } else {
                        result.tryFail(DatabaseErrors.translated(done.cause(), describe()));
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

    /// The pool itself, for what brings its own time limit.
    public Pool pool() {
        return pool;
    }

    /// Where it is, without a password.
    public String describe() {
        return place.description();
    }

    /// A command line that opens it in psql, without a password.
    public String psqlCommand() {
        return place.psqlCommand();
    }

    /// What a user must know about how safely this database keeps what it acknowledged; usually nothing.
    public List<String> warnings() {
        return warnings;
    }

    /// Closes the connections, and stops the embedded Postgres if this opening started it.
    public Future<Void> close() {
        return pool.close()
                .eventually(() -> vertx.executeBlocking(
                        () -> {
                            place.release();
                            return null;
                        },
                        false));
    }

    static Pool pool(Vertx vertx, PgConnectOptions options) {
        return PgBuilder.pool()
                .using(vertx)
                .connectingTo(options.setCachePreparedStatements(true)
                        .setPreparedStatementCacheMaxSize(STATEMENTS_CACHED_MAX)
                        .setPreparedStatementCacheSqlLimit(8192)
                        .setPipeliningLimit(1)
                        .setReconnectAttempts(2)
                        .setReconnectInterval(200))
                .with(new PoolOptions()
                        .setMaxSize(CONNECTIONS_MAX)
                        .setMaxWaitQueueSize(WAITING_MAX)
                        .setConnectionTimeout(CONNECT_MS_MAX)
                        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
                        .setIdleTimeout(IDLE_SECONDS_MAX)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS))
                .with(new NetClientOptions()
                        .setConnectTimeout(CONNECT_MS_MAX)
                        .setTcpKeepAlive(true)
                        .setTcpNoDelay(true))
                .build();
    }

    /// Where an open database is, and what closing it takes.
    ///
    /// @param onRelease blocks
    record Place(String description, String psqlCommand, Runnable onRelease) {
        void release() {
            onRelease.run();
        }
    }

    /// A connection on loan, which ends once: given back, or cut.
    private static final class Lease {
        private SqlConnection connection;
        private boolean over;

        synchronized boolean begin(SqlConnection taken) {
            connection = taken;
            return !over;
        }

        <T> Future<T> run(Function<SqlConnection, Future<T>> work) {
            return work.apply(connection);
        }

        synchronized void end() {
            over = true;
            if (connection != null) {
                connection.close();
            }
        }

        /// The client's own close waits its turn behind the statement that hangs, so the socket is closed under it.
        synchronized void cut() {
            over = true;
            if (connection instanceof SqlConnectionInternal internal
                    && internal.unwrap().unwrap() instanceof SocketConnectionBase base) {
                base.socket().channelHandlerContext().close();
            }
        }
    }
}
