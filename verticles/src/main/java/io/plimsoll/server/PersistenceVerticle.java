package io.plimsoll.server;

import io.plimsoll.database.Database;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes to the database what it is asked at [PersistBus#ADDRESS], and answers after the commit.
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
    private final Writers<Message<Persist>> writers;
    private final Promise<Void> flushed = Promise.promise();
    private PatientTransactions transactions;
    private MessageConsumer<Persist> consumer;
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
        this.writers = new Writers<>(new WriteQueue<>(reportsQueuedMax, BYTES_QUEUED_MAX, retryMsMax), WRITERS);
    }

    @Override
    public Future<?> start() {
        PersistBus.registerCodecs(vertx.eventBus());
        transactions = new PatientTransactions(vertx, database, retryMsMax, transactionMsMax);
        consumer = vertx.eventBus().localConsumer(PersistBus.ADDRESS, this::handle);
        return consumer.completion().compose(_ -> deploySources.get());
    }

    /// Takes no more, writes what is queued, and gives up on the rest after a while.
    @Override
    public Future<?> stop() {
        stopping = true;
        transactions.stop();
        long timer = vertx.setTimer(FLUSH_MS_MAX, _ -> {
            tell(new Writers.Event.GiveUp<>());
            flushed.tryComplete();
        });
        return consumer.unregister().compose(_ -> {
            checkFlushed();
            return flushed.future().onComplete(_ -> vertx.cancelTimer(timer));
        });
    }

    private void handle(Message<Persist> message) {
        switch (message.body()) {
            case Persist.Reports reports -> tell(new Writers.Event.Ask<>(message, reports.reports()));
            case Persist.Quarantine report -> answer(message, transactions.run(c -> ReportStore.quarantine(c, report)));
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

    private void tell(Writers.Event<Message<Persist>> event) {
        writers.on(event, nowMs(), this::carryOut);
    }

    private void carryOut(Writers.Action<Message<Persist>> action) {
        switch (action) {
            case Writers.Action.Write<Message<Persist>> a -> write(a.batch());
            case Writers.Action.Reply<Message<Persist>> a -> a.ticket().reply(a.stored());
            case Writers.Action.Fail<Message<Persist>> a -> a.ticket().fail(a.code(), a.reason());
            case Writers.Action.WakeAt<Message<Persist>> a ->
                vertx.setTimer(Math.max(1, a.ms() - nowMs()), _ -> tell(new Writers.Event.Wake<>()));
        }
    }

    private void write(WriteQueue.Batch<Message<Persist>> batch) {
        // whatever is thrown is an answer, too, or this writer would never be free again
        Future.succeededFuture(batch.reports())
                .compose(reports -> database.withTransaction(
                        transactionMsMax, connection -> ReportStore.write(connection, reports)))
                .onSuccess(PersistenceVerticle::log)
                .onComplete(written -> {
                    tell(
                            written.succeeded()
                                    ? new Writers.Event.Written<>(batch, written.result())
                                    : failed(batch, written.cause()));
                    checkFlushed();
                });
    }

    private static void log(Persist.Stored stored) {
        for (Persist.Declined declined : stored.declined()) {
            LOG.atError()
                    .addKeyValue("run", declined.report().run())
                    .addKeyValue("client", declined.report().client())
                    .addKeyValue("sequence", declined.report().sequence())
                    .log(declined.altered() ? "report-altered" : "report-of-fenced-client");
        }
    }

    private static Writers.Event<Message<Persist>> failed(WriteQueue.Batch<Message<Persist>> batch, Throwable cause) {
        PersistFailure failure = PersistFailure.of(cause);
        LOG.atWarn()
                .addKeyValue("reports", batch.reports().size())
                .addKeyValue("again", failure.code() != Persist.UNSTORABLE)
                .addKeyValue("error", cause.getMessage())
                .log("write-failed");
        return new Writers.Event.Failed<>(batch, failure.code(), failure.getMessage());
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
        if (stopping && writers.idle() && transactions.underWay() == 0) {
            flushed.tryComplete();
        }
    }

    private static void fail(Message<Persist> message, PersistFailure failure) {
        message.fail(failure.code(), failure.getMessage());
    }

    /// Monotonic.
    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
