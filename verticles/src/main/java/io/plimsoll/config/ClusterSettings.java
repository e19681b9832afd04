package io.plimsoll.config;

import java.util.List;
import java.util.Optional;

/// One event bus over several machines.
///
/// @param members servers as `HOST:PORT`, at least one
/// @param host numeric address that this node binds to; empty: the one from which the first member is reached
/// @param port the first port that this node tries; up to [#PORTS_TRIED] follow
public record ClusterSettings(String name, List<String> members, Optional<String> host, int port) {
    public static final int PORTS_TRIED = 20;

    public ClusterSettings {
        Check.present("cluster.name", name);
        Check.that(name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), "cluster.name", "'" + name + "' is not a name");
        members = List.copyOf(Check.present("cluster.members", members));
        Check.that(!members.isEmpty(), "cluster.members", "is empty; write at least one HOST:PORT");
        for (String member : members) {
            Check.that(Formats.hostPort(member).isEmpty(), "cluster.members", Formats.hostPort(member));
        }
        Check.present("cluster.host", host);
        Check.count("cluster.port", port, 1, 65535 - PORTS_TRIED);
    }

    /// Empty where there are no members: then there is no cluster.
    static Optional<ClusterSettings> of(Values values) {
        List<String> members = values.texts("cluster.members");
        return members.isEmpty()
                ? Optional.empty()
                : Optional.of(new ClusterSettings(
                        values.text("cluster.name"),
                        members,
                        values.optionalText("cluster.host"),
                        values.integer("cluster.port")));
    }
}
