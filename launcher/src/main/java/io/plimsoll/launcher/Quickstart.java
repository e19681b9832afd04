package io.plimsoll.launcher;

import io.plimsoll.config.Flag;
import io.plimsoll.config.Sources;
import io.plimsoll.wire.bus.BusAddresses;
import io.plimsoll.wire.bus.BusMessage;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// A server in this process and three clients, each a process of its own with its own chunk size, on loopback: the same
/// programs, channels and database that a real run uses. The clients end with this process, however it ends.
final class Quickstart implements LongRun.Companion {
    private static final String RUN_TIME = "8s";
    private static final long PROGRESS_MS = 1_000;
    private static final int PLAIN_EVERY = 2;

    private record Plan(String id, String chunk, String file) {}

    /// Few and small enough for two rollovers on a slow disk.
    private static final List<Plan> PLANS = List.of(
            new Plan("chunks-10MB", "10MB", "20MB"),
            new Plan("chunks-16MB", "16MB", "32MB"),
            new Plan("chunks-25MB", "25MB", "50MB"));

    private final Console console;
    private final Path directory;
    private final List<ClientProcess> clients = new ArrayList<>();
    private final String clusterName = "quickstart-" + UUID.randomUUID();
    private final boolean terminal =
            System.console() != null && System.console().isTerminal();
    private String tcpPort;
    private String udpPort;
    private String clusterPort;
    private int ticks;
    private int shownChars;
    private boolean stopping;

    Quickstart(Console console, Path directory) {
        this.console = console;
        this.directory = directory.toAbsolutePath().normalize();
    }

    int run(DatabaseOption database) {
        prepare();
        console.message("a server and three clients on this machine, " + RUN_TIME + " of writing to " + directory);
        try {
            List<Flag> flags = new ArrayList<>(List.of(
                    new Flag("--multicast-address", "multicast.group", "239.77.0.1"),
                    new Flag("--heartbeat-port", "multicast.port", udpPort),
                    new Flag("--interface", "multicast.interface", "lo"),
                    new Flag("--tcp-host", "tcp.host", "127.0.0.1"),
                    new Flag("--tcp-port", "tcp.port", tcpPort),
                    new Flag("--cluster", "cluster.members", "127.0.0.1:" + clusterPort),
                    new Flag("--cluster-name", "cluster.name", clusterName),
                    new Flag("--log", "log", directory.resolve("server.log").toString()),
                    new Flag(
                            "--report",
                            "report",
                            directory.resolve("report.json").toString()),
                    new Flag("--idle-timeout", "idleTimeout", "60s")));
            Flags.add(flags, "--database", "database", database.database);
            Flags.add(flags, "--database-password-file", "databasePasswordFile", database.passwordFile);
            Sources sources = new Sources(Optional.empty(), Map.of(), flags);
            int code = new LongRun<>(Roles.server(), console, this).run(sources, List.of());
            return worst(code);
        } finally {
            clients.forEach(ClientProcess::end);
        }
    }

    @Override
    public void started(Vertx vertx) {
        // Here on the main thread, because clients are told to end when the thread that started them ends.
        PLANS.forEach(plan -> clients.add(ClientProcess.start(directory, plan.id(), arguments(plan))));
        if (stopping) {
            clients.forEach(ClientProcess::terminate);
        }
        long timer = vertx.setPeriodic(PROGRESS_MS, _ -> progress(vertx));
        CompletableFuture.allOf(clients.stream().map(ClientProcess::ended).toArray(CompletableFuture[]::new))
                .thenRun(() -> {
                    vertx.cancelTimer(timer);
                    vertx.runOnContext(_ -> {
                        endLine();
                        vertx.eventBus()
                                .publish(
                                        LongRun.SHUTDOWN_ADDRESS,
                                        "clients have ended",
                                        new DeliveryOptions().setLocalOnly(true));
                    });
                });
    }

    @Override
    public boolean stopping() {
        stopping = true;
        clients.forEach(ClientProcess::terminate);
        return !clients.isEmpty();
    }

    private List<String> arguments(Plan plan) {
        return List.of(
                "client",
                "-a",
                "239.77.0.1",
                "-p",
                udpPort,
                "--interface",
                "lo",
                "-sh",
                "127.0.0.1",
                "-t",
                tcpPort,
                "-id",
                plan.id(),
                "-hb",
                "1s",
                "-c",
                plan.chunk(),
                "-f",
                plan.file(),
                "-rt",
                RUN_TIME,
                "-path",
                directory.resolve(plan.id()).toString(),
                "--resource-interval",
                "2s",
                "--log",
                directory.resolve(plan.id() + ".log").toString(),
                "--cluster",
                "127.0.0.1:" + clusterPort,
                "--cluster-name",
                clusterName,
                "--quiet");
    }

    private void prepare() {
        try {
            Files.createDirectories(directory);
            try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    ServerSocket cluster = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    DatagramSocket udp = new DatagramSocket(0)) {
                tcpPort = Integer.toString(tcp.getLocalPort());
                clusterPort = Integer.toString(Math.min(cluster.getLocalPort(), 65_500));
                udpPort = Integer.toString(udp.getLocalPort());
            }
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "'" + directory + "' cannot be written (" + e.getMessage()
                            + "); name another directory with --path",
                    e);
        }
    }

    private void progress(Vertx vertx) {
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(BusAddresses.REQUEST_TIMEOUT_MS);
        vertx.eventBus()
                .request(BusAddresses.SERVER_STATUS, new BusMessage.StatusRequest(), options)
                .onSuccess(reply -> show(StatusText.line((BusMessage.ServerStatus) reply.body())));
    }

    private void show(String line) {
        if (terminal) {
            console.err().print("\r" + line + " ".repeat(Math.max(0, shownChars - line.length())));
            console.err().flush();
            shownChars = line.length();
        } else if (ticks++ % PLAIN_EVERY == 0) {
            console.message(line);
        }
    }

    private void endLine() {
        if (shownChars > 0) {
            console.err().print("\r" + " ".repeat(shownChars) + "\r");
            console.err().flush();
            shownChars = 0;
        }
    }

    /// The server's code, or else that of a client that failed, whose words are shown.
    private int worst(int serverCode) {
        int worst = serverCode;
        for (ClientProcess client : clients) {
            int code = client.end();
            if (code != 0 && serverCode != ExitCode.INTERRUPTED.code()) {
                console.message("client " + client.id() + " ended with code " + code + ":");
                client.said().forEach(line -> console.err().println("  " + line));
                worst = worst == 0 ? code : worst;
            }
        }
        if (worst == 0) {
            console.message("the report is in " + directory.resolve("report.json") + "; again: plimsoll report latest");
        }
        return worst;
    }
}
