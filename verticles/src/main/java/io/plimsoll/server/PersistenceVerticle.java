package io.plimsoll.server;

import io.plimsoll.database.Database;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.SqlConnection;
import java.time.DateTimeException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes to the database what it is asked at [Persist#ADDRESS], and answers after the commit.
///
/// Reports are queued, and each of a few writers takes what is there whenever it is free: batches grow with the load
/// and
/// nothing waits for a timer. While the database is away everything is retried, for at most [Persist#RETRY_MS_MAX].
/// Deploy
/// one instance; the database stays open when it is undeployed.
public final class PersistenceVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(PersistenceVerticle.class);
    private static final long REPORTS_QUEUED_MAX = 100_000;
    private static final long BYTES_QUEUED_MAX = 64 << 20;
    private static final int REQUESTS_MAX = 1_000;
    private static final int WRITERS = 2;
    private static final long TRANSACTION_MS_MAX = 10_000;
    private static final long FLUSH_MS_MAX = 10_000;

    private final Database database;
    private final Supplier<Future<?>> deploySources;
    private final long retryMsMax;
    private final WriteQueue<Message<Persist>> queue;
    private final ReportStore writer = new ReportStore();
    private final Promise<Void> flushed = Promise.promise();
    private MessageConsumer<Persist> consumer;
    private int writing;
    private int requests;
    private boolean retryPlanned;
    private boolean stopping;

    /// @param deploySources deploys the verticles that feed this one, on its context, so that they stop before it does
    public PersistenceVerticle(Database database, Supplier<Future<?>> deploySources) {
        this(database, deploySources, REPORTS_QUEUED_MAX, Persist.RETRY_MS_MAX);
    }

    PersistenceVerticle(Database database, Supplier<Future<?>> deploySources, long reportsQueuedMax, long retryMsMax) {
        this.database = database;
        this.deploySources = deploySources;
        this.retryMsMax = retryMsMax;
        this.queue = new WriteQueue<>(reportsQueuedMax, BYTES_QUEUED_MAX, retryMsMax);
    }

    @Override
    public Future<?> start() {
        Persist.registerCodecs(vertx.eventBus());
        consumer = vertx.eventBus().localConsumer(Persist.ADDRESS, this::handle);
        return consumer.completion().compose(_ -> deploySources.get());
    }

    /// Takes no more, writes what is queued, and gives up on the rest after a while.
    @Override
    public Future<?> stop() {
        stopping = true;
        long timer = vertx.setTimer(FLUSH_MS_MAX, _ -> {
            queue.abandon().forEach(message -> fail(message, stoppedBeforeCommit()));
            flushed.tryComplete();
        });
        return consumer.unregister().compose(_ -> {
            checkFlushed();
            return flushed.future().onComplete(_ -> vertx.cancelTimer(timer));
        });
    }

    private void handle(Message<Persist> message) {
        switch (message.body()) {
            case Persist.Reports reports -> enqueue(message, reports);
            case Persist.OpenRun open -> answer(message, connection -> RunStore.open(connection, open));
            case Persist.FindRun find -> answer(message, connection -> RunStore.find(connection, find));
            case Persist.AdmitClient admit -> answer(message, connection -> RunStore.admit(connection, admit));
            case Persist.Notices notices -> answer(message, connection -> RunStore.note(connection, notices));
            case Persist.Presence presence -> answer(message, connection -> RunStore.presence(connection, presence));
            case Persist.Prove prove -> answer(message, connection -> RunStore.prove(connection, prove));
            case Persist.CloseRun close -> answer(message, connection -> RunStore.close(connection, close));
        }
    }

    private void enqueue(Message<Persist> message, Persist.Reports reports) {
        if (queue.offer(message, reports.reports(), nowMs())) {
            pump();
        } else {
            fail(message, new PersistFailure(Persist.UNAVAILABLE, queue.reports() + " reports are queued already"));
        }
    }

    private void pump() {
        while (writing < WRITERS) {
            Optional<WriteQueue.Batch<Message<Persist>>> batch = queue.take(nowMs());
            if (batch.isEmpty()) {
                planRetry();
                return;
            }
            write(batch.get());
        }
    }

    private void write(WriteQueue.Batch<Message<Persist>> batch) {
        writing++;
        List<Persist.Numbered> reports = batch.reports();
        boolean lookUp = writer.mayBeThere(reports);
        database.withTransaction(TRANSACTION_MS_MAX, connection -> writer.write(connection, reports, lookUp))
                .onComplete(written -> {
                    writing--;
                    if (written.succeeded()) {
                        queue.committed(batch);
                        batch.tickets().forEach(message -> message.reply(null));
                    } else {
                        writeFailed(batch, written.cause());
                    }
                    pump();
                    checkFlushed();
                });
    }

    private void writeFailed(WriteQueue.Batch<Message<Persist>> batch, Throwable cause) {
        if (unstorable(cause)) {
            queue.poisoned(batch).forEach(message -> {
                LOG.atError().addKeyValue("error", cause.getMessage()).log("reports-unstorable");
                fail(message, new PersistFailure(Persist.UNSTORABLE, cause.getMessage()));
            });
            return;
        }
        LOG.atWarn()
                .addKeyValue("reports", batch.reports().size())
                .addKeyValue("queued", queue.reports())
                .addKeyValue("error", cause.getMessage())
                .log("write-failed");
        queue.failed(batch, nowMs()).forEach(message -> fail(message, unavailable(cause)));
    }

    private void planRetry() {
        if (queue.waiting() && !retryPlanned) {
            retryPlanned = true;
            vertx.setTimer(Math.max(1, queue.notBeforeMs() - nowMs()), _ -> {
                retryPlanned = false;
                pump();
            });
        }
    }

    private <T> void answer(Message<Persist> message, Function<SqlConnection, Future<T>> work) {
        if (requests >= REQUESTS_MAX) {
            fail(message, new PersistFailure(Persist.UNAVAILABLE, requests + " requests are under way already"));
            return;
        }
        requests++;
        attempt(work, nowMs() + retryMsMax, WriteQueue.BACKOFF_MS_MIN).onComplete(done -> {
            requests--;
            if (done.succeeded()) {
                message.reply(done.result());
            } else {
                fail(message, done.cause());
            }
            checkFlushed();
        });
    }

    private <T> Future<T> attempt(Function<SqlConnection, Future<T>> work, long deadlineMs, long backoffMs) {
        return database.withTransaction(TRANSACTION_MS_MAX, work).recover(failure -> {
            if (failure instanceof PersistFailure || unstorable(failure)) {
                return Future.failedFuture(failure);
            }
            if (stopping || nowMs() >= deadlineMs) {
                return Future.failedFuture(unavailable(failure));
            }
            LOG.atWarn().addKeyValue("error", failure.getMessage()).log("request-retried");
            long nextMs = Math.min(backoffMs * 2, WriteQueue.BACKOFF_MS_MAX);
            return vertx.timer(backoffMs, TimeUnit.MILLISECONDS).compose(_ -> attempt(work, deadlineMs, nextMs));
        });
    }

    private void checkFlushed() {
        if (stopping && queue.idle() && requests == 0) {
            flushed.tryComplete();
        }
    }

    /// Whether the request itself is at fault, so that no retry helps: data that the tables refuse (SQLSTATE classes 22
    /// and 23), or that cannot even be put into a statement.
    private static boolean unstorable(Throwable failure) {
        return switch (failure) {
            case PgException e ->
                e.getSqlState() != null
                        && (e.getSqlState().startsWith("22") || e.getSqlState().startsWith("23"));
            case IllegalArgumentException _, ArithmeticException _, DateTimeException _ -> true;
            default -> false;
        };
    }

    private static PersistFailure unavailable(Throwable cause) {
        return new PersistFailure(Persist.UNAVAILABLE, cause.getMessage());
    }

    private static PersistFailure stoppedBeforeCommit() {
        return new PersistFailure(Persist.UNAVAILABLE, "the server stopped before the reports could be written");
    }

    private static void fail(Message<Persist> message, Throwable failure) {
        int code = failure instanceof PersistFailure known ? known.code() : Persist.UNSTORABLE;
        message.fail(code, failure.getMessage());
    }

    /// Monotonic.
    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
