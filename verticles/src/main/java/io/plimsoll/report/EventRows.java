package io.plimsoll.report;

import io.plimsoll.model.Severity;
import io.plimsoll.report.RunReport.Event;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;

/// The events of a run, in the order of time, as rows to be fetched bit by bit: there may be any number.
public final class EventRows {
    private static final String SQL = """
        select e.event, e.at, e.source, e.severity, e.kind, e.client, c.client_id, e.sequence, e.detail
        from events e
        left join clients c on c.client = e.client
        where e.run = $1
            and ($2::text is null or starts_with(c.client_id, $2))
            and e.severity = any ($3::text[])
            and ($4::text is null or e.kind = $4)
            and ($5::timestamptz is null or e.at >= $5)
            and ($6::timestamptz is null or e.at < $6)
        order by e.at, e.event
        """;

    private EventRows() {}

    /// Which events of a run.
    ///
    /// @param client beginning of a client's id
    /// @param severity the least
    /// @param until exclusive
    public record Filter(
            Optional<String> client,
            Severity severity,
            Optional<String> kind,
            Optional<Instant> since,
            Optional<Instant> until) {}

    public static Question question(long run, Filter filter) {
        String[] severities = java.util.Arrays.stream(Severity.values())
                .filter(s -> s.compareTo(filter.severity()) >= 0)
                .map(s -> s.name().toLowerCase(Locale.ROOT))
                .toArray(String[]::new);
        return new Question(
                SQL,
                Tuple.of(run)
                        .addString(filter.client().orElse(null))
                        .addArrayOfString(severities)
                        .addString(filter.kind().orElse(null))
                        .addOffsetDateTime(Question.utc(filter.since()))
                        .addOffsetDateTime(Question.utc(filter.until())));
    }

    public static Event event(Row row) {
        return new Event(
                row.getLong("event"),
                ClientRows.instant(row, "at"),
                row.getString("source"),
                row.getString("severity"),
                row.getString("kind"),
                Optional.ofNullable(row.getLong("client")),
                Optional.ofNullable(row.getString("client_id")),
                Optional.ofNullable(row.getLong("sequence")),
                row.getString("detail"));
    }

    /// One line, without its end: time, mark, client, kind and detail, all [Plain].
    public static String line(Event event) {
        String who = event.clientId().map(Labels::shortened).map(Plain::of).orElse("run");
        String mark = event.severity().equals("info") ? "  " : event.severity().equals("error") ? "!!" : "! ";
        return String.format(
                        Locale.ROOT,
                        "%s  %s %-20s  %s%s",
                        event.at().atOffset(ZoneOffset.UTC).format(Figures.TIME_WITH_MILLIS),
                        mark,
                        who,
                        Plain.of(event.kind()),
                        event.detail().isBlank() ? "" : ": " + Plain.of(event.detail()))
                .stripTrailing();
    }
}
