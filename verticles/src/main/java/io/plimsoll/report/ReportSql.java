package io.plimsoll.report;

/// The questions of a report. Durations are summed as whole ns in `numeric`: exact, so the same rows give the same sum
/// in whatever order they are read; sums are cut at the greatest bigint instead of failing on a client's nonsense.
final class ReportSql {
    private ReportSql() {}

    /// One row. `$1` run.
    static final String RUN = """
        select run, run_uuid, state, started_at, ended_at, server_host, server_version, settings::text as settings
        from runs where run = $1
        """;

    /// A row for each session of each client, by id and start. `$1` run.
    static final String CLIENTS = """
        select c.client, c.client_id, c.boot_epoch, c.state, c.state_reason, c.connected_at, c.last_seen_at,
            c.ended_at, c.host_name, c.kernel, c.cpu_model, c.cpu_count, c.ram_bytes, c.java_version,
            c.tool_version, c.pid, c.engine, c.chunk_bytes, c.file_bytes, c.run_time_seconds, c.kept_files_max,
            c.forced, c.heartbeat_seconds, c.heartbeats_multicast, c.heartbeats_unicast, c.heartbeats_missed,
            c.last_sequence, c.declared_bytes, c.declared_files, c.declared_rollovers, c.authenticated,
            (row_number() over (partition by c.client_id order by c.boot_epoch))::int as session,
            t.client is not null as has_target, t.path, t.mount_point, t.file_system, t.source, t.mount_options,
            t.device, t.device_model, t.scheduler, t.size_bytes, t.free_bytes, t.calibration_bytes,
            t.calibration_seconds, t.predicted_rollovers,
            f.*, i.*, s.*,
            (
                select count(*) from (
                    select sequence from data_files where client = c.client
                    union select sequence from intervals where client = c.client
                    union select sequence from resource_samples where client = c.client
                    union select sequence from events where client = c.client) r
                where r.sequence between 1 and coalesce(c.last_sequence, 9223372036854775807)
            ) as reports_present
        from clients c
        left join targets t on t.client = c.client
        cross join lateral (
            select count(*) as files,
                count(*) filter (where complete) as rollovers,
                least(coalesce(sum(bytes), 0), 9223372036854775807)::bigint as file_bytes_sum,
                least(coalesce(sum(round((write_seconds * 1e9)::numeric)), 0), 9223372036854775807)::bigint as write_ns,
                least(coalesce(sum(round((fsync_seconds * 1e9)::numeric)), 0), 9223372036854775807)::bigint as fsync_ns,
                least(coalesce(sum(round((close_seconds * 1e9)::numeric)), 0), 9223372036854775807)::bigint as close_ns,
                least(coalesce(sum(round((delete_seconds * 1e9)::numeric)), 0), 9223372036854775807)::bigint as delete_ns,
                min(mb_per_second) filter (where complete) as mb_per_second_min,
                max(mb_per_second) filter (where complete) as mb_per_second_max,
                percentile_disc(array[0.5, 0.9, 0.99, 0.999, 1]::float8[])
                    within group (order by fsync_seconds) as fsync_seconds,
                count(dd_seconds) as dd_files,
                least(coalesce(sum(bytes) filter (where dd_seconds is not null), 0), 9223372036854775807)::bigint
                    as dd_bytes,
                least(coalesce(sum(round((dd_seconds * 1e9)::numeric)), 0), 9223372036854775807)::bigint as dd_ns,
                least(coalesce(sum(round((write_seconds * 1e9)::numeric)) filter (where dd_seconds is not null), 0),
                    9223372036854775807)::bigint as dd_ours_ns
            from data_files where client = c.client
        ) f
        cross join lateral (
            select count(*) as intervals,
                least(coalesce(sum(bytes), 0), 9223372036854775807)::bigint as interval_bytes,
                min(started_at) as writing_from,
                max(started_at + make_interval(secs => duration_seconds)) as writing_to
            from intervals where client = c.client
        ) i
        cross join lateral (
            select count(*) as samples,
                least(coalesce(sum(round((duration_seconds * 1e9)::numeric)), 0), 9223372036854775807)::bigint
                    as sampled_ns,
                (sum((thread_user_percent * duration_seconds)::numeric)
                    / nullif(sum(duration_seconds::numeric), 0))::float8 as thread_user_mean,
                max(thread_user_percent) as thread_user_max,
                (sum((thread_system_percent * duration_seconds)::numeric)
                    / nullif(sum(duration_seconds::numeric), 0))::float8 as thread_system_mean,
                max(thread_system_percent) as thread_system_max,
                (sum((process_cpu_percent * duration_seconds)::numeric)
                    / nullif(sum(duration_seconds::numeric), 0))::float8 as process_cpu_mean,
                max(process_cpu_percent) as process_cpu_max,
                least(round(sum((rss_bytes * duration_seconds)::numeric)
                    / nullif(sum(duration_seconds::numeric), 0)), 9223372036854775807)::bigint as rss_mean,
                max(rss_bytes) as rss_max,
                least(coalesce(sum(round((scheduling_delay_seconds * 1e9)::numeric)), 0), 9223372036854775807)::bigint
                    as scheduling_delay_ns,
                least(sum(device_read_bytes), 9223372036854775807)::bigint as device_read,
                least(sum(device_written_bytes), 9223372036854775807)::bigint as device_written,
                (sum((device_busy_percent * duration_seconds)::numeric)
                    / nullif(sum(duration_seconds::numeric) filter (where device_busy_percent is not null), 0))::float8
                    as device_busy_mean,
                max(device_busy_percent) as device_busy_max
            from resource_samples where client = c.client
        ) s
        where c.run = $1
        order by c.client_id collate "C", c.boot_epoch
        """;

    /// Bytes of the run's intervals between `$2` and `$3`; an interval that is partly outside counts in proportion.
    static final String BYTES_BETWEEN = """
        select least(coalesce(sum(round(
                i.bytes * extract(epoch from least(i.started_at + d.length, $3) - greatest(i.started_at, $2))
                / extract(epoch from d.length))), 0), 9223372036854775807)::bigint as bytes
        from clients c
        join intervals i on i.client = c.client
        cross join lateral (select make_interval(secs => greatest(i.duration_seconds, 1e-6)) as length) d
        where c.run = $1 and i.started_at < $3 and i.started_at + d.length > $2
        """;

    /// The run's histograms, client by client; the longest write may be in the interval before or after that of its
    /// count. `$1` run.
    static final String HISTOGRAMS = """
        select i.client, i.latency_max_ns, i.latency_histogram
        from clients c
        join intervals i on i.client = c.client
        where c.run = $1 and (i.ops > 0 or i.latency_max_ns > 0)
        order by i.client, i.sequence
        """;

    /// One row. `$1` run.
    static final String EVENT_COUNTS = """
        select count(*) as total, count(*) filter (where severity = 'error') as errors,
            count(*) filter (where severity = 'warning') as warnings
        from events where run = $1
        """;

    /// The `$2` gravest events of run `$1` in the order of time.
    static final String EVENTS = """
        select e.event, e.at, e.source, e.severity, e.kind, e.client, c.client_id, e.sequence, e.detail
        from (
            select * from events where run = $1
            order by case severity when 'error' then 0 when 'warning' then 1 else 2 end, at, event
            limit $2
        ) e
        left join clients c on c.client = e.client
        order by e.at, e.event
        """;
}
