package io.plimsoll.database;

import io.plimsoll.config.Xdg;
import io.plimsoll.database.DatabaseException.Kind;
import io.plimsoll.model.Require;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where the database is: a Postgres that someone else runs, or a directory of the embedded one. Its text never shows a
/// password.
public sealed interface DatabaseLocation {

    /// A Postgres that someone else runs.
    ///
    /// @param uri `postgresql://user:password@host:port/database?sslmode=…`
    record External(String uri) implements DatabaseLocation {
        private static final Pattern PASSWORD_IN_USER_INFO = Pattern.compile("(?s)(://[^:@/?]*):.*@");
        private static final Pattern PASSWORD_PARAMETER = Pattern.compile("(?i)([?&][^=&]*password=)[^&]*");

        public External {
            Require.present("database URI", uri);
            try {
                PgConnectOptions.fromUri(uri);
            } catch (RuntimeException e) {
                // The parser's own message repeats the URI, password and all.
                throw new DatabaseException(
                        Kind.LOCATION,
                        "'" + withoutPassword(uri) + "' is not a Postgres address; write"
                                + " postgresql://USER:PASSWORD@HOST:PORT/DATABASE and %-encode"
                                + " special characters in it");
            }
        }

        @Override
        public String toString() {
            return withoutPassword(uri);
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

    /// Reads what a user gives with `-d`: a URI or a directory.
    ///
    /// @throws DatabaseException with what was wrong and what to write instead
    static DatabaseLocation parse(String text) {
        String stripped = text.strip();
        String lower = stripped.toLowerCase(Locale.ROOT);
        if (lower.startsWith("postgresql://") || lower.startsWith("postgres://")) {
            return new External(stripped);
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
    static DatabaseLocation standard(Map<String, String> environment) {
        return new Embedded(Xdg.directory(environment, "XDG_DATA_HOME", ".local/share")
                .map(data -> data.resolve("plimsoll/database"))
                .orElse(Path.of("plimsoll-database")));
    }
}
