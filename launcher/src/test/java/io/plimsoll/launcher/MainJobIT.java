package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.database.PostgresForTests;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The main job as its users run it: one server, several clients, each a process of its own, and a real Postgres.
@Timeout(240)
final class MainJobIT {
    @RegisterExtension
    static final PostgresForTests POSTGRES = new PostgresForTests();

    @TempDir
    Path home;

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
    void threeClientsWriteAndEveryByteIsInTheDatabaseAndInTheReport() throws Exception {
        PlimsollProcess server = server("15s");
        List<PlimsollProcess> clients =
                List.of(client("a", "256KB", "3s"), client("b", "300KB", "3s"), client("c", "512KiB", "3s"));
        try (Socket silent = new Socket("127.0.0.1", Integer.parseInt(tcpPort));
                Socket stray = new Socket("127.0.0.1", Integer.parseInt(tcpPort))) {
            OutputStream out = stray.getOutputStream();
            out.write("GET / HTTP/1.0\r\n\r\n".getBytes());
            out.flush();
            for (PlimsollProcess client : clients) {
                assertEquals(0, client.exitCode(), client::text);
            }
            assertTrue(silent.isConnected());
        }
        assertEquals(0, server.exitCode(), server::text);

        JsonNode report =
                new ObjectMapper().readTree(home.resolve("report.json").toFile());
        assertEquals("complete", report.at("/run/state").asText(), report::toPrettyString);
        assertEquals("[]", report.at("/run/settings/durability").toString());
        assertTrue(report.at("/run/settings/databaseRights").asText().startsWith("role plimsoll, "), "a superuser");
        assertEquals(3, report.at("/clients").size());
        assertTrue(server.stdout().contains("complete"), server::text);
        for (String id : List.of("a", "b", "c")) {
            String of = " from clients c join %s t using (client) where c.client_id = '" + id + "'";
            String files = one("select sum(t.bytes)" + of.formatted("data_files"));
            assertEquals(files, one("select sum(t.bytes)" + of.formatted("intervals")), id);
            assertEquals(files, one("select declared_bytes from clients where client_id = '" + id + "'"));
            assertTrue(
                    Long.parseLong(one("select count(*) filter (where complete)" + of.formatted("data_files"))) >= 2);
            assertEquals("finished", one("select state from clients where client_id = '" + id + "'"));
            assertTrue(Long.parseLong(
                            one("select heartbeats_multicast + heartbeats_unicast from clients where client_id = '" + id
                                    + "'"))
                    > 0);
            assertFalse(Files.exists(home.resolve(id)), "client " + id + " left files behind");
        }
        assertEquals(
                "0",
                one("select count(*) from clients c where last_sequence <> "
                        + "(select count(*) from data_files where client = c.client)"
                        + " + (select count(*) from intervals where client = c.client)"
                        + " + (select count(*) from resource_samples where client = c.client)"
                        + " + (select count(*) from events where client = c.client and sequence is not null)"));
    }

    @Test
    void aKilledClientIsLostAndAnInterruptedOneKeepsWhatItMeasured() throws Exception {
        PlimsollProcess server = server("15s");
        PlimsollProcess killed = client("killed", "256KB", "60s");
        PlimsollProcess interrupted = client("interrupted", "256KB", "60s");
        PlimsollProcess steady = client("steady", "256KB", "8s");
        killed.awaitLine(line -> line.contains("writing"));
        interrupted.awaitLine(line -> line.contains("writing"));
        killed.kill();
        interrupted.terminate();
        assertEquals(130, interrupted.exitCode(), interrupted::text);
        assertEquals(0, steady.exitCode(), steady::text);
        assertEquals(3, server.exitCode(), server::text);

        String run = one("select max(run) from clients where client_id = 'killed'");
        assertEquals("failed", one("select state from runs where run = " + run));
        assertEquals("lost", one("select state from clients where client_id = 'killed'"));
        assertEquals("interrupted", one("select state from clients where client_id = 'interrupted'"));
        assertEquals("finished", one("select state from clients where client_id = 'steady'"));
        assertTrue(Long.parseLong(one("select sum(bytes) from data_files join clients using (client)"
                        + " where client_id = 'interrupted'"))
                > 0);
        assertEquals("1", one("select count(*) from events where kind = 'client-lost' and run = " + run));
        assertTrue(server.stdout().contains("lost"), server::text);
        assertFalse(Files.exists(home.resolve("interrupted/chunkfiles")), "an interrupted client cleans up");
    }

    @Test
    void whatCannotRunSaysWhyAndExitsWithItsCode() throws Exception {
        PlimsollProcess noServer = client("x", "256KB", "3s");
        assertEquals(5, noServer.exitCode(), noServer::text);
        assertTrue(noServer.stderr().contains("no server at 127.0.0.1:" + tcpPort), noServer::text);
        assertFalse(Files.exists(home.resolve("x/chunkfiles")), "nothing is written without a server");

        PlimsollProcess server = server("15s");
        PlimsollProcess tooShort = client("y", "256KB", "1ms");
        assertEquals(2, tooShort.exitCode(), tooShort::text);
        assertTrue(tooShort.stderr().contains("rollover"), tooShort::text);
        Path foreign = Files.createDirectories(home.resolve("foreign"));
        Files.writeString(foreign.resolve("thesis.tex"), "years of work");
        PlimsollProcess notMine = client("z", "256KB", "3s", "-path", foreign.toString());
        assertEquals(2, notMine.exitCode(), notMine::text);
        assertEquals("years of work", Files.readString(foreign.resolve("thesis.tex")));
        assertEquals(3, server.exitCode(), server::text);
        assertEquals("2", one("select count(*) from clients where state = 'rejected' and client_id in ('y', 'z')"));
    }

    private PlimsollProcess server(String idleTimeout) throws Exception {
        PlimsollProcess server = start(
                "server",
                "-a",
                "239.77.42.3",
                "-p",
                udpPort,
                "-t",
                tcpPort,
                "-d",
                POSTGRES.uri(),
                "--database-password-file",
                POSTGRES.passwordFile().toString(),
                "--idle-timeout",
                idleTimeout);
        server.awaitLine(line -> line.contains("server-started"));
        return server;
    }

    private PlimsollProcess client(String id, String chunk, String runTime, String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of(
                "client",
                "-a",
                "239.77.42.3",
                "-p",
                udpPort,
                "-sh",
                "127.0.0.1",
                "-t",
                tcpPort,
                "-id",
                id,
                "-hb",
                "500ms",
                "-c",
                chunk,
                "--allow-small-chunks",
                "-f",
                "1MiB",
                "-rt",
                runTime));
        args.addAll(List.of(more));
        return start(args.toArray(String[]::new));
    }

    private PlimsollProcess start(String... args) throws Exception {
        PlimsollProcess process = new PlimsollProcess(home, args);
        processes.add(process);
        return process;
    }

    private static String one(String sql) {
        return POSTGRES.sql(sql).getFirst().getFirst();
    }
}
