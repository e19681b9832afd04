-- What was delivered: every report is entered once, by session and number, with a digest of its content, in the same
-- transaction as its row. So the promise (exactly once, unaltered) is one primary key, whatever table the row is in.

-- No foreign key: an entry is made by a join with clients, and the check for each row would cost a fifth of all that is
-- written. The rows of the four tables keep theirs.
create table reports (
    client   bigint not null,
    sequence bigint not null check (sequence > 0),
    digest   bigint not null,
    primary key (client, sequence)
);
comment on table reports is 'Every report that was acknowledged: its row is in data_files, intervals, resource_samples or events, or in rejected_reports.';
comment on column reports.client is 'The client''s session.';
comment on column reports.sequence is 'Number of the report within the client''s session.';
comment on column reports.digest is 'First 8 bytes of SHA-256 of the report as it was received; 0 for one that was stored before digests were kept.';

create table rejected_reports (
    client   bigint not null,
    sequence bigint not null,
    reason   text   not null,
    body     bytea  not null,
    primary key (client, sequence),
    foreign key (client, sequence) references reports
);
comment on table rejected_reports is 'Reports whose content no table takes: kept as they are, so that one of them holds up no other.';
comment on column rejected_reports.client is 'The client''s session.';
comment on column rejected_reports.sequence is 'Number of the report within the client''s session.';
comment on column rejected_reports.reason is 'Why it is not in its table, in the words of the database.';
comment on column rejected_reports.body is 'The report as JSON, UTF-8.';

insert into reports (client, sequence, digest)
select client, sequence, 0 from data_files where sequence > 0
union select client, sequence, 0 from intervals where sequence > 0
union select client, sequence, 0 from resource_samples where sequence > 0
union select client, sequence, 0 from events where client is not null and sequence > 0;

alter table clients
    add fenced_at timestamptz,
    add instance  uuid;
create index clients_of_id on clients (client_id);
comment on column clients.fenced_at is 'When a later process with the same id was admitted; from then on this session may only deliver late. Null while there was none.';
comment on column clients.instance is 'Random name of the client''s process; null for one that was admitted before names were kept.';
