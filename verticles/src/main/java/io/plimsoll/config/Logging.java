package io.plimsoll.config;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/// Turns the log file of a server or client on. Until then, and in all other commands, the program logs warnings to
/// the console only (`logback.xml`).
public final class Logging {
    private static Path started;

    private Logging() {}

    /// Logs to this file as `conf/logback-ROLE.xml` says, unless `-Dlogback.configurationFile` names another
    /// configuration. A second call for the same file does nothing; blocks shortly.
    ///
    /// @param role `server` or `client`
    /// @throws ConfigException where the file cannot be written
    public static synchronized void start(String role, Path file) {
        if (System.getProperty("logback.configurationFile") != null || file.equals(started)) {
            return;
        }
        makeWritable(file);
        URL configuration = Logging.class.getResource("/conf/logback-" + role + ".xml");
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        context.putProperty("LOG_FILE", file.toString());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(configuration);
        } catch (JoranException e) {
            throw new ConfigException("conf/logback-" + role + ".xml", e.getMessage());
        }
        started = file;
    }

    /// Writes out what is still queued. Nothing is logged afterwards.
    public static synchronized void stop() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
        started = null;
    }

    /// Logback itself would only complain on its status list, and then log nowhere.
    private static void makeWritable(Path file) {
        try {
            Path parent = file.toAbsolutePath().getParent();
            Files.createDirectories(parent);
            if (Files.isDirectory(file) || !Files.isWritable(Files.exists(file) ? file : parent)) {
                throw new ConfigException("log", "'" + file + "' cannot be written; name another file with --log");
            }
        } catch (IOException e) {
            throw new ConfigException(
                    "log", "'" + file + "' cannot be written (" + e.getMessage() + "); name another file with --log");
        }
    }
}
