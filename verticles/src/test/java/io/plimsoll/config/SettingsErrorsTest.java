package io.plimsoll.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsErrorsTest {
    private static Vertx vertx;

    @TempDir
    Path dir;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    static Stream<Arguments> badServerFiles() {
        return Stream.of(
                // keys
                bad("tpc:\n  port: 1\n", "1:1: unknown key 'tpc'; did you mean 'tcp'?\n  1 | tpc:\n    | ^"),
                bad("tcp:\n  prot: 1\n", "2:3: unknown key 'prot'; did you mean 'port'?\n  2 |   prot: 1\n    |   ^"),
                bad("a: 1\n", "1:1: unknown key 'a'; known here: multicast, heartbeatKeys, tcp, "),
                bad("port: 42000\n", "1:1: unknown key 'port'; did you mean 'multicast.port' or 'tcp.port'"),
                bad("idle-timeout: 3s\n", "1:1: unknown key 'idle-timeout'; did you mean 'idleTimeout'?"),
                bad("Database: x\n", "1:1: unknown key 'Database'; did you mean 'database'?"),
                bad("log: a\nlog: b\n", "2:1: key 'log' stands here twice; remove one"),
                bad("tcp:\n  port: 1\ntcp:\n  host: a\n", "3:1: key 'tcp' stands here twice"),
                bad("? [a, b]\n: 1\n", "1:3: a key must be a word, found a list"),
                bad("<<: {log: x}\n", "1:1: unknown key '<<'"),
                bad("\"a\\e[31m\": 1\n", "1:1: unknown key 'a?[31m'"),
                bad("\"tcp/port\": 1\n", "1:1: unknown key 'tcp/port'; did you mean 'tcp.port'?"),
                bad("\"%2Ftcp~\": 1\n", "1:1: unknown key '%2Ftcp~'"),
                // types
                bad("tcp: 5\n", "1:6: tcp: expected keys below it, found '5'"),
                bad("tcp:\n", "1:5: tcp: expected keys below it, found nothing"),
                bad("tcp: [1]\n", "1:6: tcp: expected keys below it, found a list"),
                bad("tcp:\n  port: '42000'\n", "2:9: tcp.port: expected a whole number, found '42000'"),
                bad("tcp:\n  port: 4.2\n", "2:9: tcp.port: expected a whole number, found '4.2'"),
                bad("tcp:\n  port: 0x10\n", "2:9: tcp.port: expected a whole number, found '0x10'"),
                bad("tcp:\n  port: 1_000\n", "2:9: tcp.port: expected a whole number, found '1_000'"),
                bad("tcp:\n  port: {a: 1}\n", "2:9: tcp.port: expected a whole number, found keys below it"),
                bad("keepRunning: yes\n", "1:14: keepRunning: expected true or false, found 'yes'"),
                bad("keepRunning: NO\n", "1:14: keepRunning: expected true or false, found 'NO'"),
                bad("keepRunning: 1\n", "1:14: keepRunning: expected true or false, found '1'"),
                bad("database: 12\n", "1:11: database: expected text, found '12'"),
                bad("log: null\n", "1:6: log: expected text, found nothing"),
                bad("cluster:\n  members: a:1\n", "2:12: cluster.members: expected a list, found 'a:1'"),
                bad("cluster:\n  members: [1]\n", "2:13: cluster.members.0: expected text, found '1'"),
                // ranges and formats
                bad(
                        "security:\n  mode: tls\n",
                        "2:9: security.mode: 'tls' is not known here; write auto, certificates or insecure"),
                bad("security:\n  credentials: ' '\n", "2:16: security.credentials: is empty; write a path"),
                bad("tcp:\n  port: 0\n", "2:9: tcp.port: 0 is out of range; write 1 to 65535"),
                bad("tcp:\n  port: 65536\n", "2:9: tcp.port: 65536 is out of range; write 1 to 65535"),
                bad("tcp:\n  port: -1\n", "2:9: tcp.port: -1 is out of range"),
                bad("tcp:\n  port: 99999999999999999999\n", "2:9: '99999999999999999999' is not a number"),
                bad("limits:\n  connections: .inf\n", "2:16: '.inf' is not a number that can be used"),
                bad("tcp:\n  host: 'a b'\n", "2:9: tcp.host: 'a b' is not a host name or address"),
                bad("tcp:\n  host: 300.1.1.1\n", "2:9: tcp.host: '300.1.1.1' is not a host name or address"),
                bad(
                        "multicast:\n  group: 10.0.0.1\n",
                        "2:10: multicast.group: '10.0.0.1' is not an IPv4 multicast address; write one of"),
                bad("multicast:\n  interface: ''\n", "2:14: multicast.interface: is empty"),
                bad(
                        "idleTimeout: 30\n",
                        "1:14: idleTimeout: expected a duration such as 30s, found '30'; write it with a unit: 30s"),
                bad("idleTimeout: '30'\n", "1:14: idleTimeout: '30' is not a duration; write 30s"),
                bad("idleTimeout: 30 sec\n", "1:14: idleTimeout: '30 sec' is not a duration; write 500ms, 10s"),
                bad("idleTimeout: 400d\n", "1:14: idleTimeout: '400d' is longer than 366 days"),
                bad("idleTimeout: 0s\n", "1:14: idleTimeout: 0s is out of range; write 100ms to 366d"),
                bad(
                        "limits:\n  frameSize: 1 foo\n",
                        "2:14: limits.frameSize: '1 foo' is not a size; write bytes (10000000), 10MB"),
                bad("limits:\n  frameSize: -1\n", "2:14: limits.frameSize: '-1' is not a size"),
                bad("limits:\n  frameSize: 1e3GiB\n", "2:14: limits.frameSize: '1e3GiB' is not a size"),
                bad("limits:\n  frameSize: 10MiB/s\n", "2:14: limits.frameSize: '10MiB/s' is not a size"),
                bad(
                        "limits:\n  frameSize: 2MiB\n",
                        "2:14: limits.frameSize: 2.1 MB is out of range; write 65.54 kB to 1.05 MB"),
                bad(
                        "limits:\n  frameSize: 99999999999GB\n",
                        "2:14: limits.frameSize: size '99999999999GB' is more than 8 EiB"),
                bad(
                        "limits:\n  inFlightTotal: 10\n",
                        "2:18: limits.inFlightTotal: 10 is less than limits.inFlightPerConnection (1000)"),
                bad("cluster:\n  members: ['a']\n", "2:13: cluster.members.0: 'a' is not HOST:PORT"),
                bad("cluster:\n  members: ['a:0']\n", "2:13: cluster.members.0: 'a:0' is not HOST:PORT"),
                bad(
                        "cluster:\n  members: ['::1:5811']\n",
                        "2:13: cluster.members.0: '::1:5811' is not HOST:PORT; write an IPv6 address as"
                                + " [ADDRESS]:PORT"),
                bad("cluster:\n  name: 'a b'\n", "2:9: cluster.name: 'a b' does not match"),
                // YAML itself
                bad("", ": is empty; leave it out to use the defaults"),
                bad("# nothing\n", ": is empty"),
                bad("- a\n", "1:1: expected settings as 'key: value' lines, found a list"),
                bad("just text\n", "1:1: expected settings as 'key: value' lines, found 'just text'"),
                bad("tcp: {port: 1\n", "2:1: not YAML: "),
                bad("tcp:\n\tport: 1\n", "2:1: not YAML: "),
                bad("log: 'a\n", "2:1: not YAML: "),
                bad("log: a\n---\nlog: b\n", "2:1: not YAML: "),
                bad("log: *nobody\n", "1:6: not YAML: found undefined alias nobody"),
                bad("log: !!java.io.File [x]\n", "1:6: log: expected text, found a list"),
                bad("log: !!java.io.File x\n", "1:6: tags are not allowed here"),
                bad("log: !!binary aGk=\n", "1:6: tags are not allowed here"),
                bad("log: \u0001\n", ":1: not YAML: the character U+0001 is not allowed"),
                bad("a: ".repeat(1) + "[".repeat(40) + "]".repeat(40) + "\n", "nested deeper than 16 levels"),
                bad(billionLaughs(), "more than 10000 values, counting aliases"));
    }

    @ParameterizedTest
    @MethodSource("badServerFiles")
    void saysWhereAndWhatIsWrongInAFile(String yaml, String expected) throws IOException {
        Path file = Files.writeString(dir.resolve("server.yaml"), yaml);
        ConfigException error = failure(Settings.server(vertx, new Sources(Optional.of(file), Map.of(), List.of())));
        assertTrue(error.getMessage().startsWith(file + ":"), error.getMessage());
        String rest = error.getMessage().substring(file.toString().length() + 1);
        assertTrue(rest.contains(expected.startsWith(":") ? expected.substring(1) : expected), error.getMessage());
        assertFalse(error.getMessage().contains("Exception"), error.getMessage());
    }

    static Stream<Arguments> badClientFlags() {
        return Stream.of(
                flag("--chunk-size", "chunkSize", "1MB", "1 MB is less than 10 MB, which measures the system call"),
                flag("--chunk-size", "chunkSize", "10 mebi", "'10 mebi' is not a size"),
                flag("--chunk-size", "chunkSize", "30MB", "!--file-size"),
                flag("--chunk-size", "chunkSize", "2GiB", "2.15 GB is out of range; write 1 B to 1.07 GB"),
                flag(
                        "--file-size",
                        "fileSize",
                        "1MB",
                        "1 MB is smaller than one chunk (10 MB); write a larger file size"),
                flag("--heartbeat-interval", "heartbeatInterval", "5", "'5' is not a duration; write 5s"),
                flag("--heartbeat-interval", "heartbeatInterval", "10ms", "10ms is out of range; write 100ms to 1h"),
                flag("--heartbeat-interval", "heartbeatInterval", "2h", "2h is out of range"),
                flag("--run-time", "runTime", "0s", "0s is out of range"),
                flag("--tcp-port", "tcp.port", "http", "expected a whole number, found 'http'"),
                flag("--tcp-port", "tcp.port", "70000", "70000 is out of range; write 1 to 65535"),
                flag("--id", "id", "../x", "client id must be 1 to 64 letters"),
                flag("--id", "id", "", "client id must be 1 to 64 letters"),
                flag("--path", "path", " ", "is empty; write a path"),
                flag("--path", "path", "a\0b", "is not a path"),
                flag("--allow", "targets", "/mnt/fast", "'/mnt/fast' is not NAME=DIR; write a target such as"),
                flag("--allow", "targets", "a=/x,b", "'b' is not NAME=DIR"),
                flag("--allow", "targets", "../x=/x", "the name of a target must be 1 to 64 of a-z, 0-9 and '-'"),
                flag("--allow", "targets", "Fast=/x", "the name of a target must be"),
                flag("--allow", "targets", "-rf=/x", "the name of a target must be"),
                flag("--allow", "targets", "=/x", "the name of a target must be"),
                flag("--allow", "targets", "a=x", "'x' is not an absolute path without '.' and '..'"),
                flag("--allow", "targets", "a=/x/../y", "is not an absolute path"),
                flag("--allow", "targets", "a=", "is not an absolute path"),
                flag("--allow", "targets", "a=/", "'/' is the whole machine"),
                flag("--allow", "targets", "a=/x,a=/y", "two of them have the same name"),
                flag("-x", "quota.bytes", "0", "0 B is out of range; write 1 B to"),
                flag("-x", "quota.time", "10ms", "10ms is out of range; write 1s to 366d"),
                flag("--server-host", "tcp.server", "a b", "'a b' is not a host name or address"),
                flag("--kept-files", "keptFiles", "0", "0 is out of range; write 1 to 1000000"),
                flag(
                        "--multicast-address",
                        "multicast.group",
                        "localhost",
                        "'localhost' is not an IPv4 multicast address"),
                flag("--cluster", "cluster.members", "a:1,b", "'b' is not HOST:PORT"),
                flag("--resource-interval", "resourceInterval", "10ms", "10ms is out of range; write 1s to 1h"));
    }

    @ParameterizedTest
    @MethodSource("badClientFlags")
    void saysWhichFlagIsWrong(Flag flag, String expected) {
        ConfigException error = failure(Settings.client(vertx, new Sources(Optional.empty(), Map.of(), List.of(flag))));
        if (expected.startsWith("!")) {
            // Two settings that contradict each other: one is a default, so the message names both.
            assertTrue(
                    error.getMessage().startsWith("defaults: fileSize: 20 MB is smaller than one chunk (30 MB)"),
                    error.getMessage());
        } else {
            assertTrue(error.getMessage().startsWith(flag.name() + ": "), error.getMessage());
            assertTrue(error.getMessage().contains(expected), error.getMessage());
        }
    }

    @Test
    void reportsEveryMistakeAtOnceInTheOrderOfTheLayers() throws IOException {
        Path file = Files.writeString(dir.resolve("server.yaml"), "tcp:\n  port: 0\nlgo: x\n");
        ConfigException error = failure(Settings.server(
                vertx,
                new Sources(
                        Optional.of(file),
                        Map.of("PLIMSOLL_TCP_PORT", "1e9"),
                        List.of(new Flag("--tcp-port", "tcp.port", "0")))));
        assertEquals(
                List.of(file + ":2:9", file + ":3:1", "PLIMSOLL_TCP_PORT", "--tcp-port"),
                error.problems().stream().map(Problem::where).toList());
    }

    @Test
    void refusesUnknownVariablesAndSuggests() {
        ConfigException error = failure(Settings.server(
                vertx, new Sources(Optional.empty(), Map.of("PLIMSOLL_TCP_PROT", "1", "HOME", "/"), List.of())));
        assertEquals(
                "PLIMSOLL_TCP_PROT: unknown environment variable; did you mean PLIMSOLL_TCP_PORT?", error.getMessage());
    }

    @Test
    void letsVariablesBeThatAreNoSettings() {
        Map<String, String> environment = Map.of(
                "PLIMSOLL_HOME", "/x",
                "PLIMSOLL_JAVA_OPTS", "-Xmx1g",
                "PLIMSOLL_CHUNK_SIZE", "what a client wants",
                "PLIMSOLL_SERVICE_HOST", "10.0.0.1",
                "PLIMSOLL_TCP_PORT", "tcp://10.0.0.1:42000",
                "PLIMSOLL_TCP_PORT_42000_TCP_ADDR", "10.0.0.1");
        ServerSettings settings = Settings.server(vertx, new Sources(Optional.empty(), environment, List.of()))
                .await()
                .settings();
        assertEquals(42000, settings.tcp().port());
    }

    @Test
    void refusesFilesThatAreNoText() throws IOException {
        Path utf16 = Files.write(dir.resolve("utf16.yaml"), "log: x\n".getBytes(StandardCharsets.UTF_16));
        assertTrue(fileFailure(utf16).contains("is not UTF-8 text"));
        Path large = Files.writeString(dir.resolve("large.yaml"), "#".repeat(YamlFile.BYTES_MAX + 1));
        assertTrue(fileFailure(large).contains("is larger than 1 MiB"));
        assertTrue(fileFailure(dir).contains("is not a regular file"));
        assertTrue(fileFailure(Path.of("/dev/zero")).contains("is not a regular file"));
        assertTrue(fileFailure(dir.resolve("none.yaml")).endsWith("none.yaml: no such file"));
    }

    @Test
    void takesAFileWithAByteOrderMarkAndCarriageReturns() throws IOException {
        Path file = Files.writeString(dir.resolve("dos.yaml"), "\uFEFFtcp:\r\n  port: 7\r\n");
        ServerSettings settings = Settings.server(vertx, new Sources(Optional.of(file), Map.of(), List.of()))
                .await()
                .settings();
        assertEquals(7, settings.tcp().port());
    }

    @Test
    void aLongLineIsCutAroundItsCaret() throws IOException {
        Path file = Files.writeString(dir.resolve("x.yaml"), "log: '" + "x".repeat(500) + "', \n");
        String[] lines = fileFailure(file).split("\n");
        assertTrue(lines[1].length() < 120, lines[1]);
        assertEquals("^", lines[2].substring(lines[2].length() - 1));
    }

    private String fileFailure(Path file) {
        return failure(Settings.server(vertx, new Sources(Optional.of(file), Map.of(), List.of())))
                .getMessage();
    }

    private static ConfigException failure(Future<?> future) {
        return assertThrows(ConfigException.class, () -> future.await(20, TimeUnit.SECONDS));
    }

    private static Arguments bad(String yaml, String expected) {
        return Arguments.of(yaml, expected);
    }

    private static Arguments flag(String name, String key, String text, String expected) {
        return Arguments.of(new Flag(name, key, text), expected);
    }

    private static String billionLaughs() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 5; i++) {
            yaml.append("a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n"
                    .replace("a%d, ", "a" + (i - 1) + ", ")
                    .formatted(i, i, i - 1));
        }
        return yaml.toString();
    }
}
