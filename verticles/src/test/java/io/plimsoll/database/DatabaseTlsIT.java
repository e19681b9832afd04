package io.plimsoll.database;

import static io.plimsoll.database.PostgresForTests.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.config.DatabaseSettings;
import io.plimsoll.database.DatabaseException.Kind;
import io.plimsoll.model.ClientId;
import io.plimsoll.security.CertificateAuthority;
import io.plimsoll.security.Credentials;
import io.plimsoll.security.Principal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who is at the other end of the connection to a Postgres whose certificate is for `localhost`.
class DatabaseTlsIT {
    @TempDir
    private static Path temporary;

    private static Vertx vertx;
    private static OtherPostgres postgres;
    private static Path authority;
    private static Path stranger;
    private static Path passwordFile;

    @BeforeAll
    static void start() throws IOException {
        vertx = Vertx.vertx();
        Instant now = Instant.now();
        CertificateAuthority ours = CertificateAuthority.create(now);
        Path server = temporary.resolve("server");
        ours.issue(new Principal(Principal.Role.SERVER, new ClientId("db")), List.of("localhost"), now)
                .write(server);
        authority = server.resolve(Credentials.AUTHORITY_FILE);
        Path other = temporary.resolve("other");
        CertificateAuthority.create(now).write(other);
        stranger = other.resolve(CertificateAuthority.CERTIFICATE_FILE);
        postgres = new OtherPostgres(
                temporary.resolve("database"),
                "-c ssl=on -c ssl_cert_file=" + server.resolve(Credentials.CERTIFICATE_FILE) + " -c ssl_key_file="
                        + server.resolve(Credentials.KEY_FILE));
        passwordFile = Files.writeString(
                Files.createTempFile(temporary, "pgpass", ""),
                Files.readString(postgres.passwordFile()).replaceFirst("127.0.0.1", "*"));
        warmUp();
    }

    /// The first handshake of a JVM takes longer than a connection may, on a machine with much to do.
    private static void warmUp() {
        boolean warm = false;
        for (int attempt = 1; !warm && attempt <= 10; attempt++) {
            warm = await(open("127.0.0.1", "sslmode=require")
                    .compose(Database::close)
                    .map(true)
                    .otherwise(false));
        }
    }

    @AfterAll
    static void stop() {
        postgres.close();
        await(vertx.close());
    }

    @Test
    void verifyFullWantsTheAuthorityAndTheName() {
        assertEquals("true", encrypted("localhost", "sslmode=verify-full&sslrootcert=" + authority));
        assertEquals(Kind.REFUSED, refusal("127.0.0.1", "sslmode=verify-full&sslrootcert=" + authority));
        assertEquals(Kind.REFUSED, refusal("localhost", "sslmode=verify-full&sslrootcert=" + stranger));
    }

    @Test
    void verifyCaWantsTheAuthorityOnly() {
        assertEquals("true", encrypted("127.0.0.1", "sslmode=verify-ca&sslrootcert=" + authority));
        assertEquals(Kind.REFUSED, refusal("localhost", "sslmode=verify-ca&sslrootcert=" + stranger));
    }

    @Test
    void requireEncryptsAndAsksWhoIsThereOnlyIfItIsToldHow() {
        assertEquals("true", encrypted("127.0.0.1", "sslmode=require"));
        assertEquals("true", encrypted("127.0.0.1", "sslmode=require&sslrootcert=" + authority));
        assertEquals(Kind.REFUSED, refusal("127.0.0.1", "sslmode=require&sslrootcert=" + stranger));
        assertEquals("false", encrypted("127.0.0.1", "sslmode=disable"));
    }

    @Test
    void theAuthorityIsAtPsqlsPlaceIfNobodyNamesIt() throws IOException {
        Path home = Files.createDirectories(temporary.resolve("home/.postgresql"));
        Files.copy(authority, home.resolve("root.crt"));
        var environment = Map.of("HOME", home.getParent().toString());
        Database database =
                await(DatabaseOpening.forServer(vertx, settings("localhost", "sslmode=verify-full"), environment));
        await(database.close());
        DatabaseException none = assertThrows(
                DatabaseException.class,
                () -> await(DatabaseOpening.forServer(vertx, settings("localhost", "sslmode=verify-full"), Map.of())));
        assertEquals(Kind.LOCATION, none.kind());
        assertTrue(none.getMessage().contains("sslrootcert=FILE"), none.getMessage());
    }

    @Test
    void anAuthorityThatNobodyWouldAskOrThatIsNotThereIsAMistake() {
        assertEquals(Kind.LOCATION, refusal("localhost", "sslrootcert=" + authority));
        assertEquals(Kind.LOCATION, refusal("localhost", "sslmode=prefer&sslrootcert=" + authority));
        assertEquals(Kind.LOCATION, refusal("localhost", "sslmode=verify-ca&sslrootcert=/nowhere"));
    }

    private static String encrypted(String host, String parameters) {
        Database database = await(open(host, parameters));
        String ssl = await(database.withConnection(
                10_000,
                connection -> connection
                        .query("select ssl::text from pg_stat_ssl where pid = pg_backend_pid()")
                        .execute()
                        .map(rows -> rows.iterator().next().getString(0))));
        await(database.close());
        return ssl;
    }

    private static Kind refusal(String host, String parameters) {
        return assertThrows(DatabaseException.class, () -> await(open(host, parameters)))
                .kind();
    }

    private static Future<Database> open(String host, String parameters) {
        return Database.forServer(vertx, settings(host, parameters));
    }

    private static DatabaseSettings settings(String host, String parameters) {
        String uri = postgres.uri().replace("127.0.0.1", host) + "?" + parameters;
        return new DatabaseSettings(Optional.of(uri), Optional.empty(), Optional.of(passwordFile), false);
    }
}
