package io.plimsoll.config;

import java.nio.file.Path;
import java.util.Optional;

/// Where heartbeats go and come.
///
/// @param group IPv4 multicast address
/// @param networkInterface as `ip link` names it; empty: chosen and logged by whoever opens the socket
/// @param keys the file of the keys that sign heartbeats; empty: they are not authenticated
public record MulticastSettings(String group, int port, Optional<String> networkInterface, Optional<Path> keys) {
    public MulticastSettings {
        Check.present("multicast.group", group);
        Check.that(Formats.isMulticast(group), "multicast.group", Formats.notMulticast(group));
        Check.port("multicast.port", port);
        Check.present("multicast.interface", networkInterface);
        Check.present("heartbeatKeys", keys);
    }

    static MulticastSettings of(Values values) {
        return new MulticastSettings(
                values.text("multicast.group"),
                values.integer("multicast.port"),
                values.optionalText("multicast.interface"),
                values.optionalText("heartbeatKeys").map(Path::of));
    }
}
