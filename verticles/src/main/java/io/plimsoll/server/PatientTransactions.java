package io.plimsoll.server;

import io.plimsoll.database.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Transactions that are tried again while the database is away, within a bound in time and in number. Belongs to one
/// event loop; the work must bear to be done twice.
final class PatientTransactions {
    private static final Logger LOG = LoggerFactory.getLogger(PatientTransactions.class);
    private static final int UNDER_WAY_MAX = 1_000;
    private static final long LONG_FACTOR = 12;

    private final Vertx vertx;
    private final Database database;
    private final long retryMsMax;
    private final long transactionMsMax;
    private int underWay;
    private boolean stopping;

    PatientTransactions(Vertx vertx, Database database, long retryMsMax, long transactionMsMax) {
        this.vertx = vertx;
        this.database = database;
        this.retryMsMax = retryMsMax;
        this.transactionMsMax = transactionMsMax;
    }

    /// Fails with [PersistFailure].
    <T> Future<T> run(Function<SqlConnection, Future<T>> work) {
        return run(transactionMsMax, work);
    }

    /// As [#run], for work that looks at every report of a run, which takes microseconds each.
    <T> Future<T> runLong(Function<SqlConnection, Future<T>> work) {
        return run(transactionMsMax * LONG_FACTOR, work);
    }

    private <T> Future<T> run(long timeoutMs, Function<SqlConnection, Future<T>> work) {
        if (underWay >= UNDER_WAY_MAX) {
            return Future.failedFuture(
                    new PersistFailure(Persist.UNAVAILABLE, underWay + " requests are under way already"));
        }
        underWay++;
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(retryMsMax);
        return attempt(timeoutMs, work, deadlineNs, WriteQueue.BACKOFF_MS_MIN).onComplete(_ -> underWay--);
    }

    int underWay() {
        return underWay;
    }

    /// What fails from now on is not tried again.
    void stop() {
        stopping = true;
    }

    private <T> Future<T> attempt(
            long timeoutMs, Function<SqlConnection, Future<T>> work, long deadlineNs, long backoffMs) {
        return database.withTransaction(timeoutMs, work).recover(failure -> {
            PersistFailure known = PersistFailure.of(failure);
            if (known.code() != Persist.UNAVAILABLE || stopping || System.nanoTime() - deadlineNs >= 0) {
                return Future.failedFuture(known);
            }
            LOG.atWarn().addKeyValue("error", failure.getMessage()).log("request-retried");
            long nextMs = Math.min(backoffMs * 2, WriteQueue.BACKOFF_MS_MAX);
            return vertx.timer(backoffMs, TimeUnit.MILLISECONDS)
                    .compose(_ -> attempt(timeoutMs, work, deadlineNs, nextMs));
        });
    }
}
