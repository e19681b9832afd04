package io.plimsoll.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The program as its users run it: the one jar, a process of its own.
final class PlimsollProcess implements AutoCloseable {
    private static final long WAIT_S = 120;

    private final Process process;
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();
    private final Thread outReader;
    private final Thread errReader;

    /// @param home becomes HOME, XDG_DATA_HOME, XDG_CONFIG_HOME and the working directory, so that nothing
    /// outside it is touched
    PlimsollProcess(Path home, String... args) throws IOException {
        String jar = System.getProperty("plimsoll.jar");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx256m",
                // Most of these processes live for seconds, and spend them on loading and compiling.
                "-XX:TieredStopAtLevel=1",
                "-Xlog:disable",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + Path.of(jar).resolveSibling("it-" + args[0] + ".jsa"),
                "-jar",
                jar));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("XDG_DATA_HOME", home.resolve("data").toString());
        builder.environment().put("XDG_CONFIG_HOME", home.resolve("config").toString());
        process = builder.start();
        outReader = collect(process.getInputStream(), out);
        errReader = collect(process.getErrorStream(), err);
    }

    /// Waits until a line on stdout or stderr satisfies the condition.
    void awaitLine(Predicate<String> condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
        while (System.nanoTime() < deadline) {
            if (lines(out).stream().anyMatch(condition) || lines(err).stream().anyMatch(condition)) {
                return;
            }
            if (process.waitFor(50, TimeUnit.MILLISECONDS)
                    && !outReader.isAlive()
                    && !errReader.isAlive()
                    && lines(out).stream().noneMatch(condition)
                    && lines(err).stream().noneMatch(condition)) {
                break;
            }
        }
        throw new AssertionError("no such line in\n" + text());
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(WAIT_S, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + WAIT_S + " s:\n" + text());
        }
        outReader.join();
        errReader.join();
        return process.exitValue();
    }

    void kill() {
        process.destroyForcibly();
    }

    void terminate() {
        process.destroy();
    }

    /// @param name as `kill` knows it: STOP, CONT, TERM
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    Stream<ProcessHandle> descendants() {
        return process.descendants();
    }

    String stdout() {
        return String.join("\n", lines(out));
    }

    String stderr() {
        return String.join("\n", lines(err));
    }

    String text() {
        return "stdout:\n" + stdout() + "\nstderr:\n" + stderr();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static List<String> lines(List<String> from) {
        synchronized (from) {
            return List.copyOf(from);
        }
    }

    private static Thread collect(InputStream stream, List<String> into) {
        return Thread.ofPlatform().daemon().start(() -> {
            try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    synchronized (into) {
                        into.add(line);
                    }
                }
            } catch (IOException e) {
                // the process was killed; what it said before is here
            }
        });
    }
}
