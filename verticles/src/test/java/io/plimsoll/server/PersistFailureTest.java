package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.pgclient.PgException;
import java.util.List;
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
    void whatPostgresCutsShortForItsLimitsIsTriedAgain() {
        for (String state : List.of("57014", "55P03", "25P03")) {
            PgException cut = new PgException("canceling statement due to a timeout", "ERROR", state, "");
            assertEquals(Persist.UNAVAILABLE, code(cut), state);
        }
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
