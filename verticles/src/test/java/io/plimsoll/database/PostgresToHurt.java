package io.plimsoll.database;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A durable Postgres in a directory of its own, for whoever kills and freezes it: it stays down until it is
/// started again, always at the same port. Blocks; the thread that starts it must outlive it.
public final class PostgresToHurt implements AutoCloseable {
    private static final long READY_MS_MAX = 120_000;
    private static final long SQL_SECONDS_MAX = 120;

    private final Path directory;
    private final Path data;
    private final PostgresTools tools;
    private final int port;
    private final Vertx vertx = Vertx.vertx();
    private Process process;

    private PostgresToHurt(Path directory) {
        // made as ever, then left to this class
        EmbeddedPostgres.start(directory, System.getenv(), 0).close();
        this.directory = directory.toAbsolutePath().normalize();
        this.data = this.directory.resolve("data");
        this.tools = PostgresTools.in(PostgresBinaries.bin(System.getenv(), directory));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(EmbeddedPostgres.HOST))) {
            this.port = free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param directory empty, or not there
    public static PostgresToHurt in(Path directory) {
        PostgresToHurt postgres = new PostgresToHurt(directory);
        postgres.start();
        return postgres;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(EmbeddedPostgres.HOST, port);
    }

    /// `postgresql://…` as the superuser; the password is in [#passwordFile].
    ///
    /// @param by the port of a proxy before it, or its own
    public String uri(int by) {
        return "postgresql://" + DatabaseRole.OWNER.user() + "@" + EmbeddedPostgres.HOST + ":" + by + "/"
                + EmbeddedPostgres.DATABASE;
    }

    public Path passwordFile() {
        return DatabaseRole.OWNER.passwordFile(directory);
    }

    /// Starts it where it is down, and returns when it is ready.
    public void start() {
        if (process != null && process.isAlive()) {
            return;
        }
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(READY_MS_MAX);
        while (true) {
            try {
                process = new ProcessBuilder(tools.longLived(Stream.concat(
                                        Stream.of("postgres"), EmbeddedPostgres.serverOptions(data, port).stream())
                                .toArray(String[]::new)))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(
                                directory.resolve("hurt.log").toFile()))
                        .start();
                while (process.isAlive()) {
                    if (PostmasterPid.read(data)
                            .filter(file -> file.ready() && file.pid() == process.pid() && file.port() == port)
                            .isPresent()) {
                        return;
                    }
                    if (System.nanoTime() - deadlineNs > 0) {
                        throw new AssertionError("Postgres is not ready, see " + directory);
                    }
                    process.waitFor(10, TimeUnit.MILLISECONDS);
                }
                // children of the last one hold its memory for a moment
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new AssertionError("Postgres does not start, see " + directory);
                }
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    /// kill -9 of the postmaster and all its children at once.
    public void kill() {
        List<ProcessHandle> all = all();
        all.forEach(ProcessHandle::destroyForcibly);
        gone();
    }

    /// What `pg_ctl stop -m immediate` does: everybody quits on the spot, and the next start recovers.
    public void quit() {
        signal("QUIT", List.of(process.toHandle()));
        gone();
    }

    /// Nothing of it gets a processor until [#thaw].
    public void freeze() {
        signal("STOP", all());
    }

    public void thaw() {
        if (process.isAlive()) {
            signal("CONT", all());
        }
    }

    /// The rows of a statement, as text.
    public List<List<String>> sql(String statement) {
        PgConnectOptions options =
                PgConnectOptions.fromUri(uri(port)).setPassword(DatabaseRole.OWNER.password(directory));
        try {
            return PgConnection.connect(vertx, options)
                    .compose(connection -> connection
                            .query(statement)
                            .execute()
                            .map(rows -> rows.stream()
                                    .map(row -> IntStream.range(0, row.size())
                                            .mapToObj(i -> String.valueOf(row.getValue(i)))
                                            .toList())
                                    .toList())
                            .eventually(connection::close))
                    .await(SQL_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError("no answer to " + statement, e);
        }
    }

    @Override
    public void close() {
        thaw();
        kill();
        vertx.close().await();
    }

    private List<ProcessHandle> all() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    private void gone() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("Postgres " + process.pid() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void signal(String name, List<ProcessHandle> processes) {
        List<String> command = Stream.concat(
                        Stream.of("kill", "-" + name), processes.stream().map(p -> Long.toString(p.pid())))
                .toList();
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
