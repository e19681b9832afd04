package io.plimsoll.database;

import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;

/// Whether a Postgres keeps what it has committed: the promise to clients is no better than that.
final class Durability {
    private static final int POSTGRES_VERSION_MIN = 14;
    private static final String SETTINGS = """
        select current_setting('server_version_num')::int, current_setting('server_version'),
               current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes')
        """;

    private Durability() {}

    /// How it may lose commits, in words for people; nothing for a Postgres as it should be.
    ///
    /// @return fails with [DatabaseException] of kind UNSUPPORTED where it is too old
    static Future<List<String>> gaps(SqlConnection connection) {
        return connection.query(SETTINGS).execute().map(rows -> {
            Row row = rows.iterator().next();
            if (row.getInteger(0) < POSTGRES_VERSION_MIN * 10_000) {
                throw new DatabaseException(
                        Kind.UNSUPPORTED,
                        "Postgres " + row.getString(1) + " is too old; Plimsoll needs " + POSTGRES_VERSION_MIN
                                + " or newer");
            }
            List<String> gaps = new ArrayList<>();
            if (row.getString(2).equals("off")) {
                gaps.add("fsync is off in this Postgres: a crash of its machine can lose or corrupt every run");
            }
            // We ask for it when we connect: a pooler in between did not pass it on.
            if (row.getString(3).equals("off")) {
                gaps.add("synchronous_commit is off in this Postgres: reports that were acknowledged can be lost");
            }
            if (row.getString(4).equals("off")) {
                gaps.add("full_page_writes is off in this Postgres: a crash of its machine can corrupt every run");
            }
            return gaps;
        });
    }

    /// @throws DatabaseException of kind UNSAFE, with the remedy
    static List<String> insist(List<String> gaps, boolean allowUnsafe) {
        if (!gaps.isEmpty() && !allowUnsafe) {
            throw new DatabaseException(
                    Kind.UNSAFE,
                    String.join("; ", gaps) + "; switch it on there, or give --allow-unsafe-database"
                            + " (allowUnsafeDatabase: true), which marks every run");
        }
        return gaps;
    }
}
