package io.plimsoll.server;

import io.plimsoll.database.Database;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes to the database what it is asked at [Persist#ADDRESS], and answers after the commit.
///
/// Reports are queued, and each of a few writers takes what is there whenever it is free: batches grow with the load,
/// and nothing waits for a timer. While the database is away everything is tried again, for [Persist#RETRY_MS_MAX] at
/// most. Deploy one instance; the database stays open when it is undeployed.
public final class PersistenceVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(PersistenceVerticle.class);
    private static final long REPORTS_QUEUED_MAX = 100_000;
    private static final long BYTES_QUEUED_MAX = 64 << 20;
    private static final int WRITERS = 2;
    private static final long TRANSACTION_MS_MAX = 10_000;
    private static final long FLUSH_MS_MAX = 10_000;

    private final Database database;
    private final Supplier<Future<?>> deploySources;
    private final long retryMsMax;
    private final long transactionMsMax;
    private final WriteQueue<Message<Persist>> queue;
    private final ReportStore writer = new ReportStore();
    private final Promise<Void> flushed = Promise.promise();
    private PatientTransactions transactions;
    private MessageConsumer<Persist> consumer;
    private int writing;
    private boolean retryPlanned;
    private boolean stopping;

    /// @param deploySources deploys the verticles that feed this one, on its context, so that they stop before it does
    public PersistenceVerticle(Database database, Supplier<Future<?>> deploySources) {
        this(database, deploySources, REPORTS_QUEUED_MAX, Persist.RETRY_MS_MAX, TRANSACTION_MS_MAX);
    }

    PersistenceVerticle(
            Database database,
            Supplier<Future<?>> deploySources,
            long reportsQueuedMax,
            long retryMsMax,
            long transactionMsMax) {
        this.database = database;
        this.deploySources = deploySources;
        this.retryMsMax = retryMsMax;
        this.transactionMsMax = transactionMsMax;
        this.queue = new WriteQueue<>(reportsQueuedMax, BYTES_QUEUED_MAX, retryMsMax);
    }

    @Override
    public Future<?> start() {
        Persist.registerCodecs(vertx.eventBus());
        transactions = new PatientTransactions(vertx, database, retryMsMax, transactionMsMax);
        consumer = vertx.eventBus().localConsumer(Persist.ADDRESS, this::handle);
        return consumer.completion().compose(_ -> deploySources.get());
    }

    /// Takes no more, writes what is queued, and gives up on the rest after a while.
    @Override
    public Future<?> stop() {
        stopping = true;
        transactions.stop();
        long timer = vertx.setTimer(FLUSH_MS_MAX, _ -> {
            abandon();
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
            case Persist.OpenRun open -> answer(message, transactions.run(c -> RunStore.open(c, open)));
            case Persist.FindRun find -> answer(message, transactions.run(c -> RunStore.find(c, find)));
            case Persist.FindLeftOpen find -> answer(message, transactions.run(c -> RunStore.leftOpen(c, find)));
            case Persist.AdmitClient admit -> answer(message, transactions.run(c -> RunStore.admit(c, admit)));
            case Persist.Notices notices -> answer(message, transactions.run(c -> RunStore.note(c, notices)));
            case Persist.Presence presence -> answer(message, transactions.run(c -> RunStore.presence(c, presence)));
            case Persist.Prove prove -> answer(message, transactions.runLong(c -> RunStore.prove(c, prove)));
            case Persist.CloseRun close -> answer(message, transactions.runLong(c -> RunStore.close(c, close)));
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
        database.withTransaction(transactionMsMax, connection -> writer.write(connection, reports, lookUp))
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
        PersistFailure failure = PersistFailure.of(cause);
        if (failure.code() == Persist.UNSTORABLE) {
            queue.poisoned(batch).forEach(message -> {
                LOG.atError().addKeyValue("error", cause.getMessage()).log("reports-unstorable");
                fail(message, failure);
            });
            return;
        }
        LOG.atWarn()
                .addKeyValue("reports", batch.reports().size())
                .addKeyValue("queued", queue.reports())
                .addKeyValue("error", cause.getMessage())
                .log("write-failed");
        queue.failed(batch, nowMs()).forEach(message -> fail(message, failure));
        if (flushed.future().isComplete()) {
            abandon();
        }
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

    private void answer(Message<Persist> message, Future<?> work) {
        work.onComplete(done -> {
            if (done.succeeded()) {
                message.reply(done.result());
            } else {
                fail(message, PersistFailure.of(done.cause()));
            }
            checkFlushed();
        });
    }

    private void checkFlushed() {
        if (stopping && queue.idle() && transactions.underWay() == 0) {
            flushed.tryComplete();
        }
    }

    private void abandon() {
        queue.abandon()
                .forEach(message -> fail(
                        message,
                        new PersistFailure(
                                Persist.UNAVAILABLE, "the server stopped before the reports could be written")));
    }

    private static void fail(Message<Persist> message, PersistFailure failure) {
        message.fail(failure.code(), failure.getMessage());
    }

    /// Monotonic.
    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
