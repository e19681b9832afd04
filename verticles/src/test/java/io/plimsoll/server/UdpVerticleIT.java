package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.plimsoll.config.MulticastSettings;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.HeartbeatTags;
import io.plimsoll.wire.Heartbeat;
import io.plimsoll.wire.Interfaces;
import io.plimsoll.wire.Samples;
import io.vertx.core.Vertx;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class UdpVerticleIT {
    private static final String GROUP = "239.77.42.1";

    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<Heartbeat> heard = new LinkedBlockingQueue<>();
    private int port;
    private Path keys;

    @TempDir
    Path dir;

    @BeforeEach
    void listen() throws Exception {
        keys = Files.writeString(dir.resolve("keys"), "lab " + "a1".repeat(32) + "\n");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        LocalCodec.register(vertx.eventBus(), Local.types());
        vertx.eventBus()
                .<Local.Heard>localConsumer(
                        Local.ROSTER, m -> heard.addAll(m.body().beats()));
        try (DatagramSocket free = new DatagramSocket(0)) {
            port = free.getLocalPort();
        }
        vertx.deployVerticle(new UdpVerticle(
                        new MulticastSettings(GROUP, port, Optional.empty(), Optional.of(keys)),
                        Interfaces.multicast(),
                        HeartbeatKeys.NONE))
                .await(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void heartbeatsAreHeardByMulticastAndByUnicastOnTheSamePortAndNoiseIsNot() throws Exception {
        Random random = new Random(9);
        try (MulticastSocket sender = new MulticastSocket()) {
            sender.setNetworkInterface(NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()));
            for (int i = 1; i <= 100; i++) {
                boolean unicast = i % 2 == 0;
                InetAddress to = unicast ? InetAddress.getLoopbackAddress() : InetAddress.getByName(GROUP);
                byte[] noise = new byte[random.nextInt(1500)];
                random.nextBytes(noise);
                sender.send(new DatagramPacket(noise, noise.length, new InetSocketAddress(to, port)));
                byte[] beat = beat(i, unicast);
                sender.send(new DatagramPacket(beat, beat.length, new InetSocketAddress(to, port)));
                // once more, as who recorded it would send it
                sender.send(new DatagramPacket(beat, beat.length, new InetSocketAddress(to, port)));
                Heartbeat arrived = heard.poll(20, TimeUnit.SECONDS);
                assertEquals(i, arrived.counter());
                assertEquals(unicast, arrived.unicast());
            }
        }
        assertEquals(0, heard.size());
    }

    @Test
    void keysAreChangedWhileItListens() throws Exception {
        try (DatagramSocket sender = new DatagramSocket()) {
            byte[] byOld = beat(1, true);
            Files.writeString(keys, "lab " + "b2".repeat(32) + "\n");
            byte[] byNew = beat(2, true);
            InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            sender.send(new DatagramPacket(byOld, byOld.length, to));
            assertEquals(1, heard.poll(20, TimeUnit.SECONDS).counter());
            Heartbeat arrived = null;
            for (int i = 0; i < 100 && arrived == null; i++) {
                sender.send(new DatagramPacket(byNew, byNew.length, to));
                arrived = heard.poll(200, TimeUnit.MILLISECONDS);
            }
            assertEquals(2, arrived.counter());
            Files.writeString(keys, "none any more");
            byte[] kept = beat(3, true, "b2");
            sender.send(new DatagramPacket(kept, kept.length, to));
            assertEquals(3, heard.poll(20, TimeUnit.SECONDS).counter());
        }
    }

    private byte[] beat(long counter, boolean unicast) throws Exception {
        return beat(counter, unicast, Files.readString(keys).substring(4, 6));
    }

    private static byte[] beat(long counter, boolean unicast, String keyByte) {
        var key = new HeartbeatKeys.Key("lab", HexFormat.of().parseHex(keyByte.repeat(32)));
        return new Heartbeat(Samples.session("u"), counter, ClientPhase.WRITING, unicast, counter, 0)
                .encode(System.currentTimeMillis(), new HeartbeatTags(new HeartbeatKeys(List.of(key))))
                .getBytes();
    }
}
