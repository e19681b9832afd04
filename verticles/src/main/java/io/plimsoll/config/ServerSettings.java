package io.plimsoll.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What a server needs to know, checked. Keys, meanings and defaults: `conf/schema/server.schema.json`.
///
/// @param database a `postgresql://` URI (it may hold a password: do not log it), or a directory; empty: the embedded
/// database where commands look for it too
/// @param report where the report goes as JSON at the end
/// @param cluster empty: the server is no node of a cluster
public record ServerSettings(
        MulticastSettings multicast,
        ListenSettings tcp,
        Optional<String> database,
        Path log,
        Path report,
        Duration idleTimeout,
        boolean keepRunning,
        LimitSettings limits,
        Optional<ClusterSettings> cluster) {
    public ServerSettings {
        Check.present("multicast", multicast);
        Check.present("tcp", tcp);
        Check.present("database", database);
        Check.that(
                database.isEmpty() || !database.get().isBlank(),
                "database",
                "is empty; write a postgresql:// URI or a directory");
        Check.present("log", log);
        Check.present("report", report);
        Check.duration("idleTimeout", idleTimeout, Duration.ofMillis(100), Duration.ofDays(366));
        Check.present("limits", limits);
        Check.present("cluster", cluster);
    }

    static ServerSettings of(Values values) {
        return new ServerSettings(
                MulticastSettings.of(values),
                ListenSettings.of(values),
                values.optionalText("database"),
                values.path("log"),
                values.path("report"),
                values.duration("idleTimeout"),
                values.bool("keepRunning"),
                LimitSettings.of(values),
                ClusterSettings.of(values));
    }
}
