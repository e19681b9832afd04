package io.plimsoll.launcher;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.partition.NoDataMemberInClusterException;
import io.plimsoll.config.ClusterSettings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;

/// A Vert.x that is one node of a Hazelcast cluster, which is set up here in code and nowhere else: by default,
/// Hazelcast would meet any other cluster on the network and call home.
final class ClusterVertx {
    /// Servers hold the (small) data of the cluster; clients come and go without moving any of it.
    enum Node {
        SERVER,
        CLIENT
    }

    private ClusterVertx() {}

    static VertxBuilder builder(VertxOptions options, ClusterSettings settings, Node node, String ownAddress) {
        options.getEventBusOptions().setHost(ownAddress).setClusterPublicHost(ownAddress);
        return Vertx.builder()
                .with(options)
                .withClusterManager(new HazelcastClusterManager(config(settings, node, ownAddress)));
    }

    static Config config(ClusterSettings settings, Node node, String ownAddress) {
        // Keeps the maps that Vert.x needs.
        Config config = ConfigUtil.loadConfig();
        config.setClusterName(settings.name());
        config.setLiteMember(node == Node.CLIENT);
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.setProperty("hazelcast.socket.bind.any", "false");
        // A second node waits 5 s by default, for members that a list of members does not have.
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.max.wait.seconds.before.join", "2");
        // A frozen node is let go after 5 s (60 by default) and finds its way back within 10 (300).
        config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
        config.setProperty("hazelcast.max.no.heartbeat.seconds", "5");
        config.setProperty("hazelcast.merge.first.run.delay.seconds", "5");
        config.setProperty("hazelcast.merge.next.run.delay.seconds", "5");
        NetworkConfig network = config.getNetworkConfig();
        network.setPort(firstPort(settings, node, ownAddress))
                .setPortCount(ClusterSettings.PORTS_TRIED)
                .setPortAutoIncrement(true);
        network.getInterfaces().setEnabled(true).clear().addInterface(ownAddress);
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setMembers(settings.members()).setConnectionTimeoutSeconds(3);
        return config;
    }

    /// The address that was configured, or else the one from which the first member is reached, by the routing table.
    static String ownAddress(ClusterSettings settings) {
        if (settings.host().isPresent()) {
            return settings.host().get();
        }
        String member = settings.members().getFirst();
        // Connecting a UDP socket sends nothing: it only asks the kernel for the route.
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host(member)), port(member)));
            return socket.getLocalAddress().getHostAddress();
        } catch (UnknownHostException e) {
            throw new CommandException(ExitCode.UNREACHABLE, "cluster member '" + host(member) + "': no such host", e);
        } catch (SocketException e) {
            throw new CommandException(ExitCode.UNREACHABLE, "cluster member '" + member + "': " + e.getMessage(), e);
        }
    }

    /// A server that finds itself in the list of members listens where the list says; everyone else anywhere.
    private static int firstPort(ClusterSettings settings, Node node, String ownAddress) {
        boolean listed = settings.members().stream()
                .anyMatch(member -> isHere(member, ownAddress) && port(member) == settings.port());
        if (node == Node.CLIENT || listed) {
            return settings.port();
        }
        return settings.members().stream()
                .filter(member -> isHere(member, ownAddress))
                .map(ClusterVertx::port)
                .findFirst()
                .orElse(settings.port());
    }

    private static boolean isHere(String member, String ownAddress) {
        try {
            return InetAddress.getByName(host(member)).equals(InetAddress.getByName(ownAddress));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String host(String member) {
        return member.substring(0, member.lastIndexOf(':')).replaceAll("[\\[\\]]", "");
    }

    private static int port(String member) {
        return Integer.parseInt(member.substring(member.lastIndexOf(':') + 1));
    }

    /// What a failure to join means, where it has a meaning for the user.
    static Throwable explained(Throwable failure, ClusterSettings settings) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof NoDataMemberInClusterException) {
                return new CommandException(
                        ExitCode.UNREACHABLE,
                        "no server of cluster '" + settings.name() + "' at " + String.join(", ", settings.members())
                                + "; start it first with --cluster, or leave --cluster out",
                        failure);
            }
        }
        return failure;
    }
}
