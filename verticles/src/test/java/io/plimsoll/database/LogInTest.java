package io.plimsoll.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.pgclient.PgConnectOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogInTest {
    @Test
    void whatTheAddressLeavesOpenComesFromTheEnvironmentButForThePassword() {
        PgConnectOptions open =
                logIn("postgresql://h", Map.of("PGUSER", "u", "PGDATABASE", "d", "PGPASSWORD", "s3cret"));
        assertEquals(List.of("u", "d", ""), List.of(open.getUser(), open.getDatabase(), open.getPassword()));
        PgConnectOptions said = logIn("postgresql://me@h/mine?search_path=x", Map.of("PGUSER", "u", "PGDATABASE", "d"));
        assertEquals(List.of("me", "mine"), List.of(said.getUser(), said.getDatabase()));
        assertEquals("x", said.getProperties().get("search_path"));
    }

    @Test
    void aParameterThatWouldBeDroppedIsRefused() {
        for (String parameters :
                List.of("sslcert=/c", "sslmode=require&connect_timeout=3", "passfile=/p", "x=", "=x")) {
            DatabaseException refused =
                    assertThrows(DatabaseException.class, () -> logIn("postgresql://u@h/d?" + parameters, Map.of()));
            assertEquals(DatabaseException.Kind.LOCATION, refused.kind());
            assertTrue(refused.getMessage().contains("known are sslrootcert, sslmode"), refused.getMessage());
        }
    }

    private static PgConnectOptions logIn(String uri, Map<String, String> environment) {
        return LogIn.external(new DatabaseLocation.External(uri, Optional.empty()), environment);
    }
}
