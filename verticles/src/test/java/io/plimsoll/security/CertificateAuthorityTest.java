package io.plimsoll.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CertificateAuthorityTest {
    private static final Instant NOW = Instant.now();
    private static final CertificateAuthority AUTHORITY = CertificateAuthority.create(NOW);

    @TempDir
    Path dir;

    @ParameterizedTest
    @EnumSource(Principal.Role.class)
    void theJdkBelievesWhatItIssuesAndReadsWhoItIs(Principal.Role role) throws Exception {
        Principal principal = new Principal(role, new ClientId("x" + "y".repeat(63)));
        X509Certificate certificate =
                AUTHORITY.issue(principal, hosts(role), NOW).certificate();
        validate(certificate, AUTHORITY.certificate(), NOW);
        validate(certificate, AUTHORITY.certificate(), NOW.plus(Duration.ofDays(729)));
        assertThrows(
                java.security.cert.CertPathValidatorException.class,
                () -> validate(certificate, AUTHORITY.certificate(), NOW.plus(Duration.ofDays(731))));
        assertEquals(principal, Principal.of(certificate));
        assertEquals(-1, certificate.getBasicConstraints(), "what it issues issues nothing");
    }

    @Test
    void anotherAuthorityIsNotBelieved() {
        X509Certificate foreign = CertificateAuthority.create(NOW)
                .issue(client("a"), List.of(), NOW)
                .certificate();
        assertThrows(
                java.security.cert.CertPathValidatorException.class,
                () -> validate(foreign, AUTHORITY.certificate(), NOW));
    }

    @Test
    void aServersCertificateNamesItsHostsAndOnlyServersDo() throws Exception {
        Principal server = new Principal(Principal.Role.SERVER, new ClientId("db"));
        X509Certificate certificate = AUTHORITY
                .issue(server, List.of("db1.lab", "10.0.0.5", "::1", "localhost"), NOW)
                .certificate();
        assertEquals(
                List.of(
                        List.of(2, "db1.lab"),
                        List.of(7, "10.0.0.5"),
                        List.of(7, "0:0:0:0:0:0:0:1"),
                        List.of(2, "localhost")),
                certificate.getSubjectAlternativeNames().stream()
                        .map(List::copyOf)
                        .toList());
        assertThrows(CredentialsException.class, () -> AUTHORITY.issue(server, List.of(), NOW));
        assertThrows(CredentialsException.class, () -> AUTHORITY.issue(client("a"), List.of("db1"), NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "*.lab", "a..b", "-a", "a-", "300.1.1.1", "a b", "a/b", "a\nb", "ü.lab"})
    void whatIsNoHostIsRefused(String host) {
        Principal server = new Principal(Principal.Role.SERVER, new ClientId("db"));
        assertThrows(CredentialsException.class, () -> AUTHORITY.issue(server, List.of(host), NOW));
    }

    @Test
    void openSslBelievesItTooByItsStrictRules() throws Exception {
        Assumptions.assumeTrue(hasOpenSsl(), "no openssl on this machine");
        for (Principal.Role role : Principal.Role.values()) {
            Path made = dir.resolve(role.word());
            AUTHORITY
                    .issue(new Principal(role, new ClientId("a")), hosts(role), NOW)
                    .write(made);
            String purpose = role == Principal.Role.SERVER ? "sslserver" : "sslclient";
            String verdict = run(
                    "openssl",
                    "verify",
                    "-x509_strict",
                    "-purpose",
                    purpose,
                    "-CAfile",
                    made.resolve("ca.pem").toString(),
                    made.resolve("certificate.pem").toString());
            assertTrue(verdict.endsWith(": OK\n"), verdict);
            String key = run("openssl", "pkey", "-in", made.resolve("key.pem").toString(), "-pubout");
            assertEquals(
                    key,
                    run(
                            "openssl",
                            "x509",
                            "-in",
                            made.resolve("certificate.pem").toString(),
                            "-noout",
                            "-pubkey"));
        }
    }

    @Test
    void goesOnAfterItWasReadAgainAndIsNeverReplaced() throws Exception {
        Path home = dir.resolve("a/b");
        AUTHORITY.write(home);
        assertEquals(Set.of("rw-------"), permissions(home));
        String before = Files.readString(home.resolve(CertificateAuthority.KEY_FILE));
        CredentialsException refused = assertThrows(
                CredentialsException.class,
                () -> CertificateAuthority.create(NOW).write(home));
        assertTrue(refused.getMessage().contains("already"), refused.getMessage());
        assertEquals(before, Files.readString(home.resolve(CertificateAuthority.KEY_FILE)));
        CertificateAuthority again = CertificateAuthority.read(home, NOW);
        validate(again.issue(client("a"), List.of(), NOW).certificate(), AUTHORITY.certificate(), NOW);
    }

    @Test
    void anAuthorityThatCannotBeOneIsRefused() throws Exception {
        refuses("make it with: plimsoll pki init", () -> CertificateAuthority.read(dir, NOW));
        AUTHORITY.write(dir);
        refuses("expired", () -> CertificateAuthority.read(dir, NOW.plus(Duration.ofDays(4000))));
        Credentials leaf = AUTHORITY.issue(client("a"), List.of(), NOW);
        Files.writeString(dir.resolve("ca.pem"), leaf.certificatePem());
        refuses("is not the key of", () -> CertificateAuthority.read(dir, NOW));
        Files.writeString(dir.resolve("ca.key.pem"), leaf.keyPem());
        refuses("is not the certificate of an authority", () -> CertificateAuthority.read(dir, NOW));
    }

    @Test
    void credentialsComeBackFromTheirDirectoryAndAreNeverReplaced() throws Exception {
        Credentials written = AUTHORITY.issue(client("nvme-1"), List.of(), NOW);
        Path made = dir.resolve("nvme-1");
        written.write(made);
        assertEquals(Set.of("rw-------"), permissions(made));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
        Credentials read = Credentials.read(made, NOW);
        assertEquals(written.certificate(), read.certificate());
        assertEquals(client("nvme-1"), read.principal());
        refuses("never replaced", () -> written.write(made));
        try (Stream<Path> left = Files.list(dir)) {
            assertEquals(List.of(made), left.toList());
        }
    }

    @Test
    void credentialsThatNobodyWouldBelieveAreRefusedWithTheReason() throws Exception {
        Path made = dir.resolve("a");
        AUTHORITY.issue(client("a"), List.of(), NOW).write(made);
        refuses("set this machine's clock", () -> Credentials.read(made, NOW.minus(Duration.ofDays(1))));
        refuses("expired", () -> Credentials.read(made, NOW.plus(Duration.ofDays(800))));

        Path key = made.resolve("key.pem");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw----r--"));
        refuses("chmod 600", () -> Credentials.read(made, NOW));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        Credentials.read(made, NOW);

        Credentials other = CertificateAuthority.create(NOW).issue(client("a"), List.of(), NOW);
        Files.writeString(made.resolve("ca.pem"), other.authorityPem());
        refuses("was not issued by", () -> Credentials.read(made, NOW));
        Files.writeString(made.resolve("certificate.pem"), other.certificatePem());
        refuses("is not the key of", () -> Credentials.read(made, NOW));
        Files.writeString(made.resolve("certificate.pem"), "x".repeat(70_000));
        refuses("more than 65536 bytes", () -> Credentials.read(made, NOW));
        Files.delete(made.resolve("certificate.pem"));
        refuses("no such file", () -> Credentials.read(made, NOW));
    }

    @Test
    void secretsAreInNoTextOfTheObjects() {
        Credentials credentials = AUTHORITY.issue(client("a"), List.of(), NOW);
        String body = credentials.keyPem().lines().skip(1).findFirst().orElseThrow();
        assertTrue(!credentials.toString().contains(body), credentials::toString);
        CredentialsException e = assertThrows(
                CredentialsException.class,
                () -> Pem.privateKey(credentials.keyPem().replace(body, body.substring(1) + "!"), "key.pem"));
        assertTrue(!e.toString().contains(body.substring(8)), e::toString);
        assertEquals(null, e.getCause(), "a cause could quote it");
    }

    private static void refuses(String why, org.junit.jupiter.api.function.Executable what) {
        CredentialsException refused = assertThrows(CredentialsException.class, what);
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }

    private static Principal client(String id) {
        return new Principal(Principal.Role.CLIENT, new ClientId(id));
    }

    private static List<String> hosts(Principal.Role role) {
        return role == Principal.Role.SERVER ? List.of("localhost", "127.0.0.1") : List.of();
    }

    private static void validate(X509Certificate certificate, X509Certificate authority, Instant at) throws Exception {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), parameters);
    }

    private static Set<String> permissions(Path directory) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            Set<String> found = new java.util.HashSet<>();
            for (Path file : files.toList()) {
                found.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
            return found;
        }
    }

    private static boolean hasOpenSsl() {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(p -> Files.isExecutable(Path.of(p, "openssl")));
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), text);
        return text;
    }
}
