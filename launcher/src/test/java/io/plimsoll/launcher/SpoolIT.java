package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.database.PostgresForTests;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What a client keeps while its server is away, with real processes, kills and a real Postgres.
@Timeout(240)
final class SpoolIT {
    @RegisterExtension
    static final PostgresForTests POSTGRES = new PostgresForTests();

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long LOST_MS_MAX = 5_000;
    private static final long INTERVAL_MS = 1_000;

    @TempDir
    Path home;

    private final List<PlimsollProcess> processes = new ArrayList<>();
    private String tcpPort;
    private String udpPort;
    private Path spool;
    private Path config;

    @BeforeEach
    void choosePortsAndAPlaceThatIsNotUnderTest() throws Exception {
        try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramSocket udp = new DatagramSocket(0)) {
            tcpPort = String.valueOf(tcp.getLocalPort());
            udpPort = String.valueOf(udp.getLocalPort());
        }
        assumeTrue(Files.isDirectory(MEMORY), "no other file system");
        spool = Files.createTempDirectory(MEMORY, "plimsoll-it");
        config = Files.writeString(home.resolve("client.yaml"), "spool: {directory: " + spool + "}\n");
    }

    @AfterEach
    void endAll() throws IOException {
        processes.forEach(PlimsollProcess::close);
        if (spool != null) {
            try (Stream<Path> left = Files.list(spool)) {
                for (Path file : left.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(spool);
        }
    }

    @Test
    void aClientThatIsKilledWhileItsServerIsAwayLosesAtMostItsLastFiveSecondsAndNothingIsThereTwice() throws Exception {
        PlimsollProcess server = server();
        PlimsollProcess client = client("killed", "120s");
        client.awaitLine(line -> line.contains("writing"));
        TimeUnit.SECONDS.sleep(3);
        server.kill();
        TimeUnit.SECONDS.sleep(9);
        long killedAtMs = System.currentTimeMillis();
        client.kill();
        client.exitCode();
        assertTrue(files(spool).size() >= 1, "nothing was kept");
        Path copies = Files.createDirectory(home.resolve("copies"));
        for (Path file : files(spool)) {
            Files.copy(file, copies.resolve(file.getFileName()));
        }

        server();
        PlimsollProcess next = client("killed", "3s");
        assertEquals(0, next.exitCode(), next::text);
        assertTrue(next.stderr().contains("reports of a former process of this client delivered"), next::text);
        assertEquals(List.of(), files(spool), "what is delivered is deleted");
        String killed = one("select min(client) from clients where client_id = 'killed'");
        String reports =
                (" from (select client, sequence from intervals union all select client, sequence from data_files"
                                + " union all select client, sequence from events where sequence is not null"
                                + " union all select client, sequence from resource_samples) r where client = ")
                        + killed;
        String count = one("select count(*)" + reports);
        assertEquals(count, one("select max(sequence)" + reports), "a report is missing in the middle");
        assertEquals(count, one("select count(distinct sequence)" + reports), "a report is there twice");
        long lastMs = Long.parseLong(
                one("select (extract(epoch from max(started_at)) * 1000 + max(duration_seconds) * 1000)::bigint"
                        + " from intervals where client = " + killed));
        System.out.println("the last second that is there ended " + (killedAtMs - lastMs) + " ms before the kill");
        assertTrue(killedAtMs - lastMs <= LOST_MS_MAX + INTERVAL_MS, (killedAtMs - lastMs) + " ms are lost");

        PlimsollProcess again = start("submit", copies.toString(), "-sh", "127.0.0.1", "-t", tcpPort);
        assertEquals(0, again.exitCode(), again::text);
        assertEquals(List.of(), files(copies), again.text());
        assertEquals(count, one("select count(*)" + reports), "delivered twice, there once");
    }

    /// The same run, with its server at work and frozen: what the writer does in a second must not depend on it.
    @Test
    void aServerThatHangsDisturbsNoMeasurementAndGetsEveryReportAfterwards() throws Exception {
        PlimsollProcess server = server();
        PlimsollProcess client = client("steady", "30s");
        client.awaitLine(line -> line.contains("writing"));
        TimeUnit.SECONDS.sleep(8);
        long from = System.currentTimeMillis();
        server.signal("STOP");
        TimeUnit.SECONDS.sleep(12);
        assertTrue(files(spool).size() >= 1, "nothing was kept while the server hung");
        server.signal("CONT");
        long to = System.currentTimeMillis();
        assertEquals(0, client.exitCode(), client::text);
        assertEquals(List.of(), files(spool), "what is acknowledged is deleted");
        String intervals = " from intervals where client = (select max(client) from clients)";
        assertEquals(one("select max(interval_index) + 1" + intervals), one("select count(*)" + intervals));
        String hung = " between to_timestamp(" + from + " / 1000.0) and to_timestamp(" + to + " / 1000.0)";
        String rate = "select percentile_cont(0.5) within group (order by bytes / duration_seconds)" + intervals
                + " and duration_seconds > 0.5 and started_at";
        double during = Double.parseDouble(one(rate + hung));
        double otherwise = Double.parseDouble(one(rate + " not" + hung));
        double longest = Double.parseDouble(one("select max(duration_seconds)" + intervals + " and started_at" + hung));
        System.out.printf(
                "server hung for %.1f s: median second %.0f MB/s, otherwise %.0f MB/s; longest interval %.3f s%n",
                (to - from) / 1e3, during / 1e6, otherwise / 1e6, longest);
        assertTrue(during > otherwise / 2, during + " B/s while the server hung, otherwise " + otherwise);
    }

    @Test
    void aClientThatEndsWithoutItsServerLeavesOneFileAndASpoolUnderTestIsRefused() throws Exception {
        PlimsollProcess server = server();
        PlimsollProcess client = client("left", "6s");
        client.awaitLine(line -> line.contains("writing"));
        server.kill();
        assertEquals(5, client.exitCode(), client::text);
        assertEquals(1, files(spool).size(), files(spool)::toString);
        Path file = files(spool).getFirst();
        assertTrue(file.getFileName().toString().startsWith("plimsoll-unsent-left-"), file::toString);
        server();
        PlimsollProcess submit = start("submit", file.toString(), "-sh", "127.0.0.1", "-t", tcpPort);
        assertEquals(0, submit.exitCode(), submit::text);
        assertEquals("finished", one("select state from clients order by client desc limit 1"));

        Files.writeString(config, "spool: {directory: " + home.resolve("spool") + "}\n");
        PlimsollProcess refused = client("left", "6s");
        assertEquals(2, refused.exitCode(), refused::text);
        assertTrue(refused.stderr().contains("is on the file system under test"), refused::text);
    }

    private PlimsollProcess server() throws Exception {
        PlimsollProcess server = start(
                "server",
                "-a",
                "239.77.42.4",
                "-p",
                udpPort,
                "-t",
                tcpPort,
                "-d",
                POSTGRES.uri(),
                "--database-password-file",
                POSTGRES.passwordFile().toString(),
                "--idle-timeout",
                "200s");
        server.awaitLine(line -> line.contains("server-started"));
        return server;
    }

    private PlimsollProcess client(String id, String runTime) throws Exception {
        return start(
                "client",
                "--config",
                config.toString(),
                "-a",
                "239.77.42.4",
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
                "256KB",
                "--allow-small-chunks",
                "-f",
                "1MiB",
                "-rt",
                runTime);
    }

    private PlimsollProcess start(String... args) throws Exception {
        PlimsollProcess process = new PlimsollProcess(home, args);
        processes.add(process);
        return process;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.sorted().toList();
        }
    }

    private static String one(String sql) {
        return POSTGRES.sql(sql).getFirst().getFirst();
    }
}
