package io.plimsoll.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LabTest {
    private static final Instant NOW = Instant.now();
    private static final ClientId ID = new ClientId("nvme-1");

    @TempDir
    Path dir;

    @Test
    void aServerMakesTheAuthorityAndClientsAreOfTheSame() throws Exception {
        Path pki = dir.resolve("config/plimsoll/pki");
        assertEquals(Optional.empty(), Lab.client(pki, ID, NOW));
        Credentials server = Lab.server(pki, List.of("localhost", "my_host", "127.0.0.1"), NOW);
        Credentials client = Lab.client(pki, ID, NOW).orElseThrow();
        assertEquals(new Principal(Principal.Role.CLIENT, ID), client.principal());
        assertEquals(Principal.Role.SERVER, server.principal().role());
        assertEquals(server.authority(), client.authority());
        assertEquals(
                Set.of("localhost", "127.0.0.1"),
                server.certificate().getSubjectAlternativeNames().stream()
                        .map(name -> name.get(1))
                        .collect(Collectors.toSet()));
        assertNotEquals(client, Lab.client(pki, ID, NOW).orElseThrow(), "keys of their own");
        try (Stream<Path> files = Files.list(pki)) {
            assertEquals(
                    Set.of("ca.pem", "ca.key.pem", ".lock"),
                    files.map(Path::getFileName).map(Path::toString).collect(Collectors.toSet()),
                    "what programs give themselves is not on disk");
        }
    }

    @Test
    void serversThatStartAtOnceMakeOneAuthority() throws Exception {
        Set<Object> authorities = ConcurrentHashMap.newKeySet();
        List<Thread> servers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            servers.add(Thread.ofPlatform()
                    .start(() -> authorities.add(
                            Lab.server(dir, List.of("localhost"), NOW).authority())));
        }
        for (Thread server : servers) {
            server.join();
        }
        assertEquals(1, new HashSet<>(authorities).size());
    }

    @Test
    void whereNoneCanBeMadeTheRemedyIsTold() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "");
        CredentialsException refused = assertThrows(
                CredentialsException.class, () -> Lab.server(file.resolve("pki"), List.of("localhost"), NOW));
        assertTrue(refused.getMessage().contains("--insecure goes without"), refused::getMessage);
    }

    @Test
    void aHandshakeIsRehearsedWithoutASocket() {
        TlsRehearsal.play();
    }
}
