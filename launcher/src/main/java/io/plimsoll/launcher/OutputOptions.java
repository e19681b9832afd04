package io.plimsoll.launcher;

import io.plimsoll.bench.JobRefusedException;
import io.plimsoll.bench.Rendering;
import io.plimsoll.io.TargetRefusedException;
import io.plimsoll.wire.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Where results of jobs go, and how they look; shared by the commands that run jobs.
final class OutputOptions {
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

    @ArgGroup(validate = false, heading = "%nOutput%n", order = 7)
    private Output output = new Output();

    private static final class Output {
        @Option(names = "--output", paramLabel = "FILE", description = "Write the result there instead of to stdout.")
        private Path file;

        @Option(
                names = "--output-format",
                paramLabel = "FORMAT",
                converter = FormatWord.class,
                description = "normal, json, or json+ with every bin of the histograms (normal).")
        private Format format;

        @Option(
                names = "--percentile_list",
                paramLabel = "LIST",
                converter = FioWords.Percentiles.class,
                description = "Percentiles to show: 50:99:99.9 (those of fio).")
        private List<Double> percentiles;

        @Option(
                names = "--eta",
                paramLabel = "WHEN",
                converter = EtaWord.class,
                description = "A live line on stderr: always, never, or auto, on terminals only (auto).")
        private Eta eta;
    }

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

    Format format() {
        return Objects.requireNonNullElse(output.format, Format.NORMAL);
    }

    Eta eta() {
        return Objects.requireNonNullElse(output.eta, Eta.AUTO);
    }

    Rendering rendering() {
        return new Rendering(
                Version.TEXT,
                Objects.requireNonNullElse(output.percentiles, Rendering.PERCENTILES),
                ZoneId.systemDefault());
    }

    /// Opens the file that results go to, before there are any: what cannot be written is better known then.
    Optional<PrintWriter> openFile() {
        return openFile(Optional.ofNullable(output.file));
    }

    static Optional<PrintWriter> openFile(Optional<Path> file) {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PrintWriter(Files.newBufferedWriter(file.get())));
        } catch (IOException e) {
            throw new CommandException(ExitCode.USAGE, "--output: cannot write " + e.getMessage(), e);
        }
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

    /// Prints a result, which is lost where nobody looks whether it was written.
    static void print(String text, PrintWriter out) {
        out.print(text);
        out.flush();
        if (out.checkError()) {
            throw new CommandException(ExitCode.FAILED, "the result could not be written (is the disk full?)");
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
