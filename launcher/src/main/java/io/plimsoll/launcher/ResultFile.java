package io.plimsoll.launcher;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.plimsoll.bench.SaturationHtml;
import io.plimsoll.report.ReportWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
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
    Opened open() {
        refuseForeign();
        try {
            return Opened.of(path);
        } catch (NoSuchFileException e) {
            throw refusal("is in no directory that is there");
        } catch (IOException e) {
            throw refusal("cannot be written (" + e.getClass().getSimpleName() + ": " + e.getMessage() + ")");
        }
    }

    /// A file for one result. What was in it stays until the result is there.
    static final class Opened implements AutoCloseable {
        private final Path path;
        private final FileChannel channel;
        private final boolean made;
        /// A device or a pipe is neither emptied nor synced.
        private final boolean regular;

        private boolean written;

        private Opened(Path path, FileChannel channel, boolean made) {
            this.path = path;
            this.channel = channel;
            this.made = made;
            regular = Files.isRegularFile(path);
        }

        private static Opened of(Path path) throws IOException {
            try {
                return new Opened(path, FileChannel.open(path, WRITE, CREATE_NEW), true);
            } catch (FileAlreadyExistsException _) {
                return new Opened(path, FileChannel.open(path, WRITE, CREATE), false);
            }
        }

        /// @throws IOException where not all of it is in the file, which is empty then
        void write(String result) throws IOException {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(result.getBytes(StandardCharsets.UTF_8));
                empty();
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                if (regular) {
                    // Some file systems tell no earlier that there was no room.
                    channel.force(false);
                }
                written = true;
            } catch (IOException e) {
                try {
                    empty();
                } catch (IOException second) {
                    e.addSuppressed(second);
                }
                throw e;
            }
        }

        private void empty() throws IOException {
            if (regular) {
                channel.truncate(0);
            }
        }

        /// Nothing stays of a file that was made in vain.
        @Override
        public void close() {
            try (channel) {
                if (made && !written && channel.size() == 0) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("close " + path + ": " + e.getMessage(), e);
            }
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
