package io.plimsoll.wire;

import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.HeartbeatTags;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;

/// The heartbeat keys of one verticle: one that the server gave, or those of a file, which is read again every few
/// seconds: keys are changed while everything runs. A file that cannot be read any more changes nothing, and is told
/// once. For the verticle's context only.
public final class HeartbeatKeyring {
    private static final long READ_INTERVAL_MS = 5_000;

    private final Vertx vertx;
    private final Path file;
    private final Supplier<HeartbeatKeys> given;
    private final Logger log;
    private HeartbeatKeys own;
    private HeartbeatKeys keys;
    private HeartbeatTags tags;
    private String problem = "";

    private HeartbeatKeyring(Vertx vertx, Path file, Supplier<HeartbeatKeys> given, Logger log, HeartbeatKeys own) {
        this.vertx = vertx;
        this.file = file;
        this.given = given;
        this.log = log;
        this.own = own;
    }

    /// Fails as [HeartbeatKeys#read] does where there is a file and it holds no keys.
    ///
    /// @param file empty: without a key that was given, heartbeats are not authenticated, which is told once
    /// @param given wins over the file; asked for each heartbeat, [HeartbeatKeys#NONE] where none was given
    public static Future<HeartbeatKeyring> open(
            Vertx vertx, Optional<Path> file, Supplier<HeartbeatKeys> given, Logger log) {
        if (file.isEmpty()) {
            if (!given.get().authenticate()) {
                log.atInfo().addKeyValue("remedy", "set heartbeatKeys").log("heartbeats-not-authenticated");
            }
            return Future.succeededFuture(new HeartbeatKeyring(vertx, null, given, log, HeartbeatKeys.NONE));
        }
        return vertx.executeBlocking(() -> HeartbeatKeys.read(file.get())).map(read -> {
            HeartbeatKeyring ring = new HeartbeatKeyring(vertx, file.get(), given, log, read);
            vertx.setPeriodic(READ_INTERVAL_MS, _ -> ring.readAgain());
            return ring;
        });
    }

    public HeartbeatTags tags() {
        HeartbeatKeys now = given.get().authenticate() ? given.get() : own;
        if (now != keys) {
            keys = now;
            tags = new HeartbeatTags(now);
        }
        return tags;
    }

    private void readAgain() {
        vertx.executeBlocking(() -> HeartbeatKeys.read(file))
                .onComplete(
                        read -> {
                            problem = "";
                            if (!read.equals(own)) {
                                own = read;
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
}
