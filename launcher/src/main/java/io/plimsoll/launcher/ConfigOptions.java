package io.plimsoll.launcher;

import io.plimsoll.config.Flag;
import io.plimsoll.config.Sources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Flags that server and client share. All values stay text: the schema judges them, as it judges files.
final class ConfigOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "YAML file with settings; flags win over it. Default: that in conf/ of the installation, if any.")
    private Path config;

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

    @Option(
            names = {"-l", "--log"},
            paramLabel = "FILE",
            description = "Log file.")
    private String log;

    @Option(
            names = "--cluster",
            paramLabel = "HOST:PORT,...",
            description = "Join a clustered event bus: its servers, for live status and stop.")
    private String cluster;

    @Option(names = "--cluster-name", paramLabel = "NAME", description = "Name of the cluster (plimsoll).")
    private String clusterName;

    @Option(
            names = "--cluster-host",
            paramLabel = "ADDRESS",
            description = "Own address in the cluster; default: the one from which its first server is reached.")
    private String clusterHost;

    /// @param more flags of one command only
    Sources sources(String role, List<Flag> more) {
        List<Flag> flags = new ArrayList<>(more);
        add(flags, "--multicast-address", "multicast.group", multicastAddress);
        add(flags, "--heartbeat-port", "multicast.port", heartbeatPort);
        add(flags, "--interface", "multicast.interface", networkInterface);
        add(flags, "--tcp-port", "tcp.port", tcpPort);
        add(flags, "--log", "log", log);
        add(flags, "--cluster", "cluster.members", cluster);
        add(flags, "--cluster-name", "cluster.name", clusterName);
        add(flags, "--cluster-host", "cluster.host", clusterHost);
        return new Sources(Optional.ofNullable(config).or(() -> installed(role)), System.getenv(), flags);
    }

    static void add(List<Flag> flags, String name, String key, Object value) {
        if (value != null) {
            flags.add(new Flag(name, key, value.toString()));
        }
    }

    /// The script says where the installation is; a jar alone has none.
    private static Optional<Path> installed(String role) {
        return Optional.ofNullable(System.getProperty("plimsoll.home"))
                .map(home -> Path.of(home, "conf", role + ".yaml"))
                .filter(Files::isRegularFile);
    }
}
