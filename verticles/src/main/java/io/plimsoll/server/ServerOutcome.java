package io.plimsoll.server;

import java.util.List;
import java.util.Optional;

/// How a server ended.
///
/// @param endedBy why, in words
/// @param runs the runs that it closed, in order
/// @param failure an error of the server's own; empty where it ended as it should
public record ServerOutcome(String endedBy, List<ClosedRun> runs, Optional<String> failure) {
    public ServerOutcome {
        runs = List.copyOf(runs);
    }

    /// @param state `complete`, `incomplete` or `failed`, as in `runs.state`
    public record ClosedRun(long run, String state) {}
}
