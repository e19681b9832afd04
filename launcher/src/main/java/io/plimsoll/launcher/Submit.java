package io.plimsoll.launcher;

import io.plimsoll.client.Submission;
import io.plimsoll.client.UnsentFile;
import io.plimsoll.config.ClientSettings;
import io.plimsoll.config.Settings;
import io.plimsoll.config.Sources;
import io.plimsoll.wire.WireException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Delivers a file of unsent reports, on the calling thread.
final class Submit {
    private static final long READ_SETTINGS_S = 30;
    private static final long SLACK_MS = 30_000;

    private Submit() {}

    /// @return how many reports the server has committed
    static int deliver(Path file, Sources sources) {
        Vertx vertx = Vertx.vertx();
        try {
            ClientSettings settings = Settings.client(vertx, sources)
                    .await(READ_SETTINGS_S, TimeUnit.SECONDS)
                    .settings();
            long timeoutMs = settings.drainTimeout().toMillis();
            return Submission.deliver(vertx, settings.tcp(), read(file), timeoutMs)
                    .await(timeoutMs + SLACK_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new CommandException(ExitCode.UNREACHABLE, "the server did not take the reports in time", e);
        } finally {
            vertx.close();
        }
    }

    private static UnsentFile read(Path file) {
        try {
            return UnsentFile.read(file);
        } catch (NoSuchFileException e) {
            throw new CommandException(ExitCode.USAGE, file + ": no such file", e);
        } catch (IOException e) {
            throw new CommandException(ExitCode.USAGE, file + " cannot be read: " + e.getMessage(), e);
        } catch (WireException e) {
            throw new CommandException(ExitCode.USAGE, file + " is no file of unsent reports: " + e.getMessage(), e);
        }
    }
}
