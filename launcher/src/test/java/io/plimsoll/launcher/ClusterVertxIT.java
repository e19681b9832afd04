package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import io.plimsoll.config.ClusterSettings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ClusterVertxIT {
    private final int port = freePort();
    private final ClusterSettings settings =
            new ClusterSettings("test-" + UUID.randomUUID(), List.of("127.0.0.1:" + port), Optional.empty(), port);

    @Test
    void aServerAndAClientShareOneEventBus() throws Exception {
        Vertx server = node(ClusterVertx.Node.SERVER);
        Vertx client = node(ClusterVertx.Node.CLIENT);
        try {
            client.eventBus()
                    .consumer("here", m -> m.reply("yes, " + m.body()))
                    .completion()
                    .await();
            DeliveryOptions fast = new DeliveryOptions().setSendTimeout(1_000);
            Object reply = null;
            for (int i = 0; i < 20 && reply == null; i++) {
                // A new consumer is seen by other nodes a little later: commands are repeated, and so they may be.
                reply = server.eventBus()
                        .request("here", "server", fast)
                        .map(m -> m.body())
                        .otherwise((Object) null)
                        .await(5, TimeUnit.SECONDS);
            }
            assertEquals("yes, server", reply);
        } finally {
            client.close().await(20, TimeUnit.SECONDS);
            server.close().await(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aClientWithoutServerIsToldSo() {
        Throwable failure = assertThrows(Throwable.class, () -> node(ClusterVertx.Node.CLIENT));
        CommandException explained =
                assertInstanceOf(CommandException.class, ClusterVertx.explained(failure, settings));
        assertEquals(ExitCode.UNREACHABLE, explained.code());
        assertTrue(
                explained.getMessage().startsWith("no server of cluster '" + settings.name()), explained::getMessage);
    }

    @Test
    void nothingIsFoundByChanceAndNobodyIsCalled() {
        Config config = ClusterVertx.config(settings, ClusterVertx.Node.CLIENT, "127.0.0.1");
        assertTrue(config.isLiteMember());
        assertTrue(!config.getNetworkConfig().getJoin().getMulticastConfig().isEnabled());
        assertTrue(!config.getNetworkConfig().getJoin().getAutoDetectionConfig().isEnabled());
        assertEquals("false", config.getProperty("hazelcast.phone.home.enabled"));
        assertEquals(
                List.of("127.0.0.1"),
                List.copyOf(config.getNetworkConfig().getInterfaces().getInterfaces()));
        assertTrue(config.getMultiMapConfigs().containsKey("__vertx.subs"), "the maps of Vert.x are kept");
    }

    @Test
    void aServerListensWhereTheListOfMembersSays() {
        ClusterSettings two = new ClusterSettings(
                "x", List.of("10.9.9.9:7000", "localhost:7001", "127.0.0.1:7002"), Optional.empty(), 5811);
        assertEquals(7001, port(two, ClusterVertx.Node.SERVER, "127.0.0.1"));
        assertEquals(7000, port(two, ClusterVertx.Node.SERVER, "10.9.9.9"));
        assertEquals(5811, port(two, ClusterVertx.Node.SERVER, "10.1.1.1"), "not in the list");
        assertEquals(5811, port(two, ClusterVertx.Node.CLIENT, "127.0.0.1"));
        ClusterSettings chosen = new ClusterSettings("x", two.members(), Optional.empty(), 7002);
        assertEquals(7002, port(chosen, ClusterVertx.Node.SERVER, "127.0.0.1"), "the configured port is in the list");
    }

    private static int port(ClusterSettings settings, ClusterVertx.Node node, String ownAddress) {
        return ClusterVertx.config(settings, node, ownAddress)
                .getNetworkConfig()
                .getPort();
    }

    @Test
    void theOwnAddressIsTheOneThatReachesTheFirstMember() {
        assertEquals("127.0.0.1", ClusterVertx.ownAddress(settings));
        ClusterSettings given = new ClusterSettings("x", List.of("localhost:1"), Optional.of("10.1.2.3"), 5811);
        assertEquals("10.1.2.3", ClusterVertx.ownAddress(given));
    }

    private Vertx node(ClusterVertx.Node node) throws Exception {
        return ClusterVertx.builder(new VertxOptions(), settings, node, ClusterVertx.ownAddress(settings))
                .buildClustered()
                .await(60, TimeUnit.SECONDS);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Math.min(socket.getLocalPort(), 65535 - ClusterSettings.PORTS_TRIED);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
