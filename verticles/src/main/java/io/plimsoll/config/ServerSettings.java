package io.plimsoll.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What a server needs to know, checked. Keys, meanings and defaults: `conf/schema/server.schema.json`.
///
/// @param report where the report goes as JSON at the end
/// @param cluster empty: the server is no node of a cluster
public record ServerSettings(
        MulticastSettings multicast,
        ListenSettings tcp,
        DatabaseSettings database,
        Path log,
        Path report,
        Duration idleTimeout,
        boolean keepRunning,
        LimitSettings limits,
        HealthSettings health,
        Optional<ClusterSettings> cluster) {
    public ServerSettings {
        Check.present("multicast", multicast);
        Check.present("tcp", tcp);
        Check.present("database", database);
        Check.present("log", log);
        Check.present("report", report);
        Check.duration("idleTimeout", idleTimeout, Duration.ofMillis(100), Duration.ofDays(366));
        Check.present("limits", limits);
        Check.present("health", health);
        Check.present("cluster", cluster);
    }

    static ServerSettings of(Values values) {
        return new ServerSettings(
                MulticastSettings.of(values),
                ListenSettings.of(values),
                DatabaseSettings.of(values),
                values.path("log"),
                values.path("report"),
                values.duration("idleTimeout"),
                values.bool("keepRunning"),
                LimitSettings.of(values),
                HealthSettings.of(values),
                ClusterSettings.of(values));
    }
}
