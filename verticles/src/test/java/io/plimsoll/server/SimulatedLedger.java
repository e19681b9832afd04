package io.plimsoll.server;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/// What [ReportStore] does with a batch, on tables that are made up: the same [Ledger] judges.
public final class SimulatedLedger {
    /// Of one transaction.
    public interface Table {
        /// Enters a key, as `insert … on conflict do nothing` does.
        ///
        /// @return false where it is there already, or its session is fenced
        boolean enter(Persist.Numbered report);

        /// Of the report that is there; empty where there is none.
        OptionalLong digest(long client, long sequence);
    }

    private SimulatedLedger() {}

    /// @param fresh told what is new
    /// @param altered told what has come again with other content
    public static Persist.Stored write(
            List<Persist.Numbered> reports,
            Table table,
            Consumer<Persist.Numbered> fresh,
            Consumer<Persist.Numbered> altered) {
        List<Persist.Numbered> inOrder = Ledger.inOrder(reports);
        Set<Ledger.Key> entered = new HashSet<>();
        Map<Ledger.Key, Long> there = new HashMap<>();
        for (Persist.Numbered report : Ledger.distinct(inOrder)) {
            Ledger.Key key = Ledger.Key.of(report);
            if (table.enter(report)) {
                entered.add(key);
            } else {
                table.digest(key.client(), key.sequence()).ifPresent(digest -> there.put(key, digest));
            }
        }
        Ledger.Verdict verdict = Ledger.judge(inOrder, entered::contains, there);
        verdict.fresh().forEach(fresh);
        verdict.altered().forEach(altered);
        return new Persist.Stored(verdict.fenced().stream()
                .map(report -> new Persist.Declined(report, false, "the client was started again"))
                .toList());
    }
}
