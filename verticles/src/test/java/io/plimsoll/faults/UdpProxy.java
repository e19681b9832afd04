package io.plimsoll.faults;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A network for datagrams that loses, doubles, delays and so reorders them, by a seed. It hears a multicast
/// group, and what is sent to its port, and passes all of it on to one address.
public final class UdpProxy implements AutoCloseable {
    private static final int DATAGRAM_BYTES_MAX = 2_048;

    /// @param lossPercent datagrams of a hundred that vanish
    /// @param doublePercent datagrams of a hundred that come twice
    /// @param delayMsMax each one is late by up to that, so that they overtake each other
    public record Weather(int lossPercent, int doublePercent, int delayMsMax) {}

    private final MulticastSocket socket;
    private final DatagramSocket out = new DatagramSocket();
    private final InetSocketAddress server;
    private final Weather weather;
    private final SplittableRandom random;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());
    private final AtomicLong heard = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    /// @param port to hear at; 0 for a free one
    public UdpProxy(
            InetAddress group, NetworkInterface by, int port, InetSocketAddress server, Weather weather, long seed)
            throws IOException {
        this.server = server;
        this.weather = weather;
        this.random = new SplittableRandom(seed);
        this.socket = new MulticastSocket(port);
        socket.joinGroup(new InetSocketAddress(group, 0), by);
        Thread.ofPlatform().daemon().name("udp-proxy").start(this::run);
    }

    public int port() {
        return socket.getLocalPort();
    }

    public long heard() {
        return heard.get();
    }

    public long lost() {
        return lost.get();
    }

    @Override
    public void close() {
        socket.close();
        later.shutdownNow();
        out.close();
    }

    private void run() {
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(new byte[DATAGRAM_BYTES_MAX], DATAGRAM_BYTES_MAX);
            try {
                socket.receive(packet);
            } catch (IOException e) {
                return; // closed
            }
            heard.incrementAndGet();
            if (random.nextInt(100) < weather.lossPercent()) {
                lost.incrementAndGet();
                continue;
            }
            for (int copies = random.nextInt(100) < weather.doublePercent() ? 2 : 1; copies > 0; copies--) {
                int ms = random.nextInt(weather.delayMsMax() + 1);
                later.schedule(() -> pass(packet), ms, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void pass(DatagramPacket packet) {
        try {
            out.send(new DatagramPacket(packet.getData(), packet.getLength(), server));
        } catch (IOException e) {
            // nobody hears there now: lost, as everything on a network may be
        }
    }
}
