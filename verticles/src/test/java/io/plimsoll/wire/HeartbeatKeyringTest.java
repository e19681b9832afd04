package io.plimsoll.wire;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.Session;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.HeartbeatTags;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

final class HeartbeatKeyringTest {
    private static final long NOW_MS = 1_795_000_000_000L;

    @Test
    void whatTheServerGivesSignsFromThenOnAndWinsOverAFile(@TempDir Path dir) throws Exception {
        Path file = Files.createFile(
                dir.resolve("keys"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, "lab " + "5a".repeat(32) + "\n");
        HeartbeatKeys given = new HeartbeatKeys(List.of(HeartbeatKeys.Key.random("given")));
        Vertx vertx = Vertx.vertx();
        try {
            for (Optional<Path> own : List.of(Optional.of(file), Optional.<Path>empty())) {
                AtomicReference<HeartbeatKeys> server = new AtomicReference<>(HeartbeatKeys.NONE);
                HeartbeatKeyring ring = HeartbeatKeyring.open(
                                vertx, own, server::get, LoggerFactory.getLogger("plimsoll.heartbeat"))
                        .await(60, TimeUnit.SECONDS);
                assertTrue(believed(ring, own.map(HeartbeatKeys::read).orElse(HeartbeatKeys.NONE)));
                assertFalse(believed(ring, given));
                server.set(given);
                assertTrue(believed(ring, given));
            }
        } finally {
            vertx.close().await(60, TimeUnit.SECONDS);
        }
    }

    private static boolean believed(HeartbeatKeyring by, HeartbeatKeys at) {
        Heartbeat beat = new Heartbeat(new Session(new ClientId("a"), NOW_MS), 1, ClientPhase.WRITING, false, 1, 1);
        Buffer datagram = beat.encode(NOW_MS, by.tags());
        try {
            Heartbeat.decode(datagram, NOW_MS, new HeartbeatTags(at));
            return true;
        } catch (WireException e) {
            return false;
        }
    }
}
