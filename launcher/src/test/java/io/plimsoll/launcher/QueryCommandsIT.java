package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.database.Database;
import io.plimsoll.database.PostgresForTests;
import io.plimsoll.report.Seed;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The commands that read the database, through picocli, against a real Postgres.
final class QueryCommandsIT {
    @RegisterExtension
    static final PostgresForTests POSTGRES = new PostgresForTests();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static long first;
    private static long second;

    @BeforeAll
    static void seedTwoRuns() {
        Vertx vertx = Vertx.vertx();
        PostgresForTests.await(POSTGRES.open(vertx).close());
        PostgresForTests.await(vertx.close());
        Seed seed = new Seed(POSTGRES, 42);
        first = seed.run("0b8c3f52-7a61-4a0e-9c3d-2f1e5b6a7c8d", "complete", Seed.START);
        long local = seed.client(first, "local-1", "finished", "", "psync", 43L);
        seed.target(local, "/srv", "ext4", "Model A");
        seed.write(first, local, 20, Seed.START, false);
        second = seed.run("0b8c9999-7a61-4a0e-9c3d-2f1e5b6a7c8d", "failed", Seed.START.plusSeconds(7200));
        long nfs = seed.client(second, "nfs_1", "lost", "10 heartbeats missed", "psync", null);
        seed.target(nfs, "/mnt/50%", "nfs4", "=cmd|' /C calc'!A0");
        seed.write(second, nfs, 3, Seed.START.plusSeconds(7200), false);
        seed.event(second, nfs, "error", "client-lost", "10 heartbeats\u001b[2J missed");
        seed.event(second, null, "info", "run-closed", "");
    }

    private record Result(int exitCode, String out, String err) {
        JsonNode json() {
            try {
                return JSON.readTree(out);
            } catch (IOException e) {
                throw new AssertionError(out, e);
            }
        }
    }

    private static Result run(Callable<Integer> command, String... args) {
        StringWriter out = new StringWriter();
        return run(command, out, POSTGRES.uri(), args);
    }

    private static Result run(Callable<Integer> command, Writer out, String database, String... args) {
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("-d", database));
        if (database.startsWith("postgresql://") && !all.contains("--database-password-file")) {
            all.addAll(
                    List.of("--database-password-file", POSTGRES.passwordFile().toString()));
        }
        int exitCode = new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
        return new Result(exitCode, out.toString(), err.toString());
    }

    @Test
    void runsAreListedTheNewestFirst() {
        Result result = run(new RunsCommand());
        assertEquals(0, result.exitCode(), result.err());
        List<String> lines = result.out().lines().toList();
        assertEquals(3, lines.size(), result.out());
        assertTrue(lines.get(1).contains("0b8c9999") && lines.get(1).contains("FAILED"), result.out());
        assertTrue(lines.get(2).contains("0b8c3f52") && lines.get(2).contains("ext4"), result.out());
        JsonNode json = run(new RunsCommand(), "--json").json();
        assertEquals("plimsoll.runs", json.at("/schema").asText());
        assertEquals(second, json.at("/runs/0/run").asLong());
        assertEquals(390_000_000L, json.at("/runs/1/bytes").asLong());
        assertEquals(19.5, json.at("/runs/1/mb_per_second").asDouble(), 1e-9, "390 MB in 20 s");
    }

    @Test
    void runsAreFilteredAndNothingInAFilterIsAPattern() {
        assertEquals(List.of(first), runs("--client", "local"));
        assertEquals(List.of(second), runs("--target", "NFS"));
        assertEquals(List.of(second), runs("--target", "50%"));
        assertEquals(List.of(second), runs("--client", "nfs_"));
        assertEquals(List.of(), runs("--client", "%"));
        assertEquals(List.of(), runs("--client", "_"));
        assertEquals(List.of(), runs("--target", "m%t"));
        assertEquals(List.of(), runs("--target", "'; drop table runs;--"));
        assertEquals(List.of(first), runs("--state", "complete"));
        assertEquals(List.of(second), runs("--limit", "1"));
        assertEquals(List.of(second), runs("--since", "2026-11-23T22:00:00"));
        assertEquals(List.of(first), runs("--until", "2026-11-23T23:00:00+01:00"));
        assertEquals(List.of(second, first), runs("--since", "2026-11-23", "--until", "2026-11-24"));
        Result none = run(new RunsCommand(), "--client", "nobody");
        assertEquals("", none.out());
        assertEquals("no such run\n", none.err().replace("\r", ""));
    }

    private static List<Long> runs(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--json");
        List<Long> found = new ArrayList<>();
        Result result = run(new RunsCommand(), all.toArray(String[]::new));
        result.json().at("/runs").forEach(r -> found.add(r.at("/run").asLong()));
        return found;
    }

    @Test
    void showAndReportRenderARunOfAnyName() {
        Result show = run(new ShowCommand(), "latest");
        assertEquals(0, show.exitCode(), show.err());
        assertTrue(show.out().startsWith("RUN " + second + " FAILED"), show.out());
        Result report = run(new ReportCommand(), "0b8c3");
        assertTrue(report.out().startsWith("RUN " + first + " COMPLETE"), report.out());
        assertEquals(
                report.out(), run(new ReportCommand(), Long.toString(first)).out());
        JsonNode json = run(new ReportCommand(), "latest", "--json").json();
        assertEquals("lost", json.at("/clients/0/state").asText());
        assertEquals(json, run(new ShowCommand(), "latest", "--json").json());
    }

    @Test
    void showOfAClientShowsItAlone() {
        Result result = run(new ShowCommand(), "latest", "--client", "nfs");
        assertTrue(result.out().contains("Latency") && result.out().contains("client-lost"), result.out());
        assertFalse(result.out().contains("run-closed"), result.out());
        Result wrong = run(new ShowCommand(), "latest", "--client", "nobody");
        assertEquals(2, wrong.exitCode());
        assertEquals(1, wrong.err().lines().count(), wrong.err());
    }

    @Test
    void reportGoesToAFileWholeOrNotAtAll(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("report.json");
        Result result = run(new ReportCommand(), "latest", "--json", "--out", file.toString());
        assertEquals(new Result(0, "", ""), result);
        assertEquals(run(new ReportCommand(), "latest", "--json").out(), Files.readString(file));
        Result wrong = run(
                new ReportCommand(),
                "nonsense",
                "--out",
                directory.resolve("none").toString());
        assertEquals(2, wrong.exitCode());
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(file), left.toList());
        }
        Result nowhere = run(
                new ReportCommand(),
                "latest",
                "--out",
                directory.resolve("no/such/file").toString());
        assertEquals(2, nowhere.exitCode());
        assertTrue(nowhere.err().startsWith("plimsoll: cannot write"), nowhere.err());
    }

    @Test
    void eventsAreFilteredAndSteerNoTerminal() {
        Result all = run(new EventsCommand(), "latest");
        assertEquals(0, all.exitCode(), all.err());
        assertEquals(3, all.out().lines().count(), all.out());
        assertTrue(all.out().contains("client-lost: 10 heartbeats\\u001b[2J missed"), all.out());
        assertEquals(
                1,
                run(new EventsCommand(), "latest", "--severity", "warning")
                        .out()
                        .lines()
                        .count());
        assertEquals(
                1,
                run(new EventsCommand(), "latest", "--kind", "run-closed")
                        .out()
                        .lines()
                        .count());
        assertEquals(
                2,
                run(new EventsCommand(), "latest", "--client", "nfs_1")
                        .out()
                        .lines()
                        .count());
        assertEquals(
                "", run(new EventsCommand(), "latest", "--until", "2026-01-01").out());
        JsonNode json = run(new EventsCommand(), "latest", "--json").json();
        assertEquals(second, json.at("/run").asLong());
        assertEquals(3, json.at("/events").size());
        assertEquals("nfs_1", json.at("/events/0/client_id").asText());
        assertEquals(
                0,
                run(new EventsCommand(), "latest", "--json", "--kind", "none")
                        .json()
                        .at("/events")
                        .size());
    }

    @Test
    void csvHasALineForEachRowUnderItsHeader() {
        Result files = run(new ExportCommand(), Long.toString(first), "--format", "csv", "--table", "data_files");
        assertEquals(0, files.exitCode(), files.err());
        List<String> lines = files.out().lines().toList();
        assertEquals(21, lines.size());
        assertTrue(lines.getFirst().startsWith("client_id,boot_epoch,client,sequence,file_index,name,"), files.out());
        assertTrue(lines.get(1).startsWith("local-1,") && lines.get(1).contains(",data-000001,"), files.out());
        Result clients = run(new ExportCommand(), "latest", "--format", "csv", "--table", "clients");
        assertTrue(clients.out().contains(",'=cmd|' /C calc'!A0,"), clients.out());
        Result empty = run(new ExportCommand(), "latest", "--format", "csv", "--table", "resource_samples");
        assertEquals(1, empty.out().lines().count(), empty.out());
        assertTrue(empty.out().startsWith("client_id,boot_epoch,"), empty.out());
        Result byDefault = run(new ExportCommand(), Long.toString(first), "--format", "csv");
        assertEquals(files.out(), byDefault.out());
        assertTrue(byDefault.err().contains("--table"), byDefault.err());
    }

    @Test
    void jsonExportHasAllTablesAndKeepsEveryDigit() {
        JsonNode json = run(new ExportCommand(), Long.toString(first), "--format", "json")
                .json();
        assertEquals("plimsoll.export", json.at("/schema").asText());
        assertEquals(1, json.at("/clients").size());
        assertEquals(20, json.at("/data_files").size());
        assertEquals(20, json.at("/intervals").size());
        assertEquals(2, json.at("/resource_samples").size());
        assertEquals(1, json.at("/events").size());
        assertTrue(json.at("/intervals/0").has("latency_p99_ns"));
        assertFalse(json.at("/intervals/0").has("latency_histogram"));
        String stored = POSTGRES.sql("select write_seconds from data_files d join clients c using (client) where run = "
                        + first + " order by sequence limit 1")
                .getFirst()
                .getFirst();
        assertEquals(
                Double.parseDouble(stored),
                json.at("/data_files/0/write_seconds").asDouble());
        JsonNode raw = run(new ExportCommand(), "0b8c3", "--json", "--table", "intervals", "--histograms", "base64")
                .json();
        assertTrue(raw.at("/intervals/0/latency_histogram").asText().length() > 20);
        assertFalse(raw.has("clients"));
    }

    @Test
    void whoeverStopsReadingIsNotComplainedTo() {
        Writer closed = new Writer() {
            @Override
            public void write(char[] text, int from, int length) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void flush() throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void close() {}

            @Override
            public String toString() {
                return "";
            }
        };
        assertEquals(new Result(0, "", ""), run(new EventsCommand(), closed, POSTGRES.uri(), "latest"));
        assertEquals(
                new Result(0, "", ""), run(new ExportCommand(), closed, POSTGRES.uri(), "latest", "--format", "json"));
        assertEquals(new Result(0, "", ""), run(new ReportCommand(), closed, POSTGRES.uri(), "latest"));
    }

    @Test
    void mistakesAreOneLineAndExitCode2() {
        for (String wrong : List.of("4711", "0b8c", "nonsense", "\u001b[2J")) {
            for (Callable<Integer> command : List.of(new ShowCommand(), new ReportCommand(), new EventsCommand())) {
                Result result = run(command, wrong);
                assertEquals(2, result.exitCode(), result.err());
                assertEquals("", result.out());
                assertEquals(1, result.err().lines().count(), result.err());
                assertFalse(result.err().contains("\u001b"), result.err());
            }
        }
        assertTrue(run(new ShowCommand(), "0b8c").err().contains("fits more than one run: " + first + ", " + second));
        assertEquals(2, run(new ExportCommand(), "latest").exitCode());
        assertEquals(
                2,
                run(new ExportCommand(), "latest", "--json", "--format", "csv").exitCode());
        assertEquals(2, run(new RunsCommand(), "--limit", "0").exitCode());
        assertEquals(2, run(new RunsCommand(), "--since", "yesterday").exitCode());
        assertEquals(2, run(new RunsCommand(), "--state", "broken").exitCode());
    }

    @Test
    void aDatabaseThatStopsWhileItIsReadIsExitCode5() {
        Writer killsTheDatabaseUnderIt = new StringWriter() {
            private boolean done;

            @Override
            public void flush() {
                if (done) {
                    return;
                }
                done = true;
                POSTGRES.sql("select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where datname = current_database() and pid <> pg_backend_pid()");
            }
        };
        Seed seed = new Seed(POSTGRES, 43);
        long run = seed.run("aaaaaaaa-7a61-4a0e-9c3d-2f1e5b6a7c8d", "complete", Seed.START.minusSeconds(86_400));
        POSTGRES.sql("insert into events (run, at, source, severity, kind, detail) select " + run
                + ", now(), 'server', 'info', 'test', '' from generate_series(1, 2000)");
        Result result = run(new EventsCommand(), killsTheDatabaseUnderIt, POSTGRES.uri(), Long.toString(run));
        POSTGRES.sql("delete from events where run = " + run + "; delete from runs where run = " + run);
        assertEquals(5, result.exitCode(), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsExitCode5(@TempDir Path directory) {
        Result refused = run(new RunsCommand(), new StringWriter(), "postgresql://plimsoll@127.0.0.1:1/plimsoll");
        assertEquals(5, refused.exitCode(), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
        Result missing = run(
                new RunsCommand(), new StringWriter(), directory.resolve("none").toString());
        assertEquals(5, missing.exitCode(), missing.err());
        Result malformed = run(new RunsCommand(), new StringWriter(), "jdbc:postgresql://x/y");
        assertEquals(2, malformed.exitCode(), malformed.err());
    }

    @Test
    void aPasswordInAFlagIsRefusedWithTheRemedyAndNotRepeated(@TempDir Path directory) throws IOException {
        Result refused =
                run(new RunsCommand(), new StringWriter(), POSTGRES.uri().replace("@", ":secret@"));
        assertEquals(2, refused.exitCode(), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
        assertFalse(refused.err().contains("secret"), refused.err());
        assertTrue(refused.err().contains("--database-password-file"), refused.err());
        Path open = Files.writeString(directory.resolve("open"), "*:*:*:*:secret");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        Result readable =
                run(new RunsCommand(), new StringWriter(), POSTGRES.uri(), "--database-password-file", open.toString());
        assertEquals(2, readable.exitCode(), readable.err());
        assertTrue(readable.err().contains("chmod 600"), readable.err());
    }

    @Test
    void anEmbeddedDatabaseIsReadWhileAServerHasItAndWhileNoneDoes(@TempDir Path directory) {
        Path embedded = directory.resolve("database");
        Vertx vertx = Vertx.vertx();
        Database server = PostgresForTests.await(Database.forServer(vertx, PostgresForTests.embedded(embedded)));
        PostgresForTests.await(server.withConnection(
                30_000,
                c -> c.query("insert into runs (run_uuid, server_host, server_version, settings)"
                                + " values ('0b8c3f52-7a61-4a0e-9c3d-2f1e5b6a7c8d', 'here', '0', '{}')")
                        .execute()));
        Result beside = run(new RunsCommand(), new StringWriter(), embedded.toString());
        PostgresForTests.await(server.close());
        PostgresForTests.await(vertx.close());
        Result alone = run(new RunsCommand(), new StringWriter(), embedded.toString());
        assertEquals(0, alone.exitCode(), alone.err());
        assertTrue(alone.out().contains("0b8c3f52"), alone.out());
        assertEquals(alone, beside);
    }

    @Test
    void anEmptyDatabaseHasNoLatestRun() {
        String uri = POSTGRES.another();
        Vertx vertx = Vertx.vertx();
        PostgresForTests.await(Database.forServer(vertx, POSTGRES.settings(uri)).compose(Database::close));
        PostgresForTests.await(vertx.close());
        Result result = run(new ReportCommand(), new StringWriter(), uri, "latest");
        assertEquals(2, result.exitCode());
        assertTrue(result.err().contains("there is no run in the database yet"), result.err());
        assertEquals(0, run(new RunsCommand(), new StringWriter(), uri).exitCode());
    }
}
