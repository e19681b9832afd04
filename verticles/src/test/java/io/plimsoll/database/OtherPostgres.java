package io.plimsoll.database;

import java.nio.file.Path;
import java.util.Map;

/// A Postgres that somebody else runs: the data of an embedded one, started by hand with settings of its own.
final class OtherPostgres implements AutoCloseable {
    private final Path data;
    private final int port;
    private final PostgresTools tools;
    private final Path passwordFile;

    /// @param settings for the command line of `postgres`: `-c fsync=off`
    OtherPostgres(Path directory, String settings) {
        Map<String, String> environment = System.getenv();
        try (EmbeddedPostgres made = EmbeddedPostgres.start(directory, environment, 0)) {
            this.data = made.directory().resolve("data");
            this.port = made.port();
            this.passwordFile = made.directory().resolve("pgpass");
        }
        this.tools = PostgresTools.in(PostgresBinaries.bin(environment, directory));
        tools.run(
                "",
                60_000,
                "pg_ctl",
                "start",
                "-D",
                data.toString(),
                "-l",
                data.resolveSibling("other.log").toString(),
                "-o",
                "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories= " + settings);
    }

    /// As the superuser.
    String uri() {
        return "postgresql://" + DatabaseRole.OWNER.user() + "@127.0.0.1:" + port + "/" + EmbeddedPostgres.DATABASE;
    }

    Path passwordFile() {
        return passwordFile;
    }

    @Override
    public void close() {
        tools.run("", 60_000, "pg_ctl", "stop", "-D", data.toString(), "-m", "fast");
    }
}
