package io.plimsoll.launcher;

import io.plimsoll.config.Flag;
import io.plimsoll.config.Sources;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Flags that server and client share. All values stay text: the schema judges them, as it judges files.
final class ConfigOptions {
    @Mixin
    private ClusterOptions cluster;

    @Option(
            names = {"-a", "--multicast-address"},
            paramLabel = "GROUP",
            description = "Multicast address of the heartbeats (239.0.0.1).")
    private String multicastAddress;

    @Option(
            names = {"-p", "--heartbeat-port"},
            paramLabel = "PORT",
            description = "UDP port of the heartbeats (10001).")
    private String heartbeatPort;

    @Option(names = "--interface", paramLabel = "NAME", description = "Network interface of the heartbeats.")
    private String networkInterface;

    @Option(
            names = {"-t", "--tcp-port"},
            paramLabel = "PORT",
            description = "TCP port of the server (42000).")
    private String tcpPort;

    @Mixin
    private SecurityOptions security;

    @Option(
            names = {"-l", "--log"},
            paramLabel = "FILE",
            description = "Log file.")
    private String log;

    /// @param more flags of one command only
    Sources sources(String role, List<Flag> more) {
        List<Flag> flags = new ArrayList<>(more);
        Flags.add(flags, "--multicast-address", "multicast.group", multicastAddress);
        Flags.add(flags, "--heartbeat-port", "multicast.port", heartbeatPort);
        Flags.add(flags, "--interface", "multicast.interface", networkInterface);
        Flags.add(flags, "--tcp-port", "tcp.port", tcpPort);
        Flags.add(flags, "--log", "log", log);
        security.addTo(flags);
        return cluster.sources(role, flags);
    }
}
