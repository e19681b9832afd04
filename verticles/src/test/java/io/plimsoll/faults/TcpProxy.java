package io.plimsoll.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A network between a client and a server over TCP that does what networks do: it stalls (in one way or both),
/// resets, dies on one side only, cuts in the middle, is late and narrow. What goes wrong is said by whoever has
/// the proxy, at any time and from any thread; how late a piece is comes from a seed.
///
/// Two threads for each connection. What one side does to its connection the other side sees, as far as sockets
/// can tell: an end as an end, a reset as a reset, no server as a reset.
public final class TcpProxy implements AutoCloseable {
    private static final int PIECE_BYTES = 16 * 1024;
    private static final int CONNECT_MS_MAX = 2_000;

    /// To the server, or from it.
    public enum Way {
        UP,
        DOWN
    }

    /// Told what passes on one connection, in order. It may hold it up by not returning.
    public interface Tap {
        /// Called by the thread of that way before the bytes go on.
        ///
        /// @throws IOException to have the connection reset instead
        void passing(Way way, byte[] bytes, int length) throws IOException;
    }

    private final ServerSocket listener;
    private final InetSocketAddress server;
    private final InetAddress from;
    private final Supplier<Tap> taps;
    private final SplittableRandom random;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    /// Guarded by this, as the three below.
    private final Set<Way> stalled = EnumSet.noneOf(Way.class);

    private long delayMsMax;
    private long bytesPerSecond = Long.MAX_VALUE;
    private boolean closed;

    /// Listens on a free port of 127.0.0.1.
    ///
    /// @param from the local address of its connections to the server, by which a firewall can tell them apart
    /// @param taps makes one for each connection
    public TcpProxy(InetSocketAddress server, InetAddress from, long seed, Supplier<Tap> taps) throws IOException {
        this.server = server;
        this.from = from;
        this.taps = taps;
        this.random = new SplittableRandom(seed);
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    /// Without a tap.
    public TcpProxy(InetSocketAddress server, long seed) throws IOException {
        this(server, InetAddress.getLoopbackAddress(), seed, () -> (_, _, _) -> {});
    }

    public int port() {
        return listener.getLocalPort();
    }

    /// Nothing passes that way until [#heal]; what is sent waits. With all ways it is a partition.
    public synchronized void stall(Way... ways) {
        stalled.addAll(Set.of(ways));
    }

    /// Each piece is late by up to `msMax`, and what comes after it too.
    public synchronized void delay(long msMax) {
        delayMsMax = msMax;
    }

    public synchronized void bandwidth(long bytes) {
        bytesPerSecond = bytes;
    }

    /// Nothing is held up any more. Connections that ended stay ended.
    public synchronized void heal() {
        stalled.clear();
        delayMsMax = 0;
        bytesPerSecond = Long.MAX_VALUE;
        notifyAll();
    }

    /// Both sides of every connection get a reset.
    public void reset() {
        links.forEach(Link::reset);
    }

    /// The server's side of every connection is reset; the client's is never told, and sends into the void.
    public void halfOpen() {
        links.forEach(Link::loseServer);
    }

    /// Every connection is reset after that many more bytes this way: in the middle of a frame, mostly.
    public void truncate(Way way, int bytes) {
        links.forEach(link -> link.truncate(way, bytes));
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
        }
        listener.close();
        reset();
        heal();
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                thread(() -> connect(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void connect(Socket client) {
        Socket upstream = new Socket();
        Link link = new Link(client, upstream, taps.get());
        links.add(link);
        try {
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            upstream.bind(new InetSocketAddress(from, 0));
            upstream.connect(server, CONNECT_MS_MAX);
        } catch (IOException e) {
            link.reset();
            return;
        }
        synchronized (this) {
            if (closed) {
                link.reset();
                return;
            }
        }
        thread(() -> link.pump(Way.DOWN, upstream, client));
        link.pump(Way.UP, client, upstream);
    }

    /// Returns when this may pass.
    private void holdUp(Link link, Way way, int bytes) throws IOException {
        try {
            long ms;
            synchronized (this) {
                ms = delayMsMax == 0 ? 0 : random.nextLong(delayMsMax + 1);
                ms += bytesPerSecond == Long.MAX_VALUE ? 0 : bytes * 1_000L / bytesPerSecond;
            }
            TimeUnit.MILLISECONDS.sleep(ms);
            synchronized (this) {
                while (stalled.contains(way) && !link.ended) {
                    wait();
                }
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void thread(Runnable work) {
        Thread.ofVirtual().name("proxy").start(work);
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // it is gone already
        }
    }

    /// One connection.
    private final class Link {
        private final Socket client;
        private final Socket upstream;
        private final Tap tap;
        private final long[] left = {Long.MAX_VALUE, Long.MAX_VALUE};
        private boolean serverLost;
        private int pumping = 2;
        private volatile boolean ended;

        Link(Socket client, Socket upstream, Tap tap) {
            this.client = client;
            this.upstream = upstream;
            this.tap = tap;
        }

        private void pump(Way way, Socket in, Socket out) {
            byte[] bytes = new byte[PIECE_BYTES];
            try {
                InputStream source = in.getInputStream();
                OutputStream sink = out.getOutputStream();
                for (int n = source.read(bytes); n >= 0; n = source.read(bytes)) {
                    holdUp(this, way, n);
                    if (lost()) {
                        continue; // into the void
                    }
                    int whole = whole(way, n);
                    tap.passing(way, bytes, whole);
                    sink.write(bytes, 0, whole);
                    if (whole < n) {
                        throw new IOException("cut in the middle");
                    }
                }
                holdUp(this, way, 0);
                if (!lost()) {
                    out.shutdownOutput();
                }
                finished();
            } catch (IOException | RuntimeException e) {
                if (!(lost() && way == Way.DOWN)) {
                    reset();
                }
            }
        }

        private synchronized int whole(Way way, int bytes) {
            int whole = (int) Math.min(bytes, left[way.ordinal()]);
            left[way.ordinal()] -= left[way.ordinal()] == Long.MAX_VALUE ? 0 : whole;
            return whole;
        }

        synchronized void truncate(Way way, int bytes) {
            left[way.ordinal()] = bytes;
        }

        synchronized void loseServer() {
            serverLost = true;
            TcpProxy.reset(upstream);
        }

        private synchronized boolean lost() {
            return serverLost;
        }

        private synchronized void finished() {
            if (--pumping == 0 || serverLost) {
                reset();
            }
        }

        void reset() {
            ended = true;
            links.remove(this);
            TcpProxy.reset(client);
            TcpProxy.reset(upstream);
            synchronized (TcpProxy.this) {
                TcpProxy.this.notifyAll();
            }
        }
    }
}
