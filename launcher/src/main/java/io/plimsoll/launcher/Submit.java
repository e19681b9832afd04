package io.plimsoll.launcher;

import io.plimsoll.client.Leftovers;
import io.plimsoll.client.SpoolFile;
import io.plimsoll.client.Submission;
import io.plimsoll.config.ClientSettings;
import io.plimsoll.config.Settings;
import io.plimsoll.config.Sources;
import io.plimsoll.wire.WireException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Delivers a file of unsent reports, or all that a directory holds, on the calling thread.
final class Submit {
    private static final long READ_SETTINGS_S = 30;
    private static final long SLACK_MS = 30_000;

    /// @param said how much the server has committed
    /// @param notes what it has not, and why
    record Outcome(String said, List<String> notes) {}

    private Submit() {}

    static Outcome deliver(Path path, Sources sources) {
        Vertx vertx = Vertx.vertx();
        try {
            ClientSettings settings = Settings.client(vertx, sources)
                    .await(READ_SETTINGS_S, TimeUnit.SECONDS)
                    .settings();
            return Files.isDirectory(path) ? directory(vertx, settings, path) : file(vertx, settings, path);
        } catch (TimeoutException e) {
            throw new CommandException(ExitCode.UNREACHABLE, "the server did not take the reports in time", e);
        } catch (NoSuchFileException e) {
            throw new CommandException(ExitCode.USAGE, path + ": no such file", e);
        } catch (IOException e) {
            throw new CommandException(ExitCode.USAGE, path + " cannot be read: " + e.getMessage(), e);
        } finally {
            vertx.close();
        }
    }

    private static Outcome file(Vertx vertx, ClientSettings settings, Path path) throws IOException, TimeoutException {
        SpoolFile file;
        try {
            file = SpoolFile.read(path);
        } catch (WireException e) {
            throw new CommandException(ExitCode.USAGE, path + " is no file of unsent reports: it " + e.getMessage(), e);
        }
        long timeoutMs = settings.drainTimeout().toMillis();
        int reports = Submission.deliver(vertx, settings.tcp(), file, timeoutMs)
                .await(timeoutMs + SLACK_MS, TimeUnit.MILLISECONDS);
        return file.damagedBytes() == 0
                ? new Outcome(reports + " reports delivered; " + path + " can be deleted", List.of())
                : new Outcome(
                        reports + " reports delivered",
                        List.of(path + ": " + file.damagedBytes() + " bytes are damaged, what they were is lost"));
    }

    private static Outcome directory(Vertx vertx, ClientSettings settings, Path path)
            throws IOException, TimeoutException {
        List<Path> files = SpoolFile.in(path);
        long timeoutMs = settings.drainTimeout().toMillis();
        Leftovers.Delivered all = Leftovers.deliver(vertx, settings.tcp(), files, timeoutMs)
                .await(timeoutMs + SLACK_MS, TimeUnit.MILLISECONDS);
        return new Outcome(
                all.reports() + " reports delivered; " + all.files() + " of " + files.size() + " files in " + path
                        + " are done",
                all.notes());
    }
}
