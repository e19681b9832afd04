package io.plimsoll.database;

import io.plimsoll.config.DatabaseSettings;
import io.plimsoll.database.Database.Place;
import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The two ways of opening a [Database].
final class DatabaseOpening {
    private static final long LOCK_WAIT_MS = 5_000;
    /// All files together; each of their statements has as long by [Purpose#SCHEMA].
    private static final long MIGRATION_MS_MAX = 15 * 60_000;

    private static final long CHECK_MS_MAX = 10_000;
    private static final long BORROW_MS_MAX = 15_000;
    private static final int BORROWS_MAX = 5;

    private DatabaseOpening() {}

    static Future<Database> forServer(Vertx vertx, DatabaseSettings settings, Map<String, String> environment) {
        return vertx.executeBlocking(() -> found(settings, environment), false)
                .compose(found -> prepared(vertx, found, settings.allowUnsafe())
                        .compose(_ -> served(vertx, found, settings.allowUnsafe()))
                        .recover(failure -> released(vertx, found.place(), failure)));
    }

    /// A Postgres that answers.
    ///
    /// @param borrowed others may end it at any time
    private record Found(PgConnectOptions logIn, Place place, boolean borrowed) {
        PgConnectOptions logIn(Purpose purpose) {
            return purpose.limit(new PgConnectOptions(logIn));
        }
    }

    private static Found found(DatabaseSettings settings, Map<String, String> environment) {
        return switch (DatabaseLocation.of(settings.location(), settings.passwordFile(), environment)) {
            case DatabaseLocation.External external -> found(external, environment);
            case DatabaseLocation.Embedded embedded -> {
                var postgres = EmbeddedPostgres.start(embedded.directory(), environment, LOCK_WAIT_MS);
                yield found(postgres.directory(), postgres.port(), false, postgres::close);
            }
        };
    }

    /// Looks and migrates on a connection for that only; what writes reports has other limits.
    private static Future<Void> prepared(Vertx vertx, Found found, boolean allowUnsafe) {
        Connections one = new Connections(vertx, found.logIn(Purpose.SCHEMA), 1);
        Database schema = new Database(vertx, one, found.place(), List.of());
        return schema.withConnection(CHECK_MS_MAX, Durability::gaps)
                .map(gaps -> Durability.insist(gaps, allowUnsafe))
                .compose(_ -> vertx.executeBlocking(Migration::onClassPath, false))
                .compose(known ->
                        schema.withConnection(MIGRATION_MS_MAX, connection -> Migrations.migrate(connection, known)))
                .eventually(one::close);
    }

    private static Future<Database> served(Vertx vertx, Found found, boolean allowUnsafe) {
        Connections connections = new Connections(vertx, found.logIn(Purpose.SERVER), Database.CONNECTIONS_MAX);
        return new Database(vertx, connections, found.place(), List.of())
                .withConnection(CHECK_MS_MAX, Durability::gaps)
                .map(gaps -> Durability.insist(gaps, allowUnsafe))
                .map(gaps -> new Database(vertx, connections, found.place(), gaps))
                .recover(failure -> connections.close().transform(_ -> Future.failedFuture(failure)));
    }

    private static <T> Future<T> released(Vertx vertx, Place place, Throwable failure) {
        return vertx.executeBlocking(
                        () -> {
                            place.release();
                            return null;
                        },
                        false)
                .transform(_ -> Future.failedFuture(failure));
    }

    static Future<Database> forQueries(Vertx vertx, DatabaseLocation location, Map<String, String> environment) {
        return switch (location) {
            case DatabaseLocation.External external ->
                vertx.executeBlocking(() -> found(external, environment), false).compose(found -> asked(vertx, found));
            case DatabaseLocation.Embedded embedded -> startOrBorrow(vertx, embedded.directory(), environment, 1);
        };
    }

    /// Where the owner stops just as we connect, the next attempt starts the database itself.
    private static Future<Database> startOrBorrow(
            Vertx vertx, Path directory, Map<String, String> environment, int attempt) {
        return vertx.executeBlocking(() -> startOrFind(directory, environment), false)
                .compose(found -> asked(vertx, found)
                        .recover(failure -> failure instanceof DatabaseException e
                                        && e.kind() == Kind.UNREACHABLE
                                        && found.borrowed()
                                        && attempt < BORROWS_MAX
                                ? startOrBorrow(vertx, directory, environment, attempt + 1)
                                : Future.failedFuture(failure)));
    }

    private static Found startOrFind(Path directory, Map<String, String> environment) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BORROW_MS_MAX);
        while (true) {
            Optional<EmbeddedPostgres> own = EmbeddedPostgres.startExisting(directory, environment);
            if (own.isPresent()) {
                EmbeddedPostgres postgres = own.get();
                return found(
                        postgres.directory(),
                        postgres.port(),
                        false,
                        () -> postgres.close(PostgresProcess.Stop.WHEN_UNUSED));
            }
            Optional<Integer> port = EmbeddedPostgres.portOfRunning(directory);
            if (port.isPresent()) {
                return found(directory.toAbsolutePath().normalize(), port.get(), true, () -> {});
            }
            if (System.nanoTime() - deadline > 0) {
                throw new DatabaseException(
                        Kind.IN_USE,
                        "database directory " + directory + " is held by " + DirectoryLock.owner(directory)
                                + ", but its Postgres is not ready after " + BORROW_MS_MAX / 1000 + " s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private static Future<Database> asked(Vertx vertx, Found found) {
        Connections connections = new Connections(vertx, found.logIn(Purpose.QUERIES), Database.CONNECTIONS_MAX);
        Database database = new Database(vertx, connections, found.place(), List.of());
        return vertx.executeBlocking(Migration::onClassPath, false)
                .compose(known ->
                        database.withConnection(CHECK_MS_MAX, connection -> Migrations.check(connection, known)))
                .map(database)
                .recover(failure -> database.close().transform(_ -> Future.failedFuture(failure)));
    }

    private static Found found(DatabaseLocation.External external, Map<String, String> environment) {
        return new Found(
                LogIn.external(external, environment),
                new Place(
                        external.toString(),
                        external.passwordFile()
                                        .map(file -> "PGPASSFILE='" + file + "' ")
                                        .orElse("")
                                + "psql '" + external + "'",
                        () -> {}),
                false);
    }

    private static Found found(Path directory, int port, boolean borrowed, Runnable onRelease) {
        Place place = new Place(
                directory + " (embedded Postgres on " + EmbeddedPostgres.HOST + ":" + port + ")",
                EmbeddedPostgres.psqlCommand(directory, port),
                onRelease);
        return new Found(LogIn.embedded(directory, port), place, borrowed);
    }
}
