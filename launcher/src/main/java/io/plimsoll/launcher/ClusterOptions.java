package io.plimsoll.launcher;

import io.plimsoll.config.Flag;
import io.plimsoll.config.Sources;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which cluster: for every command that can be a node of it.
final class ClusterOptions {
    @Mixin
    private ConfigFileOption config;

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

    Sources sources(String role, List<Flag> more) {
        List<Flag> flags = new ArrayList<>(more);
        Flags.add(flags, "--cluster", "cluster.members", cluster);
        Flags.add(flags, "--cluster-name", "cluster.name", clusterName);
        Flags.add(flags, "--cluster-host", "cluster.host", clusterHost);
        return config.sources(role, flags);
    }
}
