package io.plimsoll.wire;

import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.HostFacts;
import io.plimsoll.model.Report;
import io.plimsoll.model.Require;
import io.plimsoll.model.Session;
import io.plimsoll.security.HeartbeatKeys;
import java.util.Optional;
import java.util.UUID;

/// What client and server say to each other over TCP, one frame each.
public sealed interface Message {

    /// Client: the first frame of every connection.
    ///
    /// @param run the run that this session already belongs to; empty at the first connection of a session
    /// @param instance names the process: two that were started in the same millisecond share a session
    /// @param late the session is over and only delivers what it could not; no heartbeats will come
    record Hello(
            Session session,
            UUID instance,
            HostFacts host,
            ChunkPlan plan,
            long heartbeatMs,
            Optional<UUID> run,
            boolean late)
            implements Message {
        public static final long HEARTBEAT_MS_MIN = 100;
        public static final long HEARTBEAT_MS_MAX = 3_600_000;

        public Hello {
            Require.present("session", session);
            Require.present("instance", instance);
            Require.present("host", host);
            Require.present("plan", plan);
            Require.inRange("heartbeat interval in ms", heartbeatMs, HEARTBEAT_MS_MIN, HEARTBEAT_MS_MAX);
            Require.present("run", run);
        }

        /// The same session's, as it stands now.
        ///
        /// @param over whether it is over by now
        public Hello again(Optional<UUID> inRun, boolean over) {
            return new Hello(session, instance, host, plan, heartbeatMs, inRun, late || over);
        }
    }

    /// Server: the hello is accepted; reports may flow, at most `windowReports` of them unacknowledged.
    ///
    /// @param runNumber how people name the run
    /// @param committed all reports of the session up to this number are committed, 0 for none; the next one is due
    record Welcome(UUID run, long runNumber, int windowReports, long committed, String serverVersion)
            implements Message {
        public Welcome {
            Require.present("run", run);
            Require.positive("run number", runNumber);
            Require.inRange("window in reports", windowReports, 1, 1_000_000);
            Require.notNegative("committed", committed);
            Require.text("server version", serverVersion, 256);
        }
    }

    /// Server, before its welcome and only to who has proved its id: the key that signs this client's heartbeats.
    record HeartbeatKey(HeartbeatKeys.Key key) implements Message {
        public HeartbeatKey {
            Require.present("key", key);
        }
    }

    /// Server: the hello or a report is not accepted and never will be; the server closes the connection.
    record Refused(String reason) implements Message {
        public Refused {
            Require.text("reason", reason, 1000);
        }
    }

    /// Client: a report with its number in the session, 1 for the first.
    record Numbered(long sequence, Report report) implements Message {
        public Numbered {
            Require.positive("sequence", sequence);
            Require.present("report", report);
        }
    }

    /// Server: all reports up to this number are committed.
    record Ack(long sequence) implements Message {
        public Ack {
            Require.positive("sequence", sequence);
        }
    }

    /// Server: how the client's heartbeats arrive; sent when that changes.
    ///
    /// @param silentMs time since one was last heard
    record HeartbeatsHeard(long multicast, long unicast, long silentMs) implements Message {
        public HeartbeatsHeard {
            Require.notNegative("multicast heartbeats", multicast);
            Require.notNegative("unicast heartbeats", unicast);
            Require.notNegative("silence in ms", silentMs);
        }
    }

    /// Server: end the run in an orderly way, now.
    record Stop(String reason) implements Message {
        public Stop {
            Require.text("reason", reason, 1000);
        }
    }
}
