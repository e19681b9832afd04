package io.plimsoll.database;

import io.plimsoll.database.DatabaseException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs the programs of the embedded Postgres with the rights they insist on: never root's. As root they run in a user
/// namespace of their own (`unshare -U`), which keeps the user id on disk and has no rights elsewhere.
final class PostgresTools {
    private static final List<String> DIES_WITH_ITS_PARENT = List.of("setpriv", "--pdeathsig", "INT");
    private static final int OUTPUT_CHARS_MAX = 2000;

    private final Path bin;
    private final List<String> prefix;

    private PostgresTools(Path bin, List<String> prefix) {
        this.bin = bin;
        this.prefix = prefix;
    }

    /// @throws DatabaseException of kind UNSUPPORTED where this machine cannot run them, saying what is missing
    static PostgresTools in(Path bin) {
        PostgresTools tools = new PostgresTools(bin, root() ? List.of("unshare", "-U") : List.of());
        Outcome version = execute(tools.longLived("postgres", "--version"), "", 10_000);
        if (version.exitCode() != 0) {
            throw new DatabaseException(
                    Kind.UNSUPPORTED,
                    "the embedded Postgres cannot run here: " + version.output()
                            + "; it needs setpriv (package util-linux)"
                            + (root() ? " and, as root, unshare -U (user namespaces): run as a normal user" : "")
                            + ", or name a Postgres of your own with -d postgresql://HOST:PORT/DATABASE");
        }
        return tools;
    }

    /// Runs a program to its end.
    ///
    /// @throws DatabaseException of kind START with what it printed, unless it exits with 0
    void run(String input, long timeoutMs, String... programAndArguments) {
        Outcome outcome = execute(command(List.of(), programAndArguments), input, timeoutMs);
        if (outcome.exitCode() != 0) {
            throw new DatabaseException(
                    Kind.START, programAndArguments[0] + " of the embedded Postgres failed: " + outcome.output());
        }
    }

    /// As [#run], but tells by its answer whether the program exited with 0.
    boolean succeeds(long timeoutMs, String... programAndArguments) {
        return execute(command(List.of(), programAndArguments), "", timeoutMs).exitCode() == 0;
    }

    /// The command of a program that gets SIGINT when the *thread* that started it ends.
    List<String> longLived(String... programAndArguments) {
        return command(DIES_WITH_ITS_PARENT, programAndArguments);
    }

    private List<String> command(List<String> wrapper, String... programAndArguments) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(wrapper);
        command.add(bin.resolve(programAndArguments[0]).toString());
        command.addAll(List.of(programAndArguments).subList(1, programAndArguments.length));
        return command;
    }

    private record Outcome(int exitCode, String output) {}

    /// What these programs print fits a pipe's buffer, so it may be read after they ended.
    private static Outcome execute(List<String> command, String input, long timeoutMs) {
        Process process = null;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(timeoutMs, TimeUnit.MILLISECONDS)) {
                return new Outcome(-1, String.join(" ", command) + " took longer than " + timeoutMs + " ms");
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return new Outcome(process.exitValue(), output.substring(Math.max(0, output.length() - OUTPUT_CHARS_MAX)));
        } catch (IOException e) {
            return new Outcome(-1, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(-1, "interrupted");
        } finally {
            if (process != null && process.isAlive()) {
                process.destroyForcibly();
            }
        }
    }

    private static boolean root() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            throw new DatabaseException(
                    Kind.UNSUPPORTED,
                    "the embedded Postgres needs Linux with /proc (" + e
                            + "); name a Postgres of your own with -d postgresql://HOST:PORT/DATABASE",
                    e);
        }
    }
}
