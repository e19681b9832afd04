-- The roles of daily work: plimsoll_server writes what clients report and cannot change tables, plimsoll_reader only reads.
-- The embedded database gets them at every start of the server. For a Postgres of your own, run this as the role that owns
-- the tables (databaseOwner in the server's settings) and that may create roles, in a database that is Plimsoll's alone:
--
--   createdb plimsoll
--   psql -d plimsoll -f sql/roles.sql -c '\password plimsoll_server' -c '\password plimsoll_reader'
--
-- It may be run again at any time: before the server made the tables (they get these rights when they are made), or after.
do $$
declare
    role_name text;
begin
    foreach role_name in array array['plimsoll_server', 'plimsoll_reader'] loop
        begin
            if not exists (select from pg_roles where rolname = role_name) then
                execute format('create role %I login', role_name);
            end if;
        exception when duplicate_object or unique_violation then
            null; -- roles are all databases' of a Postgres, and another one was quicker
        end;
    end loop;

    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to plimsoll_server, plimsoll_reader', current_database());
    execute format('revoke create on schema %I from public', current_schema());
    execute format('grant usage on schema %I to plimsoll_server, plimsoll_reader', current_schema());
    execute format('grant select, insert, update on all tables in schema %I to plimsoll_server', current_schema());
    execute format('grant select on all tables in schema %I to plimsoll_reader', current_schema());
    execute format('alter default privileges in schema %I grant select, insert, update on tables to plimsoll_server',
                   current_schema());
    execute format('alter default privileges in schema %I grant select on tables to plimsoll_reader', current_schema());
    if to_regclass('schema_history') is not null then
        revoke insert, update on schema_history from plimsoll_server;
    end if;

    -- everybody may make large objects, which are not in any table; only a superuser can change that
    if (select rolsuper from pg_roles where rolname = current_user) then
        revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) from public;
    end if;
end
$$;
