package io.plimsoll.launcher;

import io.plimsoll.database.Database;
import io.plimsoll.database.DatabaseException;
import io.plimsoll.database.DatabaseLocation;
import io.plimsoll.report.EventRows;
import io.plimsoll.report.ExportRow;
import io.plimsoll.report.ExportTable;
import io.plimsoll.report.Question;
import io.plimsoll.report.ReportWriter;
import io.plimsoll.report.Reports;
import io.plimsoll.report.RunList;
import io.plimsoll.report.RunNames;
import io.plimsoll.report.RunReport;
import io.plimsoll.report.RunSummary;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/// A short-lived opening of the database for one command. Its methods block the thread that calls them, each within a
/// time limit; rows are fetched as fast as they are taken.
final class Session implements AutoCloseable {
    private static final int FETCH_ROWS = 500;
    private static final long OPEN_MS_MAX = 60_000;
    private static final long ANSWER_MS_MAX = 60_000;
    private static final long CLOSE_MS_MAX = 10_000;

    private static final String QUERY_CANCELED = "57014";
    /// Class of SQL states: shut down, crashed.
    private static final String OPERATOR_INTERVENTION = "57";

    private final Vertx vertx;
    private final Database database;

    private Session(Vertx vertx, Database database) {
        this.vertx = vertx;
        this.database = database;
    }

    /// @throws DatabaseException where it cannot be opened
    static Session open(DatabaseOption given) {
        DatabaseLocation where = DatabaseLocation.of(
                Optional.ofNullable(given.database), Optional.ofNullable(given.passwordFile), System.getenv());
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(2)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        try {
            return new Session(vertx, await(Database.forQueries(vertx, where), OPEN_MS_MAX));
        } catch (RuntimeException e) {
            await(vertx.close(), CLOSE_MS_MAX);
            throw e;
        }
    }

    long run(String name) {
        return ask(ANSWER_MS_MAX, connection -> RunNames.resolve(connection, name));
    }

    RunReport report(long run) {
        return ask(ReportWriter.LOAD_MS_MAX, connection -> Reports.load(connection, run));
    }

    List<RunSummary> runs(RunList.Filter filter) {
        return ask(ANSWER_MS_MAX, connection -> RunList.load(connection, filter));
    }

    void events(long run, EventRows.Filter filter, Consumer<RunReport.Event> each) {
        rows(
                List.of(EventRows.question(run, filter)),
                (_, batch) -> batch.forEach(row -> each.accept(EventRows.event(row))));
    }

    /// Takes what an export reads.
    interface ExportSink {
        /// Comes before the rows of each table, also where there are none.
        void table(ExportTable table, List<String> columns);

        void row(Map<String, Object> values);
    }

    void export(long run, List<ExportTable> tables, Optional<String> client, ExportRow form, ExportSink sink) {
        int[] begun = {-1};
        rows(tables.stream().map(t -> t.question(run, client)).toList(), (index, batch) -> {
            if (begun[0] != index) {
                begun[0] = index;
                sink.table(tables.get(index), form.names(batch.columnsNames()));
            }
            batch.forEach(row -> sink.row(form.values(row)));
        });
    }

    private interface Batches {
        void accept(int question, RowSet<Row> batch);
    }

    /// Asks the questions in one snapshot, one after the other.
    private void rows(List<Question> questions, Batches batches) {
        SqlConnection connection = await(database.connection(ANSWER_MS_MAX), ANSWER_MS_MAX);
        try {
            await(connection.begin(), ANSWER_MS_MAX);
            await(
                    connection
                            .query("set transaction isolation level repeatable read, read only")
                            .execute(),
                    ANSWER_MS_MAX);
            for (int i = 0; i < questions.size(); i++) {
                Cursor cursor = await(connection.prepare(questions.get(i).sql()), ANSWER_MS_MAX)
                        .cursor(questions.get(i).parameters());
                do {
                    batches.accept(i, await(cursor.read(FETCH_ROWS), ANSWER_MS_MAX));
                } while (cursor.hasMore());
                await(cursor.close(), ANSWER_MS_MAX);
            }
        } finally {
            connection.close();
        }
    }

    private <T> T ask(long timeoutMs, Function<SqlConnection, Future<T>> question) {
        return await(database.withConnection(timeoutMs, question), timeoutMs + CLOSE_MS_MAX);
    }

    @Override
    public void close() {
        // Not one future: what is composed here would have to end on an event loop that is gone by then.
        try {
            await(database.close(), CLOSE_MS_MAX);
        } finally {
            await(vertx.close(), CLOSE_MS_MAX);
        }
    }

    private static <T> T await(Future<T> future, long timeoutMs) {
        try {
            return future.await(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw new DatabaseException(
                    DatabaseException.Kind.TIMEOUT, "the database did not answer within " + timeoutMs + " ms");
        } catch (PgException e) {
            if (QUERY_CANCELED.equals(e.getSqlState())) {
                throw new DatabaseException(
                        DatabaseException.Kind.TIMEOUT, "the database took too long: " + e.getErrorMessage(), e);
            }
            if (e.getSqlState().startsWith(OPERATOR_INTERVENTION)) {
                throw new DatabaseException(
                        DatabaseException.Kind.UNREACHABLE, "the database stopped: " + e.getErrorMessage(), e);
            }
            throw e;
        } catch (VertxException e) {
            throw new DatabaseException(
                    DatabaseException.Kind.UNREACHABLE, "the database closed the connection while it was read", e);
        }
    }
}
