package io.plimsoll.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The rights in a database: those of an embedded one are made here, those of another one are looked at.
final class DatabaseRoles {
    private static final List<DatabaseRole> MADE = List.of(DatabaseRole.SERVER, DatabaseRole.READER);
    /// The owner of a table may change it, whatever else he may not.
    private static final String MAY_CHANGE_TABLES = """
        select current_user::text,
               has_schema_privilege(current_schema(), 'create')
               or coalesce((select pg_has_role(relowner, 'usage') from pg_class where oid = to_regclass('runs')), false)
        """;

    private DatabaseRoles() {}

    /// Whether an embedded directory has the password files of all roles, and so their roles: files come last.
    static boolean complete(Path directory) {
        return MADE.stream().allMatch(role -> Files.exists(role.passwordFile(directory)));
    }

    /// Makes what is missing of the roles of an embedded database, and sets their rights and passwords as they should
    /// be: a directory of an older version, or one that was tampered with, is as good as a new one then.
    ///
    /// @param owner the connection of a superuser, to a migrated database
    static Future<Void> ensure(Vertx vertx, SqlConnection owner, Path directory) {
        return vertx.executeBlocking(() -> MADE.stream()
                        .map(role -> role.storedPassword(directory).orElseGet(DatabaseRole::newPassword))
                        .toList())
                .compose(passwords -> owner.query(statements(passwords))
                        .execute()
                        .compose(_ -> vertx.executeBlocking(() -> {
                            for (int i = 0; i < MADE.size(); i++) {
                                MADE.get(i).store(passwords.get(i), directory);
                            }
                            return null;
                        })));
    }

    /// What a role that writes reports can do beyond that; empty if nothing.
    static Future<Optional<String>> excess(SqlConnection connection) {
        return connection.query(MAY_CHANGE_TABLES).execute().map(rows -> {
            Row row = rows.iterator().next();
            return row.getBoolean(1)
                    ? Optional.of(
                            "role " + row.getString(0) + ", as which the server writes reports, may change and drop"
                                    + " tables too; sql/roles.sql makes one that may not, and"
                                    + " databaseOwner names one that may")
                    : Optional.empty();
        });
    }

    /// One implicit transaction.
    private static String statements(List<String> passwords) {
        StringBuilder sql = new StringBuilder(script());
        for (int i = 0; i < MADE.size(); i++) {
            String user = MADE.get(i).user();
            sql.append("alter role ").append(user).append(" reset all;\n");
            sql.append("alter role ")
                    .append(user)
                    .append(" password '")
                    .append(passwords.get(i))
                    .append("';\n");
        }
        return sql.toString();
    }

    static String script() {
        try (InputStream in = DatabaseRoles.class.getResourceAsStream("/sql/" + Migration.ROLES)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the SQL files of this program", e);
        }
    }
}
