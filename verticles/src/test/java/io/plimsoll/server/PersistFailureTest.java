package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.pgclient.PgException;
import org.junit.jupiter.api.Test;

final class PersistFailureTest {
    @Test
    void onlyDataThatTheTablesRefuseAreUnstorable() {
        assertEquals(Persist.UNSTORABLE, code(new PgException("out of range", "ERROR", "22003", "")));
        assertEquals(Persist.UNSTORABLE, code(new PgException("check", "ERROR", "23514", "")));
        assertEquals(Persist.UNAVAILABLE, code(new PgException("shutting down", "FATAL", "57P01", "")));
        assertEquals(Persist.UNAVAILABLE, code(new IllegalArgumentException("the pool has no room")));
        assertEquals(Persist.UNAVAILABLE, code(new IllegalStateException("closed")));
    }

    @Test
    void aTimeThatNoTableHoldsIsUnstorable() {
        PersistFailure failure = assertThrows(PersistFailure.class, () -> ReportTable.timestamp(1));
        assertEquals(Persist.UNSTORABLE, failure.code());
    }

    private static int code(Throwable failure) {
        return PersistFailure.of(failure).code();
    }
}
