package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.server.Ledger.Key;
import io.plimsoll.server.Ledger.SessionKey;
import io.plimsoll.wire.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LedgerTest {
    private static final Report REPORT = new Report.Happened(1_795_000_000_000L, EventKind.IO_ERROR, "x");

    @Test
    void whatIsSentAgainIsThereAndWhatIsSentOtherwiseIsAltered() {
        List<Persist.Numbered> batch = Ledger.inOrder(
                List.of(report(1, 3, 33), report(1, 1, 11), report(1, 2, 99), report(2, 1, 21), report(3, 1, 31)));
        var verdict = Ledger.judge(
                batch, Set.of(new Key(1, 3), new Key(2, 1))::contains, Map.of(new Key(1, 1), 11L, new Key(1, 2), 22L));
        assertEquals(List.of(report(1, 3, 33), report(2, 1, 21)), verdict.fresh());
        assertEquals(List.of(report(1, 2, 99)), verdict.altered());
        assertEquals(List.of(report(3, 1, 31)), verdict.fenced());
    }

    @Test
    void ofTwoReportsUnderOneNumberInABatchTheFirstIsKept() {
        List<Persist.Numbered> batch = Ledger.inOrder(List.of(report(1, 1, 5), report(1, 1, 5), report(1, 1, 6)));
        assertEquals(List.of(report(1, 1, 5)), Ledger.distinct(batch));
        var verdict = Ledger.judge(batch, _ -> true, Map.of());
        assertEquals(List.of(report(1, 1, 5)), verdict.fresh());
        assertEquals(List.of(report(1, 1, 6)), verdict.altered());
    }

    /// Seed 1247 of the simulation: the process that is gone had sent it, too, and the client was started again.
    @Test
    void aReportThatComesLateIsNotKeptOutByItsFencedCopy() {
        var late = new Persist.Numbered(1, 1, 1, 5, true, REPORT);
        List<Persist.Numbered> batch = Ledger.inOrder(List.of(report(1, 1, 5), late));
        assertEquals(List.of(late), Ledger.distinct(batch));
        var verdict = Ledger.judge(batch, _ -> true, Map.of());
        assertEquals(List.of(late), verdict.fresh());
        assertTrue(verdict.altered().isEmpty() && verdict.fenced().isEmpty());
    }

    @Test
    void whatWasStoredBeforeDigestsWereKeptIsTakenAsTheSame() {
        var verdict = Ledger.judge(List.of(report(1, 1, 5)), _ -> false, Map.of(new Key(1, 1), Ledger.DIGEST_UNKNOWN));
        assertTrue(verdict.fresh().isEmpty()
                && verdict.altered().isEmpty()
                && verdict.fenced().isEmpty());
    }

    @Test
    void anotherEpochIsAnotherSession() {
        assertNotEquals(SessionKey.of(1, Samples.session("a")), new SessionKey(1, "a", 5));
    }

    /// Against the plainest model there is: a map of what came first under each number.
    @Test
    void everyReportIsStoredOnceAndTheFirstOneStaysWhateverIsSentAgain() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Map<Key, Long> stored = new HashMap<>();
            for (int transaction = 0; transaction < 30; transaction++) {
                List<Persist.Numbered> batch = new ArrayList<>();
                for (int i = random.nextInt(20); i >= 0; i--) {
                    batch.add(report(1 + random.nextInt(3), 1 + random.nextInt(10), 1 + random.nextInt(2)));
                }
                Map<Key, Long> model = new HashMap<>(stored);
                List<Persist.Numbered> altered = new ArrayList<>();
                for (Persist.Numbered report : Ledger.inOrder(batch)) {
                    Long first = model.putIfAbsent(Key.of(report), report.digest());
                    if (first != null && first != report.digest()) {
                        altered.add(report);
                    }
                }
                List<Persist.Numbered> inOrder = Ledger.inOrder(batch);
                Set<Key> entered = new HashSet<>();
                Ledger.distinct(inOrder).forEach(report -> {
                    if (!stored.containsKey(Key.of(report))) {
                        entered.add(Key.of(report));
                    }
                });
                var verdict = Ledger.judge(inOrder, entered::contains, Collections.unmodifiableMap(stored));
                verdict.fresh().forEach(report -> stored.put(Key.of(report), report.digest()));
                assertEquals(model, stored, "seed " + seed);
                assertEquals(altered, verdict.altered(), "seed " + seed);
            }
        }
    }

    private static Persist.Numbered report(long client, long sequence, long digest) {
        return new Persist.Numbered(1, client, sequence, digest, false, REPORT);
    }
}
