package io.plimsoll.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Everything that the database knows of one run, as numbers: where every renderer starts. Clients are ordered by id
/// and session; nothing in it depends on when or where it was loaded.
///
/// @param allActive from the last client's begin to the first client's end: all of them wrote
/// @param anyActive from the first client's begin to the last client's end
public record RunReport(
        Run run,
        Totals totals,
        Optional<Window> allActive,
        Optional<Window> anyActive,
        List<ClientReport> clients,
        Events events) {
    public RunReport {
        clients = List.copyOf(clients);
    }

    /// The report with only the clients whose id begins so, and their events; totals and windows stay the run's.
    public RunReport ofClients(String idBeginning) {
        List<ClientReport> chosen = clients.stream()
                .filter(c -> c.clientId().startsWith(idBeginning))
                .toList();
        List<Event> theirs = events.listed().stream()
                .filter(e ->
                        e.clientId().filter(id -> id.startsWith(idBeginning)).isPresent())
                .toList();
        return new RunReport(
                run,
                totals,
                allActive,
                anyActive,
                chosen,
                new Events(events.total(), events.errors(), events.warnings(), theirs));
    }

    public record Run(
            long run,
            UUID runUuid,
            RunState state,
            Instant startedAt,
            Optional<Instant> endedAt,
            String serverHost,
            String serverVersion,
            JsonNode settings) {
        /// What holds for all clients.
        @JsonProperty
        public List<Caution> cautions() {
            return Cautions.of(settings);
        }
    }

    /// @param writeLatency of all clients' chunks, from merged histograms
    public record Totals(
            int clients,
            int clientsFinished,
            int clientsThatWrote,
            long files,
            long rollovers,
            long bytes,
            Optional<Latency> writeLatency,
            long reportsPresent,
            Optional<Long> reportsExpected) {}

    /// A stretch of wall time by the clients' clocks, and what the intervals say was written in it; an interval that
    /// is partly outside counts in proportion.
    public record Window(Instant from, Instant to, int clients, long bytes) {
        @JsonProperty
        public double seconds() {
            Duration length = Duration.between(from, to);
            return length.toSeconds() + length.toNanosPart() / 1e9;
        }

        @JsonProperty
        public double mbPerSecond() {
            return bytes / 1e6 / seconds();
        }
    }

    /// @param listed errors before warnings before the rest where not all fit, in the order of time
    public record Events(long total, long errors, long warnings, List<Event> listed) {
        public static final int LISTED_MAX = 1000;

        public Events {
            listed = List.copyOf(listed);
        }
    }

    /// @param client key of the client's row; empty where the event is about the run
    public record Event(
            long event,
            Instant at,
            String source,
            String severity,
            String kind,
            Optional<Long> client,
            Optional<String> clientId,
            Optional<Long> sequence,
            String detail) {}
}
