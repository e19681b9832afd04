package io.plimsoll.report;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Finds the run that a person means: its number, `latest`, or the unique beginning of its UUID.
public final class RunNames {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern UUID_BEGINNING = Pattern.compile("[0-9a-f-]{4,36}");
    private static final int NAMED_MAX = 5;

    private RunNames() {}

    /// @return fails with [NoSuchRunException], whose message says what was wrong and how to find the right name
    public static Future<Long> resolve(SqlConnection connection, String name) {
        String word = name.strip().toLowerCase(Locale.ROOT);
        if (word.equals("latest")) {
            return numbers(connection, "select run from runs order by run desc limit 1", Tuple.tuple())
                    .map(found -> only(found, "there is no run in the database yet"));
        }
        boolean number = NUMBER.matcher(word).matches();
        boolean uuid = UUID_BEGINNING.matcher(word).matches();
        if (!number && !uuid) {
            return Future.failedFuture(new NoSuchRunException("'" + Plain.of(Labels.clipped(name, 60))
                    + "' names no run; write its number, 'latest', or the first digits of its UUID"
                    + " (at least 4; `plimsoll runs` lists them)"));
        }
        return numbers(
                        connection,
                        "select run from runs where run = $1 or $2 and starts_with(run_uuid::text, $3)"
                                + " order by run = $1 desc, run limit " + (NAMED_MAX + 1),
                        Tuple.of(number ? Long.parseLong(word) : -1L, uuid, word))
                .map(found -> number && found.contains(Long.parseLong(word))
                        ? Long.valueOf(word)
                        : only(found, "no run '" + word + "' in the database (`plimsoll runs` lists them)", word));
    }

    private static Long only(List<Long> found, String none) {
        return only(found, none, "");
    }

    private static Long only(List<Long> found, String none, String word) {
        if (found.isEmpty()) {
            throw new NoSuchRunException(none);
        }
        if (found.size() > 1) {
            throw new NoSuchRunException("'" + word + "' fits more than one run: "
                    + found.stream().limit(NAMED_MAX).map(String::valueOf).collect(Collectors.joining(", "))
                    + (found.size() > NAMED_MAX ? ", ..." : "") + "; write more digits, or the run's number");
        }
        return found.getFirst();
    }

    private static Future<List<Long>> numbers(SqlConnection connection, String sql, Tuple args) {
        return connection.preparedQuery(sql).execute(args).map(rows -> {
            List<Long> found = new ArrayList<>(rows.size());
            for (Row row : rows) {
                found.add(row.getLong("run"));
            }
            return found;
        });
    }
}
