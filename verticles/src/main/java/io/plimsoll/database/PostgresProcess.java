package io.plimsoll.database;

import io.plimsoll.database.DatabaseException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The running `postgres` of an embedded database. It gets SIGINT (fast shutdown) when the thread that started it
/// dies, so that thread is a platform thread of its own that lives as long as Postgres does.
final class PostgresProcess {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresProcess.class);
    private static final int STARTS_MAX = 5;
    /// Room for the recovery of a gigabyte of write-ahead log after a crash.
    private static final long READY_MS_MAX = 120_000;

    private static final long READY_POLL_MS = 10;
    private static final long STOP_SECONDS_MAX = 20;
    private static final int RESTARTS_MAX = 10;
    private static final long RESTART_PAUSE_MS = 500;

    enum Stop {
        /// Sessions are ended, data is safe.
        NOW("fast"),
        /// New sessions are refused, those that are there may finish: another process may be looking.
        WHEN_UNUSED("smart");

        private final String mode;

        Stop(String mode) {
            this.mode = mode;
        }
    }

    private final Path data;
    private final PostgresTools tools;
    private final int port;
    private final PostgresLog log;
    private final CompletableFuture<Process> started = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile Process process;
    private volatile boolean wanted;

    private PostgresProcess(Path directory, Path data, PostgresTools tools, int port) {
        this.data = data;
        this.tools = tools;
        this.port = port;
        this.log = new PostgresLog(directory);
    }

    /// Starts on a free port and returns when connections are accepted.
    static PostgresProcess start(Path directory, Path data, PostgresTools tools) {
        for (int attempt = 1; ; attempt++) {
            PostgresProcess process = new PostgresProcess(directory, data, tools, freePort());
            Optional<DatabaseException> failure = process.run();
            if (failure.isEmpty()) {
                return process;
            }
            if (attempt == STARTS_MAX || !worthAnotherTry(failure.get())) {
                throw failure.get();
            }
        }
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    synchronized void stop(Stop how) {
        wanted = false;
        if (!process.isAlive()) {
            return;
        }
        if (!stopped(how.mode) && !stopped("fast") && !stopped("immediate")) {
            process.destroyForcibly();
        }
    }

    private boolean stopped(String mode) {
        String seconds = Long.toString(STOP_SECONDS_MAX);
        tools.succeeds(
                (STOP_SECONDS_MAX + 5) * 1000, "pg_ctl", "stop", "-D", data.toString(), "-m", mode, "-t", seconds);
        try {
            return process.waitFor(1, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Optional<DatabaseException> run() {
        Thread.ofPlatform().daemon().name("plimsoll-postgres").start(this::liveWithPostgres);
        try {
            started.get();
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(READY_MS_MAX);
            while (!ready()) {
                if (process.waitFor(READY_POLL_MS, TimeUnit.MILLISECONDS)) {
                    // Its last words are still on their way through the pipe.
                    ended.completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
                    return Optional.of(failed("ended with exit code " + process.exitValue()));
                }
                if (System.nanoTime() - deadline > 0) {
                    stop(Stop.NOW);
                    return Optional.of(failed("was not ready after " + READY_MS_MAX / 1000 + " s"));
                }
            }
            wanted = true;
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(failed("did not start: " + e.getCause()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            started.thenAccept(Process::destroyForcibly);
            return Optional.of(failed("was interrupted while starting"));
        }
    }

    private boolean ready() {
        return PostmasterPid.read(data)
                .filter(file -> file.ready() && file.pid() == process.pid() && file.port() == port)
                .isPresent();
    }

    /// A Postgres that was up and ends unasked (killed for want of memory, say) is started again on the same port, so
    /// that whoever writes needs no more than to try again.
    private void liveWithPostgres() {
        try {
            for (int restarts = 0; launch(restarts); restarts++) {
                log.copy(process.getInputStream());
                int exitCode = process.waitFor();
                if (!wanted) {
                    return;
                }
                LOG.atError()
                        .addKeyValue("directory", data.getParent())
                        .addKeyValue("exitCode", exitCode)
                        .addKeyValue("lastWords", log.lastWords())
                        .log("postgres-ended");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RESTART_PAUSE_MS));
            }
        } catch (IOException e) {
            started.completeExceptionally(e);
            LOG.atError().addKeyValue("error", e).log("postgres-not-started");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            ended.complete(null);
        }
    }

    private synchronized boolean launch(int restarts) throws IOException {
        if (restarts > 0 && (!wanted || restarts > RESTARTS_MAX)) {
            return false;
        }
        String[] command = Stream.concat(Stream.of("postgres"), EmbeddedPostgres.serverOptions(data, port).stream())
                .toArray(String[]::new);
        process = new ProcessBuilder(tools.longLived(command))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        started.complete(process);
        return true;
    }

    private DatabaseException failed(String how) {
        return new DatabaseException(
                Kind.START,
                "the embedded Postgres in " + data.getParent() + " " + how + ": " + log.lastWords() + " (see "
                        + data.resolveSibling(PostgresLog.FILE) + ")");
    }

    /// Somebody took the port between our looking and its binding; or the last one's children are still dying.
    private static boolean worthAnotherTry(DatabaseException failure) {
        String message = failure.getMessage();
        return message.contains("could not bind")
                || message.contains("Address already in use")
                || message.contains("pre-existing shared memory block");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(EmbeddedPostgres.HOST))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new DatabaseException(Kind.START, "no free TCP port on " + EmbeddedPostgres.HOST + ": " + e, e);
        }
    }
}
