package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// Help must come at once: it may load neither Vert.x nor what makes certificates, and the JVM itself is asked whether
/// it did.
final class QueryHelpTest {
    static final class Help {
        public static void main(String[] args) {
            for (Object command : List.of(
                    new RunsCommand(),
                    new ShowCommand(),
                    new EventsCommand(),
                    new ExportCommand(),
                    new ReportCommand(),
                    new PkiCommand(),
                    new PkiIssueCommand(),
                    new BenchCommand(),
                    new SaturateCommand())) {
                new CommandLine(command).execute("--help");
            }
        }
    }

    @Test
    void helpLoadsNothingThatTakesLong() throws IOException, InterruptedException {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xlog:class+load",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Help.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, java.waitFor(), output);
        assertTrue(output.contains("io.plimsoll.launcher.ExportCommand source"), "classes are not listed: " + output);
        assertTrue(output.contains("--histograms"), output);
        assertTrue(output.contains("--rate_iops"), output);
        assertFalse(output.contains("[picocli WARN]"), output);
        assertEquals(
                List.of(),
                output.lines()
                        .filter(line -> line.contains("] io.vertx.")
                                || line.contains("] io.netty.")
                                || line.contains("] io.plimsoll.security.")
                                || line.contains("] org.wildfly."))
                        .toList());
    }
}
