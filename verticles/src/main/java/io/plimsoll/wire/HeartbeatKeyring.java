package io.plimsoll.wire;

import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.HeartbeatTags;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;

/// The heartbeat keys of one verticle, read again every few seconds: keys are changed while everything runs. A file
/// that cannot be read any more changes nothing, and is told once. For the verticle's context only.
public final class HeartbeatKeyring {
    private static final long READ_INTERVAL_MS = 5_000;

    private final Vertx vertx;
    private final Path file;
    private final Logger log;
    private HeartbeatKeys keys;
    private HeartbeatTags tags;
    private String problem = "";

    private HeartbeatKeyring(Vertx vertx, Path file, Logger log, HeartbeatKeys keys) {
        this.vertx = vertx;
        this.file = file;
        this.log = log;
        use(keys);
    }

    /// Fails as [HeartbeatKeys#read] does where there is a file and it holds no keys.
    ///
    /// @param file empty: heartbeats are not authenticated, which is told once
    public static Future<HeartbeatKeyring> open(Vertx vertx, Optional<Path> file, Logger log) {
        if (file.isEmpty()) {
            log.atInfo().addKeyValue("remedy", "set heartbeatKeys").log("heartbeats-not-authenticated");
            return Future.succeededFuture(new HeartbeatKeyring(vertx, null, log, HeartbeatKeys.NONE));
        }
        return vertx.executeBlocking(() -> HeartbeatKeys.read(file.get())).map(keys -> {
            HeartbeatKeyring ring = new HeartbeatKeyring(vertx, file.get(), log, keys);
            vertx.setPeriodic(READ_INTERVAL_MS, _ -> ring.readAgain());
            return ring;
        });
    }

    public HeartbeatTags tags() {
        return tags;
    }

    private void readAgain() {
        vertx.executeBlocking(() -> HeartbeatKeys.read(file))
                .onComplete(
                        read -> {
                            problem = "";
                            if (!read.equals(keys)) {
                                use(read);
                                log.atInfo()
                                        .addKeyValue("keys", read.keys().size())
                                        .log("heartbeat-keys-changed");
                            }
                        },
                        e -> {
                            if (!problem.equals(e.getMessage())) {
                                problem = e.getMessage();
                                log.atWarn().addKeyValue("reason", problem).log("heartbeat-keys-kept");
                            }
                        });
    }

    private void use(HeartbeatKeys read) {
        keys = read;
        tags = new HeartbeatTags(read);
    }
}
