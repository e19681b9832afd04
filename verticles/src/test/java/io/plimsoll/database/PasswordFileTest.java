package io.plimsoll.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.security.CredentialsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordFileTest {
    @TempDir
    Path directory;

    @Test
    void theFirstLineThatFitsCounts() throws IOException {
        Path file = file("""
            # host:1:db:user:comment
            host:1:db:other:no
            host:2:db:user:no

            half:1:db
            host:1:*:user:yes
            *:*:*:*:any
            """);
        assertEquals(Optional.of("yes"), PasswordFile.password(file, "host", 1, "db", "user"));
        assertEquals(Optional.of("any"), PasswordFile.password(file, "elsewhere", 1, "db", "user"));
        assertEquals(Optional.empty(), PasswordFile.password(file("a:1:b:c:d\n"), "host", 1, "db", "user"));
    }

    @Test
    void aBackslashTakesColonsAndBackslashesTheirMeaning() throws IOException {
        Path file = file("\\:\\:1:1:d\\\\b:u:p\\:\u00e4\\\\w\n");
        assertEquals(Optional.of("p:\u00e4\\w"), PasswordFile.password(file, "::1", 1, "d\\b", "u"));
    }

    @Test
    void aFileThatEverybodyMayReadIsRefusedWithTheRemedy() throws IOException {
        Path file = file("*:*:*:*:s3cret\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        CredentialsException refused =
                assertThrows(CredentialsException.class, () -> PasswordFile.password(file, "host", 1, "db", "user"));
        assertTrue(refused.getMessage().contains("chmod 600"), refused.getMessage());
    }

    @Test
    void whereNobodyNamesOneItIsWherePsqlLooks() throws IOException {
        Path file = Files.createFile(directory.resolve(".pgpass"));
        String home = directory.toString();
        assertEquals(Optional.of(file), PasswordFile.standard(Map.of("HOME", home)));
        assertEquals(Optional.empty(), PasswordFile.standard(Map.of("HOME", home + "/none")));
        assertEquals(Optional.empty(), PasswordFile.standard(Map.of("HOME", home, "PGPASSFILE", home + "/none")));
        assertEquals(Optional.empty(), PasswordFile.standard(Map.of()));
    }

    private Path file(String text) throws IOException {
        Path file = Files.createTempFile(directory, "pgpass", "");
        return Files.writeString(file, text);
    }
}
