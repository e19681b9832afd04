package io.plimsoll.database;

import io.netty.channel.ChannelHandlerContext;
import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.impl.PgConnectionFactory;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// A bounded set of connections that a frozen Postgres cannot use up.
///
/// The client's own pool (5.0.10) cannot give that: its connections close only once Postgres has answered what was
/// asked before, and one that hangs while it logs in keeps its place, and keeps the pool from closing. Here a
/// connection can be cut at the socket, and before every log-in a server that does not even answer an `SSLRequest` is
/// found out. Safe to use from every event loop.
final class Connections {
    private static final int WAITING_MAX = 1_000;
    private static final int CONNECT_MS_MAX = 5_000;
    private static final long IDLE_MS_MAX = 60_000;
    private static final long GOODBYE_MS_MAX = 1_000;
    /// Length 8, code 80877103: every Postgres answers with one byte.
    private static final Buffer SSL_REQUEST = Buffer.buffer().appendInt(8).appendInt(80_877_103);

    private final Vertx vertx;
    private final PgConnectOptions options;
    private final PgConnectionFactory factory;
    private final NetClient prober;
    private final int max;
    private final Set<Slot> open = new HashSet<>();
    private final Deque<Slot> idle = new ArrayDeque<>();
    private final Deque<Promise<Slot>> waiting = new ArrayDeque<>();
    private boolean closed;

    /// A place for one connection.
    static final class Slot {
        private SqlConnection connection;
        private long idleSinceMs;

        SqlConnection connection() {
            return connection;
        }
    }

    Connections(Vertx vertx, PgConnectOptions options, int max) {
        NetClientOptions tcp = new NetClientOptions()
                .setConnectTimeout(CONNECT_MS_MAX)
                .setTcpKeepAlive(true)
                .setTcpNoDelay(true);
        this.vertx = vertx;
        this.options = options;
        this.max = max;
        this.factory = new PgConnectionFactory((VertxInternal) vertx, tcp);
        this.prober = vertx.createNetClient(tcp);
    }

    /// A connection of one's own, until it is given back or cut. Waits for one without a limit of its own.
    Future<Slot> lease() {
        Promise<Slot> promise = Promise.promise();
        Slot slot;
        synchronized (this) {
            if (closed) {
                return Future.failedFuture(closing());
            }
            slot = freshest();
            if (slot != null) {
                return Future.succeededFuture(slot);
            }
            if (open.size() >= max) {
                if (waiting.size() >= WAITING_MAX) {
                    return Future.failedFuture(
                            new DatabaseException(Kind.TIMEOUT, WAITING_MAX + " are waiting for the database already"));
                }
                waiting.addLast(promise);
                return promise.future();
            }
            slot = new Slot();
            open.add(slot);
        }
        connect(slot, promise);
        return promise.future();
    }

    void giveBack(Slot slot) {
        Promise<Slot> next;
        synchronized (this) {
            if (!open.contains(slot)) {
                return;
            }
            if (closed || slot.connection.transaction() != null) {
                next = null;
            } else {
                next = waiting.pollFirst();
                if (next == null) {
                    slot.idleSinceMs = nowMs();
                    idle.addFirst(slot);
                    return;
                }
            }
        }
        if (next == null) {
            cut(slot);
        } else if (!next.tryComplete(slot)) {
            giveBack(slot);
        }
    }

    /// Ends a connection at once, whatever Postgres is doing with it.
    void cut(Slot slot) {
        // The codec answers a close of the channel with a farewell and waits for the other side: so it is closed below
        // the codec.
        if (slot.connection instanceof SqlConnectionInternal internal
                && internal.unwrap().unwrap() instanceof SocketConnectionBase base) {
            ChannelHandlerContext first =
                    base.socket().channelHandlerContext().pipeline().firstContext();
            if (first != null) { // else the channel is closed already
                first.close();
            }
        }
        remove(slot);
    }

    /// Says goodbye on idle connections and cuts the others.
    Future<Void> close() {
        Deque<Slot> polite;
        Deque<Slot> busy;
        Deque<Promise<Slot>> disappointed;
        synchronized (this) {
            closed = true;
            polite = new ArrayDeque<>(idle);
            busy = new ArrayDeque<>(open);
            busy.removeAll(polite);
            disappointed = new ArrayDeque<>(waiting);
            idle.clear();
            waiting.clear();
        }
        disappointed.forEach(promise -> promise.tryFail(closing()));
        busy.forEach(this::cut);
        Future<?> goodbyes = Future.join(polite.stream()
                .map(slot -> slot.connection
                        .close()
                        .timeout(GOODBYE_MS_MAX, TimeUnit.MILLISECONDS)
                        .onFailure(_ -> cut(slot)))
                .toList());
        return goodbyes.otherwiseEmpty()
                .eventually(() -> prober.close().otherwiseEmpty())
                .mapEmpty();
    }

    private Slot freshest() {
        Slot slot = idle.pollFirst();
        if (slot == null || nowMs() - slot.idleSinceMs < IDLE_MS_MAX) {
            return slot;
        }
        // It is the freshest, so the others have been idle for too long as well.
        idle.addFirst(slot);
        Deque<Slot> stale = new ArrayDeque<>(idle);
        idle.clear();
        open.removeAll(stale);
        stale.forEach(each -> each.connection.close());
        return null;
    }

    /// A log-in that hangs keeps its slot until the socket ends, so that there are never more than `max` of them.
    private void connect(Slot slot, Promise<Slot> promise) {
        long timer = vertx.setTimer(
                CONNECT_MS_MAX,
                _ -> promise.tryFail(new DatabaseException(
                        Kind.UNREACHABLE, "the database does not let us in within " + CONNECT_MS_MAX + " ms")));
        Context context = vertx.getOrCreateContext();
        probe().compose(_ -> factory.connect(context, new PgConnectOptions(options)))
                .onComplete(done -> {
                    vertx.cancelTimer(timer);
                    if (done.failed()) {
                        remove(slot);
                        promise.tryFail(noPassword(done.cause()));
                        return;
                    }
                    slot.connection = done.result();
                    slot.connection.closeHandler(_ -> remove(slot));
                    slot.connection.exceptionHandler(_ -> {});
                    if (!promise.tryComplete(slot)) {
                        giveBack(slot);
                    }
                });
    }

    /// Where the server asks for a password and there is none, the client fails over its own arguments.
    private Throwable noPassword(Throwable failure) {
        return failure instanceof IllegalArgumentException
                ? new DatabaseException(
                        Kind.REFUSED,
                        "the database asks " + options.getUser()
                                + " for a password: put HOST:PORT:DATABASE:USER:PASSWORD"
                                + " into ~/.pgpass or a file that --database-password-file (databasePasswordFile) names"
                                + ", mode 600; PGPASSWORD is not read (" + failure.getMessage() + ")",
                        failure)
                : failure;
    }

    private Future<Void> probe() {
        if (options.isUsingDomainSocket()) {
            return Future.succeededFuture();
        }
        return prober.connect(options.getPort(), options.getHost()).compose(socket -> {
            Promise<Void> answered = Promise.promise();
            socket.handler(_ -> answered.tryComplete());
            socket.closeHandler(_ -> answered.tryComplete());
            socket.exceptionHandler(answered::tryFail);
            socket.write(SSL_REQUEST);
            return answered.future()
                    .timeout(CONNECT_MS_MAX, TimeUnit.MILLISECONDS)
                    .onComplete(_ -> socket.close())
                    .recover(_ -> Future.failedFuture(new DatabaseException(
                            Kind.UNREACHABLE,
                            "what listens at " + options.getHost() + ":" + options.getPort()
                                    + " does not answer as a Postgres does: it hangs, or is something else")));
        });
    }

    /// Lets the next one who waits have the place.
    private void remove(Slot slot) {
        Promise<Slot> next;
        Slot place = new Slot();
        synchronized (this) {
            idle.remove(slot);
            open.remove(slot);
            next = open.size() < max ? waiting.pollFirst() : null;
            if (next != null) {
                open.add(place);
            }
        }
        if (next != null) {
            connect(place, next);
        }
    }

    private static DatabaseException closing() {
        return new DatabaseException(Kind.UNREACHABLE, "the database is being closed");
    }

    /// Monotonic.
    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
