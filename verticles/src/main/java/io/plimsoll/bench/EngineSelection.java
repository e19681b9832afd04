package io.plimsoll.bench;

import io.plimsoll.io.Engine;
import io.plimsoll.io.Engines;
import io.plimsoll.io.NativeAccessException;
import io.plimsoll.io.PosixException;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan.EngineChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds the engine that runs a job, by trying it: the one that was asked for, or the first of the fallbacks that the
/// user allowed.
///
/// @param kind the engine that runs
/// @param note how it was set up
/// @param refused why those before it could not be had
record EngineSelection(EngineKind kind, String note, List<String> refused) {
    EngineSelection {
        refused = List.copyOf(refused);
    }

    /// @param threads that will each have such an engine: together they must fit, as into the user's locked memory
    /// @throws JobRefusedException where none of them can be had
    static EngineSelection of(EngineChoice choice, int blockBytes, int threads) throws JobRefusedException {
        List<String> refused = new ArrayList<>();
        for (EngineKind kind : Stream.concat(Stream.of(choice.kind()), choice.fallbacks().stream())
                .toList()) {
            try {
                return new EngineSelection(kind, tried(kind, choice, blockBytes, threads), refused);
            } catch (PosixException | NativeAccessException e) {
                refused.add(kind.word() + ": " + e.getMessage());
            }
        }
        String remedy = choice.fallbacks().isEmpty() && choice.kind() != EngineKind.PSYNC
                ? "; or allow another engine: --fallback=psync"
                : "";
        throw new JobRefusedException(refused.stream().collect(Collectors.joining("; ")) + remedy);
    }

    /// Returns how the engine was set up. Only rings have a limit that data threads share.
    private static String tried(EngineKind kind, EngineChoice choice, int blockBytes, int threads)
            throws PosixException {
        try (Engine engine = Engines.open(kind, choice.iodepthWith(kind), blockBytes)) {
            return kind == EngineKind.IO_URING && threads > 1
                    ? tried(kind, choice, blockBytes, threads - 1)
                    : engine.note();
        }
    }

    /// Why the engines before this one could not be had, for a result.
    List<String> notes() {
        return refused.stream().map(why -> "refused: " + why).toList();
    }
}
