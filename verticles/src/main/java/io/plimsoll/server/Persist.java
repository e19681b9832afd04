package io.plimsoll.server;

import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.HostFacts;
import io.plimsoll.model.Report;
import io.plimsoll.model.Require;
import io.plimsoll.model.Session;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What the persistence verticle is asked to write, as requests on the local address [#ADDRESS]. It replies after the
/// commit, never before; a failed request may be sent again, because every one of them is idempotent.
public sealed interface Persist {
    String ADDRESS = "plimsoll.local.persist";

    /// Makes a run, or finds the one with this UUID. Reply: [RunRow].
    record OpenRun(UUID uuid, String serverHost, String serverVersion, JsonObject settings) implements Persist {}

    /// Finds a run that a returning client names. Reply: [RunRow], or fails with code 404 where there is none.
    record FindRun(UUID uuid) implements Persist {}

    /// Makes the row of a client's session, or finds it. Reply: [ClientRow].
    record AdmitClient(long run, Session session, HostFacts host, ChunkPlan plan, double heartbeatSeconds)
            implements Persist {}

    /// Writes clients' reports, all or none. Reply: null.
    record Reports(List<Numbered> reports) implements Persist {
        public Reports {
            reports = List.copyOf(reports);
        }
    }

    /// Writes what the server noticed. Reply: null.
    record Notices(List<Notice> notices) implements Persist {
        public Notices {
            notices = List.copyOf(notices);
        }
    }

    /// Sets clients' states and counters. Reply: null.
    record Presence(List<ClientUpdate> updates) implements Persist {
        public Presence {
            updates = List.copyOf(updates);
        }
    }

    /// Proves that a session that ended is whole: counts its rows against its last sequence.
    /// Reply: [Completeness].
    record Prove(long client) implements Persist {}

    /// Ends a run. Its state is derived from its clients' rows (see `runs.state`). Reply: null.
    record CloseRun(long run, long endedAtMs) implements Persist {}

    /// A report with its address in the database.
    ///
    /// @param run `runs.run` of the client, which events carry too
    record Numbered(long run, long client, long sequence, Report report) {
        public Numbered {
            Require.positive("sequence", sequence);
            Require.present("report", report);
        }
    }

    record Notice(long run, Optional<Long> client, long atMs, EventKind kind, String detail) {}

    record ClientUpdate(
            long client,
            ClientState state,
            String reason,
            long lastSeenAtMs,
            long heartbeatsMulticast,
            long heartbeatsUnicast,
            long heartbeatsMissed) {}

    /// @param open whether the run's state is still `open`
    record RunRow(long run, UUID uuid, boolean open) {}

    /// @param lastSequence as its RunEnded said; empty while the session has not ended
    record ClientRow(long client, ClientState state, Optional<Long> lastSequence) {}

    /// @param present reports of the session that are in the database
    record Completeness(long client, long lastSequence, long present) {
        public boolean complete() {
            return present == lastSequence;
        }
    }
}
