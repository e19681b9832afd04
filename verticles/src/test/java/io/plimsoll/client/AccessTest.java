package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.config.SecuritySettings;
import io.plimsoll.config.SecuritySettings.Mode;
import io.plimsoll.config.UplinkSettings;
import io.plimsoll.model.ClientId;
import io.plimsoll.security.CertificateAuthority;
import io.plimsoll.security.CredentialsException;
import io.plimsoll.security.Lab;
import io.plimsoll.security.Principal;
import io.plimsoll.wire.Approach;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccessTest {
    private static final ClientId ID = new ClientId("nvme-1");

    @TempDir
    Path dir;

    @Test
    void withoutAnAuthorityOnlyThisHostIsSpokenToPlainly() {
        assertEquals(Approach.PLAIN, access("127.0.0.1", Mode.AUTO, Optional.empty()));
        assertEquals(Approach.PLAIN, access("10.0.0.1", Mode.INSECURE, Optional.empty()));
        for (CredentialsException none : List.of(
                assertThrows(CredentialsException.class, () -> access("10.0.0.1", Mode.AUTO, Optional.empty())),
                assertThrows(
                        CredentialsException.class, () -> access("127.0.0.1", Mode.CERTIFICATES, Optional.empty())))) {
            assertTrue(none.getMessage().contains("plimsoll pki issue nvme-1"), none::getMessage);
        }
    }

    @Test
    void theAuthorityOfThisHostIsUsedByItself() {
        Lab.server(Lab.in(dir), List.of("localhost"), Instant.now());
        Approach here = access("127.0.0.1", Mode.AUTO, Optional.empty());
        assertTrue(here.tls().isPresent() && here.orPlainly());
        Approach forced = access("127.0.0.1", Mode.CERTIFICATES, Optional.empty());
        assertTrue(forced.tls().isPresent() && !forced.orPlainly());
        Approach elsewhere = access("10.0.0.1", Mode.AUTO, Optional.empty());
        assertTrue(elsewhere.tls().isPresent() && !elsewhere.orPlainly());
    }

    @Test
    void namedCredentialsMustBeThoseOfThisClientAndAreNeverDoneWithout() {
        CertificateAuthority lab = CertificateAuthority.create(Instant.now());
        lab.issue(new Principal(Principal.Role.CLIENT, ID), List.of(), Instant.now())
                .write(dir.resolve("own"));
        lab.issue(new Principal(Principal.Role.CLIENT, new ClientId("other")), List.of(), Instant.now())
                .write(dir.resolve("other"));
        lab.issue(new Principal(Principal.Role.OPERATOR, ID), List.of(), Instant.now())
                .write(dir.resolve("operator"));
        Approach own = access("127.0.0.1", Mode.AUTO, Optional.of(dir.resolve("own")));
        assertTrue(own.tls().isPresent() && !own.orPlainly());
        CredentialsException other = assertThrows(
                CredentialsException.class, () -> access("127.0.0.1", Mode.AUTO, Optional.of(dir.resolve("other"))));
        assertTrue(
                other.getMessage().endsWith("is that of client other, and this is client nvme-1; say -id other"),
                other::getMessage);
        CredentialsException role = assertThrows(
                CredentialsException.class, () -> access("127.0.0.1", Mode.AUTO, Optional.of(dir.resolve("operator"))));
        assertTrue(role.getMessage().contains("that of operator nvme-1"), role::getMessage);
    }

    private Approach access(String host, Mode mode, Optional<Path> credentials) {
        return Access.of(
                new UplinkSettings(host, 1, new SecuritySettings(mode, credentials)),
                ID,
                Map.of("XDG_CONFIG_HOME", dir.toString()));
    }
}
