package io.plimsoll.faults;

import io.plimsoll.model.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Joins what clients say that they did with what is in the database: the promise of delivery, looked at from
/// outside.
public final class HistoryCheck {
    private static final int SHOWN_MAX = 20;

    /// Every report that became a row of results, with the number by which [Content] marked it.
    private static final String ROWS = """
        select client, sequence, bytes::text from data_files
        union all select client, sequence, bytes::text from intervals
        union all select client, sequence, rss_bytes::text from resource_samples
        union all select client, sequence, detail from events where sequence is not null
        union all select client, sequence, 'kept apart: ' || reason from rejected_reports
        """;

    /// @param acknowledged reports of which clients were told that they are committed
    /// @param committed reports in the database
    /// @param lost acknowledged, and not there, or not both in the ledger and in a table; of a client that ended,
    /// any
    /// @param duplicate there more than once
    /// @param altered there with other content
    /// @param phantom there, and nobody meant to report it
    /// @param shown some of them, in words
    public record Verdict(
            long acknowledged,
            long committed,
            long lost,
            long duplicate,
            long altered,
            long phantom,
            List<String> shown) {
        public boolean kept() {
            return lost + duplicate + altered + phantom == 0;
        }

        @Override
        public String toString() {
            return "%,d reports acknowledged, %,d committed: %d lost, %d duplicate, %d altered, %d phantom"
                    .formatted(acknowledged, committed, lost, duplicate, altered, phantom);
        }
    }

    private final Function<String, List<List<String>>> sql;
    private final List<String> shown = new ArrayList<>();
    private long acknowledged;
    private long committed;
    private long lost;
    private long duplicate;
    private long altered;
    private long phantom;

    private HistoryCheck(Function<String, List<List<String>>> sql) {
        this.sql = sql;
    }

    /// @param sql runs a statement in the server's database, and returns its rows as text
    public static Verdict of(List<History.Told> histories, Function<String, List<List<String>>> sql) {
        HistoryCheck check = new HistoryCheck(sql);
        check.run(histories);
        return new Verdict(
                check.acknowledged,
                check.committed,
                check.lost,
                check.duplicate,
                check.altered,
                check.phantom,
                check.shown);
    }

    private void run(List<History.Told> histories) {
        Map<String, Map<Long, String>> ledger = byClient("select client, sequence, digest from reports");
        Map<String, Map<Long, String>> rows = byClient(ROWS);
        Map<String, String> clients = new HashMap<>();
        for (List<String> row : sql.apply("select client, client_id || ' ' || boot_epoch from clients")) {
            if (clients.put(row.get(1), row.get(0)) != null) {
                duplicate++;
                show("two rows in clients for " + row.get(1));
            }
        }
        Set<String> known = new HashSet<>();
        for (History.Told told : histories) {
            String client =
                    clients.get(told.session().clientId() + " " + told.session().bootEpoch());
            known.add(client);
            check(told, ledger.getOrDefault(client, Map.of()), rows.getOrDefault(client, Map.of()));
        }
        ledger.forEach((client, reports) -> {
            if (!known.contains(client)) {
                phantom += reports.size();
                show("reports of client " + client + ", of which there is no history");
            }
        });
        for (List<String> alarm : sql.apply("select client, detail from events where kind = 'report-altered'")) {
            altered++;
            show("alarm of client " + alarm.getFirst() + ": " + alarm.getLast());
        }
    }

    private void check(History.Told told, Map<Long, String> ledger, Map<Long, String> rows) {
        Session session = told.session();
        acknowledged += told.acknowledged();
        committed += ledger.size();
        long due = told.drained() ? told.digests().size() : told.acknowledged();
        for (long n = 1; n <= due; n++) {
            if (!ledger.containsKey(n) || !rows.containsKey(n)) {
                lost++;
                show(session + " report " + n + (ledger.containsKey(n) ? " has no row" : " is not in the ledger"));
            }
        }
        ledger.forEach((n, digest) -> {
            if (n > told.digests().size()) {
                phantom++;
                show(session + " report " + n + " was never made");
            } else if (Long.parseLong(digest) != told.digests().get((int) (n - 1))) {
                altered++;
                show(session + " report " + n + " has another digest");
            }
        });
        rows.forEach((n, row) -> {
            Pattern mark = Pattern.compile("(^|\\D)" + Content.mark(session, n) + "(\\D|$)");
            if (!ledger.containsKey(n)) {
                phantom++;
                show(session + " report " + n + " has a row and is not in the ledger");
            } else if (!mark.matcher(row).find()) {
                altered++;
                show(session + " report " + n + " says: " + row);
            }
        });
    }

    private Map<String, Map<Long, String>> byClient(String query) {
        Map<String, Map<Long, String>> all = new HashMap<>();
        for (List<String> row : sql.apply(query)) {
            String former =
                    all.computeIfAbsent(row.get(0), _ -> new HashMap<>()).put(Long.parseLong(row.get(1)), row.get(2));
            if (former != null) {
                duplicate++;
                show("client " + row.get(0) + " report " + row.get(1) + " is there twice: " + former + ", "
                        + row.get(2));
            }
        }
        return all;
    }

    private void show(String what) {
        if (shown.size() < SHOWN_MAX) {
            shown.add(what);
        }
    }
}
