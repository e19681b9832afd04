package io.plimsoll.launcher;

import io.plimsoll.bench.JobRefusedException;
import io.plimsoll.io.TargetRefusedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Where results of jobs go, and how they look; shared by the commands that run jobs.
class OutputOptions {
    enum Format {
        NORMAL,
        JSON,
        JSON_PLUS
    }

    enum Eta {
        AUTO,
        ALWAYS,
        NEVER
    }

    @Option(
            names = "--output",
            paramLabel = "FILE",
            converter = FileWord.class,
            description = "Write the result there instead of to stdout; replaces older results only.")
    private Path file;

    @Option(
            names = "--output-format",
            paramLabel = "FORMAT",
            converter = FormatWord.class,
            description = "normal, json, or json+ with every bin of the histograms (normal).")
    private Format format;

    @Option(
            names = "--eta",
            paramLabel = "WHEN",
            converter = EtaWord.class,
            description = "A live line on stderr: always, never, or auto, on terminals only; never is silent about"
                    + " laying out and about steps too (auto).")
    private Eta eta;

    static final class FormatWord implements ITypeConverter<Format> {
        private static final Map<String, Format> FORMATS =
                Map.of("normal", Format.NORMAL, "json", Format.JSON, "json+", Format.JSON_PLUS);

        @Override
        public Format convert(String text) {
            return word("an output format here", text, FORMATS);
        }
    }

    static final class EtaWord implements ITypeConverter<Eta> {
        private static final Map<String, Eta> TIMES =
                Map.of("auto", Eta.AUTO, "always", Eta.ALWAYS, "never", Eta.NEVER);

        @Override
        public Eta convert(String text) {
            return word("a time for the live line", text, TIMES);
        }
    }

    final Format format() {
        return Typed.or(format, Format.NORMAL);
    }

    final Eta eta() {
        return Typed.or(eta, Eta.AUTO);
    }

    /// The file that the result goes to; empty: stdout.
    final Optional<ResultFile> file() {
        return Optional.ofNullable(file)
                .map(path -> new ResultFile("--output", path, "choose another file, or remove that one"));
    }

    /// Whether somebody waits for JSON on stdout, as far as a command line tells that could not be understood.
    static boolean jsonOnStdout(String[] args) {
        List<String> typed = List.of(args);
        return String.join("=", typed).contains("--output-format=json")
                && typed.stream().noneMatch(word -> word.equals("--output") || word.startsWith("--output="));
    }

    private static <T> T word(String what, String text, Map<String, T> words) {
        try {
            return FioWords.oneOf(what, text, words);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
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

    /// A refusal has its own type; what else the system says before there is a result is a failure of I/O.
    static Throwable explained(Exception e) {
        return switch (e) {
            case JobRefusedException _, TargetRefusedException _ -> e;
            case IOException _ -> new CommandException(ExitCode.FAILED, e.getMessage(), e);
            default -> e;
        };
    }
}
