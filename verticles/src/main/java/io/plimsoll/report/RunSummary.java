package io.plimsoll.report;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// One line of the list of runs.
///
/// @param bytes sum over the closed files
/// @param mbPerSecond bytes of all intervals from the first client's begin to the last one's end, by wall clock
/// @param fileSystems types of the targets, each once
public record RunSummary(
        long run,
        UUID runUuid,
        RunState state,
        Instant startedAt,
        Optional<Instant> endedAt,
        Optional<Double> durationSeconds,
        long clients,
        long clientsFinished,
        long files,
        long rollovers,
        long bytes,
        Optional<Double> mbPerSecond,
        List<String> fileSystems) {
    public RunSummary {
        fileSystems = List.copyOf(fileSystems);
    }
}
