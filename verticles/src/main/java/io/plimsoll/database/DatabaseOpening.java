package io.plimsoll.database;

import io.plimsoll.config.DatabaseSettings;
import io.plimsoll.database.Database.Place;
import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.impl.PgConnectionUriParser;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

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
        return Future.succeededFuture(settings)
                .map(given -> given.location()
                        .map(DatabaseLocation::parse)
                        .orElseGet(() -> DatabaseLocation.standard(environment)))
                .compose(location -> switch (location) {
                    case DatabaseLocation.External external ->
                        serve(vertx, () -> options(external, environment), place(external), settings.allowUnsafe());
                    case DatabaseLocation.Embedded embedded ->
                        vertx.executeBlocking(
                                        () -> EmbeddedPostgres.start(embedded.directory(), environment, LOCK_WAIT_MS),
                                        false)
                                .compose(postgres -> serve(
                                        vertx,
                                        () -> options(postgres.directory(), postgres.port()),
                                        place(postgres.directory(), postgres.port(), postgres::close),
                                        settings.allowUnsafe()));
                });
    }

    /// Looks and migrates on a connection for that only; what writes reports has other limits.
    private static Future<Database> serve(
            Vertx vertx, Supplier<PgConnectOptions> options, Place place, boolean allowUnsafe) {
        return Future.succeededFuture(place)
                .compose(_ -> prepared(vertx, Purpose.SCHEMA.limit(options.get()), place, allowUnsafe))
                .compose(_ -> {
                    Connections connections =
                            new Connections(vertx, Purpose.SERVER.limit(options.get()), Database.CONNECTIONS_MAX);
                    return new Database(vertx, connections, place.unowned(), List.of())
                            .withConnection(CHECK_MS_MAX, Durability::gaps)
                            .map(gaps -> Durability.insist(gaps, allowUnsafe))
                            .map(gaps -> new Database(vertx, connections, place, gaps))
                            .onFailure(_ -> connections.close());
                })
                .recover(failure -> vertx.executeBlocking(() -> {
                            place.release();
                            return null;
                        })
                        .transform(_ -> Future.failedFuture(failure)));
    }

    private static Future<Void> prepared(Vertx vertx, PgConnectOptions options, Place place, boolean allowUnsafe) {
        Database schema = new Database(vertx, new Connections(vertx, options, 1), place.unowned(), List.of());
        return schema.withConnection(CHECK_MS_MAX, Durability::gaps)
                .map(gaps -> Durability.insist(gaps, allowUnsafe))
                .compose(_ -> vertx.executeBlocking(Migration::onClassPath, false))
                .compose(known ->
                        schema.withConnection(MIGRATION_MS_MAX, connection -> Migrations.migrate(connection, known)))
                .eventually(schema::close);
    }

    static Future<Database> forQueries(Vertx vertx, DatabaseLocation location, Map<String, String> environment) {
        return switch (location) {
            case DatabaseLocation.External external -> ask(vertx, options(external, environment), place(external));
            case DatabaseLocation.Embedded embedded -> startOrBorrow(vertx, embedded.directory(), environment, 1);
        };
    }

    /// Where the owner stops just as we connect, the next attempt starts the database itself.
    private static Future<Database> startOrBorrow(
            Vertx vertx, Path directory, Map<String, String> environment, int attempt) {
        return vertx.executeBlocking(() -> startOrFind(directory, environment), false)
                .compose(found -> ask(
                                vertx,
                                options(found.directory(), found.port()),
                                place(found.directory(), found.port(), found.onRelease()))
                        .recover(failure -> failure instanceof DatabaseException e
                                        && e.kind() == Kind.UNREACHABLE
                                        && found.borrowed()
                                        && attempt < BORROWS_MAX
                                ? startOrBorrow(vertx, directory, environment, attempt + 1)
                                : Future.failedFuture(failure)));
    }

    private record Found(Path directory, int port, boolean borrowed, Runnable onRelease) {}

    private static Found startOrFind(Path directory, Map<String, String> environment) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BORROW_MS_MAX);
        while (true) {
            Optional<EmbeddedPostgres> own = EmbeddedPostgres.startExisting(directory, environment);
            if (own.isPresent()) {
                EmbeddedPostgres postgres = own.get();
                return new Found(
                        postgres.directory(),
                        postgres.port(),
                        false,
                        () -> postgres.close(PostgresProcess.Stop.WHEN_UNUSED));
            }
            Optional<Integer> port = EmbeddedPostgres.portOfRunning(directory);
            if (port.isPresent()) {
                return new Found(directory.toAbsolutePath().normalize(), port.get(), true, () -> {});
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

    private static Future<Database> ask(Vertx vertx, PgConnectOptions options, Place place) {
        Connections connections = new Connections(vertx, Purpose.QUERIES.limit(options), Database.CONNECTIONS_MAX);
        Database database = new Database(vertx, connections, place, List.of());
        return vertx.executeBlocking(Migration::onClassPath, false)
                .compose(known ->
                        database.withConnection(CHECK_MS_MAX, connection -> Migrations.check(connection, known)))
                .map(database)
                .recover(failure -> database.close().transform(_ -> Future.failedFuture(failure)));
    }

    private static PgConnectOptions options(Path directory, int port) {
        return new PgConnectOptions()
                .setHost(EmbeddedPostgres.HOST)
                .setPort(port)
                .setUser(EmbeddedPostgres.USER)
                .setPassword(EmbeddedPostgres.password(directory))
                .setDatabase(EmbeddedPostgres.DATABASE);
    }

    /// What the URI leaves open is filled in as psql does, so that no password need stand on a command line.
    private static PgConnectOptions options(DatabaseLocation.External external, Map<String, String> environment) {
        PgConnectOptions options = PgConnectOptions.fromUri(external.uri());
        JsonObject given = PgConnectionUriParser.parse(external.uri());
        if (!given.containsKey("user")) {
            options.setUser(environment.getOrDefault("PGUSER", System.getProperty("user.name")));
        }
        if (!given.containsKey("password")) {
            options.setPassword(environment.getOrDefault("PGPASSWORD", ""));
        }
        if (!given.containsKey("database")) {
            options.setDatabase(environment.getOrDefault("PGDATABASE", options.getUser()));
        }
        return switch (options.getSslMode()) {
            case DISABLE -> options;
            // As libpq has it: these modes encrypt, they do not authenticate the server.
            case ALLOW, PREFER, REQUIRE -> options.setSslOptions(new ClientSSLOptions().setTrustAll(true));
            case VERIFY_CA, VERIFY_FULL ->
                throw new DatabaseException(
                        Kind.LOCATION, "sslmode=verify-ca and verify-full are not supported yet; use sslmode=require");
        };
    }

    private static Place place(DatabaseLocation.External external) {
        return new Place(external.toString(), "psql '" + external + "'", () -> {});
    }

    private static Place place(Path directory, int port, Runnable onRelease) {
        return new Place(
                directory + " (embedded Postgres on " + EmbeddedPostgres.HOST + ":" + port + ")",
                EmbeddedPostgres.psqlCommand(directory, port),
                onRelease);
    }
}
