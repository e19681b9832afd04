package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.config.MulticastSettings;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.HeartbeatTags;
import io.plimsoll.wire.Heartbeat;
import io.plimsoll.wire.Interfaces;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.Samples;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class HeartbeatVerticleIT {
    private static final String GROUP = "239.77.42.2";

    private final Vertx vertx = Vertx.vertx();
    private final List<String> reasons = new CopyOnWriteArrayList<>();
    private HeartbeatTags tags;

    @TempDir
    Path dir;

    @AfterEach
    void close() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void beatsByMulticastAndChangesToUnicastOnceWhenTheServerHearsNothing() throws Exception {
        Path keys = Files.writeString(dir.resolve("keys"), "lab " + "a1".repeat(32) + "\n");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        tags = new HeartbeatTags(HeartbeatKeys.read(keys));
        NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        try (DatagramSocket unicast = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                MulticastSocket multicast = new MulticastSocket(null)) {
            int port = unicast.getLocalPort();
            multicast.setReuseAddress(true);
            multicast.bind(new InetSocketAddress(InetAddress.getByName(GROUP), port));
            multicast.joinGroup(new InetSocketAddress(GROUP, port), loopback);
            multicast.setSoTimeout(20_000);
            unicast.setSoTimeout(20_000);
            HeartbeatVerticle verticle = new HeartbeatVerticle(
                    new MulticastSettings(GROUP, port, Optional.empty(), Optional.of(keys)),
                    Interfaces.having("127.0.0.1").orElseThrow(),
                    "127.0.0.1",
                    Samples.session("hb"),
                    100,
                    new HeartbeatVerticle.Pulse(() -> ClientPhase.WRITING, () -> 4711),
                    () -> HeartbeatKeys.NONE,
                    reasons::add);
            vertx.deployVerticle(verticle).await(20, TimeUnit.SECONDS);

            for (int i = 1; i <= 3; i++) {
                Heartbeat beat = receive(multicast);
                assertEquals(i, beat.counter());
                assertFalse(beat.unicast());
                assertEquals(4711, beat.bytesWritten());
            }
            verticle.heard(new Message.HeartbeatsHeard(3, 0, 0));
            assertFalse(receive(multicast).unicast());
            assertEquals(List.of(), reasons);

            verticle.heard(new Message.HeartbeatsHeard(0, 0, 5_000));
            verticle.heard(new Message.HeartbeatsHeard(0, 0, 6_000));
            Heartbeat first = receive(unicast);
            assertTrue(first.unicast());
            assertEquals(first.counter() + 1, receive(unicast).counter());
            assertEquals(1, reasons.size());
            assertTrue(reasons.getFirst().contains(GROUP), reasons.getFirst());
        }
    }

    private Heartbeat receive(DatagramSocket socket) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        socket.receive(packet);
        return Heartbeat.decode(
                Buffer.buffer().appendBytes(packet.getData(), 0, packet.getLength()), System.currentTimeMillis(), tags);
    }
}
