package io.plimsoll.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MigrationsIT {
    @RegisterExtension
    static final PostgresForTests POSTGRES = new PostgresForTests();

    private static final Migration ONE = Migration.of(
            "V1__one.sql", "create table one (a int); insert into one values (1); create index on one (a);");
    private static final Migration TWO = Migration.of("V2__two.sql", "alter table one add b int default 7;");
    private static final Migration BROKEN = Migration.of("V2__broken.sql", "create table half (); create tabel other;");

    private Vertx vertx;
    private String uri;

    @BeforeEach
    void freshDatabase() {
        vertx = Vertx.vertx();
        uri = POSTGRES.another();
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void appliesWhatIsMissingOnceAndRemembersIt() {
        migrate(ONE);
        migrate(ONE);
        migrate(ONE, TWO);
        migrate(ONE, TWO);
        assertEquals(List.of("1 7"), column("select a || ' ' || b from one"));
        assertEquals(
                List.of("1 V1__one.sql", "2 V2__two.sql"),
                column("select version || ' ' || name from schema_history order by version"));
    }

    @Test
    void aFileThatFailsLeavesNothingBehindAndNamesItself() {
        migrate(ONE);
        DatabaseException failure = assertThrows(DatabaseException.class, () -> migrate(ONE, BROKEN));
        assertEquals(Kind.SCHEMA, failure.kind());
        assertTrue(failure.getMessage().contains("sql/V2__broken.sql"), failure.getMessage());
        assertEquals(List.of("false"), column("select (to_regclass('half') is not null)::text"));
        migrate(ONE, TWO);
    }

    @Test
    void manyAtOnceApplyEachFileOnce() {
        List<Future<Void>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(on(connection -> Migrations.migrate(connection, List.of(ONE, TWO))));
        }
        await(Future.all(all));
        assertEquals(List.of("1"), column("select count(*)::text from one"));
        assertEquals(
                List.of("0"),
                column("select count(*)::text from pg_locks where locktype = 'advisory' and database ="
                        + " (select oid from pg_database where datname = current_database())"));
    }

    @Test
    void waitsForAnotherProcessThatIsAtItAndNotForEver() {
        DatabaseException failure = assertThrows(
                DatabaseException.class,
                () -> await(on(other -> other.query("select pg_advisory_lock(" + Migrations.ADVISORY_LOCK + ")")
                        .execute()
                        .compose(_ -> on(connection -> connection
                                .query("set lock_timeout = '100ms'")
                                .execute()
                                .compose(_ -> Migrations.migrate(connection, List.of(ONE))))))));
        assertEquals(Kind.IN_USE, failure.kind());
    }

    @Test
    void onlyThisProgramsSchemaIsGoodForQueries() {
        DatabaseException none = assertThrows(DatabaseException.class, () -> check(ONE));
        assertEquals(Kind.MISSING, none.kind());
        migrate(ONE);
        check(ONE);
        DatabaseException older = assertThrows(DatabaseException.class, () -> check(ONE, TWO));
        assertEquals(Kind.SCHEMA, older.kind());
        assertTrue(older.getMessage().contains("version 1, older than this program's 2"), older.getMessage());
        migrate(ONE, TWO);
        DatabaseException newer = assertThrows(DatabaseException.class, () -> check(ONE));
        assertTrue(newer.getMessage().contains("version 2, newer than this program's 1"), newer.getMessage());
    }

    private void migrate(Migration... known) {
        await(on(connection -> Migrations.migrate(connection, List.of(known))));
    }

    private void check(Migration... known) {
        await(on(connection -> Migrations.check(connection, List.of(known))));
    }

    private List<String> column(String sql) {
        return await(on(connection -> connection.query(sql).execute().map(rows -> {
            List<String> values = new ArrayList<>();
            rows.forEach(row -> values.add(row.getString(0)));
            return values;
        })));
    }

    private <T> Future<T> on(Function<PgConnection, Future<T>> work) {
        return PgConnection.connect(vertx, POSTGRES.logIn(uri))
                .compose(connection -> work.apply(connection).eventually(connection::close));
    }

    private static <T> T await(Future<T> future) {
        return PostgresForTests.await(future);
    }
}
