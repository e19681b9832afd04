package io.plimsoll.server;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands the reports of one TCP verticle to the persistence verticle, batch after batch.
///
/// One batch is on its way at any time, and what arrives meanwhile is the next one: commits come in order, batches grow
/// with the load, and no timer is needed. A batch that fails is asked for again until it succeeds (it is idempotent).
/// Lives on its verticle's event loop.
final class BatchWriter {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.tcp");
    private static final long RETRY_MS = 500;

    private static final long BATCH_BYTES_MAX = 8 << 20;

    record Waiting(ClientConnection connection, Persist.Numbered report, long bytes) {
        Waiting(ClientConnection connection, Persist.Numbered report) {
            this(connection, report, WriteQueue.bytes(report.report()));
        }
    }

    private final Vertx vertx;
    private final int batchReports;
    private final Consumer<List<Waiting>> committed;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private final Promise<Void> drained = Promise.promise();
    private long queuedBytes;
    private boolean busy;
    private boolean draining;

    /// @param committed told each batch, or part of one, after its commit
    BatchWriter(Vertx vertx, int batchReports, Consumer<List<Waiting>> committed) {
        this.vertx = vertx;
        this.batchReports = batchReports;
        this.committed = committed;
    }

    void add(Waiting report) {
        queue.add(report);
        queuedBytes += report.bytes();
        if (!busy) {
            busy = true;
            // the rest of this turn's frames belongs to the same batch
            vertx.runOnContext(_ -> next());
        }
    }

    /// Reports that wait for their batch.
    int waiting() {
        return queue.size();
    }

    /// Their bytes in memory, about.
    long waitingBytes() {
        return queuedBytes;
    }

    /// Completes when nothing waits any more; call it when nothing is added any more.
    Future<Void> drain() {
        draining = true;
        if (!busy) {
            drained.tryComplete();
        }
        return drained.future();
    }

    private void next() {
        if (queue.isEmpty()) {
            busy = false;
            if (draining) {
                drained.tryComplete();
            }
            return;
        }
        List<Waiting> batch = new ArrayList<>(Math.min(queue.size(), batchReports));
        long bytes = 0;
        while (!queue.isEmpty() && batch.size() < batchReports && bytes < BATCH_BYTES_MAX) {
            Waiting next = queue.poll();
            batch.add(next);
            bytes += next.bytes();
        }
        queuedBytes -= bytes;
        store(batch).onComplete(_ -> next());
    }

    /// Completes when every report of the batch is committed, or its connection is refused for it.
    private Future<Void> store(List<Waiting> batch) {
        var request = new Persist.Reports(batch.stream().map(Waiting::report).toList());
        return vertx.eventBus()
                .request(Persist.ADDRESS, request, Persist.DELIVERY)
                .transform(reply -> {
                    if (reply.succeeded()) {
                        committed.accept(batch);
                        return Future.succeededFuture();
                    }
                    Throwable why = reply.cause();
                    return unstorable(why) ? storeApart(batch, why) : storeLater(batch, why);
                });
    }

    /// One report that the database will never take must not hold up the others: the batch is halved until it is alone.
    private Future<Void> storeApart(List<Waiting> batch, Throwable why) {
        if (batch.size() == 1) {
            Waiting one = batch.getFirst();
            one.connection().refuse("report " + one.report().sequence() + " cannot be stored: " + why.getMessage());
            return Future.succeededFuture();
        }
        int half = batch.size() / 2;
        return store(batch.subList(0, half)).compose(_ -> store(batch.subList(half, batch.size())));
    }

    private Future<Void> storeLater(List<Waiting> batch, Throwable why) {
        LOG.atError()
                .addKeyValue("reports", batch.size())
                .addKeyValue("reason", why.getMessage())
                .log("reports-not-stored-yet");
        return vertx.timer(RETRY_MS, TimeUnit.MILLISECONDS).compose(_ -> store(batch));
    }

    private static boolean unstorable(Throwable failure) {
        return failure instanceof ReplyException reply && reply.failureCode() == Persist.UNSTORABLE;
    }
}
