package io.plimsoll.launcher;

import io.plimsoll.bench.SaturationHtml;
import io.plimsoll.report.ReportWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// A file that a result goes to. It replaces an empty file or an older result of ours, and nothing else that is there.
///
/// @param flag that named it
/// @param remedy where it cannot be used
record ResultFile(String flag, Path path, String remedy) {
    private static final int HEAD_BYTES = 4096;
    /// How everything begins that bench and saturate print.
    private static final Pattern OURS = Pattern.compile("\\A(?:"
            + "\\S+: \\(g=0\\): rw=[^\\n]*\\n(?:\\.\\.\\.\\n)?plimsoll-"
            + "|(?:No )?Plimsoll line"
            + "|\\{[^{}]*\"plimsoll[ _]version\""
            + "|<!DOCTYPE html>(?s:.)*" + Pattern.quote(SaturationHtml.MARK) + ")");

    /// Opens it before there is a result: what cannot be written is better known then.
    ///
    /// @throws CommandException with the remedy
    PrintWriter open() {
        refuseForeign();
        try {
            return new PrintWriter(Files.newBufferedWriter(path));
        } catch (NoSuchFileException e) {
            throw refusal("is in no directory that is there");
        } catch (IOException e) {
            throw refusal("cannot be written (" + e.getClass().getSimpleName() + ": " + e.getMessage() + ")");
        }
    }

    /// Says before there is a result what would keep [#write] from writing it.
    ///
    /// @throws CommandException with the remedy
    void check() {
        refuseForeign();
        Path folder = path.toAbsolutePath().getParent();
        if (replaced() && (!Files.isDirectory(folder) || !Files.isWritable(folder))) {
            throw refusal("cannot be written: " + folder + " is no directory that we may write to");
        }
    }

    /// It appears whole or not at all.
    void write(String page) {
        try {
            if (replaced()) {
                ReportWriter.replace(path, page);
            } else {
                Files.writeString(path, page);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new CommandException(ExitCode.FAILED, flag + ": " + e.getMessage(), e);
        }
    }

    boolean same(ResultFile other) {
        return path.toAbsolutePath()
                .normalize()
                .equals(other.path.toAbsolutePath().normalize());
    }

    /// A device, a pipe or a link stays what it is.
    private boolean replaced() {
        return Files.notExists(path, LinkOption.NOFOLLOW_LINKS) || Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    /// What is no regular file holds nothing that could be lost.
    private void refuseForeign() {
        if (Files.isDirectory(path)) {
            throw refusal("is a directory");
        }
        if (Files.isRegularFile(path) && !ours()) {
            throw refusal("is there already, and is no result of plimsoll");
        }
    }

    private boolean ours() {
        try (InputStream in = Files.newInputStream(path)) {
            String head = new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8);
            return head.isEmpty() || OURS.matcher(head).find();
        } catch (IOException e) {
            throw refusal("is there already and cannot be read");
        }
    }

    private CommandException refusal(String why) {
        return new CommandException(ExitCode.USAGE, flag + ": " + path + " " + why + "; " + remedy);
    }
}
