package io.plimsoll.server;

import io.plimsoll.model.ByteSize;
import io.plimsoll.model.Durations;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.model.Require;
import io.plimsoll.model.Severity;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.lang.reflect.Array;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The four tables that reports go to, and how a report becomes a row: every report is exactly one row, with its
/// (client, sequence), in exactly one of them.
enum ReportTable {
    DATA_FILES(
            bigint("client"),
            bigint("sequence"),
            integer("file_index"),
            text("name"),
            timestamp("started_at"),
            bigint("bytes"),
            bigint("chunks"),
            new Column("complete", "boolean", Boolean.class),
            real("write_seconds"),
            real("fsync_seconds"),
            real("close_seconds"),
            real("delete_seconds"),
            real("dd_seconds")),
    INTERVALS(
            bigint("client"),
            bigint("sequence"),
            integer("interval_index"),
            timestamp("started_at"),
            real("duration_seconds"),
            bigint("bytes"),
            bigint("ops"),
            bigint("latency_max_ns"),
            new Column("latency_histogram", "bytea", Buffer.class)),
    RESOURCE_SAMPLES(
            bigint("client"),
            bigint("sequence"),
            timestamp("sampled_at"),
            real("duration_seconds"),
            real("thread_user_percent"),
            real("thread_system_percent"),
            real("process_cpu_percent"),
            bigint("rss_bytes"),
            real("scheduling_delay_seconds"),
            bigint("device_read_bytes"),
            bigint("device_written_bytes"),
            real("device_busy_percent")),
    EVENTS(
            bigint("client"),
            bigint("sequence"),
            bigint("run"),
            timestamp("at"),
            text("source"),
            text("severity"),
            text("kind"),
            text("detail"));

    private record Column(String name, String type, Class<?> javaType) {}

    private final List<Column> columns;
    private final String insert;

    ReportTable(Column... columns) {
        this.columns = List.of(columns);
        String arrays = IntStream.range(0, columns.length)
                .mapToObj(i -> "$" + (i + 1) + "::" + columns[i].type() + "[]")
                .collect(Collectors.joining(", ", "unnest(", ")"));
        insert = "insert into " + table() + " (" + names() + ") select * from " + arrays;
    }

    static ReportTable of(Report report) {
        return switch (report) {
            case Report.FileClosed _ -> DATA_FILES;
            case Report.Interval _ -> INTERVALS;
            case Report.Resources _ -> RESOURCE_SAMPLES;
            case Report.RunStarted _, Report.Happened _, Report.RunEnded _ -> EVENTS;
        };
    }

    /// Inserts rows; takes [#columns].
    String insert() {
        return insert;
    }

    String table() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Reports of this table as one array for each column.
    ///
    /// @throws PersistFailure if one of them cannot be stored
    Tuple columns(List<Persist.Numbered> reports) {
        Object[][] arrays = columns.stream()
                .map(column -> Array.newInstance(column.javaType(), reports.size()))
                .toArray(Object[][]::new);
        for (int row = 0; row < reports.size(); row++) {
            Object[] values = row(reports.get(row));
            for (int i = 0; i < values.length; i++) {
                arrays[i][row] = values[i];
            }
        }
        return Tuple.from(List.of(arrays));
    }

    /// @throws PersistFailure for a time outside of what the database is meant to hold
    static OffsetDateTime timestamp(long atMs) {
        try {
            Require.wallClock("time", atMs);
        } catch (IllegalArgumentException e) {
            throw PersistFailure.unstorable(e);
        }
        return Instant.ofEpochMilli(atMs).atOffset(ZoneOffset.UTC);
    }

    static double seconds(long ns) {
        return ns / 1e9;
    }

    private static Object[] row(Persist.Numbered n) {
        return switch (n.report()) {
            case Report.FileClosed f ->
                new Object[] {
                    n.client(),
                    n.sequence(),
                    f.index(),
                    f.name(),
                    timestamp(f.startedAtMs()),
                    f.bytes(),
                    f.chunks(),
                    f.complete(),
                    seconds(f.writeNs()),
                    seconds(f.fsyncNs()),
                    seconds(f.closeNs()),
                    seconds(f.deleteNs()),
                    f.ddNs().map(ReportTable::seconds).orElse(null)
                };
            case Report.Interval i ->
                new Object[] {
                    n.client(),
                    n.sequence(),
                    i.index(),
                    timestamp(i.startedAtMs()),
                    seconds(i.durationNs()),
                    i.bytes(),
                    i.ops(),
                    i.maxNs(),
                    Buffer.buffer(i.histogram())
                };
            case Report.Resources r ->
                new Object[] {
                    n.client(),
                    n.sequence(),
                    timestamp(r.atMs()),
                    seconds(r.durationNs()),
                    r.threadUserPercent(),
                    r.threadSystemPercent(),
                    r.processCpuPercent(),
                    r.rssBytes(),
                    seconds(r.schedulingDelayNs()),
                    r.deviceReadBytes().orElse(null),
                    r.deviceWrittenBytes().orElse(null),
                    r.deviceBusyPercent().orElse(null)
                };
            case Report.RunStarted s -> event(n, s.atMs(), EventKind.RUN_STARTED, detail(s));
            case Report.Happened h -> event(n, h.atMs(), h.kind(), h.detail());
            case Report.RunEnded e -> event(n, e.atMs(), EventKind.RUN_ENDED, detail(e));
        };
    }

    private static Object[] event(Persist.Numbered n, long atMs, EventKind kind, String detail) {
        return new Object[] {
            n.client(), n.sequence(), n.run(), timestamp(atMs), "client", word(kind.severity()), kind.word(), detail
        };
    }

    private static String detail(Report.RunStarted started) {
        return "writing to " + started.target().path() + " begins; calibration: "
                + ByteSize.format(started.calibration().bytes()) + " in "
                + Durations.format(Duration.ofNanos(started.calibration().elapsedNs())) + ", "
                + Math.round(started.calibration().predictedRollovers() * 10) / 10.0 + " rollovers predicted";
    }

    private static String detail(Report.RunEnded ended) {
        return ended.outcome().name().toLowerCase(Locale.ROOT) + (ended.reason().isEmpty() ? "" : ": ")
                + ended.reason() + "; " + ended.bytes() + " bytes, " + ended.files() + " files, " + ended.rollovers()
                + " rollovers, " + ended.lastSequence() + " reports";
    }

    static String word(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }

    private String names() {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    private static Column bigint(String name) {
        return new Column(name, "bigint", Long.class);
    }

    private static Column integer(String name) {
        return new Column(name, "integer", Integer.class);
    }

    private static Column text(String name) {
        return new Column(name, "text", String.class);
    }

    private static Column real(String name) {
        return new Column(name, "double precision", Double.class);
    }

    private static Column timestamp(String name) {
        return new Column(name, "timestamptz", OffsetDateTime.class);
    }
}
