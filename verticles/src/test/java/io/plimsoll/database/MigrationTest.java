package io.plimsoll.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MigrationTest {
    private static final Migration ONE = Migration.of("V1__one.sql", "create table one ();");
    private static final Migration TWO = Migration.of("V2__two.sql", "create table two ();");

    @Test
    void theProgramCarriesItsFilesInOrder() {
        List<Migration> files = Migration.onClassPath();
        assertEquals("V1__main_job.sql", files.getFirst().name());
        for (int i = 0; i < files.size(); i++) {
            assertEquals(i + 1, files.get(i).version());
        }
    }

    @Test
    void ordersByNumberAndRefusesGapsAndDoubles() {
        assertEquals(List.of(ONE, TWO), Migration.inOrder(List.of(TWO, ONE)));
        assertThrows(IllegalStateException.class, () -> Migration.inOrder(List.of(TWO)));
        assertThrows(IllegalStateException.class, () -> Migration.inOrder(List.of(ONE, ONE)));
        assertThrows(IllegalStateException.class, () -> Migration.of("V1_one.sql", ""));
        assertThrows(IllegalStateException.class, () -> Migration.of("V01__one.sql", ""));
    }

    @Test
    void theChecksumIgnoresLineEndsAndNothingElse() {
        assertEquals(
                Migration.of("V1__a.sql", "a\nb\n").checksum(),
                Migration.of("V1__a.sql", "a\r\nb\r\n").checksum());
        assertNotEquals(
                Migration.of("V1__a.sql", "a\nb\n").checksum(),
                Migration.of("V1__a.sql", "a\nb").checksum());
    }

    @Test
    void onlyWhatIsNotAppliedIsMissing() {
        assertEquals(List.of(ONE, TWO), Migrations.missing(List.of(ONE, TWO), List.of()));
        assertEquals(List.of(TWO), Migrations.missing(List.of(ONE, TWO), List.of(applied(ONE))));
        assertEquals(List.of(), Migrations.missing(List.of(ONE, TWO), List.of(applied(ONE), applied(TWO))));
    }

    @Test
    void aNewerDatabaseAndAnAlteredFileAreRefusedByName() {
        DatabaseException newer = assertThrows(
                DatabaseException.class, () -> Migrations.missing(List.of(ONE), List.of(applied(ONE), applied(TWO))));
        assertEquals(DatabaseException.Kind.SCHEMA, newer.kind());
        assertTrue(newer.getMessage().contains("version 2, newer than this program's 1"), newer.getMessage());

        Migration altered = Migration.of("V1__one.sql", "create table other ();");
        DatabaseException other = assertThrows(
                DatabaseException.class, () -> Migrations.missing(List.of(altered, TWO), List.of(applied(ONE))));
        assertEquals(DatabaseException.Kind.SCHEMA, other.kind());
        assertTrue(other.getMessage().contains("sql/V1__one.sql"), other.getMessage());
    }

    private static Migrations.Applied applied(Migration migration) {
        return new Migrations.Applied(migration.version(), migration.name(), migration.checksum());
    }
}
