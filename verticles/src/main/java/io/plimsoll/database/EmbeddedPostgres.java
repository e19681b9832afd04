package io.plimsoll.database;

import io.plimsoll.database.DatabaseException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A Postgres of our own in a directory: made on first use, durable (fsync on), listening on 127.0.0.1 only, with a
/// password of its own, and gone when this process is gone.
///
/// The directory holds `data`, `lock`, `postgres.log`, and the password files of each [DatabaseRole] (for the owner:
/// `PGPASSFILE=DIR/pgpass psql -h 127.0.0.1 -p PORT -U plimsoll plimsoll`). Everything here blocks: call it from a
/// worker thread.
final class EmbeddedPostgres implements AutoCloseable {
    static final String HOST = "127.0.0.1";
    static final String DATABASE = "plimsoll";

    private static final String DATA = "data";
    private static final String DATA_IN_THE_MAKING = "data.new";
    private static final long INITDB_MS_MAX = 120_000;
    private static final long ORPHAN_STOP_SECONDS_MAX = 30;

    private final Path directory;
    private final DirectoryLock lock;
    private final PostgresProcess process;

    private EmbeddedPostgres(Path directory, DirectoryLock lock, PostgresProcess process) {
        this.directory = directory;
        this.lock = lock;
        this.process = process;
    }

    /// Starts the Postgres of a directory, and makes it where there is none.
    ///
    /// @param lockWaitMs how long to wait while another process has the directory
    static EmbeddedPostgres start(Path directory, Map<String, String> environment, long lockWaitMs) {
        Path real = prepare(directory);
        DirectoryLock lock = DirectoryLock.acquire(real, lockWaitMs)
                .orElseThrow(() -> new DatabaseException(
                        Kind.IN_USE,
                        "database directory " + real + " is in use by " + DirectoryLock.owner(real)
                                + "; stop that one, or choose another directory with -d"));
        try {
            return started(real, environment, lock);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /// As [#start], but only where there is a database already, and empty while another process has it.
    static Optional<EmbeddedPostgres> startExisting(Path directory, Map<String, String> environment) {
        if (!exists(directory)) {
            throw new DatabaseException(
                    Kind.MISSING,
                    "no database yet in " + directory.toAbsolutePath().normalize()
                            + "; plimsoll server or plimsoll quickstart makes it, or name another one with -d");
        }
        Path real = prepare(directory);
        return DirectoryLock.acquire(real, 0).map(lock -> {
            try {
                return started(real, environment, lock);
            } catch (RuntimeException e) {
                lock.close();
                throw e;
            }
        });
    }

    static boolean exists(Path directory) {
        return Files.exists(directory.resolve(DATA).resolve("PG_VERSION"));
    }

    /// Port of the Postgres that another process (or another part of this one) runs in the directory, once it is ready.
    static Optional<Integer> portOfRunning(Path directory) {
        try {
            Path data = directory.toRealPath().resolve(DATA);
            return PostmasterPid.read(data)
                    .filter(file -> file.ready() && file.running(data))
                    .map(PostmasterPid::port);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    static String psqlCommand(Path directory, int port) {
        return "PGPASSFILE='" + DatabaseRole.READER.passwordFile(directory) + "' psql -h " + HOST + " -p " + port
                + " -U " + DatabaseRole.READER.user() + " " + DATABASE;
    }

    Path directory() {
        return directory;
    }

    int port() {
        return process.port();
    }

    long pid() {
        return process.pid();
    }

    /// Stops it and waits for that, at most about half a minute.
    @Override
    public void close() {
        close(PostgresProcess.Stop.NOW);
    }

    void close(PostgresProcess.Stop how) {
        try {
            process.stop(how);
        } finally {
            lock.close();
        }
    }

    private static EmbeddedPostgres started(Path directory, Map<String, String> environment, DirectoryLock lock) {
        Path data = directory.resolve(DATA);
        if (Files.exists(data)) {
            checkVersion(data);
        }
        PostgresTools tools = PostgresTools.in(PostgresBinaries.bin(environment, directory));
        if (!Files.exists(data)) {
            create(directory, tools);
        }
        DatabaseRole.OWNER.password(directory);
        stopOrphan(data, tools);
        return new EmbeddedPostgres(directory, lock, PostgresProcess.start(directory, data, tools));
    }

    /// The directory, made if need be, and refused if it holds what is not ours.
    private static Path prepare(Path directory) {
        try {
            Files.createDirectories(
                    directory.toAbsolutePath(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path real = directory.toRealPath();
            if (Files.exists(real.resolve("PG_VERSION"))) {
                throw notOurs(real, "is the data directory of a Postgres that Plimsoll did not make");
            }
            if (!exists(real)) {
                Set<String> ours = Set.of(
                        "lock",
                        DatabaseRole.OWNER.fileName(),
                        DatabaseRole.SERVER.fileName(),
                        DatabaseRole.READER.fileName(),
                        DATA_IN_THE_MAKING,
                        PostgresLog.FILE,
                        PostgresLog.FORMER,
                        "postgres-" + PostgresBinaries.VERSION);
                try (Stream<Path> children = Files.list(real)) {
                    Optional<Path> foreign = children.filter(
                                    child -> !ours.contains(child.getFileName().toString()))
                            .findFirst();
                    if (foreign.isPresent()) {
                        throw notOurs(
                                real,
                                "is not empty and holds no Plimsoll database ("
                                        + foreign.get().getFileName() + ")");
                    }
                }
            }
            return real;
        } catch (IOException e) {
            throw new DatabaseException(
                    Kind.WRONG_DIRECTORY, "cannot use database directory " + directory + ": " + e, e);
        }
    }

    private static DatabaseException notOurs(Path directory, String why) {
        return new DatabaseException(
                Kind.WRONG_DIRECTORY,
                "database directory " + directory + " " + why + "; give an empty or a new one with -d");
    }

    private static void checkVersion(Path data) {
        try {
            String major = Files.readString(data.resolve("PG_VERSION")).strip();
            if (!major.equals(PostgresBinaries.MAJOR)) {
                throw new DatabaseException(
                        Kind.WRONG_DIRECTORY,
                        "database directory " + data.getParent() + " was made by Postgres " + major
                                + ", this program carries Postgres " + PostgresBinaries.MAJOR
                                + "; use the Plimsoll that made it, or another directory with -d");
            }
        } catch (IOException e) {
            throw new DatabaseException(
                    Kind.WRONG_DIRECTORY, "cannot read " + data.resolve("PG_VERSION") + ": " + e, e);
        }
    }

    /// Makes the database beside its final place, so that a half-made one is never taken for a whole one.
    private static void create(Path directory, PostgresTools tools) {
        Path making = directory.resolve(DATA_IN_THE_MAKING);
        PostgresBinaries.deleteTree(making);
        String password = DatabaseRole.newPassword();
        try {
            Path passwordFile = DatabaseRole.OWNER.passwordFile(directory);
            DatabaseRole.writePrivately(passwordFile, password + "\n");
            tools.run(
                    "",
                    INITDB_MS_MAX,
                    "initdb",
                    "--pgdata=" + making,
                    "--username=" + DatabaseRole.OWNER.user(),
                    "--auth=scram-sha-256",
                    "--pwfile=" + passwordFile,
                    "--encoding=UTF8",
                    "--locale=C");
            tools.run(
                    "create database " + DATABASE + "\n",
                    INITDB_MS_MAX,
                    "postgres",
                    "--single",
                    "-D",
                    making.toString(),
                    "postgres");
            DatabaseRole.OWNER.store(password, directory);
            Files.move(making, directory.resolve(DATA), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new DatabaseException(Kind.START, "cannot make a database in " + directory + ": " + e, e);
        }
    }

    /// A Postgres whose owner died without it. We have the lock, so nobody else owns it now.
    private static void stopOrphan(Path data, PostgresTools tools) {
        Optional<PostmasterPid> former = PostmasterPid.read(data);
        if (former.isEmpty()) {
            return;
        }
        if (former.get().running(data)) {
            try {
                tools.run(
                        "",
                        (ORPHAN_STOP_SECONDS_MAX + 5) * 1000,
                        "pg_ctl",
                        "stop",
                        "-D",
                        data.toString(),
                        "-m",
                        "fast",
                        "-t",
                        Long.toString(ORPHAN_STOP_SECONDS_MAX));
            } catch (DatabaseException e) {
                // It was told to end when its owner died, and may just have done so: the file is the last to go.
                if (PostmasterPid.read(data).isPresent()) {
                    throw e;
                }
            }
        } else if (ProcessHandle.of(former.get().pid()).isPresent()) {
            // The number went to another program (usual in containers); Postgres would refuse to start because of it.
            try {
                Files.deleteIfExists(data.resolve(PostmasterPid.FILE));
            } catch (IOException e) {
                throw new DatabaseException(Kind.START, "cannot delete " + data.resolve(PostmasterPid.FILE), e);
            }
        }
    }

    static List<String> serverOptions(Path data, int port) {
        return List.of(
                "-D",
                data.toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=" + HOST,
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=on",
                "-c",
                "synchronous_commit=on",
                "-c",
                "full_page_writes=on",
                "-c",
                "logging_collector=off",
                "-c",
                "log_checkpoints=off",
                // Statements carry measured data in bulk; the log is bounded and is for people.
                "-c",
                "log_min_error_statement=panic",
                "-c",
                "max_connections=40");
    }
}
