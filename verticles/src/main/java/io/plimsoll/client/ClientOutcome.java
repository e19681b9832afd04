package io.plimsoll.client;

import io.plimsoll.model.ClientState;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How a client ended.
///
/// @param state FINISHED, INTERRUPTED, REJECTED or FAILED
/// @param reason in words; empty for FINISHED
/// @param notes what the user should know besides: flags, files left behind
/// @param unsent where the reports are that the server did not take; empty when it took all of them
public record ClientOutcome(
        ClientState state,
        String reason,
        long run,
        long bytes,
        int files,
        int rollovers,
        List<String> notes,
        Optional<Path> unsent) {
    public ClientOutcome {
        notes = List.copyOf(notes);
    }
}
