package io.plimsoll.database;

import io.plimsoll.database.Database.Place;
import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.impl.PgConnectionUriParser;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;

/// The two ways of opening a [Database].
final class DatabaseOpening {
    private static final int POSTGRES_VERSION_MIN = 14;
    private static final long LOCK_WAIT_MS = 5_000;
    /// A migration may rewrite tables; anything longer is better done with a warning to the operator.
    private static final long MIGRATION_MS_MAX = 15 * 60_000;

    private static final long CHECK_MS_MAX = 10_000;
    private static final long BORROW_MS_MAX = 15_000;
    private static final int BORROWS_MAX = 5;
    private static final String SETTINGS = """
        select current_setting('server_version_num')::int, current_setting('server_version'),
               current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes')
        """;

    private DatabaseOpening() {}

    static Future<Database> forServer(Vertx vertx, DatabaseLocation location, Map<String, String> environment) {
        return switch (location) {
            case DatabaseLocation.External external ->
                connect(
                        vertx,
                        options(external, environment).addProperty("application_name", "plimsoll-server"),
                        place(external),
                        MIGRATION_MS_MAX,
                        Migrations::migrate);
            case DatabaseLocation.Embedded embedded ->
                vertx.executeBlocking(
                                () -> EmbeddedPostgres.start(embedded.directory(), environment, LOCK_WAIT_MS), false)
                        .compose(postgres -> connect(
                                vertx,
                                options(postgres.directory(), postgres.port())
                                        .addProperty("application_name", "plimsoll-server"),
                                place(postgres.directory(), postgres.port(), postgres::close),
                                MIGRATION_MS_MAX,
                                Migrations::migrate));
        };
    }

    static Future<Database> forQueries(Vertx vertx, DatabaseLocation location, Map<String, String> environment) {
        return switch (location) {
            case DatabaseLocation.External external ->
                connect(
                        vertx,
                        readOnly(options(external, environment)),
                        place(external),
                        CHECK_MS_MAX,
                        Migrations::check);
            case DatabaseLocation.Embedded embedded -> startOrBorrow(vertx, embedded.directory(), environment, 1);
        };
    }

    /// Where the owner stops just as we connect, the next attempt starts the database itself.
    private static Future<Database> startOrBorrow(
            Vertx vertx, Path directory, Map<String, String> environment, int attempt) {
        return vertx.executeBlocking(() -> startOrFind(directory, environment), false)
                .compose(found -> connect(
                                vertx,
                                readOnly(options(found.directory(), found.port())),
                                place(found.directory(), found.port(), found.onRelease()),
                                CHECK_MS_MAX,
                                Migrations::check)
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

    private static Future<Database> connect(
            Vertx vertx,
            PgConnectOptions options,
            Place place,
            long schemaMsMax,
            BiFunction<SqlConnection, List<Migration>, Future<Void>> schema) {
        Connections connections = new Connections(vertx, bounded(options), Database.CONNECTIONS_MAX);
        Database unchecked = new Database(vertx, connections, place, List.of());
        return vertx.executeBlocking(Migration::onClassPath, false)
                .compose(migrations -> unchecked
                        .withConnection(CHECK_MS_MAX, DatabaseOpening::warnings)
                        .compose(warnings -> unchecked
                                .withConnection(schemaMsMax, connection -> schema.apply(connection, migrations))
                                .map(new Database(vertx, connections, place, warnings))))
                .recover(failure -> unchecked.close().transform(_ -> Future.failedFuture(failure)));
    }

    private static Future<List<String>> warnings(SqlConnection connection) {
        return connection.query(SETTINGS).execute().map(rows -> {
            Row row = rows.iterator().next();
            if (row.getInteger(0) < POSTGRES_VERSION_MIN * 10_000) {
                throw new DatabaseException(
                        Kind.UNSUPPORTED,
                        "Postgres " + row.getString(1) + " is too old; Plimsoll needs " + POSTGRES_VERSION_MIN
                                + " or newer");
            }
            List<String> warnings = new ArrayList<>();
            if (row.getString(2).equals("off")) {
                warnings.add("fsync is off in this Postgres: a crash of its machine can lose or corrupt every run");
            }
            if (row.getString(3).equals("off")) {
                warnings.add("synchronous_commit is off in this Postgres: reports that were acknowledged can be lost");
            }
            if (row.getString(4).equals("off")) {
                warnings.add("full_page_writes is off in this Postgres: a crash of its machine can corrupt every run");
            }
            return warnings;
        });
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

    private static PgConnectOptions bounded(PgConnectOptions options) {
        return options.setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(64)
                .setPreparedStatementCacheSqlLimit(8192)
                .setPipeliningLimit(1)
                .setReconnectAttempts(0);
    }

    private static PgConnectOptions readOnly(PgConnectOptions options) {
        return options.addProperty("default_transaction_read_only", "on")
                .addProperty("application_name", "plimsoll-queries");
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
