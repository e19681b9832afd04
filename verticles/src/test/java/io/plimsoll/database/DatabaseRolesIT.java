package io.plimsoll.database;

import static io.plimsoll.database.PostgresForTests.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.config.DatabaseSettings;
import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What the roles of daily work cannot do, whatever they say.
class DatabaseRolesIT {
    @RegisterExtension
    static final PostgresForTests POSTGRES = new PostgresForTests();

    private static final String INSERT = "insert into runs (run_uuid, server_host, server_version, settings)"
            + " values (gen_random_uuid(), 'here', '0', '{}')";

    @TempDir
    private static Path temporary;

    private static Vertx vertx;
    private static Path directory;
    private static DatabaseLocation location;
    private static Database server;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
        directory = temporary.resolve("database");
        location = new DatabaseLocation.Embedded(directory);
        server = await(Database.forServer(vertx, PostgresForTests.embedded(directory)));
    }

    @AfterAll
    static void close() {
        await(server.close());
        await(vertx.close());
    }

    @Test
    void theServerWritesReportsAndChangesNoTable() {
        await(run(server, INSERT));
        await(run(server, "update runs set server_host = 'there'"));
        for (String sql : List.of(
                "create table own ()",
                "create temp table own ()",
                "alter table runs add own int",
                "drop table runs cascade",
                "truncate runs cascade",
                "delete from runs",
                "create index on runs (state)",
                "create function own() returns int language sql as 'select 1'",
                "create schema own",
                "create role own",
                "alter role plimsoll_server superuser",
                "set role plimsoll",
                "insert into schema_history values (99, '', '')",
                "copy runs to program 'true'",
                "select lo_create(0)")) {
            assertEquals("42501", refusal(server, sql), sql);
        }
    }

    @Test
    void whoReadsWritesNothingByAnyTrick() {
        await(run(server, INSERT));
        Database reader = await(Database.forQueries(vertx, location));
        String content = content(reader);
        String write = "set session characteristics as transaction read write";
        for (String sql : List.of(
                INSERT,
                "update runs set server_host = 'mine'",
                "delete from runs",
                "truncate runs cascade",
                "drop table runs cascade",
                "create temp table own ()",
                "select lo_create(0)",
                "select lo_from_bytea(0, '')",
                "select nextval(pg_get_serial_sequence('runs', 'run'))",
                "select setval(pg_get_serial_sequence('runs', 'run'), 1)",
                "select * from runs for update",
                "do $$ begin lock table runs in share mode; end $$",
                "do $$ begin delete from runs; end $$",
                "with gone as (delete from runs returning 1) select * from gone",
                "copy runs to program 'true'",
                "copy runs to '/tmp/runs'",
                "set role plimsoll_server",
                "set role plimsoll",
                "set session authorization plimsoll",
                "alter role plimsoll_reader superuser",
                "grant plimsoll_server to plimsoll_reader")) {
            assertTrue(refusal(reader, sql).matches("42501|25006"), sql);
            assertEquals("42501", refusal(reader, "begin read write", sql), sql);
        }
        assertEquals("42501", refusal(reader, write, INSERT));
        assertEquals("42501", refusal(reader, "set default_transaction_read_only = off", INSERT));
        assertEquals("42501", refusal(reader, write, "grant insert on runs to plimsoll_reader", INSERT));
        assertEquals(content, content(reader));
        await(reader.close());
    }

    @Test
    void onlyTheOwnerOfTheDirectoryReadsThePasswords() throws IOException {
        for (DatabaseRole role : DatabaseRole.values()) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(role.passwordFile(directory))));
        }
        assertTrue(server.psqlCommand().contains("pgpass-reader"), server.psqlCommand());
    }

    @Test
    void aDirectoryOfAnOlderVersionGetsItsRolesFromWhoeverStartsItNext() throws IOException {
        Path old = temporary.resolve("old");
        var oldLocation = new DatabaseLocation.Embedded(old);
        Database first = await(Database.forServer(vertx, PostgresForTests.embedded(old)));
        await(run(first, INSERT));
        await(first.close());

        takeRolesAway(old);
        Database reader = await(Database.forQueries(vertx, oldLocation));
        assertEquals("1", value(reader, "select count(*)::text from runs"));
        assertEquals("42501", refusal(reader, "begin read write", INSERT));
        await(reader.close());

        takeRolesAway(old);
        Database again = await(Database.forServer(vertx, PostgresForTests.embedded(old)));
        await(run(again, INSERT));
        await(again.close());
    }

    @Test
    void aRoleThatWasGivenMoreLosesItAtTheNextStart() throws IOException {
        Path tampered = temporary.resolve("tampered");
        await(Database.forServer(vertx, PostgresForTests.embedded(tampered)).compose(Database::close));
        asOwner(
                tampered,
                "alter role plimsoll_reader password 'other'; alter role plimsoll_reader set lock_timeout = 0");
        await(Database.forServer(vertx, PostgresForTests.embedded(tampered)).compose(Database::close));
        Database reader = await(Database.forQueries(vertx, new DatabaseLocation.Embedded(tampered)));
        assertEquals("0", value(reader, "select count(*)::text from runs"));
        await(reader.close());
    }

    @Test
    void anotherOnesPostgresIsMigratedByItsOwnerAndWrittenByARoleThatCannotChangeTables() {
        Database careful = await(Database.forServer(vertx, POSTGRES.settings()));
        assertEquals(Optional.empty(), careful.excessRights());
        assertEquals("42501", refusal(careful, "insert into schema_history values (99, 'x', 'x')"));
        await(run(careful, INSERT));
        assertEquals("42501", refusal(careful, "create table own ()"));
        assertEquals("42501", refusal(careful, "alter table runs add own int"));
        await(careful.close());
        POSTGRES.sql(DatabaseRoles.script());
        String reader = POSTGRES.uri().replace("plimsoll@", "plimsoll_reader@");
        Database reading = await(Database.forQueries(
                vertx, new DatabaseLocation.External(reader, Optional.of(POSTGRES.passwordFile()))));
        assertEquals("42501", refusal(reading, "begin read write", INSERT));
        await(reading.close());
    }

    @Test
    void oneRoleForEverythingIsTakenAndToldOf() {
        Database careless = await(Database.forServer(vertx, POSTGRES.settings(POSTGRES.another())));
        String excess = careless.excessRights().orElseThrow();
        assertTrue(excess.startsWith("role plimsoll, ") && excess.contains("sql/roles.sql"), excess);
        await(careless.close());
    }

    @Test
    void whoMayNotMakeTheTablesIsToldWhoMay() {
        String uri = POSTGRES.another().replace("plimsoll@", "plimsoll_server@");
        DatabaseException refused =
                assertThrows(DatabaseException.class, () -> await(Database.forServer(vertx, POSTGRES.settings(uri))));
        assertEquals(Kind.REFUSED, refused.kind());
        assertTrue(refused.getMessage().contains("databaseOwner"), refused.getMessage());
    }

    @Test
    void anOwnerIsForAnotherOnesPostgresOnly() {
        Optional<String> owner = Optional.of("postgresql://o@h/d");
        for (var settings : List.of(
                new DatabaseSettings(Optional.of("dir"), owner, Optional.empty(), false),
                new DatabaseSettings(owner, Optional.of("dir"), Optional.empty(), false))) {
            DatabaseException refused = assertThrows(
                    DatabaseException.class, () -> await(DatabaseOpening.forServer(vertx, settings, Map.of())));
            assertEquals(Kind.LOCATION, refused.kind());
        }
    }

    /// As it was before there were roles.
    private static void takeRolesAway(Path directory) throws IOException {
        asOwner(
                directory,
                "drop owned by plimsoll_server, plimsoll_reader; drop role plimsoll_server, plimsoll_reader;"
                        + " grant all on database plimsoll to public");
        Files.delete(DatabaseRole.SERVER.passwordFile(directory));
        Files.delete(DatabaseRole.READER.passwordFile(directory));
    }

    private static void asOwner(Path directory, String sql) {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, System.getenv(), 0)) {
            var logIn = LogIn.embedded(postgres.directory(), postgres.port(), DatabaseRole.OWNER);
            await(io.vertx.pgclient.PgConnection.connect(vertx, logIn)
                    .compose(connection -> connection.query(sql).execute().eventually(connection::close)));
        }
    }

    private static String content(Database database) {
        return value(
                database,
                "select count(*) || ' ' || max(run) || ' ' || string_agg(server_host, ',' order by run) || ' '"
                        + " || (select count(*) from pg_largeobject_metadata) from runs");
    }

    private static String value(Database database, String sql) {
        return await(database.withConnection(
                10_000,
                connection -> connection
                        .query(sql)
                        .execute()
                        .map(rows -> rows.iterator().next().getString(0))));
    }

    private static Future<Void> run(Database database, String sql) {
        return database.withConnection(
                10_000, connection -> connection.query(sql).execute().mapEmpty());
    }

    /// SQL state of the last statement, for which those before it prepare a connection of its own.
    private static String refusal(Database database, String... statements) {
        Throwable failure = assertThrows(
                Throwable.class,
                () -> await(database.connection(10_000).compose(connection -> {
                    Future<?> all = Future.succeededFuture();
                    for (int i = 0; i < statements.length; i++) {
                        String sql = statements[i];
                        boolean last = i == statements.length - 1;
                        all = all.compose(_ -> connection
                                .query(sql)
                                .execute()
                                .recover(e -> Future.failedFuture(last ? e : new AssertionError(sql, e))));
                    }
                    return all.eventually(connection::close);
                })),
                () -> String.join("; ", statements));
        return failure instanceof PgException e ? e.getSqlState() : failure.toString();
    }
}
