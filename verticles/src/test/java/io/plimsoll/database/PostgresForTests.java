package io.plimsoll.database;

import io.plimsoll.config.DatabaseSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A real Postgres for tests: one embedded instance in each test JVM, and in it a fresh, empty database for each test
/// class, which [Database#forServer] migrates in no time.
///
/// ```java
/// @RegisterExtension
/// static final PostgresForTests POSTGRES = new PostgresForTests();
/// ```
public final class PostgresForTests implements BeforeAllCallback {
    private static final long WAIT_SECONDS_MAX = 60;
    private static final FileAttribute<?> ONLY_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private Instance instance;
    private String database;

    public Path passwordFile() {
        return instance.passwordFile();
    }

    /// This test class's database, as the settings of a careful server name it: reports are written by a role that
    /// cannot change tables.
    public DatabaseSettings settings() {
        String server = uri().replace(DatabaseRole.OWNER.user() + "@", DatabaseRole.SERVER.user() + "@");
        return new DatabaseSettings(Optional.of(server), Optional.of(uri()), Optional.of(passwordFile()), false);
    }

    /// A database in this Postgres, for one role that does everything.
    public DatabaseSettings settings(String uri) {
        return new DatabaseSettings(Optional.of(uri), Optional.empty(), Optional.of(passwordFile()), false);
    }

    /// A Postgres of the test's own, in a directory.
    public static DatabaseSettings embedded(Path directory) {
        return new DatabaseSettings(Optional.of(directory.toString()), Optional.empty(), Optional.empty(), false);
    }

    /// `postgresql://…` as the superuser; the password is in [#passwordFile].
    public String uri() {
        return uri(database);
    }

    /// A further fresh, empty database, for a test that needs one of its own: its [#uri].
    public String another() {
        return uri(instance.create());
    }

    /// Opens the class's database as a server does: migrated. Close it with the test.
    public Database open(Vertx vertx) {
        return await(Database.forServer(vertx, settings()));
    }

    /// Runs statements beside whatever is under test, and returns the last one's rows, as text.
    public List<List<String>> sql(String statements) {
        return onConnection(connection -> connection.query(statements).execute().map(first -> {
            var last = first;
            while (last.next() != null) {
                last = last.next();
            }
            return last.stream()
                    .map(row -> java.util.stream.IntStream.range(0, row.size())
                            .mapToObj(i -> String.valueOf(row.getValue(i)))
                            .toList())
                    .toList();
        }));
    }

    /// How to log in to a database in this Postgres, without the limits of a purpose.
    public PgConnectOptions logIn(String uri) {
        return LogIn.external(new DatabaseLocation.External(uri, Optional.of(passwordFile())), Map.of());
    }

    /// Runs work on a connection of its own to the class's database.
    public <T> T onConnection(Function<PgConnection, Future<T>> work) {
        return await(instance.connect(database)
                .compose(connection -> work.apply(connection).eventually(connection::close)));
    }

    /// Runs a statement in a transaction that stays open, with its locks, until the result is closed.
    public Held hold(String statement) {
        PgConnection connection = await(instance.connect(database));
        await(connection.query("begin; " + statement).execute());
        return () -> await(connection.query("commit").execute().eventually(connection::close));
    }

    /// An open transaction.
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /// Waits for a future from a test thread, within bounds; its failure is thrown as it is.
    public static <T> T await(Future<T> future) {
        try {
            return future.await(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError("no result within " + WAIT_SECONDS_MAX + " s", e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        instance = context.getRoot()
                .getStore(ExtensionContext.Namespace.create(PostgresForTests.class))
                .computeIfAbsent(Instance.class, _ -> new Instance(), Instance.class);
        database = instance.create();
    }

    private String uri(String name) {
        return "postgresql://" + DatabaseRole.OWNER.user() + "@" + EmbeddedPostgres.HOST + ":"
                + instance.postgres.port() + "/" + name;
    }

    /// Closed by JUnit with its root store, at the end of the test JVM.
    private static final class Instance implements AutoCloseable {
        private final Vertx vertx = Vertx.vertx();
        private final Path directory;
        private final EmbeddedPostgres postgres;

        Instance() {
            try {
                directory = Files.createTempDirectory("plimsoll-test-database-");
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            postgres = EmbeddedPostgres.start(directory, System.getenv(), 0);
            await(connect(EmbeddedPostgres.DATABASE)
                    .compose(owner -> DatabaseRoles.ensure(vertx, owner, postgres.directory())
                            .eventually(owner::close)));
            try {
                StringBuilder passwords = new StringBuilder();
                for (DatabaseRole role : DatabaseRole.values()) {
                    passwords.append(Files.readString(role.passwordFile(postgres.directory())));
                }
                Files.writeString(Files.createFile(passwordFile(), ONLY_OWNER), passwords);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        Path passwordFile() {
            return directory.resolve("all-passwords");
        }

        String create() {
            String name = "test_" + DATABASES.incrementAndGet();
            run(EmbeddedPostgres.DATABASE, "create database " + name);
            run(name, DatabaseRoles.script());
            return name;
        }

        private void run(String name, String sql) {
            await(connect(name)
                    .compose(connection -> connection.query(sql).execute().eventually(connection::close)));
        }

        Future<PgConnection> connect(String name) {
            return PgConnection.connect(
                    vertx,
                    new PgConnectOptions()
                            .setHost(EmbeddedPostgres.HOST)
                            .setPort(postgres.port())
                            .setUser(DatabaseRole.OWNER.user())
                            .setPassword(DatabaseRole.OWNER.password(postgres.directory()))
                            .setDatabase(name));
        }

        @Override
        public void close() {
            await(vertx.close());
            postgres.close();
            PostgresBinaries.deleteTree(directory);
        }
    }
}
