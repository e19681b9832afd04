package io.plimsoll.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabaseLocationTest {
    @Test
    void aUriIsAnotherOnesPostgresAndAnythingElseADirectory() {
        assertEquals(external("postgresql://host/plimsoll"), location(" postgresql://host/plimsoll "));
        assertEquals(
                external("postgres://u@host:5433/p?sslmode=require"),
                location("postgres://u@host:5433/p?sslmode=require"));
        assertEquals(
                external("postgresql://host:5433/p?user=me@example.org"),
                location("postgresql://host:5433/p?user=me@example.org"));
        assertEquals(new DatabaseLocation.Embedded(Path.of("some/dir")), location("some/dir"));
        assertEquals(new DatabaseLocation.Embedded(Path.of("/var/lib/p")), location("/var/lib/p"));
    }

    @Test
    void aPasswordInItIsRefusedWithTheRemedyAndNotShown() {
        for (String uri : List.of(
                "postgresql://user:s3cret@host:5432/db",
                "postgresql://user:s3cret%40@host/db",
                "postgresql://user@host/db?password=s3cret",
                "postgresql://user@host/db?sslmode=require&password=s3cret&x=y",
                "postgresql://user@host/db?sslpassword=s3cret")) {
            DatabaseException e = assertThrows(DatabaseException.class, () -> location(uri));
            assertEquals(DatabaseException.Kind.LOCATION, e.kind());
            assertFalse(e.getMessage().contains("s3cret"), e.getMessage());
            assertTrue(e.getMessage().contains("user") && e.getMessage().contains("~/.pgpass"), e.getMessage());
        }
    }

    @Test
    void whatIsNoAddressIsRefusedAndNeverShowsAPassword() {
        for (String malformed : List.of(
                "postgresql://user:s3cret@ho st/db",
                "postgresql://user:s3cret@@host/db",
                "postgresql://user:a:s3cret@host/db",
                "postgresql://user:a/s3cret@host/db",
                "postgresql://user:s3cret@host/db?sslmode=nonsense",
                "mysql://user:s3cret@host/db",
                "jdbc:postgresql://user:s3cret@host/db")) {
            DatabaseException e = assertThrows(DatabaseException.class, () -> location(malformed));
            assertEquals(DatabaseException.Kind.LOCATION, e.kind());
            assertFalse(e.getMessage().contains("s3cret"), e.getMessage());
            assertTrue(e.getMessage().contains("postgresql://"), e.getMessage());
        }
    }

    @Test
    void aPasswordFileForAnEmbeddedDatabaseIsAMistake() {
        DatabaseException e = assertThrows(
                DatabaseException.class,
                () -> DatabaseLocation.of(Optional.of("dir"), Optional.of(Path.of("pgpass")), Map.of()));
        assertEquals(DatabaseException.Kind.LOCATION, e.kind());
    }

    @Test
    void nothingAndWhatNoFileSystemCanNameAreRefused() {
        assertThrows(DatabaseException.class, () -> location(""));
        assertThrows(DatabaseException.class, () -> location("a\0b"));
    }

    @Test
    void theStandardPlaceFollowsTheBaseDirectorySpecification() {
        assertEquals(
                new DatabaseLocation.Embedded(Path.of("/data/plimsoll/database")),
                standard(Map.of("XDG_DATA_HOME", "/data", "HOME", "/home/a")));
        assertEquals(
                new DatabaseLocation.Embedded(Path.of("/home/a/.local/share/plimsoll/database")),
                standard(Map.of("XDG_DATA_HOME", "relative", "HOME", "/home/a")));
        assertEquals(new DatabaseLocation.Embedded(Path.of("plimsoll-database")), standard(Map.of()));
    }

    private static DatabaseLocation location(String text) {
        return DatabaseLocation.of(Optional.of(text), Optional.empty(), Map.of());
    }

    private static DatabaseLocation standard(Map<String, String> environment) {
        return DatabaseLocation.of(Optional.empty(), Optional.empty(), environment);
    }

    private static DatabaseLocation external(String uri) {
        return new DatabaseLocation.External(uri, Optional.empty());
    }
}
