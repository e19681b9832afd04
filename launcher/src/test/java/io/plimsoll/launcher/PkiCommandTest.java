package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.security.Credentials;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PkiCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    @Test
    void aLabIsMadeWithOneCommandForEachOfItsMachines() throws Exception {
        Path lab = dir.resolve("lab");
        assertEquals(0, run("pki", "init", lab.toString()), err::toString);
        assertTrue(out.toString().contains("  plimsoll pki issue ID --authority " + lab + "\n"), out::toString);
        String at = lab.toString();
        assertEquals(0, run("pki", "issue", "db", "--role=server", "--host=db1,10.0.0.5", "--authority", at));
        assertTrue(out.toString().contains("for server db, reached as db1, 10.0.0.5, valid until 20"), out::toString);
        assertEquals(0, run("pki", "issue", "nvme-1", "--authority", at), err::toString);
        assertEquals(0, run("pki", "issue", "anna", "--role", "operator", "--authority", at), err::toString);
        assertEquals("", err.toString());
        for (String name : List.of("db", "nvme-1", "anna")) {
            assertEquals(
                    name,
                    Credentials.read(lab.resolve(name), Instant.now())
                            .principal()
                            .id()
                            .value());
        }
        try (Stream<Path> files = Files.walk(dir).skip(1)) {
            for (Path file : files.toList()) {
                String expected = Files.isDirectory(file) ? "rwx------" : "rw-------";
                assertEquals(
                        expected, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)), file::toString);
            }
        }
    }

    @Test
    void nothingIsEverReplaced() throws Exception {
        String at = dir.toString();
        assertEquals(0, run("pki", "init", at), err::toString);
        assertEquals(2, run("pki", "init", at));
        assertTrue(err.toString().contains("there is a certificate authority in " + at + " already"), err::toString);
        assertEquals(0, run("pki", "issue", "a", "--authority", at));
        String key = Files.readString(dir.resolve("a/key.pem"));
        assertEquals(2, run("pki", "issue", "a", "--authority", at));
        assertTrue(err.toString().contains("a is there already, and keys are never replaced"), err::toString);
        assertEquals(2, run("pki", "issue", "ca.pem", "--authority", at));
        assertEquals(key, Files.readString(dir.resolve("a/key.pem")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "pki|say what to do, for example: plimsoll pki init",
                "pki issue|Missing required parameter: 'ID'",
                "pki issue a/b|ID must be 1 to 64 letters",
                "pki issue a --role admin|--role: 'admin' is no role; write one of client, operator, viewer, server",
                "pki issue a --role server|say --host NAME,ADDRESS",
                "pki issue a --host db1|only a server's certificate names hosts",
                "pki issue a --role server --host a/b|'a/b' is not a host name or address"
            })
    void misuseIsOneClearLine(String typed, String expected) {
        assertEquals(0, run("pki", "init", dir.toString()), err::toString);
        String[] args = typed.split(" ");
        assertEquals(2, run(args.length < 3 ? args : with(args, "--authority", dir.toString())));
        assertTrue(err.toString().startsWith("plimsoll: "), err::toString);
        assertTrue(err.toString().contains(expected), err::toString);
        assertTrue(err.toString().lines().count() <= 2, err::toString);
    }

    @Test
    void withoutAnAuthorityItSaysHowToMakeOne() {
        assertEquals(2, run("pki", "issue", "a", "--authority", dir.toString()));
        assertEquals(
                "plimsoll: no certificate authority in " + dir + "; make it with: plimsoll pki init " + dir + "\n",
                err.toString());
    }

    @Test
    void theUsualPlaceIsInTheConfigurationOfTheUser() {
        assertEquals(Optional.of(Path.of("/c/plimsoll/pki")), Pki.usual(Map.of("XDG_CONFIG_HOME", "/c")));
        assertEquals(Optional.of(Path.of("/h/.config/plimsoll/pki")), Pki.usual(Map.of("HOME", "/h")));
        assertEquals(Optional.empty(), Pki.usual(Map.of()));
    }

    @Test
    void helpAndVersionAreThereOnBothLevels() {
        for (String typed : List.of("pki --help", "pki issue --help", "pki init --version", "help pki")) {
            assertEquals(0, run(typed.split(" ")), err::toString);
        }
        assertTrue(out.toString().contains("--authority"), out::toString);
        assertTrue(out.toString().contains("Java 25"), out::toString);
    }

    private static String[] with(String[] first, String... more) {
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
    }

    private int run(String... args) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
