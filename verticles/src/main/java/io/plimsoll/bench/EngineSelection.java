package io.plimsoll.bench;

import io.plimsoll.io.Engine;
import io.plimsoll.io.Engines;
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

    /// @throws JobRefusedException where none of them can be had
    static EngineSelection of(EngineChoice choice, int blockBytes) throws JobRefusedException {
        List<String> refused = new ArrayList<>();
        for (EngineKind kind : Stream.concat(Stream.of(choice.kind()), choice.fallbacks().stream())
                .toList()) {
            int depth = kind.queues() ? choice.iodepth() : 1;
            try (Engine engine = Engines.open(kind, depth, blockBytes)) {
                return new EngineSelection(kind, engine.note(), refused);
            } catch (PosixException e) {
                refused.add(kind.word() + ": " + e.getMessage());
            }
        }
        String remedy = choice.fallbacks().isEmpty() && choice.kind() != EngineKind.PSYNC
                ? "; or allow another engine: --fallback=psync"
                : "";
        throw new JobRefusedException(refused.stream().collect(Collectors.joining("; ")) + remedy);
    }
}
