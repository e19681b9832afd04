package io.plimsoll.server;

/// Every statement that writes, but for the inserts of reports, which [ReportTable] derives from its columns.
final class Sql {
    private Sql() {}

    static final String OPEN_RUN = """
        insert into runs (run_uuid, server_host, server_version, settings) values ($1, $2, $3, $4)
        on conflict (run_uuid) do nothing
        """;

    static final String FIND_RUN = "select run, ended_at is null from runs where run_uuid = $1";

    static final String LEFT_OPEN = """
        select run, run_uuid, ended_at is null from runs
        where state = 'open' and server_host = $1 and settings ->> 'tcp' = $2 order by run
        """;

    /// What was derived when a run was closed does not hold any more. Waits for whoever closes it at this moment.
    static final String REOPEN_RUNS = """
        with these as (select run from runs where run = any ($1) order by run for no key update)
        update runs r set state = 'open' from these where r.run = these.run
        """;

    static final String LEFT_CLIENTS = """
        select client, state, heartbeats_multicast, heartbeats_unicast, heartbeats_missed,
               run, client_id, boot_epoch, host_name, heartbeat_seconds, last_seen_at
        from clients where run = any ($1) and state in ('alive', 'suspect', 'lost') order by client
        """;

    /// A session that comes again is known as badly as it ever was.
    static final String ADMIT_CLIENT = """
        insert into clients (run, client_id, boot_epoch, state, host_name, kernel, cpu_model, cpu_count, ram_bytes,
                             java_version, tool_version, pid, engine, chunk_bytes, file_bytes, run_time_seconds,
                             kept_files_max, forced, heartbeat_seconds, instance, authenticated)
        values ($1, $2, $3, 'alive', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        on conflict (run, client_id, boot_epoch) do update set authenticated = excluded.authenticated
        where clients.authenticated = 'certificate' and excluded.authenticated <> 'certificate'
           or clients.authenticated = 'loopback' and excluded.authenticated = 'insecure'
        """;

    static final String FIND_CLIENT = """
        select client, state, heartbeats_multicast, heartbeats_unicast, heartbeats_missed, instance, fenced_at
        from clients where run = $1 and client_id = $2 and boot_epoch = $3
        """;

    /// The last of the session's numbers that has none missing before it: there, number and rank are the same.
    static final String COMMITTED = """
        select count(*) from (
            select sequence, row_number() over (order by sequence) as rank from reports where client = $1) r
        where sequence = rank
        """;

    /// The order of lives is the order of admission: clocks go back.
    static final String FENCE = """
        update clients set fenced_at = now() where client_id = $1 and client < $2 and fenced_at is null
        """;

    /// A notice that is sent again, because its first answer got lost, is the same in every column.
    static final String NOTICES = """
        insert into events (run, client, at, source, severity, kind, detail)
        select n.* from (
            select run, client, at, 'server' as source, severity, kind, detail
            from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[])
                 as u(run, client, at, severity, kind, detail)) n
        where not exists (
            select from events e
            where (e.run, e.at, e.source, e.kind, e.detail) = (n.run, n.at, n.source, n.kind, n.detail)
              and e.client is not distinct from n.client)
        """;

    /// An end that the client itself told of is not undone by a late word about its heartbeats.
    static final String PRESENCE = """
        update clients c set
            state = case when c.state in ('finished', 'interrupted', 'rejected', 'failed') then c.state else u.state end,
            state_reason = case when c.state in ('finished', 'interrupted', 'rejected', 'failed') then c.state_reason
                                else u.reason end,
            last_seen_at = greatest(c.last_seen_at, u.last_seen_at),
            heartbeats_multicast = greatest(c.heartbeats_multicast, u.multicast),
            heartbeats_unicast = greatest(c.heartbeats_unicast, u.unicast),
            heartbeats_missed = u.missed
        from unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::bigint[], $7::bigint[])
             as u(client, state, reason, last_seen_at, multicast, unicast, missed)
        where c.client = u.client
        """;

    static final String TARGET = """
        insert into targets (client, path, mount_point, file_system, source, mount_options, device, device_model,
                             scheduler, size_bytes, free_bytes, calibration_bytes, calibration_seconds,
                             predicted_rollovers)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        on conflict (client) do nothing
        """;

    static final String END_OF_CLIENT = """
        update clients set state = $2, state_reason = $3, ended_at = $4, last_sequence = $5, declared_bytes = $6,
                           declared_files = $7, declared_rollovers = $8
        where client = $1
        """;

    /// Enters reports in the ledger, but those of fenced sessions; what is there already is left out of the result. In
    /// order, so that two transactions with the same keys wait for each other, and never in a circle.
    static final String ENTER = """
        insert into reports (client, sequence, digest)
        select u.client, u.sequence, u.digest
        from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[]) as u(client, sequence, digest, late)
        join clients c using (client)
        where c.fenced_at is null or u.late
        order by u.client, u.sequence
        on conflict (client, sequence) do nothing
        returning client, sequence
        """;

    static final String DIGESTS = """
        select client, sequence, digest
        from unnest($1::bigint[], $2::bigint[]) as k(client, sequence) join reports using (client, sequence)
        """;

    static final String QUARANTINE =
            "insert into rejected_reports (client, sequence, reason, body) values ($1, $2, $3, $4)";

    /// Says once of each report what is the matter with it.
    static final String TELL_ONCE = """
        insert into events (run, client, at, source, severity, kind, detail)
        select distinct u.run, u.client, now(), 'server', $4, $5, u.detail
        from unnest($1::bigint[], $2::bigint[], $3::text[]) as u(run, client, detail)
        where not exists (select from events e where e.client = u.client and e.kind = $5 and e.detail = u.detail)
        """;

    private static final String NUMBERS_PRESENT = """
        ((select count(*) from reports r where r.client = c.client and r.sequence between 1 and c.last_sequence)
         - (select count(*) from rejected_reports r
            where r.client = c.client and r.sequence between 1 and c.last_sequence))
        """;

    static final String PROVE = "select c.last_sequence, " + NUMBERS_PRESENT + " from clients c where c.client = $1";

    /// Whoever opens it again at this moment is waited for, so that [#CLOSE_RUN], which comes next, sees what that did.
    static final String LOCK_RUN = "select run from runs where run = $1 for no key update";

    /// The order of the cases is the order of gravity; the comment on runs.state says the same in words.
    static final String CLOSE_RUN = """
        update runs set ended_at = coalesce(ended_at, $2), state = (
            select case
                when bool_or(s.state in ('lost', 'failed', 'rejected')) then 'failed'
                when count(*) = 0 or bool_or(s.state <> 'finished' or s.present is distinct from s.last_sequence)
                    then 'incomplete'
                else 'complete' end
            from (select c.state, c.last_sequence, %s as present from clients c where c.run = $1) s)
        where run = $1
        """.formatted(NUMBERS_PRESENT);
}
