package io.plimsoll.server;

import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.Session;
import io.plimsoll.wire.bus.BusMessage;
import java.util.UUID;

/// What the roster remembers of one session. Times are the roster's monotonic ms.
final class Member {
    static final long NO_CONNECTION = 0;

    final long run;
    final long client;
    final Session session;
    final String hostName;
    final long heartbeatMs;
    final HeartbeatLedger ledger;

    /// The process behind the session; null until it said hello to this server.
    UUID instance;

    ClientState state;
    String reason = "";
    long connection = NO_CONNECTION;
    long lastHeartbeatAt;
    long lastFrameAt;
    long lastSavedAt;
    long lastSeenWallMs;
    /// Whether the client was last told that its heartbeats are heard; null before it was told anything.
    Boolean toldHeard;

    String target = "";
    BusMessage.ClientStatus live;

    Member(long run, Persist.ClientRow row, Session session, String hostName, long heartbeatMs) {
        this.run = run;
        this.client = row.client();
        this.state = row.state();
        this.ledger = new HeartbeatLedger(row.heartbeats());
        this.session = session;
        this.hostName = hostName;
        this.heartbeatMs = heartbeatMs;
        this.live = new BusMessage.ClientStatus(session, ClientPhase.PREPARING, 0, 0, 0, 0, 0);
    }

    boolean connected() {
        return connection != NO_CONNECTION;
    }

    /// Present members keep a run open: at work, or missing for a while but not yet given up.
    boolean present() {
        return state == ClientState.ALIVE || state == ClientState.SUSPECT;
    }

    /// Heartbeats that are overdue. One that is late by less than half an interval, or half a second, is not missed.
    long missed(long now) {
        long toleranceMs = Math.min(heartbeatMs / 2, 500);
        return Math.max(0, (now - lastHeartbeatAt - toleranceMs) / heartbeatMs);
    }

    long silentMs(long now) {
        return Math.max(0, now - Math.max(lastHeartbeatAt, lastFrameAt));
    }
}
