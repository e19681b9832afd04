package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.config.ListenSettings;
import io.plimsoll.config.SecuritySettings;
import io.plimsoll.config.SecuritySettings.Mode;
import io.plimsoll.model.Authentication;
import io.plimsoll.model.ClientId;
import io.plimsoll.security.CertificateAuthority;
import io.plimsoll.security.CredentialsException;
import io.plimsoll.security.Principal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AdmittanceTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource({
        "AUTO,127.0.0.1,LOOPBACK",
        "AUTO,0.0.0.0,CERTIFICATE",
        "AUTO,10.0.0.1,CERTIFICATE",
        "CERTIFICATES,127.0.0.1,CERTIFICATE",
        "INSECURE,127.0.0.1,LOOPBACK",
        "INSECURE,0.0.0.0,INSECURE"
    })
    void certificatesAreDemandedWhereverOthersCanCome(Mode mode, String host, Authentication expected) {
        Admittance found = admittance(host, mode, Optional.empty());
        assertEquals(expected, found.by());
        assertEquals(expected == Authentication.CERTIFICATE, found.tls().isPresent());
        assertEquals(
                expected == Authentication.CERTIFICATE, found.heartbeatKeys().authenticate());
        assertEquals(expected == Authentication.CERTIFICATE, Files.exists(dir.resolve("plimsoll/pki/ca.pem")));
    }

    @Test
    void namedCredentialsAreUsedOnLoopbackTooAndMustBeAServers() {
        CertificateAuthority lab = CertificateAuthority.create(Instant.now());
        ClientId db = new ClientId("db");
        lab.issue(new Principal(Principal.Role.SERVER, db), List.of("localhost"), Instant.now())
                .write(dir.resolve("db"));
        lab.issue(new Principal(Principal.Role.CLIENT, db), List.of(), Instant.now())
                .write(dir.resolve("client"));
        assertTrue(admittance("127.0.0.1", Mode.AUTO, Optional.of(dir.resolve("db")))
                .tls()
                .isPresent());
        assertFalse(Files.exists(dir.resolve("plimsoll")), "no authority is needed");
        CredentialsException wrong = assertThrows(
                CredentialsException.class, () -> admittance("0.0.0.0", Mode.AUTO, Optional.of(dir.resolve("client"))));
        assertTrue(wrong.getMessage().contains("is that of client db"), wrong::getMessage);
    }

    @Test
    void aUserWithoutAHomeIsToldWhatToDo() {
        ListenSettings open = new ListenSettings("0.0.0.0", 1, new SecuritySettings(Mode.AUTO, Optional.empty()));
        CredentialsException homeless =
                assertThrows(CredentialsException.class, () -> Admittance.of(open, true, "h", 5_000, Map.of()));
        assertTrue(homeless.getMessage().contains("--insecure goes without"), homeless::getMessage);
    }

    private Admittance admittance(String host, Mode mode, Optional<Path> credentials) {
        return Admittance.of(
                new ListenSettings(host, 1, new SecuritySettings(mode, credentials)),
                true,
                "my_host",
                5_000,
                Map.of("XDG_CONFIG_HOME", dir.toString()));
    }
}
