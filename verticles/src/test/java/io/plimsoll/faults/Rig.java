package io.plimsoll.faults;

import io.plimsoll.database.PostgresToHurt;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// A server as its users run it, a Postgres, and clients with histories, each a process of its own, all on
/// loopback and in one directory. Between server and Postgres is a proxy; each client has one, too. Closing ends
/// all of them.
///
/// One thread, that of whoever made it: Postgres ends with it.
final class Rig implements AutoCloseable {
    private static final String GROUP = "239.77.42.9";
    private static final int CLIENTS_MAX = 200;
    private static final int STARTS_MAX = 5;
    private static final int UNREACHABLE = 5;

    final PostgresToHurt postgres;
    final TcpProxy toPostgres;
    final List<HistoryProcess> clients = new ArrayList<>();
    private final Path directory;
    private final long seed;
    private final int tcpPort;
    private final int udpPort;
    private Child server;

    /// @param taps of the connections between server and Postgres
    Rig(Path directory, long seed, Supplier<TcpProxy.Tap> taps) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.seed = seed;
        this.postgres = PostgresToHurt.in(directory.resolve("postgres"));
        this.toPostgres = new TcpProxy(postgres.address(), InetAddress.getLoopbackAddress(), seed, taps);
        try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramSocket udp = new DatagramSocket(0)) {
            tcpPort = tcp.getLocalPort();
            udpPort = udp.getLocalPort();
        }
    }

    static Supplier<TcpProxy.Tap> untapped() {
        return () -> (_, _, _) -> {};
    }

    int tcpPort() {
        return tcpPort;
    }

    int udpPort() {
        return udpPort;
    }

    Path directory() {
        return directory;
    }

    Child server() {
        return server;
    }

    /// Starts a server, which takes up what the last one left, and returns when it listens. One that does not
    /// reach its database in time ends, on a machine that is busy, and is started again, as whoever runs it
    /// would.
    void startServer() throws IOException {
        for (int tries = 1; !started(); tries++) {
            if (server.exitCode() != UNREACHABLE || tries == STARTS_MAX) {
                throw new AssertionError("no server:\n" + server.last());
            }
        }
    }

    private boolean started() throws IOException {
        server = new Child(
                Child.java(
                        "256m",
                        "-jar",
                        System.getProperty("plimsoll.jar"),
                        "server",
                        "-a",
                        GROUP,
                        "-p",
                        Integer.toString(udpPort),
                        "-t",
                        Integer.toString(tcpPort),
                        "-d",
                        postgres.uri(toPostgres.port()),
                        "--database-password-file",
                        postgres.passwordFile().toString(),
                        // The proxies look into frames, and plain connections are what they understand.
                        "--insecure",
                        "--keep-running"),
                directory,
                directory.resolve("server.log"),
                _ -> {});
        return server.says(line -> line.contains("server-started"));
    }

    /// Lets the server end in order, which closes its run.
    void stopServer() {
        server.terminate();
        server.exitCode();
    }

    HistoryProcess startClient(long gapUs, String... heartbeats) throws IOException {
        if (clients.size() >= CLIENTS_MAX) {
            throw new IllegalStateException("more clients than loopback addresses of ours");
        }
        HistoryProcess client = new HistoryProcess(clients.size() + 1, gapUs, heartbeats);
        clients.add(client);
        return client;
    }

    /// Ends all clients that live, in order: all that they meant to report is delivered.
    void endClients() {
        List<HistoryProcess> living =
                clients.stream().filter(c -> c.process.alive()).toList();
        living.forEach(c -> c.tell("end"));
        for (HistoryProcess client : living) {
            if (client.process.exitCode() != 0) {
                throw new AssertionError(client.id + " did not deliver all:\n" + client.process.last());
            }
        }
    }

    HistoryCheck.Verdict check() throws IOException {
        List<History.Told> histories = new ArrayList<>();
        for (HistoryProcess client : clients) {
            histories.add(client.history());
        }
        return HistoryCheck.of(histories, postgres::sql);
    }

    /// Of all clients together.
    long acknowledged() {
        return clients.stream().mapToLong(c -> c.acknowledged).sum();
    }

    @Override
    public void close() throws IOException {
        clients.forEach(c -> c.process.close());
        if (server != null) {
            server.close();
        }
        toPostgres.close();
        postgres.close();
    }

    /// A client, and the address from which it comes.
    final class HistoryProcess {
        final String id;
        final String source;
        final Child process;
        private final Path home;
        private volatile long acknowledged;

        HistoryProcess(int number, long gapUs, String... heartbeats) throws IOException {
            id = "c" + number;
            source = "127.0.1." + number;
            home = Files.createDirectories(directory.resolve(id));
            List<String> command = Child.java(
                    "64m",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "io.plimsoll.client.HistoryClient",
                    id,
                    Integer.toString(tcpPort),
                    source,
                    home.toString(),
                    Long.toString(gapUs),
                    Long.toString(seed + number));
            command.addAll(List.of(heartbeats));
            process = new Child(command, home, home.resolve("log"), this::heard);
        }

        private void heard(String line) {
            if (line.startsWith("acknowledged ")) {
                acknowledged = Long.parseLong(line.substring("acknowledged ".length()));
            }
        }

        long acknowledged() {
            return acknowledged;
        }

        void awaitWelcome() {
            process.await(line -> line.equals("welcomed"));
        }

        void tell(String what) {
            process.tell(what);
        }

        History.Told history() throws IOException {
            return History.read(home.resolve(id + ".history"));
        }
    }
}
