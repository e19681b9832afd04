package io.plimsoll.launcher;

import io.plimsoll.bench.SaturationHtml;
import io.plimsoll.report.ReportWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The file of a page, which replaces an older page of ours and nothing else.
record PageFile(Path path) {
    private static final int HEAD_BYTES = 4096;

    /// Says before the search what would not work after it.
    ///
    /// @throws CommandException with the remedy
    void check() {
        Path folder = path.toAbsolutePath().getParent();
        if (Files.isDirectory(path)) {
            throw refusal("is a directory");
        }
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw refusal("cannot be written: " + folder + " is no directory that we may write to");
        }
        if (Files.exists(path) && !ours()) {
            throw refusal("is there already, and is no page of plimsoll saturate");
        }
    }

    /// It appears whole or not at all.
    void write(String page) {
        try {
            ReportWriter.replace(path, page);
        } catch (UncheckedIOException e) {
            throw new CommandException(ExitCode.FAILED, "--html: " + e.getMessage(), e);
        }
    }

    private boolean ours() {
        try (InputStream in = Files.newInputStream(path)) {
            return new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8).contains(SaturationHtml.MARK);
        } catch (IOException e) {
            throw refusal("is there already and cannot be read");
        }
    }

    private CommandException refusal(String why) {
        return new CommandException(
                ExitCode.USAGE,
                "--html: " + path + " " + why + "; choose another file with --html=FILE, or --html=none");
    }
}
