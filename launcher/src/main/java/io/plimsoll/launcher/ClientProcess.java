package io.plimsoll.launcher;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A client that this process started, from the same jar and with the same flags for the JVM.
///
/// @param said what it writes to stdout and stderr
record ClientProcess(String id, Process process, Path output) {
    private static final long END_S = 45;
    private static final int LINES_MAX = 20;

    /// The kernel sends the client SIGTERM when the calling thread ends, and so also when this process is killed.
    static ClientProcess start(Path directory, String id, List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (onPath("setpriv")) {
            command.addAll(List.of("setpriv", "--pdeathsig", "TERM"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Not the installation's conf/client.yaml: a first look must not depend on what was changed there.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-Dplimsoll.home="))
                .forEach(command::add);
        command.addAll(program());
        command.addAll(arguments);
        Path output = directory.resolve(id + ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            // Where the server is gone, there is nobody to wait for.
            builder.environment().put("PLIMSOLL_DRAIN_TIMEOUT", "5s");
            Process process = builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            return new ClientProcess(id, process, output);
        } catch (IOException e) {
            throw new CommandException(ExitCode.INTERNAL, "client " + id + " cannot be started: " + e.getMessage(), e);
        }
    }

    CompletableFuture<Process> ended() {
        return process.onExit();
    }

    /// Asks for a graceful stop.
    void terminate() {
        process.destroy();
    }

    /// Waits, within a bound, and ends the process if it must.
    int end() {
        try {
            if (process.isAlive() && !process.waitFor(END_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(END_S, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        return process.isAlive() ? ExitCode.INTERNAL.code() : process.exitValue();
    }

    /// The last lines that it wrote.
    List<String> said() {
        try {
            List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
            return lines.subList(Math.max(0, lines.size() - LINES_MAX), lines.size());
        } catch (IOException e) {
            return List.of("(" + output + " cannot be read: " + e.getMessage() + ")");
        }
    }

    /// With -jar, the manifest opens what the libraries need; without a jar, our own flags did.
    private static List<String> program() {
        String classPath = System.getProperty("java.class.path");
        return classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)
                ? List.of("-jar", classPath)
                : List.of("-cp", classPath, Main.class.getName());
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
