package io.plimsoll.report;

import io.plimsoll.model.Authentication;
import io.plimsoll.model.ClientState;
import io.plimsoll.report.ClientReport.Completeness;
import io.plimsoll.report.ClientReport.DdTimes;
import io.plimsoll.report.ClientReport.Heartbeats;
import io.plimsoll.report.ClientReport.Host;
import io.plimsoll.report.ClientReport.Plan;
import io.plimsoll.report.ClientReport.Resources;
import io.plimsoll.report.ClientReport.Target;
import io.plimsoll.report.ClientReport.Throughput;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Turns rows of [ReportSql#CLIENTS] into records.
final class ClientRows {
    private ClientRows() {}

    static ClientReport client(Row row, RunState run, LatencyMerge.Merged merged) {
        ClientReport bare = new ClientReport(
                row.getLong("client"),
                row.getString("client_id"),
                row.getInteger("session"),
                row.getLong("boot_epoch"),
                ClientState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getString("state_reason"),
                instant(row, "connected_at"),
                instant(row, "last_seen_at"),
                optionalInstant(row, "ended_at"),
                optionalInstant(row, "writing_from"),
                optionalInstant(row, "writing_to"),
                plan(row),
                host(row),
                row.getBoolean("has_target") ? Optional.of(target(row)) : Optional.empty(),
                throughput(row),
                merged.latency(),
                fsync(row),
                row.getLong("samples") > 0 ? Optional.of(resources(row)) : Optional.empty(),
                new Heartbeats(
                        row.getDouble("heartbeat_seconds"),
                        row.getLong("heartbeats_multicast"),
                        row.getLong("heartbeats_unicast"),
                        row.getLong("heartbeats_missed")),
                new Completeness(
                        row.getLong("reports_present"),
                        Optional.ofNullable(row.getLong("last_sequence")),
                        Optional.ofNullable(row.getLong("declared_bytes")),
                        Optional.ofNullable(row.getInteger("declared_files")),
                        Optional.ofNullable(row.getInteger("declared_rollovers"))),
                List.of());
        boolean anybody = row.getString("authenticated").equals(Authentication.INSECURE.word());
        return bare.withCautions(Cautions.of(bare, run, merged.unreadable(), anybody));
    }

    private static Plan plan(Row row) {
        return new Plan(
                row.getString("engine"),
                row.getLong("chunk_bytes"),
                row.getLong("file_bytes"),
                row.getDouble("run_time_seconds"),
                row.getInteger("kept_files_max"),
                row.getBoolean("forced"));
    }

    private static Host host(Row row) {
        return new Host(
                row.getString("host_name"),
                row.getString("kernel"),
                row.getString("cpu_model"),
                row.getInteger("cpu_count"),
                row.getLong("ram_bytes"),
                row.getString("java_version"),
                row.getString("tool_version"),
                row.getLong("pid"));
    }

    private static Target target(Row row) {
        return new Target(
                row.getString("path"),
                row.getString("mount_point"),
                row.getString("file_system"),
                row.getString("source"),
                row.getString("mount_options"),
                row.getString("device"),
                row.getString("device_model"),
                row.getString("scheduler"),
                row.getLong("size_bytes"),
                row.getLong("free_bytes"),
                row.getLong("calibration_bytes"),
                row.getDouble("calibration_seconds"),
                row.getDouble("predicted_rollovers"));
    }

    private static Throughput throughput(Row row) {
        long bytes = row.getLong("file_bytes_sum");
        long writeNs = row.getLong("write_ns");
        long fsyncNs = row.getLong("fsync_ns");
        long closeNs = row.getLong("close_ns");
        double seconds = ((double) writeNs + fsyncNs + closeNs) / 1e9;
        return new Throughput(
                row.getLong("files"),
                row.getLong("rollovers"),
                bytes,
                row.getLong("intervals"),
                row.getLong("interval_bytes"),
                writeNs,
                fsyncNs,
                closeNs,
                row.getLong("delete_ns"),
                seconds > 0 ? Optional.of(bytes / 1e6 / seconds) : Optional.empty(),
                Optional.ofNullable(row.getDouble("mb_per_second_min")),
                Optional.ofNullable(row.getDouble("mb_per_second_max")),
                Optional.empty(),
                row.getLong("dd_files") > 0
                        ? Optional.of(new DdTimes(
                                row.getLong("dd_files"),
                                row.getLong("dd_bytes"),
                                row.getLong("dd_ns"),
                                row.getLong("dd_ours_ns")))
                        : Optional.empty());
    }

    private static Optional<Latency> fsync(Row row) {
        Double[] seconds = row.getArrayOfDoubles("fsync_seconds");
        return seconds == null
                ? Optional.empty()
                : Optional.of(new Latency(
                        row.getLong("files"),
                        true,
                        ns(seconds[0]),
                        ns(seconds[1]),
                        ns(seconds[2]),
                        ns(seconds[3]),
                        ns(seconds[4])));
    }

    private static Resources resources(Row row) {
        return new Resources(
                row.getLong("samples"),
                mean(row, "thread_user_mean"),
                row.getDouble("thread_user_max"),
                mean(row, "thread_system_mean"),
                row.getDouble("thread_system_max"),
                mean(row, "process_cpu_mean"),
                row.getDouble("process_cpu_max"),
                Optional.ofNullable(row.getLong("rss_mean")).orElse(0L),
                row.getLong("rss_max"),
                row.getLong("sampled_ns"),
                row.getLong("scheduling_delay_ns"),
                Optional.ofNullable(row.getLong("device_read")),
                Optional.ofNullable(row.getLong("device_written")),
                Optional.ofNullable(row.getDouble("device_busy_mean")),
                Optional.ofNullable(row.getDouble("device_busy_max")));
    }

    /// Null only where all samples have no length, which the wire refuses.
    private static double mean(Row row, String column) {
        return Optional.ofNullable(row.getDouble(column)).orElse(0.0);
    }

    private static long ns(double seconds) {
        return Math.round(seconds * 1e9);
    }

    static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    static Optional<Instant> optionalInstant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(at -> at.toInstant());
    }
}
