package io.plimsoll.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What checks the promise must notice when it is broken.
final class HistoryCheckTest {
    private static final Session SESSION = new Session(new ClientId("c1"), 1_795_000_000_000L);
    private static final int REPORTS = 10;
    private static final int ACKNOWLEDGED = 8;

    private final List<List<String>> ledger = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();
    private final List<List<String>> alarms = new ArrayList<>();
    private final List<Long> digests = new ArrayList<>();

    HistoryCheckTest() {
        for (long n = 1; n <= REPORTS; n++) {
            digests.add(Content.digest(Content.of(SESSION, n)));
            ledger.add(List.of("7", "" + n, "" + digests.getLast()));
            rows.add(List.of("7", "" + n, n == 1 ? "writing to /" + mark(n) + " begins" : "" + mark(n)));
        }
    }

    @Test
    void allIsWell() {
        assertTrue(verdict(false).kept());
        assertEquals(ACKNOWLEDGED, verdict(false).acknowledged());
        assertEquals(REPORTS, verdict(false).committed());
    }

    @Test
    void whatIsMissingIsLostWhereItWasAcknowledgedOrItsClientEnded() {
        ledger.removeLast();
        rows.removeLast();
        assertTrue(verdict(false).kept(), "it may still be on its way");
        assertEquals(1, verdict(true).lost());
        rows.remove(3);
        assertEquals(1, verdict(false).lost(), "the ledger alone is not enough");
    }

    @Test
    void whatIsThereTwiceIsDuplicate() {
        rows.add(rows.get(4));
        assertEquals(1, verdict(true).duplicate());
    }

    @Test
    void anotherDigestAnotherRowAndAnAlarmAreAltered() {
        ledger.set(2, List.of("7", "3", "1"));
        assertEquals(1, verdict(true).altered());
        rows.set(5, List.of("7", "6", "1" + mark(6)));
        assertEquals(2, verdict(true).altered());
        alarms.add(List.of("7", "report 9 came again"));
        assertEquals(3, verdict(true).altered());
    }

    @Test
    void whatNobodyMadeIsPhantom() {
        ledger.add(List.of("7", "11", "5"));
        assertEquals(1, verdict(false).phantom());
        ledger.add(List.of("8", "1", "5"));
        assertEquals(2, verdict(false).phantom(), "of a client without a history");
        ledger.remove(1);
        assertEquals(3, verdict(false).phantom(), "a row that is not in the ledger");
    }

    @Test
    void aHistoryIsReadAsItWasWrittenUpToItsLastWholeLine(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("history");
        try (var writer = new History.Writer(file, SESSION)) {
            writer.intent(1, -5);
            writer.sent(1);
            writer.intent(2, 6);
            writer.acknowledged(1);
        }
        Files.writeString(file, Files.readString(file) + "intent 3 1");
        assertEquals(new History.Told(SESSION, List.of(-5L, 6L), 1, 1, false), History.read(file));
    }

    private static long mark(long n) {
        return Content.mark(SESSION, n);
    }

    private HistoryCheck.Verdict verdict(boolean drained) {
        var told = new History.Told(SESSION, digests, REPORTS, ACKNOWLEDGED, drained);
        return HistoryCheck.of(
                List.of(told),
                sql -> sql.contains("from clients")
                        ? List.of(List.of("7", "c1 " + SESSION.bootEpoch()))
                        : sql.contains("report-altered")
                                ? alarms
                                : sql.contains("select client, sequence, digest from reports") ? ledger : rows);
    }
}
