package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.config.Flag;
import io.plimsoll.config.Sources;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class FlagsTest {
    static Stream<Arguments> flags() {
        return Stream.of(
                Arguments.of("server", "-a 239.0.0.9", "multicast.group", "239.0.0.9"),
                Arguments.of("server", "--multicast-address 239.0.0.9", "multicast.group", "239.0.0.9"),
                Arguments.of("server", "-p 1", "multicast.port", "1"),
                Arguments.of("server", "--heartbeat-port 1", "multicast.port", "1"),
                Arguments.of("server", "--interface lo", "multicast.interface", "lo"),
                Arguments.of("server", "-t 2", "tcp.port", "2"),
                Arguments.of("server", "--tcp-port=2", "tcp.port", "2"),
                Arguments.of("server", "-d postgresql://h/x", "database", "postgresql://h/x"),
                Arguments.of("server", "--database dir", "database", "dir"),
                Arguments.of("server", "--database-password-file f", "databasePasswordFile", "f"),
                Arguments.of("server", "--allow-unsafe-database", "allowUnsafeDatabase", "true"),
                Arguments.of("server", "--health-port 8", "health.port", "8"),
                Arguments.of("server", "-l x.log", "log", "x.log"),
                Arguments.of("server", "--log x.log", "log", "x.log"),
                Arguments.of("server", "--report r.json", "report", "r.json"),
                Arguments.of("server", "--idle-timeout 3s", "idleTimeout", "3s"),
                Arguments.of("server", "--keep-running", "keepRunning", "true"),
                Arguments.of("server", "--no-keep-running", "keepRunning", "false"),
                Arguments.of("server", "--cluster a:1,b:2", "cluster.members", "a:1,b:2"),
                Arguments.of("server", "--cluster-name x", "cluster.name", "x"),
                Arguments.of("server", "--cluster-host 10.0.0.1", "cluster.host", "10.0.0.1"),
                Arguments.of("server", "--credentials /c", "security.credentials", "/c"),
                Arguments.of("server", "--insecure", "security.mode", "insecure"),
                Arguments.of("client", "--credentials /c", "security.credentials", "/c"),
                Arguments.of("client", "--insecure", "security.mode", "insecure"),
                Arguments.of("client", "-a 239.0.0.9", "multicast.group", "239.0.0.9"),
                Arguments.of("client", "-p 1", "multicast.port", "1"),
                Arguments.of("client", "-sh h", "tcp.server", "h"),
                Arguments.of("client", "--server-host h", "tcp.server", "h"),
                Arguments.of("client", "-t 2", "tcp.port", "2"),
                Arguments.of("client", "-id x", "id", "x"),
                Arguments.of("client", "--id x", "id", "x"),
                Arguments.of("client", "-hb 1s", "heartbeatInterval", "1s"),
                Arguments.of("client", "--heartbeat-interval 1s", "heartbeatInterval", "1s"),
                Arguments.of("client", "-c 10MB", "chunkSize", "10MB"),
                Arguments.of("client", "--chunk-size 10MB", "chunkSize", "10MB"),
                Arguments.of("client", "-f 20MB", "fileSize", "20MB"),
                Arguments.of("client", "--file-size 20MB", "fileSize", "20MB"),
                Arguments.of("client", "-rt 10s", "runTime", "10s"),
                Arguments.of("client", "--run-time 10s", "runTime", "10s"),
                Arguments.of("client", "-path /x", "path", "/x"),
                Arguments.of("client", "--path /x", "path", "/x"),
                Arguments.of("client", "--allow a=/x", "targets", "a=/x"),
                Arguments.of("client", "--allow a=/x --allow b=/y", "targets", "a=/x,b=/y"),
                Arguments.of("client", "-dd", "dd", "true"),
                Arguments.of("client", "--dd", "dd", "true"),
                Arguments.of("client", "--no-dd", "dd", "false"),
                Arguments.of("client", "-l x.log", "log", "x.log"),
                Arguments.of("client", "--kept-files 4", "keptFiles", "4"),
                Arguments.of("client", "--keep-files", "keepFiles", "true"),
                Arguments.of("client", "--allow-small-chunks", "allowSmallChunks", "true"),
                Arguments.of("client", "--force", "force", "true"),
                Arguments.of("client", "-q", "quiet", "true"),
                Arguments.of("client", "--quiet", "quiet", "true"),
                Arguments.of("client", "--resource-interval 2s", "resourceInterval", "2s"),
                Arguments.of("client", "--cluster a:1", "cluster.members", "a:1"));
    }

    @ParameterizedTest
    @MethodSource("flags")
    void everyFlagSetsItsKey(String command, String typed, String key, String value) {
        List<Flag> flags = sources(command, typed.split(" ")).flags();
        assertEquals(1, flags.size(), flags::toString);
        assertEquals(key, flags.getFirst().key());
        assertEquals(value, flags.getFirst().text());
    }

    @Test
    void theTableAboveKnowsEveryFlag() {
        Set<String> tested = new HashSet<>(Set.of("--config", "--debug", "--help", "--version"));
        flags().forEach(row -> tested.add(
                longest(row.get()[0].toString(), row.get()[1].toString().split("[ =]")[0])));
        for (String command : List.of("server", "client")) {
            for (OptionSpec option : Main.commandLine()
                    .getSubcommands()
                    .get(command)
                    .getCommandSpec()
                    .options()) {
                assertTrue(tested.contains(option.longestName()), command + " " + option.longestName());
                assertTrue(option.longestName().startsWith("--"), "every short name has a long one: " + option);
            }
        }
    }

    @Test
    void nothingIsSetThatWasNotTyped() {
        assertEquals(List.of(), sources("client").flags());
        assertEquals(Optional.empty(), sources("server").file());
        assertEquals(
                Optional.of(Path.of("x.yaml")),
                sources("server", "--config", "x.yaml").file());
    }

    private static String longest(String command, String name) {
        CommandLine line = Main.commandLine().getSubcommands().get(command);
        OptionSpec option = line.getCommandSpec().findOption(name.replace("--no-", "--"));
        return option.longestName();
    }

    private static Sources sources(String command, String... args) {
        CommandLine line = Main.commandLine();
        line.parseArgs(Stream.concat(Stream.of(command), Stream.of(args)).toArray(String[]::new));
        Object subcommand = line.getSubcommands().get(command).getCommand();
        return subcommand instanceof ServerCommand server ? server.sources() : ((ClientCommand) subcommand).sources();
    }
}
