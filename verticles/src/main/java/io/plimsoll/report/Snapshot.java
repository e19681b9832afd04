package io.plimsoll.report;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.function.Supplier;

/// Runs questions in one read-only snapshot of the database.
final class Snapshot {
    private Snapshot() {}

    static <T> Future<T> of(SqlConnection connection, Supplier<Future<T>> work) {
        return connection
                .begin()
                .compose(transaction -> connection
                        .query("set transaction isolation level repeatable read, read only")
                        .execute()
                        .compose(_ -> work.get())
                        // Nothing was written: rolling back is the same as committing, and right after a failure too.
                        .eventually(() -> transaction.rollback().otherwiseEmpty()));
    }
}
