package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.plimsoll.model.ClientPhase;
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
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class UdpVerticleIT {
    private static final String GROUP = "239.77.42.1";

    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<Heartbeat> heard = new LinkedBlockingQueue<>();
    private int port;

    @BeforeEach
    void listen() throws Exception {
        LocalCodec.register(vertx.eventBus(), Local.types());
        vertx.eventBus()
                .<Local.Heard>localConsumer(
                        Local.ROSTER, m -> heard.addAll(m.body().beats()));
        try (DatagramSocket free = new DatagramSocket(0)) {
            port = free.getLocalPort();
        }
        vertx.deployVerticle(new UdpVerticle(GROUP, port, Interfaces.multicast()))
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
                byte[] beat = new Heartbeat(Samples.session("u"), i, ClientPhase.WRITING, unicast, i, 0)
                        .encode()
                        .getBytes();
                sender.send(new DatagramPacket(beat, beat.length, new InetSocketAddress(to, port)));
                Heartbeat arrived = heard.poll(20, TimeUnit.SECONDS);
                assertEquals(i, arrived.counter());
                assertEquals(unicast, arrived.unicast());
            }
        }
        assertEquals(0, heard.size());
    }
}
