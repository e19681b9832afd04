package io.plimsoll.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatabaseLocationTest {
    @Test
    void aUriIsAnotherOnesPostgresAndAnythingElseADirectory() {
        assertEquals(
                new DatabaseLocation.External("postgresql://host/plimsoll"),
                DatabaseLocation.parse(" postgresql://host/plimsoll "));
        assertEquals(
                new DatabaseLocation.External("postgres://u@host:5433/p?sslmode=require"),
                DatabaseLocation.parse("postgres://u@host:5433/p?sslmode=require"));
        assertEquals(new DatabaseLocation.Embedded(Path.of("some/dir")), DatabaseLocation.parse("some/dir"));
        assertEquals(new DatabaseLocation.Embedded(Path.of("/var/lib/p")), DatabaseLocation.parse("/var/lib/p"));
    }

    @Test
    void noTextOfItEverShowsAPassword() {
        for (String uri : List.of(
                "postgresql://user:s3cret@host:5432/db",
                "postgresql://user:s3cret%40@host/db",
                "postgresql://user@host/db?password=s3cret",
                "postgresql://user@host/db?sslmode=require&password=s3cret&x=y")) {
            String text = DatabaseLocation.parse(uri).toString();
            assertFalse(text.contains("s3cret"), text);
            assertTrue(text.contains("user") && text.contains("host"), text);
        }
        for (String malformed : List.of(
                "postgresql://user:s3cret@ho st/db",
                "postgresql://user:s3cret@@host/db",
                "postgresql://user:a:s3cret@host/db",
                "postgresql://user:a/s3cret@host/db",
                "postgresql://user:s3cret@host/db?sslmode=nonsense",
                "mysql://user:s3cret@host/db",
                "jdbc:postgresql://user:s3cret@host/db")) {
            DatabaseException e = assertThrows(DatabaseException.class, () -> DatabaseLocation.parse(malformed));
            assertEquals(DatabaseException.Kind.LOCATION, e.kind());
            assertFalse(e.getMessage().contains("s3cret"), e.getMessage());
            assertTrue(e.getMessage().contains("postgresql://"), e.getMessage());
        }
    }

    @Test
    void nothingAndWhatNoFileSystemCanNameAreRefused() {
        assertThrows(DatabaseException.class, () -> DatabaseLocation.parse(""));
        assertThrows(DatabaseException.class, () -> DatabaseLocation.parse("a\0b"));
    }

    @Test
    void theStandardPlaceFollowsTheBaseDirectorySpecification() {
        assertEquals(
                new DatabaseLocation.Embedded(Path.of("/data/plimsoll/database")),
                DatabaseLocation.standard(Map.of("XDG_DATA_HOME", "/data", "HOME", "/home/a")));
        assertEquals(
                new DatabaseLocation.Embedded(Path.of("/home/a/.local/share/plimsoll/database")),
                DatabaseLocation.standard(Map.of("XDG_DATA_HOME", "relative", "HOME", "/home/a")));
        assertEquals(new DatabaseLocation.Embedded(Path.of("plimsoll-database")), DatabaseLocation.standard(Map.of()));
    }
}
