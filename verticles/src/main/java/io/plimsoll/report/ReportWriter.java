package io.plimsoll.report;

import io.plimsoll.database.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;

/// Writes the report of a run: as text for people, as JSON for programs.
public final class ReportWriter {
    /// Loading reads and merges every histogram of the run: a tenth of a millisecond each.
    public static final long LOAD_MS_MAX = 600_000;

    private ReportWriter() {}

    /// Loads the run, gives the text to `text` on a worker thread and writes `json`, which appears whole or not at all.
    ///
    /// @return fails with [NoSuchRunException], a `DatabaseException`, or [UncheckedIOException] naming the file
    public static Future<RunReport> write(Vertx vertx, Database database, long run, Consumer<String> text, Path json) {
        return database.withConnection(LOAD_MS_MAX, connection -> Reports.load(connection, run))
                .compose(report -> vertx.executeBlocking(() -> {
                    text.accept(TextReport.render(report));
                    replace(json, JsonReport.render(report));
                    return report;
                }));
    }

    /// Writes a file beside its place and moves it there.
    public static void replace(Path file, String content) {
        Path absolute = file.toAbsolutePath();
        Path beside = absolute.resolveSibling(absolute.getFileName() + ".part");
        try {
            Files.createDirectories(absolute.getParent());
            Files.writeString(beside, content);
            Files.move(beside, absolute, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + absolute + ": " + e.getMessage(), e);
        }
    }
}
