package io.plimsoll.launcher;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What `launcher/plimsoll` runs once for each build, so that later benchmarks begin at once: small jobs of the usual
/// kinds, from which the JVM learns what they need.
final class Learning {
    private Learning() {}

    /// @param args `picocli FILE` writes the jar that is to stand first on the class path; `jobs DIRECTORY` runs
    ///     the jobs on files in that directory, which must be empty
    public static void main(String[] args) throws IOException {
        switch (args[0]) {
            case "picocli" -> ModernPicocli.write(Path.of(args[1]));
            case "jobs" -> jobs(Path.of(args[1]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /// @throws IllegalStateException if one of them does not run; it has said why
    static void jobs(Path directory) throws IOException {
        Path files = Files.createDirectory(directory.resolve("files"));
        List<String> device = List.of("--filename=/dev/zero", "--rw=randread", "--size=1g", "--time_based");
        List<String> laidOut = List.of("--directory=" + files, "--rw=randrw", "--size=1m");
        List<String> file = List.of("--filename=" + directory.resolve("file"), "--rw=write", "--size=1m");
        for (List<String> target : List.of(device, laidOut, file)) {
            for (String engine : List.of("io_uring --iodepth=32 --fallback=psync", "psync")) {
                for (String format : List.of("normal", "json")) {
                    int code = Main.run(
                            new PrintWriter(Writer.nullWriter()),
                            new PrintWriter(System.err, true),
                            arguments(target, engine, format));
                    if (code != ExitCode.OK.code()) {
                        throw new IllegalStateException("a job ended with code " + code);
                    }
                }
            }
        }
    }

    private static String[] arguments(List<String> target, String engine, String format) {
        List<String> arguments = new ArrayList<>(List.of("bench", "--name=learn", "--bs=4k"));
        arguments.addAll(target);
        arguments.addAll(List.of(("--ioengine=" + engine).split(" ")));
        arguments.addAll(List.of("--overwrite=1", "--runtime=1", "--eta=never", "--output-format=" + format));
        return arguments.toArray(String[]::new);
    }
}
