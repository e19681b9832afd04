package io.plimsoll.server;

import io.plimsoll.model.Session;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Judges reports by what the table `reports` says of them: new, there already, or there with other content. Pure.
///
/// A transaction enters the keys of its batch; what it could enter is new, whoever else writes at the same time. Of the
/// others it reads the digests, and then judges.
final class Ledger {
    /// Digest of a report that was stored before digests were kept: it passes for any content.
    static final long DIGEST_UNKNOWN = 0;

    /// The late one of two copies comes first: the other one may be fenced, and would keep it out.
    private static final Comparator<Persist.Numbered> ORDER = Comparator.comparingLong(Persist.Numbered::client)
            .thenComparingLong(Persist.Numbered::sequence)
            .thenComparing(report -> !report.late());

    /// What a session is in the database: the row of `clients` with these.
    record SessionKey(long run, String clientId, long bootEpoch) {
        static SessionKey of(long run, Session session) {
            return new SessionKey(run, session.clientId().value(), session.bootEpoch());
        }
    }

    /// @param client stands for a [SessionKey]
    record Key(long client, long sequence) {
        static Key of(Persist.Numbered report) {
            return new Key(report.client(), report.sequence());
        }
    }

    /// What is neither new nor declined is there, as it was sent.
    ///
    /// @param fresh in order; their rows are due
    /// @param altered there is another report under the number
    /// @param fenced of sessions that may not deliver any more
    record Verdict(List<Persist.Numbered> fresh, List<Persist.Numbered> altered, List<Persist.Numbered> fenced) {}

    private Ledger() {}

    /// By client and sequence: two transactions that enter the same keys wait for each other, and never in a circle.
    static List<Persist.Numbered> inOrder(List<Persist.Numbered> reports) {
        return reports.stream().sorted(ORDER).toList();
    }

    /// The first of each key.
    static List<Persist.Numbered> distinct(List<Persist.Numbered> inOrder) {
        List<Persist.Numbered> distinct = new ArrayList<>(inOrder.size());
        for (Persist.Numbered report : inOrder) {
            if (distinct.isEmpty() || !Key.of(distinct.getLast()).equals(Key.of(report))) {
                distinct.add(report);
            }
        }
        return distinct;
    }

    /// @param entered whether this transaction entered the key
    /// @param there digests of the keys that it could not enter; none for a session that is fenced
    static Verdict judge(List<Persist.Numbered> inOrder, Predicate<Key> entered, Map<Key, Long> there) {
        Verdict verdict = new Verdict(new ArrayList<>(inOrder.size()), new ArrayList<>(), new ArrayList<>());
        Map<Key, Long> known = new HashMap<>(there);
        Key last = null;
        for (Persist.Numbered report : inOrder) {
            Key key = Key.of(report);
            if (!key.equals(last) && entered.test(key)) {
                verdict.fresh().add(report);
                known.put(key, report.digest());
            } else {
                Long digest = known.get(key);
                if (digest == null) {
                    verdict.fenced().add(report);
                } else if (digest != DIGEST_UNKNOWN && digest != report.digest()) {
                    verdict.altered().add(report);
                }
            }
            last = key;
        }
        return verdict;
    }
}
