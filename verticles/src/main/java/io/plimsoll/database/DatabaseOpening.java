package io.plimsoll.database;

import io.plimsoll.config.DatabaseSettings;
import io.plimsoll.database.Database.Findings;
import io.plimsoll.database.Database.Place;
import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.SqlConnection;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

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
    /// @param logIn reads files
    /// @param embedded directory of an embedded one
    /// @param borrowed others may end it at any time
    private record Found(
            Function<Purpose, PgConnectOptions> logIn, Place place, Optional<Path> embedded, boolean borrowed) {
        Future<Database> open(Vertx vertx, Purpose purpose, int connectionsMax) {
            return vertx.executeBlocking(() -> purpose.limit(logIn.apply(purpose)), false)
                    .map(options -> new Connections(vertx, options, connectionsMax))
                    .map(connections -> new Database(vertx, connections, place, Findings.NONE));
        }
    }

    private static Found found(DatabaseSettings settings, Map<String, String> environment) {
        DatabaseLocation location = DatabaseLocation.of(settings.location(), settings.passwordFile(), environment);
        Optional<DatabaseLocation> owner = settings.owner()
                .map(uri -> DatabaseLocation.of(Optional.of(uri), settings.passwordFile(), environment));
        return switch (location) {
            case DatabaseLocation.External external
            when owner.orElse(external) instanceof DatabaseLocation.External forSchema ->
                found(external, forSchema, environment);
            case DatabaseLocation.Embedded embedded
            when owner.isEmpty() -> {
                var postgres = EmbeddedPostgres.start(embedded.directory(), environment, LOCK_WAIT_MS);
                yield found(postgres.directory(), postgres.port(), false, postgres::close);
            }
            case DatabaseLocation.External _, DatabaseLocation.Embedded _ ->
                throw new DatabaseException(
                        Kind.LOCATION,
                        "databaseOwner and database are two roles of one Postgres: write both as"
                                + " postgresql://USER@HOST:PORT/DATABASE; the embedded one needs none");
        };
    }

    /// Looks and migrates on a connection for that only; what writes reports has other limits, and other rights.
    private static Future<Void> prepared(Vertx vertx, Found found, boolean allowUnsafe) {
        return found.open(vertx, Purpose.SCHEMA, 1)
                .compose(schema -> schema.withConnection(CHECK_MS_MAX, Durability::gaps)
                        .map(gaps -> Durability.insist(gaps, allowUnsafe))
                        .compose(_ -> vertx.executeBlocking(Migration::onClassPath, false))
                        .compose(known -> schema.withConnection(
                                MIGRATION_MS_MAX,
                                connection -> Migrations.migrate(connection, known)
                                        .compose(_ -> ensureRoles(vertx, found, connection))))
                        .eventually(schema::disconnect));
    }

    private static Future<Void> ensureRoles(Vertx vertx, Found found, SqlConnection owner) {
        return found.embedded()
                .map(directory -> DatabaseRoles.ensure(vertx, owner, directory))
                .orElseGet(Future::succeededFuture);
    }

    private static Future<Database> served(Vertx vertx, Found found, boolean allowUnsafe) {
        return found.open(vertx, Purpose.SERVER, Database.CONNECTIONS_MAX)
                .compose(database -> vertx.executeBlocking(Migration::onClassPath, false)
                        .compose(known -> database.withConnection(
                                CHECK_MS_MAX,
                                connection -> Migrations.check(connection, known)
                                        .compose(_ -> Durability.gaps(connection))
                                        .map(gaps -> Durability.insist(gaps, allowUnsafe))
                                        .compose(gaps -> DatabaseRoles.excess(connection)
                                                .map(excess -> new Findings(gaps, excess)))))
                        .map(database::with)
                        .recover(failure -> database.disconnect().transform(_ -> Future.failedFuture(failure))));
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
                vertx.executeBlocking(() -> found(external, external, environment), false)
                        .compose(found -> asked(vertx, found));
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
            // its owner makes the roles when it has made the tables
            if (port.isPresent() && DatabaseRoles.complete(directory)) {
                return found(directory.toAbsolutePath().normalize(), port.get(), true, () -> {});
            }
            if (System.nanoTime() - deadline > 0) {
                throw new DatabaseException(
                        Kind.IN_USE,
                        "database directory " + directory + " is held by " + DirectoryLock.owner(directory)
                                + ", but its Postgres is not ready for reading after " + BORROW_MS_MAX / 1000
                                + " s; if it is an older Plimsoll, stop that");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private static Future<Database> asked(Vertx vertx, Found found) {
        return upgraded(vertx, found)
                .compose(_ -> found.open(vertx, Purpose.QUERIES, Database.CONNECTIONS_MAX))
                .compose(database -> checked(vertx, database)
                        .map(database)
                        .recover(failure -> database.disconnect().transform(_ -> Future.failedFuture(failure))))
                .recover(failure -> released(vertx, found.place(), failure));
    }

    /// Whoever starts a database that an older version made gives it its roles.
    private static Future<Void> upgraded(Vertx vertx, Found found) {
        if (found.borrowed()
                || found.embedded().filter(d -> !DatabaseRoles.complete(d)).isEmpty()) {
            return Future.succeededFuture();
        }
        return found.open(vertx, Purpose.SCHEMA, 1)
                .compose(schema -> checked(vertx, schema)
                        .compose(_ -> schema.withConnection(
                                CHECK_MS_MAX, connection -> ensureRoles(vertx, found, connection)))
                        .eventually(schema::disconnect));
    }

    private static Future<Void> checked(Vertx vertx, Database database) {
        return vertx.executeBlocking(Migration::onClassPath, false)
                .compose(known ->
                        database.withConnection(CHECK_MS_MAX, connection -> Migrations.check(connection, known)));
    }

    private static Found found(
            DatabaseLocation.External external, DatabaseLocation.External owner, Map<String, String> environment) {
        String psql = external.passwordFile()
                        .map(file -> "PGPASSFILE='" + file + "' ")
                        .orElse("")
                + "psql '" + external + "'";
        return new Found(
                purpose -> LogIn.external(purpose == Purpose.SCHEMA ? owner : external, environment),
                new Place(external.toString(), psql, () -> {}),
                Optional.empty(),
                false);
    }

    private static Found found(Path directory, int port, boolean borrowed, Runnable onRelease) {
        Place place = new Place(
                directory + " (embedded Postgres on " + EmbeddedPostgres.HOST + ":" + port + ")",
                EmbeddedPostgres.psqlCommand(directory, port),
                onRelease);
        return new Found(
                purpose -> LogIn.embedded(directory, port, DatabaseRole.of(purpose)),
                place,
                Optional.of(directory),
                borrowed);
    }
}
