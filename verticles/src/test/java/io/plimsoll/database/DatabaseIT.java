package io.plimsoll.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.config.DatabaseSettings;
import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class DatabaseIT {
    @RegisterExtension
    static final PostgresForTests POSTGRES = new PostgresForTests();

    private static final String INSERT_RUN = "insert into runs (run_uuid, server_host, server_version, settings)"
            + " values (gen_random_uuid(), 'here', '0', '{}')";

    @TempDir
    Path temporary;

    private Vertx vertx;

    @BeforeEach
    void vertx() {
        vertx = Vertx.vertx();
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void whatTakesTooLongFailsInTimeAndItsConnectionIsNotUsedAgain() {
        Database database = POSTGRES.open(vertx);
        List<Future<Object>> slow = new ArrayList<>();
        for (int i = 0; i < Database.CONNECTIONS_MAX; i++) {
            slow.add(database.withConnection(300, connection -> query(connection, "select pg_sleep(20)")));
        }
        for (Future<Object> each : slow) {
            DatabaseException timeout = assertThrows(DatabaseException.class, () -> await(each));
            assertEquals(Kind.TIMEOUT, timeout.kind());
        }
        for (int i = 0; i < 3 * Database.CONNECTIONS_MAX; i++) {
            await(database.withConnection(10_000, connection -> query(connection, "select 1")));
        }
        await(database.close());
    }

    @Test
    void aTransactionIsAllOrNothing() {
        Database database = POSTGRES.open(vertx);
        POSTGRES.sql("create table kept (a int primary key)");
        await(database.withTransaction(10_000, connection -> query(connection, "insert into kept values (1)")));
        assertInstanceOf(
                PgException.class,
                assertThrows(
                        Exception.class,
                        () -> await(database.withTransaction(
                                10_000,
                                connection -> query(connection, "insert into kept values (2)")
                                        .compose(_ -> query(connection, "insert into kept values (1)"))))));
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> await(database.withTransaction(
                        10_000,
                        connection -> query(connection, "insert into kept values (3)")
                                .compose(_ -> {
                                    throw new IllegalStateException("after the insert");
                                }))));
        assertEquals("after the insert", thrown.getMessage());
        assertEquals(List.of(List.of("1")), POSTGRES.sql("select a from kept"));
        await(database.close());
    }

    @Test
    void aPostgresThatDoesNotAnswerOrIsNotThereIsAnErrorInTime() throws IOException {
        String address;
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))) {
            address = "postgresql://plimsoll@127.0.0.1:" + silent.getLocalPort() + "/p";
            var location = new DatabaseLocation.External(address, Optional.of(POSTGRES.passwordFile()));
            DatabaseException timeout = failure(Database.forQueries(vertx, location));
            assertTrue(timeout.kind() == Kind.TIMEOUT || timeout.kind() == Kind.UNREACHABLE, timeout.toString());
        }
        DatabaseException refused = failure(Database.forServer(vertx, settings(address)));
        assertEquals(Kind.UNREACHABLE, refused.kind());
        assertTrue(refused.getMessage().contains(address), refused.getMessage());
    }

    @Test
    void aWrongPasswordNoneAndAMissingDatabaseAreSaidToBeSo() throws IOException {
        Path wrong = passwordFile("*:*:*:plimsoll:wrong");
        DatabaseException refused = failure(Database.forServer(vertx, settings(POSTGRES.uri(), Optional.of(wrong))));
        assertEquals(Kind.REFUSED, refused.kind());
        assertFalse(refused.getMessage().contains("wrong"), refused.getMessage());
        DatabaseException without = failure(DatabaseOpening.forServer(
                vertx, settings(POSTGRES.uri(), Optional.empty()), Map.of("PGPASSWORD", password())));
        assertEquals(Kind.REFUSED, without.kind());
        assertTrue(without.getMessage().contains("PGPASSWORD is not read"), without.getMessage());
        Path others = passwordFile("*:*:*:somebody:else");
        DatabaseException lineless = failure(Database.forServer(vertx, settings(POSTGRES.uri(), Optional.of(others))));
        assertEquals(Kind.LOCATION, lineless.kind());
        assertTrue(lineless.getMessage().contains(":plimsoll:PASSWORD"), lineless.getMessage());
        DatabaseException missing =
                failure(Database.forServer(vertx, settings(POSTGRES.uri().replaceFirst("/test_[0-9]+$", "/nowhere"))));
        assertEquals(Kind.MISSING, missing.kind());
    }

    @Test
    void aPostgresWithoutTlsIsSaidToBeSoWhereItIsRequired() {
        DatabaseException refused = failure(Database.forServer(vertx, settings(POSTGRES.uri() + "?sslmode=require")));
        assertEquals(Kind.REFUSED, refused.kind());
        assertTrue(refused.getMessage().contains("does not encrypt"), refused.getMessage());
    }

    @Test
    void aPasswordThatNobodyNamedComesFromWherePsqlLooks() throws IOException {
        Path file = passwordFile("*:*:*:plimsoll:" + password());
        Database database = await(DatabaseOpening.forServer(
                vertx, settings(POSTGRES.uri(), Optional.empty()), Map.of("PGPASSFILE", file.toString())));
        assertFalse((database.describe() + database.psqlCommand()).contains(password()));
        await(database.close());
    }

    @Test
    void nobodyMakesCommitsLessSafeForTheServer() {
        String uri = POSTGRES.another();
        String name = uri.replaceFirst(".*/", "");
        POSTGRES.sql("alter database " + name + " set synchronous_commit = off");
        POSTGRES.sql("alter role plimsoll in database " + name + " set synchronous_commit = off");
        Database database = await(Database.forServer(vertx, settings(uri + "?options=-c%20synchronous_commit%3Doff")));
        assertEquals("on", value(database, "select current_setting('synchronous_commit')"));
        assertEquals(List.of(), database.gaps());
        await(database.close());
    }

    @Test
    void aPostgresThatCanLoseCommitsIsRefusedUnlessTheSettingsAllowIt() {
        try (var postgres = new OtherPostgres(temporary.resolve("other"), "-c fsync=off -c full_page_writes=off")) {
            Optional<Path> passwordFile = Optional.of(postgres.passwordFile());
            DatabaseException refused = failure(Database.forServer(vertx, settings(postgres.uri(), passwordFile)));
            assertEquals(Kind.UNSAFE, refused.kind());
            assertTrue(refused.getMessage().startsWith("fsync is off"), refused.getMessage());
            assertTrue(refused.getMessage().contains("; full_page_writes is off"), refused.getMessage());
            assertTrue(refused.getMessage().contains("allowUnsafeDatabase"), refused.getMessage());

            var allowed = new DatabaseSettings(Optional.of(postgres.uri()), Optional.empty(), passwordFile, true);
            Database database = await(Database.forServer(vertx, allowed));
            assertEquals(2, database.gaps().size(), database.gaps().toString());
            await(database.close());
        }
    }

    @Test
    void postgresItselfLimitsEveryConnectionAsItsPurposeSays() {
        assertEquals("15min 30s 0 5s on off", limits(Purpose.SCHEMA));
        assertEquals("130s 5s 30s 5s on off", limits(Purpose.SERVER));
        assertEquals("1min 5s 10min 5s on on", limits(Purpose.QUERIES));
    }

    @Test
    void aStatementThatIsTooSlowOrALockThatIsHeldFailsAsTooLateAndItsConnectionGoesOn() {
        Database database = POSTGRES.open(vertx);
        POSTGRES.sql("create table locked (a int)");
        DatabaseException slow = failure(database.withTransaction(
                30_000,
                connection -> query(connection, "set local statement_timeout = '100ms'")
                        .compose(_ -> query(connection, "select pg_sleep(20)"))));
        assertEquals(Kind.TIMEOUT, slow.kind());
        try (PostgresForTests.Held _ = POSTGRES.hold("lock table locked in access exclusive mode")) {
            DatabaseException held = failure(
                    database.withConnection(30_000, connection -> query(connection, "insert into locked values (1)")));
            assertEquals(Kind.TIMEOUT, held.kind());
            assertTrue(held.getMessage().contains("55P03"), held.getMessage());
        }
        await(database.withConnection(10_000, connection -> query(connection, "insert into locked values (1)")));
        await(database.close());
    }

    @Test
    void queriesReadBesideAServerAndWithoutOneAndNeverWrite() {
        Path directory = temporary.resolve("database");
        DatabaseLocation location = new DatabaseLocation.Embedded(directory);
        assertEquals(Kind.MISSING, failure(Database.forQueries(vertx, location)).kind());
        assertFalse(Files.exists(directory), "asking makes nothing");

        Database server = await(Database.forServer(vertx, PostgresForTests.embedded(directory)));
        Database beside = await(Database.forQueries(vertx, location));
        await(server.withConnection(10_000, connection -> query(connection, INSERT_RUN)));
        assertEquals("1", value(beside, "select count(*)::text from runs"));
        Exception denied = assertThrows(
                Exception.class,
                () -> await(beside.withConnection(10_000, connection -> query(connection, INSERT_RUN))));
        assertEquals("25006", assertInstanceOf(PgException.class, denied).getSqlState());
        await(beside.close());
        await(server.withConnection(10_000, connection -> query(connection, "select 1")));
        await(server.close());
        assertTrue(EmbeddedPostgres.portOfRunning(directory).isEmpty());

        Database alone = await(Database.forQueries(vertx, location));
        assertEquals("1", value(alone, "select count(*)::text from runs"));
        await(alone.close());
        assertTrue(EmbeddedPostgres.portOfRunning(directory).isEmpty(), "what a query started, it stops");
    }

    private static String password() {
        return POSTGRES.logIn(POSTGRES.uri()).getPassword();
    }

    private Path passwordFile(String line) throws IOException {
        Path file = Files.createTempFile(temporary, "pgpass", "");
        return Files.writeString(file, line + "\n");
    }

    private static DatabaseSettings settings(String uri, Optional<Path> passwordFile) {
        return new DatabaseSettings(Optional.of(uri), Optional.empty(), passwordFile, false);
    }

    private static DatabaseException failure(Future<?> work) {
        return assertThrows(DatabaseException.class, () -> await(work));
    }

    private static DatabaseSettings settings(String uri) {
        return POSTGRES.settings(uri);
    }

    private String limits(Purpose purpose) {
        String shown = Stream.of(
                        "statement_timeout",
                        "lock_timeout",
                        "idle_in_transaction_session_timeout",
                        "client_connection_check_interval",
                        "synchronous_commit",
                        "default_transaction_read_only")
                .map(name -> "current_setting('" + name + "')")
                .collect(Collectors.joining(", ", "select concat_ws(' ', ", ")"));
        return await(PgConnection.connect(vertx, purpose.limit(POSTGRES.logIn(POSTGRES.uri())))
                .compose(connection ->
                        connection.query(shown).execute().map(DatabaseIT::first).eventually(connection::close)));
    }

    private static String value(Database database, String sql) {
        return await(database.withConnection(
                10_000, connection -> connection.query(sql).execute().map(DatabaseIT::first)));
    }

    private static String first(RowSet<Row> rows) {
        return rows.iterator().next().getString(0);
    }

    private static Future<Object> query(SqlConnection connection, String sql) {
        return connection.query(sql).execute().mapEmpty();
    }

    private static <T> T await(Future<T> future) {
        return PostgresForTests.await(future);
    }
}
