package io.plimsoll.server;

import io.plimsoll.model.Authentication;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.HostFacts;
import io.plimsoll.model.Report;
import io.plimsoll.model.Require;
import io.plimsoll.model.Session;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What the persistence verticle is asked to write, over [PersistBus]. It replies after the commit, never before; a
/// failed request may be sent again, because every one of them is idempotent. Failures carry one of the codes
/// [#REFUSED], [#NOT_FOUND], [#UNSTORABLE], [#UNAVAILABLE].
public sealed interface Persist {
    /// Failure code: this is not allowed, and never will be.
    int REFUSED = 403;

    /// Failure code: what was asked for is not there.
    int NOT_FOUND = 404;

    /// Failure code: the database will never take this request; to send it again is useless.
    int UNSTORABLE = 422;

    /// Failure code: the queue is full, or the database has not answered for [#RETRY_MS_MAX]; send again later.
    int UNAVAILABLE = 503;

    /// How long a request is retried while the database is away, before it fails with [#UNAVAILABLE].
    long RETRY_MS_MAX = 60_000;

    /// Makes a run, or finds the one with this UUID. Reply: [RunRow].
    ///
    /// @param settings a JSON object
    record OpenRun(UUID uuid, String serverHost, String serverVersion, String settings) implements Persist {}

    /// Finds a run that a returning client names. Reply: [RunRow], or [#NOT_FOUND].
    record FindRun(UUID uuid) implements Persist {}

    /// Finds the runs that a former server at the same place left open when it died. Reply: [LeftOpen].
    ///
    /// @param tcp where it listened, as in `settings.tcp` of its runs: no two servers can listen at one place
    record FindLeftOpen(String serverHost, String tcp) implements Persist {}

    /// Makes the row of a client's session, or finds it, and fences every session of that client that was admitted
    /// before, in whatever run. Opens a closed run again: it is to be closed anew when the session is gone. Reply:
    /// [Admission], or [#REFUSED] for a session that is fenced itself or that another process began. A late
    /// delivery fences nobody and may always come.
    ///
    /// @param by of all its hellos, the weakest one counts
    record AdmitClient(
            long run,
            Session session,
            UUID instance,
            boolean late,
            HostFacts host,
            ChunkPlan plan,
            double heartbeatSeconds,
            Authentication by)
            implements Persist {}

    /// Writes clients' reports: one that the tables do not take fails the others with it. The last one of a session
    /// opens a run that was closed again, as in [AdmitClient]. Reply: [Stored].
    record Reports(List<Numbered> reports) implements Persist {
        public static final int COUNT_MAX = 2_000;

        public Reports {
            reports = List.copyOf(reports);
            Require.inRange("reports in a request", reports.size(), 1, COUNT_MAX);
        }
    }

    /// Keeps a report that no table takes, as it is, and counts it as delivered and missing. Reply: [Stored].
    record Quarantine(Numbered report, String reason) implements Persist {}

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
    /// Reply: [Completeness], or [#NOT_FOUND].
    record Prove(long client) implements Persist {}

    /// Ends a run. Its state is derived from its clients' rows (see `runs.state`). Reply: null.
    record CloseRun(long run, long endedAtMs) implements Persist {}

    /// A report with its address in the database.
    ///
    /// @param run `runs.run` of the client, which events carry too
    /// @param digest tells it from another one under the same number; 0 if unknown
    /// @param late its session is over and may be fenced
    record Numbered(long run, long client, long sequence, long digest, boolean late, Report report) {
        public Numbered {
            Require.positive("sequence", sequence);
            Require.present("report", report);
        }
    }

    /// What was asked for is committed, but for these.
    record Stored(List<Declined> declined) {
        static final Stored ALL = new Stored(List.of());

        public Stored {
            declined = List.copyOf(declined);
        }
    }

    /// @param altered whether there is another report under its number
    record Declined(Numbered report, boolean altered, String reason) {}

    record Notice(long run, Optional<Long> client, long atMs, EventKind kind, String detail) {}

    record ClientUpdate(long client, ClientState state, String reason, long lastSeenAtMs, HeartbeatCounts heartbeats) {}

    /// How many heartbeats of a session were heard, by path, and how many are missing.
    record HeartbeatCounts(long multicast, long unicast, long missed) {
        static final HeartbeatCounts NONE = new HeartbeatCounts(0, 0, 0);
    }

    /// @param open whether the run has never been closed
    record RunRow(long run, UUID uuid, boolean open) {}

    /// @param committed all reports of the session up to this number are committed, 0 for none
    record Admission(ClientRow row, long committed) {}

    record ClientRow(long client, ClientState state, HeartbeatCounts heartbeats) {}

    /// @param runs by number, those that were opened again among them
    /// @param clients those that had not ended
    record LeftOpen(List<RunRow> runs, List<LeftClient> clients) {}

    record LeftClient(long run, ClientRow row, Session session, String hostName, long heartbeatMs, long lastSeenAtMs) {}

    /// @param lastSequence empty while the session has not ended
    /// @param present how many of the numbers from 1 to the last one are in the database
    record Completeness(long client, Optional<Long> lastSequence, long present) {
        public boolean complete() {
            return lastSequence.filter(last -> last == present).isPresent();
        }
    }
}
