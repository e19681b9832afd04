package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The jar and the script as programs: what they print, how they end, what they leave.
@Timeout(240)
class ProgramIT {
    private static final Path ROOT =
            Path.of(System.getProperty("plimsoll.root")).toAbsolutePath().normalize();

    @TempDir
    Path home;

    private final List<PlimsollProcess> processes = new ArrayList<>();

    @AfterEach
    void endAll() {
        processes.forEach(PlimsollProcess::close);
    }

    @Test
    void helpLoadsNoVertxAndPrintsNoWarning() throws Exception {
        String loaded = output(home, java(), "-Xlog:class+load", "-jar", System.getProperty("plimsoll.jar"), "--help");
        assertTrue(loaded.contains("io.plimsoll.launcher.QuickstartCommand source"), loaded);
        assertEquals(
                List.of(),
                loaded.lines()
                        .filter(line -> line.contains("] io.vertx.") || line.contains("] io.netty."))
                        .toList());
        String help = output(home, java(), "-jar", System.getProperty("plimsoll.jar"), "--help");
        assertTrue(help.startsWith("Usage: plimsoll"), help);
    }

    @Test
    void quickstartRunsTheWholeAndCleansUp() throws Exception {
        PlimsollProcess quickstart = start("quickstart");
        assertEquals(0, quickstart.exitCode(), quickstart::text);
        assertTrue(quickstart.stdout().contains("COMPLETE: 3 of 3 clients finished"), quickstart::text);
        assertTrue(quickstart.stderr().contains("chunks-25MB"), quickstart::text);
        Path files = home.resolve("plimsoll-quickstart");
        assertTrue(Files.isRegularFile(files.resolve("report.json")));
        assertEquals(List.of(), directories(files), "the clients' data files are gone");

        PlimsollProcess again = start("report", "latest");
        assertEquals(0, again.exitCode(), again::text);
        assertTrue(again.stdout().contains("COMPLETE: 3 of 3 clients finished"), again::text);
    }

    @Test
    void theClientsOfQuickstartEndWithItEvenWhenItIsKilled() throws Exception {
        PlimsollProcess quickstart = start("quickstart");
        quickstart.awaitLine(line -> line.contains("client-connected"));
        List<ProcessHandle> descendants = quickstart.descendants().toList();
        assertTrue(descendants.size() >= 3, "three clients, and Postgres");
        quickstart.kill();
        for (ProcessHandle process : descendants) {
            process.onExit().get(60, TimeUnit.SECONDS);
        }
        assertEquals(List.of(), directories(home.resolve("plimsoll-quickstart")), "they cleaned up");
    }

    @Test
    void aSecondSignalQuitsAtOnceAndSaysWhatIsLeft() throws Exception {
        String tcp = Integer.toString(freePort());
        String udp = Integer.toString(freePort());
        PlimsollProcess server = start("server", "-t", tcp, "-p", udp, "--interface", "lo");
        server.awaitLine(line -> line.contains("server-started"));
        PlimsollProcess client =
                start("client", "-t", tcp, "-p", udp, "--interface", "lo", "-id", "one", "-rt", "120s", "-f", "10MB");
        client.awaitLine(line -> line.contains("writing"));
        // A server that does not answer: the graceful end would wait for it.
        server.signal("STOP");
        client.signal("TERM");
        client.awaitLine(line -> line.contains("stopping; interrupt again to quit at once"));
        client.awaitLine(line -> line.contains("draining"));
        client.signal("TERM");
        assertEquals(130, client.exitCode(), client::text);
        assertTrue(client.stderr().contains("plimsoll: quit; "), client::text);
        server.signal("CONT");
        server.terminate();
        assertEquals(130, server.exitCode(), server::text);
    }

    @Test
    void commandsReachServerAndClientsByTheCluster() throws Exception {
        String cluster = "127.0.0.1:" + freePort();
        String tcp = Integer.toString(freePort());
        String udp = Integer.toString(freePort());
        String[] node = {"--cluster", cluster, "--cluster-name", "it-" + cluster.hashCode()};
        PlimsollProcess server = start(with(
                node,
                "server",
                "-t",
                tcp,
                "-p",
                udp,
                "-a",
                "239.77.43.1",
                "--interface",
                "lo",
                "--idle-timeout",
                "30s"));
        server.awaitLine(line -> line.contains("server-started"));
        PlimsollProcess client = start(with(
                node,
                "client",
                "-t",
                tcp,
                "-p",
                udp,
                "-a",
                "239.77.43.1",
                "--interface",
                "lo",
                "-id",
                "one",
                "-rt",
                "120s",
                "-c",
                "10MB",
                "-f",
                "10MB"));
        client.awaitLine(line -> line.contains("writing"));

        PlimsollProcess status = start(with(node, "status"));
        assertEquals(0, status.exitCode(), status::text);
        assertTrue(status.stdout().lines().anyMatch(l -> l.startsWith("one ") && l.contains("writing")), status::text);
        PlimsollProcess json = start(with(node, "status", "--json"));
        assertEquals(0, json.exitCode(), json::text);
        assertTrue(json.stdout().startsWith("{\"runNumber\":1,\"clients\":[{\"clientId\":\"one\""), json::text);

        PlimsollProcess nobody = start(with(node, "stop", "--client", "two"));
        assertEquals(3, nobody.exitCode(), nobody::text);
        assertTrue(nobody.stderr().contains("client 'two' is not in the run"), nobody::text);
        PlimsollProcess stop = start(with(node, "stop", "--reason", "enough"));
        assertEquals(0, stop.exitCode(), stop::text);
        assertEquals("stopping one", stop.stdout());
        assertEquals(130, client.exitCode(), client::text);
        assertTrue(client.stderr().contains("rollovers: enough"), client::text);

        server.terminate();
        assertEquals(130, server.exitCode(), server::text);
        PlimsollProcess nothing = start(with(node, "status"));
        assertEquals(5, nothing.exitCode(), nothing::text);
        assertTrue(nothing.stderr().startsWith("plimsoll: no server of cluster"), nothing::text);
        assertEquals(1, nothing.stderr().lines().count(), nothing::text);
    }

    @Test
    void submitSaysWhatIsWrong() throws Exception {
        PlimsollProcess missing = start("submit", "nowhere.frames");
        assertEquals(2, missing.exitCode(), missing::text);
        assertEquals("plimsoll: nowhere.frames: no such file", missing.stderr());
        Path other = Files.writeString(home.resolve("thesis.tex"), "no frames, but years of work");
        PlimsollProcess wrong = start("submit", other.toString());
        assertEquals(2, wrong.exitCode(), wrong::text);
        assertTrue(wrong.stderr().contains("is no file of unsent reports"), wrong::text);
    }

    @Test
    void theBareFormRunsAndRefusesWhatTheStockLauncherWouldSwallow() throws Exception {
        String[] bare = {
            java(),
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("plimsoll.jar"),
            "io.vertx.launcher.application.VertxApplication",
            "io.plimsoll.server.ServerVerticle"
        };
        for (String conf : List.of("{bad", "nowhere.json", "{\"tpc\": {}}", "{\"config\": \"nowhere.yaml\"}")) {
            Process process = new ProcessBuilder(with(new String[] {"-conf", conf}, bare))
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(15, process.waitFor(), text);
            assertTrue(text.contains("ConfigException"), text);
        }
        Path yaml = Files.writeString(
                home.resolve("server.yaml"),
                "tcp: {host: 127.0.0.1, port: %d}\nmulticast: {port: %d, interface: lo}\nidleTimeout: 200ms\ndatabase: %s\n"
                        .formatted(freePort(), freePort(), home.resolve("database")));
        Process process = new ProcessBuilder(with(new String[] {"-conf", "{\"config\": \"" + yaml + "\"}"}, bare))
                .directory(home.toFile())
                .redirectErrorStream(true)
                .start();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), text);
            assertEquals(0, process.exitValue(), text);
            assertFalse(text.contains("Exception"), text);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void theScriptWorksThroughASymlinkAndFromAnyDirectory() throws Exception {
        Path link = Files.createSymbolicLink(home.resolve("plim"), ROOT.resolve("launcher/plimsoll"));
        String text = output(home, link.toString(), "--version");
        assertTrue(text.lines().reduce((_, last) -> last).orElse("").startsWith("Java 25"), text);
        assertTrue(text.contains("plimsoll "), text);
        Process wrong = new ProcessBuilder(link.toString(), "sever")
                .directory(home.toFile())
                .start();
        assertEquals(2, wrong.waitFor());
    }

    private PlimsollProcess start(String... args) throws IOException {
        PlimsollProcess process = new PlimsollProcess(home, args);
        processes.add(process);
        return process;
    }

    private static String[] with(String[] last, String... first) {
        return Stream.concat(Stream.of(first), Stream.of(last)).toArray(String[]::new);
    }

    private static String output(Path directory, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), text);
        return text;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static List<Path> directories(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.filter(Files::isDirectory).toList();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Math.min(socket.getLocalPort(), 65_500);
        }
    }
}
