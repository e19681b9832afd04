package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "-h",
                "help",
                "help client",
                "server -h",
                "client --help",
                "bench --help",
                "--version",
                "server -V"
            })
    void helpAndVersionGoToStdoutWithCodeZero(String typed) {
        assertEquals(0, run(typed.split(" ")), err::toString);
        assertFalse(out.toString().isBlank());
        assertEquals("", err.toString());
    }

    @Test
    void helpNamesEveryExitCode() {
        run("--help");
        for (ExitCode code : ExitCode.values()) {
            assertTrue(out.toString().contains(code.code() + " "), out::toString);
            assertTrue(out.toString().contains(code.meaning()), out::toString);
        }
    }

    static Stream<Arguments> misuses() {
        return Stream.of(
                Arguments.of("", "say what to do, for example: plimsoll server"),
                Arguments.of("sever", "Did you mean: plimsoll server"),
                Arguments.of("server --tcp-prot 1", "Possible solutions: --tcp-port"),
                Arguments.of("server -x", "Unknown option: '-x'"),
                Arguments.of("server extra", "unmatched argument: 'extra'"),
                Arguments.of("server extra -- -options {}", "unmatched argument: 'extra'"),
                Arguments.of("server -t", "Missing required parameter for option '-t' (PORT)"),
                Arguments.of("server -t -d x", "Expected parameter for option '-t' but found '-d'"),
                Arguments.of("server -t 1 -t 2", "option '-t' (PORT) should be specified only once"),
                Arguments.of("server -- -conf {}", "settings come by --config, not by -- -conf"),
                Arguments.of("server -- --conf={}", "settings come by --config"),
                Arguments.of("server -- -cluster", "a cluster is joined by --cluster HOST:PORT"),
                Arguments.of("client -sht h", "Unknown option: '-sht'"),
                Arguments.of("client @args", "unmatched argument: '@args'"),
                Arguments.of("server --no-such", "Unknown option: '--no-such'"));
    }

    @ParameterizedTest
    @MethodSource("misuses")
    void misuseIsOneClearLineAndCodeTwo(String typed, String expected) {
        assertEquals(2, typed.isEmpty() ? run() : run(typed.split(" ")));
        assertEquals("", out.toString());
        assertTrue(err.toString().contains(expected), err::toString);
        assertTrue(err.toString().startsWith("plimsoll: "), err::toString);
        assertTrue(err.toString().lines().count() <= 3, err::toString);
    }

    static Stream<Arguments> badSettings() {
        return Stream.of(
                Arguments.of("server -t 0", "--tcp-port: tcp.port: 0 is out of range; write 1 to 65535"),
                Arguments.of("server -t http", "--tcp-port: tcp.port: expected a whole number, found 'http'"),
                Arguments.of("server -a 10.0.0.1", "--multicast-address: multicast.group: '10.0.0.1' is not an IPv4"),
                Arguments.of("server --idle-timeout 30", "'30' is not a duration; write 30s"),
                Arguments.of("server --config nowhere.yaml", "nowhere.yaml: no such file"),
                Arguments.of("server --cluster here", "'here' is not HOST:PORT"),
                Arguments.of("client -c 1MB", "--chunk-size: chunkSize: 1 MB is less than 10 MB"),
                Arguments.of(
                        "client -c 30MB -f 20MB", "--file-size: fileSize: 20 MB is smaller than one chunk (30 MB)"),
                Arguments.of("client -id a/b", "--id: id: client id must be 1 to 64 letters"),
                Arguments.of("client -hb 10ms", "10ms is out of range; write 100ms to 1h"),
                Arguments.of(
                        "server --cluster no-such-host.invalid:1",
                        "cluster member 'no-such-host.invalid': no such host"));
    }

    @ParameterizedTest
    @MethodSource("badSettings")
    void badSettingsAreOneClearLineWithoutStackTrace(String typed, String expected) {
        int code = run(typed.split(" "));
        assertEquals(typed.contains(".invalid") ? 5 : 2, code, err::toString);
        assertTrue(err.toString().contains(expected), err::toString);
        assertTrue(err.toString().startsWith("plimsoll: "), err::toString);
        assertFalse(err.toString().contains("\tat "), err::toString);
        assertEquals("", out.toString());
    }

    @Test
    void aBadFileIsShownWithItsLineAndACaretBelow(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("server.yaml"), "log: x\ntcp:\n  prot: 1\n");
        assertEquals(2, run("server", "--config", file.toString()));
        assertEquals(
                "plimsoll: " + file + ":3:3: unknown key 'prot'; did you mean 'port'?\n  3 |   prot: 1\n    |   ^\n",
                err.toString());
    }

    @Test
    void debugAddsTheStackTrace() {
        assertEquals(2, run("server", "--debug", "-t", "0"));
        assertTrue(err.toString().contains("\tat io.plimsoll.config."), err::toString);
        err.getBuffer().setLength(0);
        assertEquals(2, run("--debug", "server", "-t", "0"));
        assertTrue(err.toString().contains("\tat io.plimsoll.config."), err::toString);
    }

    @Test
    void commandsHaveTheNamesOfTheirAnnotations() {
        PlimsollCommand.COMMANDS.forEach((name, type) ->
                assertEquals(name, type.getAnnotation(CommandLine.Command.class).name()));
    }

    static Stream<Arguments> named() {
        Set<String> all = PlimsollCommand.COMMANDS.keySet();
        return Stream.of(
                Arguments.of("bench --size=1g", Set.of("bench")),
                Arguments.of("--debug runs", Set.of("runs")),
                Arguments.of("--help bench", all),
                Arguments.of("help bench", all),
                Arguments.of("--debug", all),
                Arguments.of("-- bench", all),
                Arguments.of("benhc", all));
    }

    @ParameterizedTest
    @MethodSource("named")
    void onlyTheNamedCommandIsMadeWhereNoOtherCanBeShown(String typed, Set<String> made) {
        assertEquals(made, Main.needed(typed.split(" ")));
    }

    @Test
    void helpListsAllCommandsInOrder() {
        run("--help");
        int at = out.toString().indexOf("Commands:");
        for (String name : PlimsollCommand.COMMANDS.keySet()) {
            int next = out.toString().indexOf("\n  " + name + " ", at);
            assertTrue(next > at - 1 && next >= 0, name + ": " + out);
            at = next + 1;
        }
    }

    private int run(String... args) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void onlyWhatMeasuresTakesTheSignalsFromTheBeginning() {
        assertTrue(Main.measures("bench", "--name=x"));
        assertTrue(Main.measures("--debug", "saturate"));
        assertFalse(Main.measures("submit", "bench"));
        assertFalse(Main.measures("client", "-id", "saturate"));
        assertFalse(Main.measures("help", "bench"));
    }
}
