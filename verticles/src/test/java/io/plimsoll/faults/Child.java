package io.plimsoll.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// A process of ours that is killed, frozen and told things. What it says goes to a file, and can be waited for.
final class Child implements AutoCloseable {
    private static final long WAIT_S = 180;

    private final Process process;
    private final Path log;
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;

    /// @param log both streams are appended to it
    /// @param heard told each line, by a thread of its own
    Child(List<String> command, Path directory, Path log, Consumer<String> heard) throws IOException {
        this.log = log;
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("XDG_DATA_HOME", directory.resolve("data").toString());
        process = builder.start();
        // whatever ends this process ends that one, too
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        reader = Thread.ofPlatform().daemon().name("child").start(() -> collect(heard));
    }

    /// A Java of this version with the class path of this one.
    static List<String> java(String heap, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xmx" + heap));
        command.addAll(List.of(arguments));
        return command;
    }

    /// Waits until it has said such a line.
    void await(Predicate<String> condition) {
        if (!says(condition)) {
            throw new AssertionError(log + ": no such line, the last ones are\n" + last());
        }
    }

    /// As [#await], but tells by its answer whether it has ended without.
    boolean says(Predicate<String> condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
        int seen = 0;
        while (System.nanoTime() < deadlineNs) {
            boolean over = !reader.isAlive();
            synchronized (lines) {
                for (; seen < lines.size(); seen++) {
                    if (condition.test(lines.get(seen))) {
                        return true;
                    }
                }
            }
            if (over) {
                return false;
            }
            Waits.ms(20);
        }
        return false;
    }

    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    void tell(String line) {
        try {
            OutputStream in = process.getOutputStream();
            in.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            in.flush();
        } catch (IOException e) {
            throw new AssertionError(log + ": is gone, the last lines are\n" + last(), e);
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    /// kill -9 of this very process, not of a shell around it.
    void kill() {
        process.destroyForcibly();
        exitCode();
    }

    void terminate() {
        process.destroy();
    }

    /// @param signal as `kill` knows it
    void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    int exitCode() {
        try {
            if (!process.waitFor(WAIT_S, TimeUnit.SECONDS)) {
                throw new AssertionError(log + ": still runs, the last lines are\n" + last());
            }
            reader.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    String last() {
        List<String> all = lines();
        return String.join("\n", all.subList(Math.max(0, all.size() - 30), all.size()));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void collect(Consumer<String> heard) {
        try (var in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                Writer out = Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write(line + "\n");
                out.flush();
                heard.accept(line);
                synchronized (lines) {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            // it was killed; what it said before is here
        }
    }
}
