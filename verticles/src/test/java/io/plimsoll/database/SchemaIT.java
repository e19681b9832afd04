package io.plimsoll.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SchemaIT {
    @RegisterExtension
    static final PostgresForTests POSTGRES = new PostgresForTests();

    private static Vertx vertx;
    private static Database database;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
        database = POSTGRES.open(vertx);
    }

    @AfterAll
    static void close() {
        PostgresForTests.await(database.close());
        PostgresForTests.await(vertx.close());
    }

    @Test
    void everyTableHasAComment() {
        assertTrue(POSTGRES.sql("select relname from pg_class where relnamespace = 'public'::regnamespace"
                                + " and relkind in ('r', 'v', 'm', 'p')")
                        .size()
                > 7);
        assertEquals(
                List.of(),
                POSTGRES.sql("select relname from pg_class where relnamespace = 'public'::regnamespace"
                        + " and relkind in ('r', 'v', 'm', 'p') and obj_description(oid) is null"));
    }

    @Test
    void everyColumnHasAComment() {
        assertEquals(
                List.of(),
                POSTGRES.sql("select relname, attname from pg_class join pg_attribute on attrelid = pg_class.oid"
                        + " where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'p')"
                        + " and attnum > 0 and not attisdropped and col_description(attrelid, attnum) is null"));
    }
}
