package io.plimsoll.server;

import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.HostFacts;
import io.plimsoll.model.Report;
import io.plimsoll.model.Require;
import io.plimsoll.model.Session;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What the persistence verticle is asked to write, as requests on the local address [#ADDRESS], sent with [#DELIVERY].
/// It replies after the commit, never before; a failed request may be sent again, because every one of them is
/// idempotent. Failures carry one of the codes [#NOT_FOUND], [#UNSTORABLE], [#UNAVAILABLE].
public sealed interface Persist {
    String ADDRESS = "plimsoll.local.persist";

    /// Failure code: what was asked for is not there.
    int NOT_FOUND = 404;

    /// Failure code: the database will never take this request; to send it again is useless.
    int UNSTORABLE = 422;

    /// Failure code: the queue is full, or the database has not answered for [#RETRY_MS_MAX]; send again later.
    int UNAVAILABLE = 503;

    /// How long a request is retried while the database is away, before it fails with [#UNAVAILABLE].
    long RETRY_MS_MAX = 60_000;

    /// Within this JVM only, and with more patience than the verticle has: its answer always comes first.
    DeliveryOptions DELIVERY = new DeliveryOptions().setLocalOnly(true).setSendTimeout(RETRY_MS_MAX * 4);

    /// Asks the persistence verticle.
    static <T> Future<T> ask(Vertx vertx, Persist request) {
        return vertx.eventBus().<T>request(ADDRESS, request, DELIVERY).map(Message::body);
    }

    /// Lets requests and replies travel on this bus as they are. To call it twice is harmless.
    static void registerCodecs(EventBus bus) {
        LocalCodec.register(
                bus,
                List.of(
                        OpenRun.class,
                        FindRun.class,
                        FindLeftOpen.class,
                        LeftOpen.class,
                        AdmitClient.class,
                        Reports.class,
                        Notices.class,
                        Presence.class,
                        Prove.class,
                        CloseRun.class,
                        RunRow.class,
                        Admission.class,
                        Completeness.class));
    }

    /// Makes a run, or finds the one with this UUID. Reply: [RunRow].
    record OpenRun(UUID uuid, String serverHost, String serverVersion, JsonObject settings) implements Persist {}

    /// Finds a run that a returning client names. Reply: [RunRow], or [#NOT_FOUND].
    record FindRun(UUID uuid) implements Persist {}

    /// Finds the runs that a former server at the same place left open when it died. Reply: [LeftOpen].
    ///
    /// @param tcp where it listened, as in `settings.tcp` of its runs: no two servers can listen at one place
    record FindLeftOpen(String serverHost, String tcp) implements Persist {}

    /// Makes the row of a client's session, or finds it. Reply: [Admission].
    record AdmitClient(long run, Session session, HostFacts host, ChunkPlan plan, double heartbeatSeconds)
            implements Persist {}

    /// Writes clients' reports, all or none: one that cannot be stored fails the others with it. Reply: null.
    record Reports(List<Numbered> reports) implements Persist {
        public static final int COUNT_MAX = 2_000;

        public Reports {
            reports = List.copyOf(reports);
            Require.inRange("reports in a request", reports.size(), 1, COUNT_MAX);
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
    /// Reply: [Completeness], or [#NOT_FOUND].
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

    record ClientUpdate(long client, ClientState state, String reason, long lastSeenAtMs, HeartbeatCounts heartbeats) {}

    /// How many heartbeats of a session were heard, by path, and how many are missing.
    record HeartbeatCounts(long multicast, long unicast, long missed) {
        static final HeartbeatCounts NONE = new HeartbeatCounts(0, 0, 0);
    }

    /// @param open whether the run's state is still `open`
    record RunRow(long run, UUID uuid, boolean open) {}

    /// @param committed all reports of the session up to this number are committed, 0 for none
    record Admission(ClientRow row, long committed) {}

    record ClientRow(long client, ClientState state, HeartbeatCounts heartbeats) {}

    /// @param runs by number; the last one is the latest
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
