package io.plimsoll.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.SqlConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class DatabaseIT {
    @RegisterExtension
    static final PostgresForTests POSTGRES = new PostgresForTests();

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
            address = "postgresql://u:s3cret@127.0.0.1:" + silent.getLocalPort() + "/p";
            DatabaseException timeout = failure(Database.forQueries(vertx, DatabaseLocation.parse(address)));
            assertTrue(timeout.kind() == Kind.TIMEOUT || timeout.kind() == Kind.UNREACHABLE, timeout.toString());
            assertFalse(timeout.getMessage().contains("s3cret"), timeout.getMessage());
        }
        DatabaseException refused = failure(Database.forServer(vertx, DatabaseLocation.parse(address)));
        assertEquals(Kind.UNREACHABLE, refused.kind());
        assertTrue(refused.getMessage().contains(address.replace(":s3cret", "")), refused.getMessage());
    }

    @Test
    void aWrongPasswordAndAMissingDatabaseAreSaidToBeSo() {
        String uri = POSTGRES.uri();
        DatabaseException refused = failure(
                Database.forServer(vertx, DatabaseLocation.parse(uri.replaceFirst(":[0-9a-f]{48}@", ":wrong@"))));
        assertEquals(Kind.REFUSED, refused.kind());
        DatabaseException without = failure(DatabaseOpening.forServer(
                vertx, DatabaseLocation.parse(uri.replaceFirst(":[0-9a-f]{48}@", "@")), Map.of()));
        assertEquals(Kind.REFUSED, without.kind());
        assertTrue(without.getMessage().contains("PGPASSWORD"), without.getMessage());
        DatabaseException missing = failure(
                Database.forServer(vertx, DatabaseLocation.parse(uri.replaceFirst("/test_[0-9]+$", "/nowhere"))));
        assertEquals(Kind.MISSING, missing.kind());
    }

    @Test
    void thePasswordMayComeFromTheEnvironment() {
        String password = uriPassword();
        DatabaseLocation location = DatabaseLocation.parse(POSTGRES.uri().replace(":" + password + "@", "@"));
        Database database = await(DatabaseOpening.forServer(vertx, location, Map.of("PGPASSWORD", password)));
        assertFalse((database.describe() + database.psqlCommand()).contains(password));
        await(database.close());
    }

    @Test
    void anUnsafePostgresIsWarnedAbout() {
        Database safe = POSTGRES.open(vertx);
        assertEquals(List.of(), safe.warnings());
        await(safe.close());
        String name = POSTGRES.uri().replaceFirst(".*/", "");
        POSTGRES.sql("alter database " + name + " set synchronous_commit = off");
        Database unsafe = POSTGRES.open(vertx);
        assertEquals(1, unsafe.warnings().size());
        assertTrue(unsafe.warnings().getFirst().contains("synchronous_commit"));
        await(unsafe.close());
        POSTGRES.sql("alter database " + name + " reset synchronous_commit");
    }

    @Test
    void queriesReadBesideAServerAndWithoutOneAndNeverWrite() {
        Path directory = temporary.resolve("database");
        DatabaseLocation location = new DatabaseLocation.Embedded(directory);
        assertEquals(Kind.MISSING, failure(Database.forQueries(vertx, location)).kind());
        assertFalse(Files.exists(directory), "asking makes nothing");

        Database server = await(Database.forServer(vertx, location));
        Database beside = await(Database.forQueries(vertx, location));
        await(server.withConnection(10_000, connection -> query(connection, "create table seen ()")));
        await(beside.withConnection(10_000, connection -> query(connection, "select * from seen")));
        Exception denied = assertThrows(
                Exception.class,
                () -> await(beside.withConnection(10_000, connection -> query(connection, "create table written ()"))));
        assertEquals("25006", assertInstanceOf(PgException.class, denied).getSqlState());
        await(beside.close());
        await(server.withConnection(10_000, connection -> query(connection, "select 1")));
        await(server.close());
        assertTrue(EmbeddedPostgres.portOfRunning(directory).isEmpty());

        Database alone = await(Database.forQueries(vertx, location));
        await(alone.withConnection(10_000, connection -> query(connection, "select * from seen")));
        await(alone.close());
        assertTrue(EmbeddedPostgres.portOfRunning(directory).isEmpty(), "what a query started, it stops");
    }

    private static String uriPassword() {
        return POSTGRES.uri().replaceFirst(".*:([0-9a-f]{48})@.*", "$1");
    }

    private static DatabaseException failure(Future<Database> opening) {
        return assertThrows(DatabaseException.class, () -> await(opening));
    }

    private static Future<Object> query(SqlConnection connection, String sql) {
        return connection.query(sql).execute().mapEmpty();
    }

    private static <T> T await(Future<T> future) {
        return PostgresForTests.await(future);
    }
}
