package io.plimsoll.server;

import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.wire.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/// Writes batches of reports, each within the transaction it is given: the ledger says what is new, and only that
/// becomes rows. What is there is never overwritten: other content under the same number becomes an event.
final class ReportStore {
    private ReportStore() {}

    static Future<Persist.Stored> write(SqlConnection connection, List<Persist.Numbered> reports) {
        List<Persist.Numbered> inOrder = Ledger.inOrder(reports);
        return judge(connection, inOrder)
                .compose(verdict -> insert(connection, verdict.fresh())
                        .compose(_ -> followUp(connection, verdict.fresh()))
                        .compose(_ -> decline(connection, verdict)));
    }

    /// Enters the report in the ledger, and keeps it where it disturbs nobody.
    static Future<Persist.Stored> quarantine(SqlConnection connection, Persist.Quarantine request) {
        Persist.Numbered report = request.report();
        Buffer body = Buffer.buffer(Json.write(report.report()));
        String detail = "report " + report.sequence() + " cannot be stored: " + request.reason();
        return judge(connection, List.of(report)).compose(verdict -> {
            if (verdict.fresh().isEmpty()) {
                return decline(connection, verdict);
            }
            return connection
                    .preparedQuery(Sql.QUARANTINE)
                    .execute(Tuple.of(report.client(), report.sequence(), request.reason(), body))
                    .compose(_ -> tell(connection, verdict.fresh(), EventKind.REPORT_UNSTORABLE, _ -> detail))
                    .map(_ -> Persist.Stored.ALL);
        });
    }

    private static Future<Ledger.Verdict> judge(SqlConnection connection, List<Persist.Numbered> inOrder) {
        List<Persist.Numbered> distinct = Ledger.distinct(inOrder);
        Tuple entries = Tuple.from(List.of(
                column(distinct, Persist.Numbered::client, Long[]::new),
                column(distinct, Persist.Numbered::sequence, Long[]::new),
                column(distinct, Persist.Numbered::digest, Long[]::new),
                column(distinct, Persist.Numbered::late, Boolean[]::new)));
        return connection.preparedQuery(Sql.ENTER).execute(entries).compose(rows -> {
            if (rows.rowCount() == distinct.size()) {
                return Future.succeededFuture(Ledger.judge(inOrder, _ -> true, Map.of()));
            }
            Set<Ledger.Key> entered = new HashSet<>();
            rows.forEach(row -> entered.add(new Ledger.Key(row.getLong(0), row.getLong(1))));
            List<Persist.Numbered> others = distinct.stream()
                    .filter(report -> !entered.contains(Ledger.Key.of(report)))
                    .toList();
            return digests(connection, others).map(there -> Ledger.judge(inOrder, entered::contains, there));
        });
    }

    /// A statement of its own: it sees what another transaction committed while the entry waited for it.
    private static Future<Map<Ledger.Key, Long>> digests(SqlConnection connection, List<Persist.Numbered> reports) {
        Tuple keys = Tuple.from(List.of(
                column(reports, Persist.Numbered::client, Long[]::new),
                column(reports, Persist.Numbered::sequence, Long[]::new)));
        return connection.preparedQuery(Sql.DIGESTS).execute(keys).map(rows -> {
            Map<Ledger.Key, Long> digests = new HashMap<>();
            rows.forEach(row -> digests.put(new Ledger.Key(row.getLong(0), row.getLong(1)), row.getLong(2)));
            return digests;
        });
    }

    private static Future<Void> insert(SqlConnection connection, List<Persist.Numbered> reports) {
        Map<ReportTable, List<Persist.Numbered>> byTable = new EnumMap<>(ReportTable.class);
        reports.forEach(report -> byTable.computeIfAbsent(ReportTable.of(report.report()), _ -> new ArrayList<>())
                .add(report));
        Future<Void> inserted = Future.succeededFuture();
        for (var entry : byTable.entrySet()) {
            ReportTable table = entry.getKey();
            inserted = inserted.compose(_ -> connection
                    .preparedQuery(table.insert())
                    .execute(table.columns(entry.getValue()))
                    .mapEmpty());
        }
        return inserted;
    }

    private static Future<Persist.Stored> decline(SqlConnection connection, Ledger.Verdict verdict) {
        if (verdict.altered().isEmpty() && verdict.fenced().isEmpty()) {
            return Future.succeededFuture(Persist.Stored.ALL);
        }
        List<Persist.Declined> declined = new ArrayList<>();
        verdict.altered().forEach(report -> declined.add(new Persist.Declined(report, true, altered(report))));
        verdict.fenced()
                .forEach(report -> declined.add(new Persist.Declined(
                        report, false, "the client was started again; this process may only deliver late")));
        Future<?> told = verdict.altered().isEmpty()
                ? Future.succeededFuture()
                : tell(connection, verdict.altered(), EventKind.REPORT_ALTERED, ReportStore::altered);
        return told.map(_ -> new Persist.Stored(declined));
    }

    private static String altered(Persist.Numbered report) {
        return "report " + report.sequence() + " came again with other content; the first one is kept";
    }

    /// What the first and the last report of a session change besides their own rows.
    private static Future<Void> followUp(SqlConnection connection, List<Persist.Numbered> reports) {
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
        Long[] ending = reports.stream()
                .filter(report -> report.report() instanceof Report.RunEnded)
                .map(Persist.Numbered::run)
                .distinct()
                .toArray(Long[]::new);
        return ending.length == 0
                ? done
                : done.compose(_ -> RunStore.reopen(connection, ending).mapEmpty());
    }

    private static Future<?> tell(
            SqlConnection connection,
            List<Persist.Numbered> reports,
            EventKind kind,
            Function<Persist.Numbered, String> detail) {
        Tuple events = Tuple.from(List.of(
                column(reports, Persist.Numbered::run, Long[]::new),
                column(reports, Persist.Numbered::client, Long[]::new),
                column(reports, detail, String[]::new),
                ReportTable.word(kind.severity()),
                kind.word()));
        return connection.preparedQuery(Sql.TELL_ONCE).execute(events);
    }

    private static <V> V[] column(
            List<Persist.Numbered> reports, Function<Persist.Numbered, V> value, IntFunction<V[]> array) {
        return reports.stream().map(value).toArray(array);
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
