package io.plimsoll.database;

import io.plimsoll.config.Xdg;
import io.plimsoll.database.DatabaseException.Kind;
import io.plimsoll.model.Require;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.impl.PgConnectionUriParser;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where the database is: a Postgres that someone else runs, or a directory of the embedded one. It never holds a
/// password: those are in files that only their owner may read.
public sealed interface DatabaseLocation {

    /// A Postgres that someone else runs.
    ///
    /// @param uri `postgresql://user@host:port/database?sslmode=…`, without a password
    /// @param passwordFile as [PasswordFile] reads it; empty: the one that psql would look into
    record External(String uri, Optional<Path> passwordFile) implements DatabaseLocation {
        private static final Pattern PASSWORD_IN_USER_INFO = Pattern.compile("(?s)(://[^:@/?]*):.*@");
        private static final Pattern PASSWORD_PARAMETER = Pattern.compile("(?i)([?&][^=&]*password=)[^&]*");

        public External {
            Require.present("database URI", uri);
            Require.present("password file", passwordFile);
            boolean secret;
            try {
                PgConnectOptions.fromUri(uri);
                secret = PgConnectionUriParser.parse(uri).containsKey("password")
                        || PASSWORD_PARAMETER.matcher(uri).find();
            } catch (RuntimeException _) {
                // The parser's own message repeats the URI, password and all.
                throw new DatabaseException(
                        Kind.LOCATION,
                        "'" + withoutPassword(uri) + "' is not a Postgres address; write"
                                + " postgresql://USER@HOST:PORT/DATABASE and %-encode special characters in it");
            }
            if (secret) {
                throw new DatabaseException(
                        Kind.LOCATION,
                        "'" + withoutPassword(uri) + "' was given with a password, which lists of processes and logs"
                                + " would show: change it, and put HOST:PORT:DATABASE:USER:PASSWORD into ~/.pgpass or a"
                                + " file that --database-password-file (databasePasswordFile) names, mode 600;"
                                + " the address is then postgresql://USER@HOST:PORT/DATABASE");
            }
        }

        @Override
        public String toString() {
            return uri;
        }

        private static String withoutPassword(String uri) {
            Matcher userInfo = PASSWORD_IN_USER_INFO.matcher(uri);
            return PASSWORD_PARAMETER.matcher(userInfo.replaceFirst("$1@")).replaceAll("$1***");
        }
    }

    /// A Postgres of our own, its data in this directory, started and stopped with the process that opens it.
    record Embedded(Path directory) implements DatabaseLocation {
        public Embedded {
            Require.present("database directory", directory);
        }

        @Override
        public String toString() {
            return directory.toAbsolutePath().normalize().toString();
        }
    }

    /// What a user gives with `-d` and `--database-password-file`, or the standard place.
    ///
    /// @throws DatabaseException with what was wrong and what to write instead
    static DatabaseLocation of(Optional<String> text, Optional<Path> passwordFile, Map<String, String> environment) {
        DatabaseLocation location =
                text.map(given -> parse(given, passwordFile)).orElseGet(() -> standard(environment));
        if (location instanceof Embedded && passwordFile.isPresent()) {
            throw new DatabaseException(
                    Kind.LOCATION,
                    "a password file is for a database postgresql://…; the embedded one has passwords of its own");
        }
        return location;
    }

    /// A URI or a directory.
    private static DatabaseLocation parse(String text, Optional<Path> passwordFile) {
        String stripped = text.strip();
        String lower = stripped.toLowerCase(Locale.ROOT);
        if (lower.startsWith("postgresql://") || lower.startsWith("postgres://")) {
            return new External(stripped, passwordFile);
        }
        if (stripped.contains("://") || lower.startsWith("jdbc:")) {
            throw new DatabaseException(
                    Kind.LOCATION,
                    "database '" + stripped.substring(0, stripped.indexOf(':'))
                            + ":…' is neither a directory nor postgresql://HOST:PORT/DATABASE");
        }
        try {
            if (!stripped.isEmpty()) {
                return new Embedded(Path.of(stripped));
            }
        } catch (InvalidPathException _) {
            // answered below, as an empty one is
        }
        throw new DatabaseException(
                Kind.LOCATION,
                "database '" + stripped + "' is neither a directory nor postgresql://HOST:PORT/DATABASE");
    }

    /// Where the database is when nobody says: `${XDG_DATA_HOME:-~/.local/share}/plimsoll/database`, and
    /// `./plimsoll-database` where there is no home.
    private static DatabaseLocation standard(Map<String, String> environment) {
        return new Embedded(Xdg.directory(environment, "XDG_DATA_HOME", ".local/share")
                .map(data -> data.resolve("plimsoll/database"))
                .orElse(Path.of("plimsoll-database")));
    }
}
