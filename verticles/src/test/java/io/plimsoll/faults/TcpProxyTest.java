package io.plimsoll.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TcpProxyTest {
    private static final int MOMENT_MS = 200;

    private ServerSocket listener;
    private TcpProxy proxy;
    private Socket client;
    private Socket server;

    @BeforeEach
    void connect() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        proxy = new TcpProxy((InetSocketAddress) listener.getLocalSocketAddress(), 1);
        client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        server = listener.accept();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        proxy.close();
        listener.close();
    }

    @Test
    void whatIsSentArrivesAndAnEndIsAnEnd() throws IOException {
        send(client, 1, 2, 3);
        assertReads(server, 1, 2, 3);
        send(server, 4);
        assertReads(client, 4);
        client.shutdownOutput();
        assertReads(server, -1);
        send(server, 5);
        assertReads(client, 5);
    }

    @Test
    void whatIsStalledOneWayWaitsAndTheOtherWayGoesOn() throws IOException {
        proxy.stall(TcpProxy.Way.UP);
        send(client, 1);
        assertSilent(server);
        send(server, 2);
        assertReads(client, 2);
        proxy.heal();
        assertReads(server, 1);
    }

    @Test
    void aResetIsSeenOnBothSides() throws IOException {
        send(client, 1);
        assertReads(server, 1);
        proxy.reset();
        assertThrows(SocketException.class, () -> client.getInputStream().read());
        assertThrows(SocketException.class, () -> server.getInputStream().read());
    }

    @Test
    void aHalfOpenConnectionIsGoneForTheServerAndWhoIsLeftSendsIntoTheVoid() throws IOException {
        send(client, 1);
        assertReads(server, 1);
        proxy.halfOpen();
        assertThrows(SocketException.class, () -> server.getInputStream().read());
        send(client, 2);
        assertSilent(client);
        send(client, 3);
        assertSilent(client);
    }

    @Test
    void whatIsCutArrivesUpToThere() throws IOException {
        proxy.truncate(TcpProxy.Way.DOWN, 2);
        send(server, 1, 2, 3);
        client.setSoTimeout(10_000);
        assertThrows(SocketException.class, () -> {
            while (client.getInputStream().read() != 3) {
                // a reset may overtake what came before it
            }
        });
    }

    @Test
    void noServerIsAResetForItsClient() throws IOException {
        listener.close();
        try (Socket late = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            assertThrows(SocketException.class, () -> late.getInputStream().read());
        }
    }

    private static void send(Socket from, int... bytes) throws IOException {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            all[i] = (byte) bytes[i];
        }
        from.getOutputStream().write(all);
    }

    private static void assertReads(Socket at, int... bytes) throws IOException {
        at.setSoTimeout(30_000);
        for (int one : bytes) {
            assertEquals(one, at.getInputStream().read());
        }
    }

    private static void assertSilent(Socket at) throws IOException {
        at.setSoTimeout(MOMENT_MS);
        assertThrows(SocketTimeoutException.class, () -> at.getInputStream().read());
    }
}
