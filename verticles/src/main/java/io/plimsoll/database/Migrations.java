package io.plimsoll.database;

import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a database's schema to what this program needs: forward only, one transaction a file, one process at a time.
///
/// The table `schema_history` says what was applied. A file that changed after it was applied, or a database newer than
/// this program, is refused: there is no way back by machine.
final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    /// Spells "plimsoll" in ASCII; any number does that nobody else takes.
    static final long ADVISORY_LOCK = 0x706c_696d_736f_6c6cL;

    private static final String LOCK = "select pg_advisory_lock($1)";
    private static final String UNLOCK = "select pg_advisory_unlock($1)";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String HISTORY_EXISTS = "select to_regclass('schema_history') is not null";
    private static final String HISTORY = """
        create table schema_history (
            version    integer     primary key,
            name       text        not null,
            checksum   text        not null,
            applied_at timestamptz not null default now()
        );
        comment on table schema_history is 'Which files of sql/ made this schema. Written by plimsoll server only.';
        comment on column schema_history.version is 'Number of the file: 1 for V1__….';
        comment on column schema_history.name is 'Name of the file.';
        comment on column schema_history.checksum is 'SHA-256 of the file as applied; a file must not change afterwards.';
        comment on column schema_history.applied_at is 'When it was applied.';
        do $$
        begin
            -- Where sql/roles.sql was there first, a new table is the writer's too, and this one must not be.
            if exists (select from pg_roles where rolname = 'plimsoll_server') then
                revoke insert, update on schema_history from plimsoll_server;
            end if;
        end
        $$;
        """;
    private static final String APPLIED = "select version, name, checksum from schema_history order by version";
    private static final String RECORD = "insert into schema_history (version, name, checksum) values ($1, $2, $3)";

    private Migrations() {}

    /// A file as `schema_history` remembers it.
    record Applied(int version, String name, String checksum) {}

    /// Applies what is missing. How long it waits for another process that is at it, and for tables that are in use,
    /// is a property of the connection: see [Purpose#SCHEMA].
    static Future<Void> migrate(SqlConnection connection, List<Migration> known) {
        return connection
                .preparedQuery(LOCK)
                .execute(Tuple.of(ADVISORY_LOCK))
                .recover(Migrations::nameTheLock)
                .compose(_ -> migrateLocked(connection, known)
                        .eventually(() -> connection.preparedQuery(UNLOCK).execute(Tuple.of(ADVISORY_LOCK))));
    }

    /// Succeeds if the schema is exactly this program's.
    static Future<Void> check(SqlConnection connection, List<Migration> known) {
        return applied(connection)
                .recover(e -> e instanceof PgException pg && UNDEFINED_TABLE.equals(pg.getSqlState())
                        ? Future.failedFuture(new DatabaseException(
                                Kind.MISSING,
                                "there are no Plimsoll tables in this database yet; plimsoll server makes them"))
                        : Future.failedFuture(e))
                .compose(applied -> {
                    List<Migration> missing = missing(known, applied);
                    return missing.isEmpty()
                            ? Future.succeededFuture()
                            : Future.failedFuture(new DatabaseException(
                                    Kind.SCHEMA,
                                    "the database has schema version " + newest(applied)
                                            + ", older than this program's "
                                            + missing.getLast().version()
                                            + "; start plimsoll server of this version on it once: it migrates"));
                });
    }

    /// What is still to be applied, in order.
    ///
    /// @throws DatabaseException where the database is newer than the program, or an applied file was altered
    static List<Migration> missing(List<Migration> known, List<Applied> applied) {
        if (applied.size() > known.size()) {
            throw new DatabaseException(
                    Kind.SCHEMA,
                    "the database has schema version " + newest(applied) + ", newer than this program's "
                            + known.getLast().version() + "; use a newer Plimsoll");
        }
        for (int i = 0; i < applied.size(); i++) {
            Applied there = applied.get(i);
            Migration here = known.get(i);
            if (there.version() != here.version() || !there.checksum().equals(here.checksum())) {
                throw new DatabaseException(
                        Kind.SCHEMA,
                        "the database was made with another sql/" + there.name() + " than this program's " + here.name()
                                + "; use the Plimsoll that made it, or another database");
            }
        }
        return known.subList(applied.size(), known.size());
    }

    private static Future<Void> migrateLocked(SqlConnection connection, List<Migration> known) {
        return ensureHistory(connection)
                .compose(_ -> applied(connection))
                .map(applied -> missing(known, applied))
                .compose(missing -> {
                    Future<Void> all = Future.succeededFuture();
                    for (Migration migration : missing) {
                        all = all.compose(_ -> apply(connection, migration));
                    }
                    return all;
                })
                .recover(Migrations::nameTheOwner);
    }

    private static Future<Void> ensureHistory(SqlConnection connection) {
        return connection
                .query(HISTORY_EXISTS)
                .execute()
                .compose(rows -> rows.iterator().next().getBoolean(0)
                        ? Future.succeededFuture()
                        : connection.query(HISTORY).execute().mapEmpty());
    }

    private static Future<List<Applied>> applied(SqlConnection connection) {
        return connection.query(APPLIED).execute().map(rows -> {
            List<Applied> applied = new ArrayList<>();
            rows.forEach(row -> applied.add(new Applied(row.getInteger(0), row.getString(1), row.getString(2))));
            return applied;
        });
    }

    private static Future<Void> apply(SqlConnection connection, Migration migration) {
        return connection
                .begin()
                .compose(transaction -> connection
                        .query(migration.sql())
                        .execute()
                        .compose(_ -> connection
                                .preparedQuery(RECORD)
                                .execute(Tuple.of(migration.version(), migration.name(), migration.checksum())))
                        .compose(
                                _ -> transaction.commit(),
                                failure -> transaction
                                        .rollback()
                                        .transform(_ -> Future.failedFuture(
                                                lacksRights(failure) ? failure : failed(migration, failure)))))
                .onSuccess(
                        _ -> LOG.atInfo().addKeyValue("file", migration.name()).log("schema-migrated"));
    }

    private static <T> Future<T> nameTheLock(Throwable failure) {
        return failure instanceof PgException pg && LOCK_NOT_AVAILABLE.equals(pg.getSqlState())
                ? Future.failedFuture(new DatabaseException(
                        Kind.IN_USE,
                        "another process has been migrating this database for too long; try again",
                        failure))
                : Future.failedFuture(failure);
    }

    private static DatabaseException failed(Migration migration, Throwable failure) {
        return new DatabaseException(
                Kind.SCHEMA, "sql/" + migration.name() + " failed: " + failure.getMessage(), failure);
    }

    private static <T> Future<T> nameTheOwner(Throwable failure) {
        return lacksRights(failure)
                ? Future.failedFuture(new DatabaseException(
                        Kind.REFUSED,
                        "this role may not make or change the tables (" + failure.getMessage()
                                + "); name the one that may as databaseOwner, and see sql/roles.sql",
                        failure))
                : Future.failedFuture(failure);
    }

    private static boolean lacksRights(Throwable failure) {
        return failure instanceof PgException pg && INSUFFICIENT_PRIVILEGE.equals(pg.getSqlState());
    }

    private static int newest(List<Applied> applied) {
        return applied.isEmpty() ? 0 : applied.getLast().version();
    }
}
