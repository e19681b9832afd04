package io.plimsoll.launcher;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/// Where the result of a command goes: to stdout, or to a file that was opened before there was a result. Where the
/// file does not take it, it goes to stdout after all: a result has cost its time. One thread.
final class ResultOutput implements AutoCloseable {
    private final Console console;
    private final Optional<ResultFile> file;
    private final Optional<ResultFile.Opened> opened;

    /// @throws CommandException where the file cannot be used, with the remedy
    ResultOutput(Optional<ResultFile> file, Console console) {
        this.console = console;
        this.file = file;
        opened = file.map(ResultFile::open);
    }

    /// The file that was named for the result; empty: stdout.
    Optional<Path> file() {
        return file.map(ResultFile::path);
    }

    /// @return false where the file did not take it: stderr says why, and stdout has it
    /// @throws CommandException where stdout does not take it
    boolean print(String text) {
        if (opened.isEmpty()) {
            print(text, console.out());
            return true;
        }
        try {
            opened.get().write(text);
            return true;
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            console.message(file.get().flag() + ": " + file.get().path() + " did not take the result (" + why
                    + "); it is on stdout");
            print(text, console.out());
            return false;
        }
    }

    /// Prints a result, which is lost where nobody looks whether it was written: a writer to stdout does not know of
    /// the errors of the stream below it.
    static void print(String text, PrintWriter out) {
        out.print(text);
        out.flush();
        if (out.checkError() || System.out.checkError()) {
            throw new CommandException(
                    ExitCode.FAILED, "the result could not be written (is the disk full, or the reader gone?)");
        }
    }

    @Override
    public void close() {
        opened.ifPresent(ResultFile.Opened::close);
    }
}
