package io.plimsoll.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class LoggingTest {
    @TempDir
    Path dir;

    @AfterEach
    void restore() throws JoranException {
        Logging.stop();
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        new ContextInitializer(context).autoConfig();
        context.start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "client"})
    void writesEveryEventAsOneLineWithItsTime(String role) throws IOException {
        Path file = dir.resolve("logs/" + role + ".log");
        Logging.start(role, file);
        for (int i = 0; i < 20_000; i++) {
            LoggerFactory.getLogger("io.plimsoll.x")
                    .atInfo()
                    .addKeyValue("n", i)
                    .log("counted");
        }
        LoggerFactory.getLogger("com.hazelcast.cp.CPSubsystem").warn("is off");
        LoggerFactory.getLogger("com.hazelcast.x").info("chatter");
        LoggerFactory.getLogger("com.hazelcast.x").warn("trouble");
        Logging.stop();
        List<String> lines = Files.readAllLines(file);
        assertEquals(20_001, lines.size(), "nothing is dropped");
        assertTrue(
                lines.getFirst().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO counted n=0"),
                lines.getFirst());
        assertTrue(lines.getLast().endsWith("Z WARN log logger=com.hazelcast.x message=trouble"), lines.getLast());
    }

    @Test
    void isBoundedInSize() throws IOException {
        Path file = dir.resolve("server.log");
        Logging.start("server", file);
        String value = "x".repeat(3900);
        for (int i = 0; i < 3000; i++) {
            LoggerFactory.getLogger("io.plimsoll.x")
                    .atInfo()
                    .addKeyValue("v", value)
                    .log("large");
        }
        Logging.stop();
        assertTrue(Files.exists(dir.resolve("server.log.1")));
        assertTrue(Files.size(file) < 10_100_000);
    }

    @Test
    void refusesAFileThatCannotBeWritten() throws IOException {
        ConfigException error = assertThrows(ConfigException.class, () -> Logging.start("server", dir));
        assertTrue(error.getMessage().contains("cannot be written; name another file with --log"), error.getMessage());
        Path notADirectory = Files.writeString(dir.resolve("f"), "");
        assertThrows(ConfigException.class, () -> Logging.start("server", notADirectory.resolve("x.log")));
    }
}
