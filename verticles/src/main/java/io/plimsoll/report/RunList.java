package io.plimsoll.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.plimsoll.model.ByteSize;
import io.plimsoll.model.Require;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The runs of a database, the newest first.
public final class RunList {
    private static final String SCHEMA = "plimsoll.runs";
    private static final int VERSION = 1;

    private static final String SQL = """
        select r.run, r.run_uuid, r.state, r.started_at, r.ended_at,
            extract(epoch from r.ended_at - r.started_at)::float8 as duration_seconds,
            c.clients, c.finished, c.file_systems, f.files, f.rollovers, f.bytes,
            i.interval_bytes / 1e6 / nullif(extract(epoch from i.writing_to - i.writing_from), 0) as mb_per_second
        from (
            select * from runs r
            where ($2::text is null or exists (
                    select 1 from clients c where c.run = r.run and starts_with(c.client_id, $2)))
                and ($3::text is null or exists (
                    select 1 from clients c join targets t on t.client = c.client
                    where c.run = r.run and strpos(lower(concat_ws(' ', t.path, t.mount_point, t.file_system,
                        t.source, t.device, t.device_model)), lower($3)) > 0))
                and ($4::text is null or r.state = $4)
                and ($5::timestamptz is null or r.started_at >= $5)
                and ($6::timestamptz is null or r.started_at < $6)
            order by r.run desc
            limit $1
        ) r
        cross join lateral (
            select count(*) as clients, count(*) filter (where c.state = 'finished') as finished,
                coalesce(array_agg(distinct t.file_system collate "C") filter (where t.client is not null), '{}')
                    as file_systems
            from clients c left join targets t on t.client = c.client where c.run = r.run
        ) c
        cross join lateral (
            select count(*) as files, count(*) filter (where d.complete) as rollovers,
                least(coalesce(sum(d.bytes), 0), 9223372036854775807)::bigint as bytes
            from clients c join data_files d on d.client = c.client where c.run = r.run
        ) f
        cross join lateral (
            select sum(v.bytes) as interval_bytes, min(v.started_at) as writing_from,
                max(v.started_at + make_interval(secs => v.duration_seconds)) as writing_to
            from clients c join intervals v on v.client = c.client where c.run = r.run
        ) i
        order by r.run desc
        """;

    private RunList() {}

    /// Which runs.
    ///
    /// @param client beginning of the id of a client that took part
    /// @param target words in what a client of the run wrote to: path, mount point, file system, source or device
    /// @param since of the run's start
    /// @param until of the run's start, exclusive
    public record Filter(
            int limit,
            Optional<String> client,
            Optional<String> target,
            Optional<RunState> state,
            Optional<Instant> since,
            Optional<Instant> until) {
        public static final int LIMIT_MAX = 10_000;

        public Filter {
            Require.inRange("limit", limit, 1, LIMIT_MAX);
        }
    }

    public static Future<List<RunSummary>> load(SqlConnection connection, Filter filter) {
        Tuple args = Tuple.of((long) filter.limit())
                .addString(filter.client().orElse(null))
                .addString(filter.target().orElse(null))
                .addString(filter.state().map(RunState::word).orElse(null))
                .addOffsetDateTime(Question.utc(filter.since()))
                .addOffsetDateTime(Question.utc(filter.until()));
        return connection.preparedQuery(SQL).execute(args).map(rows -> {
            List<RunSummary> runs = new ArrayList<>(rows.size());
            rows.forEach(row -> runs.add(summary(row)));
            return runs;
        });
    }

    public static String text(List<RunSummary> runs) {
        TextTable table = new TextTable()
                .number("run")
                .words("uuid")
                .words("started (UTC)")
                .number("took")
                .words("state")
                .number("finished")
                .number("rollovers")
                .number("written")
                .number("MB/s")
                .words("targets");
        List<String> rates =
                Figures.column(runs.stream().map(RunSummary::mbPerSecond).toList());
        for (int i = 0; i < runs.size(); i++) {
            RunSummary r = runs.get(i);
            table.row(List.of(
                    Long.toString(r.run()),
                    r.runUuid().toString().substring(0, 8),
                    Figures.time(r.startedAt()),
                    r.durationSeconds().map(Figures::duration).orElse(Figures.ABSENT),
                    r.state() == RunState.COMPLETE
                            ? r.state().word()
                            : r.state().name(),
                    r.clientsFinished() + "/" + r.clients(),
                    Long.toString(r.rollovers()),
                    ByteSize.format(r.bytes()),
                    rates.get(i),
                    Plain.of(String.join(",", r.fileSystems()))));
        }
        return table.render();
    }

    public static String json(List<RunSummary> runs) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("schema", SCHEMA);
        document.put("version", VERSION);
        document.put("runs", runs);
        try {
            return ReportJson.PRETTY.writeValueAsString(document) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("runs cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static RunSummary summary(Row row) {
        return new RunSummary(
                row.getLong("run"),
                row.getUUID("run_uuid"),
                RunState.of(row.getString("state")),
                ClientRows.instant(row, "started_at"),
                ClientRows.optionalInstant(row, "ended_at"),
                Optional.ofNullable(row.getDouble("duration_seconds")),
                row.getLong("clients"),
                row.getLong("finished"),
                row.getLong("files"),
                row.getLong("rollovers"),
                row.getLong("bytes"),
                Optional.ofNullable(row.getDouble("mb_per_second")),
                List.of(row.getArrayOfStrings("file_systems")));
    }
}
