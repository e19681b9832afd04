package io.plimsoll.report;

import io.vertx.sqlclient.Tuple;
import java.util.Locale;
import java.util.Optional;

/// What of a run can be exported, row by row, every column as it is stored.
public enum ExportTable {
    /// Sessions of clients, with their targets.
    CLIENTS("""
        select c.*, t.path, t.mount_point, t.file_system, t.source, t.mount_options, t.device, t.device_model,
            t.scheduler, t.size_bytes, t.free_bytes, t.calibration_bytes, t.calibration_seconds,
            t.predicted_rollovers
        from clients c left join targets t on t.client = c.client
        where c.run = $1 and ($2::text is null or starts_with(c.client_id, $2))
        order by c.client_id collate "C", c.boot_epoch
        """),
    DATA_FILES(ofClients("data_files")),
    INTERVALS(ofClients("intervals")),
    RESOURCE_SAMPLES(ofClients("resource_samples")),
    EVENTS("""
        select c.client_id, c.boot_epoch, e.*
        from events e left join clients c on c.client = e.client
        where e.run = $1 and ($2::text is null or starts_with(c.client_id, $2))
        order by e.at, e.event
        """);

    private final String sql;

    ExportTable(String sql) {
        this.sql = sql;
    }

    private static String ofClients(String table) {
        return """
            select c.client_id, c.boot_epoch, r.*
            from clients c join %s r on r.client = c.client
            where c.run = $1 and ($2::text is null or starts_with(c.client_id, $2))
            order by r.client, r.sequence
            """.formatted(table);
    }

    /// `data_files`: as in the database, on the command line and in JSON.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @param client beginning of a client's id
    public Question question(long run, Optional<String> client) {
        return new Question(sql, Tuple.of(run).addString(client.orElse(null)));
    }
}
