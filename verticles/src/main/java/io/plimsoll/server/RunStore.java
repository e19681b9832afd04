package io.plimsoll.server;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.Session;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// Runs, clients, presence and notices in the database: everything that is asked of it but reports. Each method works
/// within the transaction it is given and may be called again with the same request.
final class RunStore {
    private RunStore() {}

    static Future<Persist.RunRow> open(SqlConnection connection, Persist.OpenRun request) {
        return connection
                .preparedQuery(Sql.OPEN_RUN)
                .execute(Tuple.of(
                        request.uuid(),
                        request.serverHost(),
                        request.serverVersion(),
                        new JsonObject(request.settings())))
                .compose(_ -> find(connection, new Persist.FindRun(request.uuid())));
    }

    static Future<Persist.RunRow> find(SqlConnection connection, Persist.FindRun request) {
        return connection
                .preparedQuery(Sql.FIND_RUN)
                .execute(Tuple.of(request.uuid()))
                .map(rows -> one(rows, "run " + request.uuid()))
                .map(row -> new Persist.RunRow(row.getLong(0), request.uuid(), row.getBoolean(1)));
    }

    static Future<Persist.Admission> admit(SqlConnection connection, Persist.AdmitClient request) {
        var session = Ledger.SessionKey.of(request.run(), request.session());
        var host = request.host();
        var plan = request.plan();
        Tuple client = Tuple.from(List.of(
                session.run(),
                session.clientId(),
                session.bootEpoch(),
                host.hostName(),
                host.kernel(),
                host.cpuModel(),
                host.logicalCpus(),
                host.ramBytes(),
                host.javaVersion(),
                host.toolVersion(),
                host.pid(),
                plan.engine().name().toLowerCase(Locale.ROOT),
                plan.chunkBytes(),
                plan.fileBytes(),
                plan.runTimeMs() / 1e3,
                plan.keptFilesMax(),
                plan.forced(),
                request.heartbeatSeconds(),
                request.instance(),
                request.by().word()));
        Tuple key = Tuple.of(session.run(), session.clientId(), session.bootEpoch());
        return connection
                .preparedQuery(Sql.ADMIT_CLIENT)
                .execute(client)
                .compose(_ -> connection.preparedQuery(Sql.FIND_CLIENT).execute(key))
                .map(rows -> allowed(one(rows, "client " + session.clientId()), request))
                .compose(row -> fence(connection, row, request)
                        .compose(_ -> reopen(connection, new Long[] {request.run()}))
                        .compose(_ -> connection.preparedQuery(Sql.COMMITTED).execute(Tuple.of(row.client())))
                        .map(rows -> new Persist.Admission(
                                row, rows.iterator().next().getLong(0))));
    }

    private static Persist.ClientRow allowed(Row row, Persist.AdmitClient request) {
        UUID instance = row.getUUID("instance");
        if (!request.late() && row.getOffsetDateTime("fenced_at") != null) {
            throw new PersistFailure(
                    Persist.REFUSED,
                    "client '" + request.session().clientId() + "' was started again later than this process");
        }
        if (!request.late() && instance != null && !instance.equals(request.instance())) {
            throw new PersistFailure(
                    Persist.REFUSED,
                    "another process with client id '" + request.session().clientId()
                            + "' was started in the same millisecond; start this one again");
        }
        return client(row);
    }

    private static Future<?> fence(SqlConnection connection, Persist.ClientRow row, Persist.AdmitClient request) {
        Tuple before = Tuple.of(request.session().clientId().value(), row.client());
        return request.late()
                ? Future.succeededFuture()
                : connection.preparedQuery(Sql.FENCE).execute(before);
    }

    /// After all else that a transaction locks, or two of them might wait for each other in a circle.
    static Future<?> reopen(SqlConnection connection, Long[] runs) {
        return connection.preparedQuery(Sql.REOPEN_RUNS).execute(Tuple.of(runs));
    }

    static Future<Persist.LeftOpen> leftOpen(SqlConnection connection, Persist.FindLeftOpen request) {
        return connection
                .preparedQuery(Sql.LEFT_OPEN)
                .execute(Tuple.of(request.serverHost(), request.tcp()))
                .map(rows -> rows.stream()
                        .map(row -> new Persist.RunRow(row.getLong(0), row.getUUID(1), row.getBoolean(2)))
                        .toList())
                .compose(runs -> connection
                        .preparedQuery(Sql.LEFT_CLIENTS)
                        .execute(Tuple.of(runs.stream().map(Persist.RunRow::run).toArray(Long[]::new)))
                        .map(rows -> new Persist.LeftOpen(
                                runs, rows.stream().map(RunStore::leftClient).toList())));
    }

    private static Persist.LeftClient leftClient(Row row) {
        return new Persist.LeftClient(
                row.getLong("run"),
                client(row),
                new Session(new ClientId(row.getString("client_id")), row.getLong("boot_epoch")),
                row.getString("host_name"),
                Math.round(row.getDouble("heartbeat_seconds") * 1000),
                row.getOffsetDateTime("last_seen_at").toInstant().toEpochMilli());
    }

    private static Persist.ClientRow client(Row row) {
        return new Persist.ClientRow(
                row.getLong(0),
                ClientState.valueOf(row.getString(1).toUpperCase(Locale.ROOT)),
                new Persist.HeartbeatCounts(row.getLong(2), row.getLong(3), row.getLong(4)));
    }

    static Future<Void> note(SqlConnection connection, Persist.Notices request) {
        List<Persist.Notice> notices = request.notices();
        Tuple events = Tuple.from(List.of(
                column(notices, Persist.Notice::run, Long[]::new),
                column(notices, notice -> notice.client().orElse(null), Long[]::new),
                column(notices, notice -> ReportTable.timestamp(notice.atMs()), OffsetDateTime[]::new),
                column(notices, notice -> ReportTable.word(notice.kind().severity()), String[]::new),
                column(notices, notice -> notice.kind().word(), String[]::new),
                column(notices, Persist.Notice::detail, String[]::new)));
        return connection.preparedQuery(Sql.NOTICES).execute(events).mapEmpty();
    }

    static Future<Void> presence(SqlConnection connection, Persist.Presence request) {
        List<Persist.ClientUpdate> updates = request.updates();
        Tuple clients = Tuple.from(List.of(
                column(updates, Persist.ClientUpdate::client, Long[]::new),
                column(updates, update -> update.state().name().toLowerCase(Locale.ROOT), String[]::new),
                column(updates, Persist.ClientUpdate::reason, String[]::new),
                column(updates, update -> ReportTable.timestamp(update.lastSeenAtMs()), OffsetDateTime[]::new),
                column(updates, update -> update.heartbeats().multicast(), Long[]::new),
                column(updates, update -> update.heartbeats().unicast(), Long[]::new),
                column(updates, update -> update.heartbeats().missed(), Long[]::new)));
        return connection.preparedQuery(Sql.PRESENCE).execute(clients).mapEmpty();
    }

    static Future<Persist.Completeness> prove(SqlConnection connection, Persist.Prove request) {
        return connection
                .preparedQuery(Sql.PROVE)
                .execute(Tuple.of(request.client()))
                .map(rows -> one(rows, "client number " + request.client()))
                .map(row -> new Persist.Completeness(
                        request.client(), Optional.ofNullable(row.getLong(0)), row.getLong(1)));
    }

    static Future<Void> close(SqlConnection connection, Persist.CloseRun request) {
        return connection
                .preparedQuery(Sql.LOCK_RUN)
                .execute(Tuple.of(request.run()))
                .compose(_ -> connection
                        .preparedQuery(Sql.CLOSE_RUN)
                        .execute(Tuple.of(request.run(), ReportTable.timestamp(request.endedAtMs()))))
                .map(result -> {
                    if (result.rowCount() == 0) {
                        throw new PersistFailure(Persist.NOT_FOUND, "run number " + request.run() + " is not there");
                    }
                    return null;
                });
    }

    private static <E, V> Object column(List<E> rows, Function<E, V> value, java.util.function.IntFunction<V[]> array) {
        return rows.stream().map(value).toArray(array);
    }

    private static Row one(RowSet<Row> rows, String what) {
        if (!rows.iterator().hasNext()) {
            throw new PersistFailure(Persist.NOT_FOUND, what + " is not in the database");
        }
        return rows.iterator().next();
    }
}
