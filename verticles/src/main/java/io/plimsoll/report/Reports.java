package io.plimsoll.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.model.ClientState;
import io.plimsoll.report.RunReport.Event;
import io.plimsoll.report.RunReport.Events;
import io.plimsoll.report.RunReport.Run;
import io.plimsoll.report.RunReport.Totals;
import io.plimsoll.report.RunReport.Window;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.RowStream;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Loads a run's report. Everything is read in one read-only snapshot, so a run that is still being written gives a
/// consistent picture. Memory grows with the number of clients, not with that of their rows.
public final class Reports {
    /// Rows of one fetch: bounds the memory, and how long decoding them keeps an event loop busy.
    private static final int FETCH_ROWS = 100;

    private static final ObjectMapper JSON = new ObjectMapper();

    private Reports() {}

    /// @param connection one that is in no transaction
    /// @return fails with [NoSuchRunException] where the run does not exist
    public static Future<RunReport> load(SqlConnection connection, long run) {
        return Snapshot.of(connection, () -> loadInSnapshot(connection, run));
    }

    private static Future<RunReport> loadInSnapshot(SqlConnection connection, long run) {
        Tuple ofRun = Tuple.of(run);
        Future<Run> theRun = run(connection, run);
        Future<LatencyMerge> latencies = theRun.compose(_ -> histograms(connection, ofRun));
        Future<List<ClientReport>> clients = latencies.compose(
                merged -> clients(connection, ofRun, theRun.result().state(), merged));
        Future<Optional<Window>> allActive = clients.compose(all -> whileAllActive(connection, run, all));
        Future<Events> events = allActive.compose(_ -> events(connection, run));
        return events.map(_ -> new RunReport(
                theRun.result(),
                totals(clients.result(), latencies.result().total()),
                allActive.result(),
                anyActive(clients.result()),
                clients.result(),
                events.result()));
    }

    private static Future<Run> run(SqlConnection connection, long run) {
        return rows(connection, ReportSql.RUN, Tuple.of(run)).map(found -> {
            if (found.size() == 0) {
                throw new NoSuchRunException("no run " + run + " in the database");
            }
            return run(found.iterator().next());
        });
    }

    private static Run run(Row row) {
        return new Run(
                row.getLong("run"),
                row.getUUID("run_uuid"),
                RunState.of(row.getString("state")),
                ClientRows.instant(row, "started_at"),
                ClientRows.optionalInstant(row, "ended_at"),
                row.getString("server_host"),
                row.getString("server_version"),
                json(row.getString("settings")));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Postgres gave malformed jsonb: " + e.getOriginalMessage(), e);
        }
    }

    private static Future<LatencyMerge> histograms(SqlConnection connection, Tuple ofRun) {
        LatencyMerge merge = new LatencyMerge();
        return connection
                .prepare(ReportSql.HISTOGRAMS)
                .compose(statement -> each(
                        statement,
                        ofRun,
                        row -> merge.add(
                                row.getLong("client"),
                                row.getLong("latency_max_ns"),
                                row.getBuffer("latency_histogram").getBytes())))
                .map(merge);
    }

    /// A stream, not a loop over a cursor: a chain of futures as long as the table would overflow the stack.
    private static Future<Void> each(PreparedStatement statement, Tuple args, Consumer<Row> sink) {
        Promise<Void> done = Promise.promise();
        RowStream<Row> stream = statement.createStream(FETCH_ROWS, args);
        stream.exceptionHandler(done::tryFail);
        stream.endHandler(_ -> done.tryComplete());
        stream.handler(row -> {
            if (done.future().isComplete()) {
                return;
            }
            try {
                sink.accept(row);
            } catch (RuntimeException e) {
                done.tryFail(e);
            }
        });
        return done.future().eventually(statement::close);
    }

    private static Future<List<ClientReport>> clients(
            SqlConnection connection, Tuple ofRun, RunState state, LatencyMerge latencies) {
        Map<Long, LatencyMerge.Merged> byClient = latencies.byClient();
        return rows(connection, ReportSql.CLIENTS, ofRun).map(rows -> {
            List<ClientReport> clients = new ArrayList<>(rows.size());
            for (Row row : rows) {
                LatencyMerge.Merged merged = byClient.getOrDefault(row.getLong("client"), LatencyMerge.Merged.NOTHING);
                clients.add(ClientRows.client(row, state, merged));
            }
            return SideBySide.withRatios(clients);
        });
    }

    private static Future<Optional<Window>> whileAllActive(
            SqlConnection connection, long run, List<ClientReport> clients) {
        Optional<Instant> from =
                clients.stream().flatMap(c -> c.writingFrom().stream()).max(Comparator.naturalOrder());
        Optional<Instant> to =
                clients.stream().flatMap(c -> c.writingTo().stream()).min(Comparator.naturalOrder());
        if (from.isEmpty() || to.isEmpty() || !from.get().isBefore(to.get())) {
            return Future.succeededFuture(Optional.empty());
        }
        Tuple args = Tuple.of(run, from.get().atOffset(ZoneOffset.UTC), to.get().atOffset(ZoneOffset.UTC));
        return rows(connection, ReportSql.BYTES_BETWEEN, args)
                .map(rows -> Optional.of(new Window(
                        from.get(),
                        to.get(),
                        writers(clients),
                        rows.iterator().next().getLong("bytes"))));
    }

    private static Optional<Window> anyActive(List<ClientReport> clients) {
        Optional<Instant> from =
                clients.stream().flatMap(c -> c.writingFrom().stream()).min(Comparator.naturalOrder());
        Optional<Instant> to =
                clients.stream().flatMap(c -> c.writingTo().stream()).max(Comparator.naturalOrder());
        if (from.isEmpty() || to.isEmpty() || !from.get().isBefore(to.get())) {
            return Optional.empty();
        }
        long bytes =
                clients.stream().mapToLong(c -> c.throughput().intervalBytes()).reduce(0, SideBySide::saturatedSum);
        return Optional.of(new Window(from.get(), to.get(), writers(clients), bytes));
    }

    private static int writers(List<ClientReport> clients) {
        return (int) clients.stream().filter(c -> c.writingFrom().isPresent()).count();
    }

    private static Totals totals(List<ClientReport> clients, Optional<Latency> writeLatency) {
        boolean allEnded =
                clients.stream().allMatch(c -> c.completeness().expected().isPresent());
        return new Totals(
                clients.size(),
                (int) clients.stream()
                        .filter(c -> c.state() == ClientState.FINISHED)
                        .count(),
                (int) clients.stream().filter(ClientReport::wrote).count(),
                clients.stream().mapToLong(c -> c.throughput().files()).sum(),
                clients.stream().mapToLong(c -> c.throughput().rollovers()).sum(),
                clients.stream().mapToLong(c -> c.throughput().bytes()).reduce(0, SideBySide::saturatedSum),
                writeLatency,
                clients.stream().mapToLong(c -> c.completeness().present()).sum(),
                allEnded
                        ? Optional.of(clients.stream()
                                .mapToLong(c -> c.completeness().expected().orElseThrow())
                                .reduce(0, SideBySide::saturatedSum))
                        : Optional.empty());
    }

    private static Future<Events> events(SqlConnection connection, long run) {
        return rows(connection, ReportSql.EVENT_COUNTS, Tuple.of(run))
                .compose(counts -> rows(connection, ReportSql.EVENTS, Tuple.of(run, (long) Events.LISTED_MAX))
                        .map(rows -> {
                            Row count = counts.iterator().next();
                            List<Event> listed = new ArrayList<>(rows.size());
                            rows.forEach(row -> listed.add(EventRows.event(row)));
                            return new Events(
                                    count.getLong("total"), count.getLong("errors"), count.getLong("warnings"), listed);
                        }));
    }

    private static Future<RowSet<Row>> rows(SqlConnection connection, String sql, Tuple args) {
        return connection.preparedQuery(sql).execute(args);
    }
}
