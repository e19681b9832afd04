package io.plimsoll.server;

import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// Writes batches of reports, each within the transaction it is given, so that every report is stored once whatever is
/// sent again. What is there is never overwritten: other content under the same number becomes an event.
///
/// Whether a report is there already is only looked up where it may be: when its number is not above all that were
/// seen of its client. Belongs to one event loop.
final class ReportStore {
    /// Beyond it the memory of numbers starts anew, which costs look-ups and nothing else.
    private static final int CLIENTS_MAX = 100_000;

    private final Map<Long, Long> highest = new HashMap<>();

    private record Key(long client, long sequence) {
        static Key of(Persist.Numbered report) {
            return new Key(report.client(), report.sequence());
        }
    }

    /// Whether the database must be asked which of these are there. Call it once for each batch, when it is first taken
    /// and before it is written: it remembers the numbers.
    boolean mayBeThere(List<Persist.Numbered> reports) {
        if (highest.size() > CLIENTS_MAX) {
            highest.clear();
        }
        Map<Long, Long> before = new HashMap<>();
        boolean maybe = false;
        for (Persist.Numbered report : reports) {
            Long known =
                    before.computeIfAbsent(report.client(), client -> highest.getOrDefault(client, Long.MAX_VALUE));
            maybe |= report.sequence() <= known;
            highest.merge(report.client(), report.sequence(), Math::max);
        }
        return maybe;
    }

    /// Fails, for the transaction to be rolled back and the batch to be tried again, where another writer was faster.
    Future<Void> write(SqlConnection connection, List<Persist.Numbered> reports, boolean lookUp) {
        Map<Key, Persist.Numbered> fresh = new LinkedHashMap<>();
        List<Persist.Numbered> altered = new ArrayList<>();
        for (Persist.Numbered report : reports) {
            Persist.Numbered first = fresh.putIfAbsent(Key.of(report), report);
            if (first != null && !first.equals(report)) {
                altered.add(report);
            }
        }
        return (lookUp ? removePresent(connection, fresh, altered) : Future.<Void>succeededFuture())
                .compose(_ -> insert(connection, fresh.values()))
                .compose(_ -> followUp(connection, fresh.values()))
                .compose(_ -> altered.isEmpty() ? Future.succeededFuture() : tellAltered(connection, altered));
    }

    private Future<Void> removePresent(
            SqlConnection connection, Map<Key, Persist.Numbered> fresh, List<Persist.Numbered> altered) {
        Tuple keys = Tuple.tuple()
                .addArrayOfLong(fresh.keySet().stream().map(Key::client).toArray(Long[]::new))
                .addArrayOfLong(fresh.keySet().stream().map(Key::sequence).toArray(Long[]::new));
        return connection.preparedQuery(Sql.PRESENT).execute(keys).compose(rows -> {
            Map<ReportTable, List<Persist.Numbered>> suspects = new EnumMap<>(ReportTable.class);
            Map<Key, Persist.Numbered> gone = new HashMap<>();
            for (Row row : rows) {
                Key key = new Key(row.getLong(0), row.getLong(1));
                Persist.Numbered report = fresh.remove(key);
                if (report == null) {
                    continue;
                }
                gone.put(key, report);
                if (ReportTable.of(report.report()).name().equals(row.getString(2))) {
                    suspects.computeIfAbsent(ReportTable.of(report.report()), _ -> new ArrayList<>())
                            .add(report);
                } else {
                    altered.add(report);
                }
            }
            Future<Void> compared = Future.succeededFuture();
            for (var entry : suspects.entrySet()) {
                compared = compared.compose(_ -> connection
                                .preparedQuery(entry.getKey().altered())
                                .execute(entry.getKey().columns(entry.getValue())))
                        .map(found -> {
                            found.forEach(row -> altered.add(gone.get(new Key(row.getLong(0), row.getLong(1)))));
                            return null;
                        });
            }
            return compared;
        });
    }

    private static Future<Void> insert(SqlConnection connection, Collection<Persist.Numbered> reports) {
        Map<ReportTable, List<Persist.Numbered>> byTable = new EnumMap<>(ReportTable.class);
        reports.forEach(report -> byTable.computeIfAbsent(ReportTable.of(report.report()), _ -> new ArrayList<>())
                .add(report));
        Future<Void> inserted = Future.succeededFuture();
        for (var entry : byTable.entrySet()) {
            ReportTable table = entry.getKey();
            List<Persist.Numbered> rows = entry.getValue();
            inserted = inserted.compose(
                            _ -> connection.preparedQuery(table.insert()).execute(table.columns(rows)))
                    .map(result -> allOf(rows, result));
        }
        return inserted;
    }

    private static Void allOf(List<Persist.Numbered> rows, RowSet<Row> result) {
        if (result.rowCount() != rows.size()) {
            throw new PersistFailure(
                    Persist.UNAVAILABLE,
                    rows.size() - result.rowCount() + " of " + rows.size() + " reports were there unexpectedly");
        }
        return null;
    }

    /// What the first and the last report of a session change besides their own rows.
    private Future<Void> followUp(SqlConnection connection, Collection<Persist.Numbered> reports) {
        Future<Void> done = Future.succeededFuture();
        for (Persist.Numbered report : reports) {
            switch (report.report()) {
                case Report.RunStarted started ->
                    done = done.compose(_ -> connection
                            .preparedQuery(Sql.TARGET)
                            .execute(target(report.client(), started))
                            .mapEmpty());
                case Report.RunEnded ended ->
                    done = done.compose(_ -> connection
                            .preparedQuery(Sql.END_OF_CLIENT)
                            .execute(end(report.client(), ended))
                            .mapEmpty());
                case Report.FileClosed _, Report.Interval _, Report.Resources _, Report.Happened _ -> {}
            }
        }
        return done;
    }

    private static Future<Void> tellAltered(SqlConnection connection, List<Persist.Numbered> altered) {
        Tuple events = Tuple.of(
                altered.stream().map(Persist.Numbered::run).toArray(Long[]::new),
                altered.stream().map(Persist.Numbered::client).toArray(Long[]::new),
                altered.stream()
                        .map(report ->
                                "report " + report.sequence() + " came again with other content; the first one is kept")
                        .toArray(String[]::new),
                ReportTable.word(EventKind.REPORT_ALTERED.severity()),
                EventKind.REPORT_ALTERED.word());
        return connection.preparedQuery(Sql.ALTERED).execute(events).mapEmpty();
    }

    private static Tuple target(long client, Report.RunStarted started) {
        var target = started.target();
        var calibration = started.calibration();
        return Tuple.from(List.of(
                client,
                target.path(),
                target.mountPoint(),
                target.fileSystem(),
                target.source(),
                target.mountOptions(),
                target.device(),
                target.deviceModel(),
                target.scheduler(),
                target.sizeBytes(),
                target.freeBytes(),
                calibration.bytes(),
                ReportTable.seconds(calibration.elapsedNs()),
                calibration.predictedRollovers()));
    }

    private static Tuple end(long client, Report.RunEnded ended) {
        return Tuple.from(Stream.of(
                        client,
                        ended.outcome().name().toLowerCase(Locale.ROOT),
                        ended.reason(),
                        ReportTable.timestamp(ended.atMs()),
                        ended.lastSequence(),
                        ended.bytes(),
                        ended.files(),
                        ended.rollovers())
                .toList());
    }
}
