package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class HeartbeatLedgerTest {
    private final HeartbeatLedger ledger = new HeartbeatLedger(new Persist.HeartbeatCounts(0, 0, 0));

    @Test
    void countsWhatCameWhatIsMissingAndNothingTwice() {
        for (long counter : new long[] {1, 3, 2, 6}) {
            assertTrue(ledger.count(counter, counter == 6));
            assertFalse(ledger.count(counter, false));
        }
        assertEquals(new Persist.HeartbeatCounts(3, 1, 2), ledger.counts());
    }

    @Test
    void aForgedCounterBeyondAllOthersSilencesNobodyAndCountsNothing() {
        for (long counter = 1; counter <= 10; counter++) {
            assertTrue(ledger.count(counter, false));
            ledger.count(Long.MAX_VALUE - counter * 1_000, false);
        }
        assertEquals(new Persist.HeartbeatCounts(10, 0, 0), ledger.counts());
        ledger.count(10 + 63, false);
        assertTrue(ledger.count(11, false), "within the window of a smaller leap");
    }

    @Test
    void afterALongSilenceItGoesOnWhereTheClientIs() {
        assertTrue(ledger.count(1, false));
        assertTrue(ledger.count(5_000, true), "a sign of life at once");
        assertEquals(new Persist.HeartbeatCounts(1, 0, 0), ledger.counts());
        assertFalse(ledger.count(5_000, true));
        assertTrue(ledger.count(5_001, true));
        assertEquals(new Persist.HeartbeatCounts(1, 2, 4_998), ledger.counts());
        assertFalse(ledger.count(5_000, true));
        assertTrue(ledger.count(4_999, true), "reordered over the gap");
    }
}
