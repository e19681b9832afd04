package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.database.PostgresForTests;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Who is let in, who is not and why, and that no secret leaves its file: with real processes.
@Timeout(240)
final class SecurityIT {
    @RegisterExtension
    static final PostgresForTests POSTGRES = new PostgresForTests();

    @TempDir
    Path home;

    /// Of another user: another authority, or none.
    @TempDir
    Path elsewhere;

    private final List<PlimsollProcess> processes = new ArrayList<>();
    private String tcpPort;
    private String udpPort;

    @BeforeEach
    void choosePorts() throws Exception {
        try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramSocket udp = new DatagramSocket(0)) {
            tcpPort = String.valueOf(tcp.getLocalPort());
            udpPort = String.valueOf(udp.getLocalPort());
        }
    }

    @AfterEach
    void endAll() {
        processes.forEach(PlimsollProcess::close);
    }

    @Test
    void onlyWhoHasACertificateOfTheLabIsLetInUnderItsOwnNameAndNoSecretIsSeenAnywhere() throws Exception {
        PlimsollProcess server = server();
        PlimsollProcess issued = start(home, "pki", "issue", "nvme-1");
        assertEquals(0, issued.exitCode(), issued::text);
        Path credentials = elsewhere.resolve("nvme-1");
        Files.move(home.resolve("config/plimsoll/pki/nvme-1"), credentials);
        List<String> secrets = secrets();

        PlimsollProcess named = client(elsewhere, "3s", "--credentials", credentials.toString());
        PlimsollProcess stranger = client(elsewhere, "3s", "-id", "stranger");
        PlimsollProcess pretender = client(elsewhere, "3s", "-id", "other", "--credentials", credentials.toString());
        named.awaitLine(line -> line.contains("connected to"));
        assertEquals(List.of(), containing(secrets, commandLines()), "in a list of processes");
        assertEquals(2, stranger.exitCode(), stranger::text);
        assertTrue(stranger.stderr().contains("demands certificates: plimsoll pki issue"), stranger::text);
        assertEquals(2, pretender.exitCode(), pretender::text);
        assertTrue(pretender.stderr().contains("is that of client nvme-1, and this is client other"), pretender::text);
        assertEquals(0, named.exitCode(), named::text);
        server.terminate();
        server.exitCode();

        assertEquals(
                List.of(List.of("nvme-1", "certificate")),
                POSTGRES.sql("select client_id, authenticated from clients where client_id <> 'anybody'"));
        assertEquals(
                "t",
                POSTGRES.sql("select heartbeats_multicast + heartbeats_unicast > 0 from clients"
                                + " where client_id = 'nvme-1'")
                        .getFirst()
                        .getFirst()
                        .substring(0, 1));
        for (Path log : List.of(home.resolve("plimsoll-server.log"), elsewhere.resolve("plimsoll-client-nvme-1.log"))) {
            assertFalse(Files.readString(log).contains("heartbeats-not-authenticated"), log::toString);
        }
        assertEquals("certificate", json().at("/run/settings/security").asText());
        List<String> seen = new ArrayList<>();
        processes.forEach(process -> seen.add(process.text()));
        for (Path directory : List.of(home, elsewhere)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    if (!file.getFileName().toString().endsWith("key.pem")) {
                        seen.add(file + ": " + Files.readString(file, StandardCharsets.ISO_8859_1));
                    }
                }
            }
        }
        for (List<String> table : POSTGRES.sql(
                "select relname from pg_class where relkind = 'r'" + " and relnamespace = 'public'::regnamespace")) {
            String name = table.getFirst();
            seen.add(name + ": " + POSTGRES.sql("select t::text from " + name + " t"));
        }
        assertTrue(seen.stream().anyMatch(text -> text.contains("server-started")), "the logs were looked at");
        assertEquals(List.of(), containing(secrets, seen));
    }

    @Test
    void anInsecureServerSaysSoToItsUserAndInTheReport() throws Exception {
        PlimsollProcess server = server("--insecure");
        assertTrue(server.stderr().contains("INSECURE anybody=\"who reaches 0.0.0.0:" + tcpPort), server::text);
        PlimsollProcess anybody = client(elsewhere, "3s", "-id", "anybody");
        assertEquals(0, anybody.exitCode(), anybody::text);
        server.terminate();
        server.exitCode();
        JsonNode report = json();
        assertEquals("insecure", report.at("/run/settings/security").asText());
        assertTrue(report.at("/clients/0/cautions").toString().contains("\"insecure\""), report::toPrettyString);
        PlimsollProcess text = report();
        assertTrue(text.stdout().contains("anybody who reached it could have sent this"), text::text);
    }

    /// The bodies of the keys that lie about on disk, a line each.
    private List<String> secrets() throws IOException {
        List<String> secrets = new ArrayList<>();
        for (Path key : List.of(home.resolve("config/plimsoll/pki/ca.key.pem"), elsewhere.resolve("nvme-1/key.pem"))) {
            Files.readAllLines(key).stream()
                    .filter(line -> !line.startsWith("-----"))
                    .forEach(secrets::add);
        }
        assertTrue(secrets.size() >= 4, secrets.size() + " lines");
        return secrets;
    }

    private static List<String> commandLines() throws IOException {
        List<String> all = new ArrayList<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes
                    .filter(p -> p.getFileName().toString().matches("[0-9]+"))
                    .toList()) {
                try {
                    all.add(process + ": " + Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    // it has ended
                }
            }
        }
        return all;
    }

    private static List<String> containing(List<String> secrets, List<String> texts) {
        return texts.stream()
                .filter(text -> secrets.stream().anyMatch(text::contains))
                .toList();
    }

    private PlimsollProcess report(String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of(
                "report",
                "latest",
                "-d",
                POSTGRES.uri(),
                "--database-password-file",
                POSTGRES.passwordFile().toString()));
        args.addAll(List.of(more));
        PlimsollProcess report = start(home, args.toArray(String[]::new));
        assertEquals(0, report.exitCode(), report::text);
        return report;
    }

    private JsonNode json() throws Exception {
        return new ObjectMapper().readTree(report("--json").stdout());
    }

    private PlimsollProcess server(String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of(
                "server",
                "-a",
                "239.77.42.5",
                "-p",
                udpPort,
                "-t",
                tcpPort,
                "-d",
                POSTGRES.uri(),
                "--database-password-file",
                POSTGRES.passwordFile().toString(),
                "--idle-timeout",
                "200s"));
        args.addAll(List.of(more));
        PlimsollProcess server = start(home, args.toArray(String[]::new));
        server.awaitLine(line -> line.contains("server-started"));
        return server;
    }

    private PlimsollProcess client(Path user, String runTime, String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of(
                "client",
                "-a",
                "239.77.42.5",
                "-p",
                udpPort,
                "-sh",
                "127.0.0.1",
                "-t",
                tcpPort,
                "-c",
                "256KB",
                "--allow-small-chunks",
                "-f",
                "1MiB",
                "-rt",
                runTime));
        args.addAll(List.of(more));
        return start(user, args.toArray(String[]::new));
    }

    private PlimsollProcess start(Path user, String... args) throws Exception {
        PlimsollProcess process = new PlimsollProcess(user, args);
        processes.add(process);
        return process;
    }
}
