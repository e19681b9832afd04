-- The main job: runs, their clients, what the clients measured, and what happened.
-- Times are wall clock of whoever measured (clients) or noticed (server); durations were measured with monotonic clocks.
-- Sizes are bytes, durations are seconds unless a name says _ns; throughput is MB/s = 10^6 bytes/s.

create table runs (
    run            bigint generated always as identity primary key,
    run_uuid       uuid        not null unique,
    state          text        not null default 'open' check (state in ('open', 'complete', 'incomplete', 'failed')),
    started_at     timestamptz not null default now(),
    ended_at       timestamptz,
    server_host    text        not null,
    server_version text        not null,
    settings       jsonb       not null
);
comment on table runs is 'One run of the benchmark: from the first client''s hello until the last one left.';
comment on column runs.run is 'Number of the run in this database, as people name it.';
comment on column runs.run_uuid is 'Name of the run between machines: a client that comes back, or delivers late, names its run with it.';
comment on column runs.state is 'open; at the end the first of these that fits. failed: a client was lost, failed or rejected. incomplete: a client was interrupted or never said that it ended, reports are missing, or there was no client. complete: all clients finished and every report is here.';
comment on column runs.started_at is 'When the server opened the run.';
comment on column runs.ended_at is 'When the server closed the run; null while it is open, or when the server died.';
comment on column runs.server_host is 'Host name of the server.';
comment on column runs.server_version is 'Version of Plimsoll on the server.';
comment on column runs.settings is 'The server''s settings, without secrets.';

create table clients (
    client                   bigint generated always as identity primary key,
    run                      bigint      not null references runs,
    client_id                text        not null,
    boot_epoch               bigint      not null,
    state                    text        not null check (state in ('alive', 'suspect', 'lost', 'finished', 'interrupted', 'rejected', 'failed')),
    state_reason             text        not null default '',
    connected_at             timestamptz not null default now(),
    last_seen_at             timestamptz not null default now(),
    ended_at                 timestamptz,
    host_name                text        not null,
    kernel                   text        not null,
    cpu_model                text        not null,
    cpu_count                integer     not null,
    ram_bytes                bigint      not null,
    java_version             text        not null,
    tool_version             text        not null,
    pid                      bigint      not null,
    engine                   text        not null,
    chunk_bytes              bigint      not null,
    file_bytes               bigint      not null,
    run_time_seconds         double precision not null,
    kept_files_max           integer     not null,
    forced                   boolean     not null,
    heartbeat_seconds        double precision not null,
    heartbeats_multicast     bigint      not null default 0,
    heartbeats_unicast       bigint      not null default 0,
    heartbeats_missed        bigint      not null default 0,
    last_sequence            bigint,
    declared_bytes           bigint,
    declared_files           integer,
    declared_rollovers       integer,
    unique (run, client_id, boot_epoch)
);
comment on table clients is 'One life of one client process in a run. The column client stands for (run, client id, boot epoch) in the tables of results, so that their key (client, sequence) is (run, client id, boot epoch, sequence).';
comment on column clients.client is 'Key for the tables of results.';
comment on column clients.run is 'The run that this client took part in.';
comment on column clients.client_id is 'Name of the client, given with -id or a random UUID.';
comment on column clients.boot_epoch is 'Start of the client''s process by its own clock, milliseconds since 1970; a restarted client has a higher one.';
comment on column clients.state is 'alive, suspect (3 heartbeats missed), lost (10 missed), or how it ended: finished, interrupted, rejected, failed.';
comment on column clients.state_reason is 'Why, in words, where the state is not alive or finished.';
comment on column clients.connected_at is 'When the client''s first hello arrived.';
comment on column clients.last_seen_at is 'When a heartbeat or a report of the client last arrived; written when its state changes and at least once a minute.';
comment on column clients.ended_at is 'When the client said that it ended.';
comment on column clients.host_name is 'Host of the client.';
comment on column clients.kernel is 'Kernel of that host.';
comment on column clients.cpu_model is 'Processor of that host.';
comment on column clients.cpu_count is 'Logical processors of that host.';
comment on column clients.ram_bytes is 'Memory of that host.';
comment on column clients.java_version is 'Java version of the client.';
comment on column clients.tool_version is 'Version of Plimsoll on the client.';
comment on column clients.pid is 'Process id of the client on its host.';
comment on column clients.engine is 'How chunks were written: psync or dd.';
comment on column clients.chunk_bytes is 'Bytes of one write.';
comment on column clients.file_bytes is 'Bytes at which a data file rolls over.';
comment on column clients.run_time_seconds is 'How long the client was to write.';
comment on column clients.kept_files_max is 'How many finished data files stayed on disk at any one time.';
comment on column clients.forced is 'Whether the user overruled the prediction of too few rollovers.';
comment on column clients.heartbeat_seconds is 'Interval of the client''s heartbeats.';
comment on column clients.heartbeats_multicast is 'Heartbeats heard by multicast.';
comment on column clients.heartbeats_unicast is 'Heartbeats heard by unicast.';
comment on column clients.heartbeats_missed is 'Gaps in the heartbeats'' own counter: sent, by its number, and not heard.';
comment on column clients.last_sequence is 'Sequence number of the client''s last report, by its own word at the end; null if it did not end in an orderly way.';
comment on column clients.declared_bytes is 'Bytes that the client says it wrote.';
comment on column clients.declared_files is 'Data files that the client says it closed.';
comment on column clients.declared_rollovers is 'Rollovers that the client says it made.';

create table targets (
    client        bigint primary key references clients,
    path          text   not null,
    mount_point   text   not null,
    file_system   text   not null,
    source        text   not null,
    mount_options text   not null,
    device        text   not null,
    device_model  text   not null,
    scheduler     text   not null,
    size_bytes    bigint not null,
    free_bytes    bigint not null,
    calibration_bytes    bigint           not null,
    calibration_seconds  double precision not null,
    predicted_rollovers  double precision not null
);
comment on table targets is 'The storage that a client measured, as that client saw it before it wrote.';
comment on column targets.client is 'The client that measured it.';
comment on column targets.path is 'Directory of the data files.';
comment on column targets.mount_point is 'Mount point that holds the directory.';
comment on column targets.file_system is 'Type in the mount table: ext4, nfs4, ceph, …';
comment on column targets.source is 'What is mounted there: /dev/nvme0n1p2, filer:/export, …';
comment on column targets.mount_options is 'Mount options in force.';
comment on column targets.device is 'Kernel name of the block device; empty where there is none.';
comment on column targets.device_model is 'Model of the device; empty where unknown.';
comment on column targets.scheduler is 'Active I/O scheduler of the device; empty where there is none.';
comment on column targets.size_bytes is 'Size of the file system.';
comment on column targets.free_bytes is 'Free space before the run, for an unprivileged user.';
comment on column targets.calibration_bytes is 'Bytes written and synced to foretell the rollovers.';
comment on column targets.calibration_seconds is 'Time that those took, fsync and close included.';
comment on column targets.predicted_rollovers is 'Complete files that the run time was predicted to allow.';

create table data_files (
    client         bigint           not null references clients,
    sequence       bigint           not null,
    file_index     integer          not null,
    name           text             not null,
    started_at     timestamptz      not null,
    bytes          bigint           not null,
    chunks         bigint           not null,
    complete       boolean          not null,
    write_seconds  double precision not null,
    fsync_seconds  double precision not null,
    close_seconds  double precision not null,
    delete_seconds double precision not null,
    dd_seconds     double precision,
    mb_per_second  double precision generated always as
        (bytes / 1e6 / nullif(write_seconds + fsync_seconds + close_seconds, 0)) stored,
    primary key (client, sequence)
);
comment on table data_files is 'One data file that a client wrote and closed. A complete one is one rollover.';
comment on column data_files.client is 'The client that wrote it.';
comment on column data_files.sequence is 'Number of the report within the client''s session.';
comment on column data_files.file_index is '1 for data-000001.';
comment on column data_files.name is 'Name of the file in the target directory.';
comment on column data_files.started_at is 'When its first chunk began.';
comment on column data_files.bytes is 'Bytes written.';
comment on column data_files.chunks is 'Chunks written.';
comment on column data_files.complete is 'Whether it reached the file size and rolled over; the last file of a run usually did not.';
comment on column data_files.write_seconds is 'Sum of the times of its writes.';
comment on column data_files.fsync_seconds is 'Time of the fsync before the close.';
comment on column data_files.close_seconds is 'Time of the close.';
comment on column data_files.delete_seconds is 'Time that deleting the oldest file took before this one began; no part of the throughput.';
comment on column data_files.dd_seconds is 'Sum of the times that dd itself printed, where dd was the engine.';
comment on column data_files.mb_per_second is 'bytes / 10^6 / (write + fsync + close seconds).';

create table intervals (
    client            bigint           not null references clients,
    sequence          bigint           not null,
    interval_index    integer          not null,
    started_at        timestamptz      not null,
    duration_seconds  double precision not null,
    bytes             bigint           not null,
    ops               bigint           not null,
    latency_max_ns    bigint           not null,
    latency_histogram bytea            not null,
    primary key (client, sequence)
);
comment on table intervals is 'What a client wrote in one interval (a second).';
comment on column intervals.client is 'The client that wrote.';
comment on column intervals.sequence is 'Number of the report within the client''s session.';
comment on column intervals.interval_index is '0 for the first interval of the run.';
comment on column intervals.started_at is 'Begin of the interval.';
comment on column intervals.duration_seconds is 'Length of the interval.';
comment on column intervals.bytes is 'Bytes whose write completed in the interval.';
comment on column intervals.ops is 'Chunks whose write completed in the interval.';
comment on column intervals.latency_max_ns is 'Longest write of the interval, exact.';
comment on column intervals.latency_histogram is 'Write latency in ns: HdrHistogram, V2 compressed encoding; merge histograms, never average percentiles.';

create table resource_samples (
    client                  bigint           not null references clients,
    sequence                bigint           not null,
    sampled_at              timestamptz      not null,
    duration_seconds        double precision not null,
    thread_user_percent     double precision not null,
    thread_system_percent   double precision not null,
    process_cpu_percent     double precision not null,
    rss_bytes               bigint           not null,
    scheduling_delay_seconds double precision not null,
    device_read_bytes       bigint,
    device_written_bytes    bigint,
    device_busy_percent     double precision,
    primary key (client, sequence)
);
comment on table resource_samples is 'CPU, memory and disk of a client over the last ten seconds (or what was configured). Percent of one core.';
comment on column resource_samples.client is 'The client.';
comment on column resource_samples.sequence is 'Number of the report within the client''s session.';
comment on column resource_samples.sampled_at is 'End of the sampled time.';
comment on column resource_samples.duration_seconds is 'Length of the sampled time.';
comment on column resource_samples.thread_user_percent is 'User CPU of the data thread.';
comment on column resource_samples.thread_system_percent is 'System CPU of the data thread.';
comment on column resource_samples.process_cpu_percent is 'CPU of the whole client process.';
comment on column resource_samples.rss_bytes is 'Resident memory of the client process.';
comment on column resource_samples.scheduling_delay_seconds is 'How long the data thread was ready to run and had no processor.';
comment on column resource_samples.device_read_bytes is 'Bytes read from the target''s block device by anyone; null where there is no device.';
comment on column resource_samples.device_written_bytes is 'Bytes written to the target''s block device by anyone; null where there is no device.';
comment on column resource_samples.device_busy_percent is 'Share of the time in which the device had I/O in flight; null where there is no device.';

create table events (
    event    bigint generated always as identity primary key,
    run      bigint      not null references runs,
    client   bigint      references clients,
    sequence bigint,
    at       timestamptz not null,
    source   text        not null check (source in ('client', 'server')),
    severity text        not null check (severity in ('info', 'warning', 'error')),
    kind     text        not null,
    detail   text        not null,
    unique (client, sequence)
);
create index events_of_run on events (run, at);
comment on table events is 'What happened: told by a client (with a sequence number) or noticed by the server (without).';
comment on column events.event is 'Key.';
comment on column events.run is 'The run in which it happened.';
comment on column events.client is 'The client that it is about; null where it is about the run.';
comment on column events.sequence is 'Number of the report within the client''s session; null for what the server noticed.';
comment on column events.at is 'When it happened, by the clock of its source.';
comment on column events.source is 'client or server.';
comment on column events.severity is 'info, warning or error.';
comment on column events.kind is 'What kind: client-lost, run-started, disk-guard, …';
comment on column events.detail is 'In words.';
