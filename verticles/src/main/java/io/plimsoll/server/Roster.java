package io.plimsoll.server;

import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.Session;
import io.plimsoll.wire.Heartbeat;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.bus.BusMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Decides who is present, who is lost, and when a run and the server end. Pure: (event, now) → actions; the verticle
/// carries them out.
///
/// A client is *suspect* after [#SUSPECT_MISSES] missed heartbeats. It is *lost* after [#LOST_MISSES] if its TCP
/// connection was silent for as long, or after [#SUSPECT_MISSES] if the connection is gone: heartbeats are lossy by
/// nature, so their loss alone never declares dead what still delivers. `now` is a monotonic clock in ms, `wallMs` the
/// wall clock. One thread.
final class Roster {
    static final int SUSPECT_MISSES = 3;
    static final int LOST_MISSES = 10;
    private static final long SAVE_INTERVAL_MS = 60_000;
    private static final long TICK_LATE_MS_MAX = 2_000;

    sealed interface Action {
        /// Something to store, to log and to show.
        record Note(long run, Optional<Long> client, String clientId, EventKind kind, String detail)
                implements Action {}

        record Save(Persist.ClientUpdate update) implements Action {}

        record Tell(long connection, Message message) implements Action {}

        record Disconnect(long connection, String reason) implements Action {}

        record CloseRun(long run) implements Action {}

        record Exit(String reason) implements Action {}
    }

    private final long idleTimeoutMs;
    private final boolean keepRunning;
    private final Map<Long, Member> byClient = new LinkedHashMap<>();
    private final Map<Session, Member> bySession = new HashMap<>();
    /// Open connections, each with the run that it delivers to.
    private final Map<Long, Long> connections = new HashMap<>();
    /// Runs besides the open one that were opened again, by sessions that came back, delivered late, or ended after
    /// they had been given up; each is closed anew when they are gone.
    private final Set<Long> reopened = new TreeSet<>();

    private Persist.RunRow run;
    private int arriving;
    private long idleSince;
    private long tickedAt;
    private boolean exiting;

    /// @param keepRunning never end by itself; runs still end after the idle time
    Roster(long idleTimeoutMs, boolean keepRunning, long now) {
        this.idleTimeoutMs = idleTimeoutMs;
        this.keepRunning = keepRunning;
        this.idleSince = now;
        this.tickedAt = now;
    }

    Optional<Persist.RunRow> openRun() {
        return Optional.ofNullable(run);
    }

    void runOpened(Persist.RunRow opened) {
        run = opened;
    }

    /// Takes up what a former server left when it died: its last run goes on, unless that was over already, and its
    /// clients have the usual time to come back before they are lost.
    void resumed(Persist.LeftOpen left, long now) {
        for (Persist.RunRow one : left.runs()) {
            reopened.add(one.run());
            run = one.open() ? one : run;
        }
        if (run != null) {
            reopened.remove(run.run());
        }
        for (Persist.LeftClient one : left.clients()) {
            Member m = new Member(one.run(), one.row(), one.session(), one.hostName(), one.heartbeatMs());
            m.lastHeartbeatAt = now;
            m.lastFrameAt = now;
            m.lastSavedAt = now;
            m.lastSeenWallMs = one.lastSeenAtMs();
            byClient.put(m.client, m);
            bySession.put(m.session, m);
        }
    }

    /// A hello is being answered: until [#arrived] the server does not end, nor the run.
    void arriving() {
        arriving++;
    }

    void arrived() {
        arriving--;
    }

    /// A session was let in, or not: nobody knows. If it was, the run is open again.
    void perhapsAdmitted(Persist.RunRow in) {
        if (!in.open()) {
            reopened.add(in.run());
        }
    }

    /// Why the session may not come in; empty if it may, as far as those are concerned who are here. The database has
    /// the last word, for it knows which sessions are fenced.
    Optional<String> refusal(Message.Hello hello, long now) {
        Session session = hello.session();
        for (Member m : byClient.values()) {
            if (!m.session.clientId().equals(session.clientId()) || m.session.equals(session) || hello.late()) {
                continue;
            }
            if (m.present() && m.connected() && m.missed(now) < SUSPECT_MISSES) {
                return Optional.of("client id '" + session.clientId() + "' is in use by a live client on host "
                        + m.hostName + "; choose another one with -id");
            }
        }
        return Optional.empty();
    }

    /// A session was admitted and its reports may flow over `connection`.
    List<Action> connected(
            Persist.RunRow in, Persist.ClientRow row, Message.Hello hello, long connection, long now, long wallMs) {
        List<Action> actions = new ArrayList<>();
        connections.put(connection, in.run());
        if (run == null && in.open() && !hello.late()) {
            run = in;
        } else if (run == null || run.run() != in.run()) {
            reopened.add(in.run());
        }
        if (hello.late()) {
            return actions;
        }
        fence(hello.session(), actions);
        Member m = byClient.computeIfAbsent(row.client(), client -> {
            Member fresh =
                    new Member(in.run(), row, hello.session(), hello.host().hostName(), hello.heartbeatMs());
            bySession.put(hello.session(), fresh);
            return fresh;
        });
        if (m.connected()) {
            actions.add(new Action.Disconnect(m.connection, "replaced by a newer connection of the same client"));
        }
        m.connection = connection;
        m.lastHeartbeatAt = now;
        m.lastFrameAt = now;
        m.lastSeenWallMs = wallMs;
        m.toldHeard = null;
        actions.add(note(m, EventKind.CLIENT_CONNECTED, "from host " + m.hostName));
        if (m.state == ClientState.LOST) {
            back(m, "connected again", now, actions);
        }
        return actions;
    }

    List<Action> disconnected(long client, long connection, String reason, long now) {
        List<Action> actions = new ArrayList<>();
        connections.remove(connection);
        Member m = byClient.get(client);
        if (m != null && m.connection == connection) {
            m.connection = Member.NO_CONNECTION;
            if (!m.state.ended()) {
                actions.add(note(m, EventKind.CLIENT_DISCONNECTED, reason));
            }
        }
        idleSince = idle() ? now : idleSince;
        return actions;
    }

    boolean knows(Session session) {
        return bySession.containsKey(session);
    }

    /// @return no actions and no effect for a heartbeat of nobody known
    List<Action> heard(Heartbeat beat, long now, long wallMs) {
        Member m = bySession.get(beat.session());
        if (m == null || !m.ledger.count(beat.counter(), beat.unicast()) || m.state.ended()) {
            return List.of();
        }
        List<Action> actions = new ArrayList<>(2);
        m.lastHeartbeatAt = now;
        m.lastSeenWallMs = wallMs;
        BusMessage.ClientStatus live = m.live;
        m.live = new BusMessage.ClientStatus(
                m.session,
                beat.phase(),
                Math.max(live.bytes(), beat.bytesWritten()),
                live.bytesPerSecond(),
                live.files(),
                live.rollovers(),
                live.remainingMs());
        if (m.connected() && !Boolean.TRUE.equals(m.toldHeard)) {
            m.toldHeard = true;
            actions.add(tellHeard(m, now));
        }
        if (m.state != ClientState.ALIVE) {
            back(m, "heartbeats again", now, actions);
        }
        return actions;
    }

    /// Frames of these clients arrived.
    List<Action> delivered(Collection<Long> clients, long now, long wallMs) {
        List<Action> actions = new ArrayList<>();
        for (long client : clients) {
            Member m = byClient.get(client);
            if (m != null) {
                m.lastFrameAt = now;
                m.lastSeenWallMs = wallMs;
                if (m.state == ClientState.LOST) {
                    back(m, "reports again", now, actions);
                }
            }
        }
        return actions;
    }

    void started(long client, String target) {
        Member m = byClient.get(client);
        if (m != null) {
            m.target = target;
        }
    }

    void status(BusMessage.ClientStatus status) {
        Member m = bySession.get(status.session());
        if (m != null && !m.state.ended()) {
            m.live = status;
        }
    }

    /// The client's last report is committed, and its run open again, if it was closed without that.
    List<Action> ended(long in, long client, ClientState outcome, String reason, long now) {
        if (run == null || run.run() != in) {
            reopened.add(in);
        }
        Member m = byClient.get(client);
        if (m == null || m.state.ended()) {
            return List.of();
        }
        List<Action> actions = new ArrayList<>();
        m.state = outcome;
        m.reason = reason;
        m.live = new BusMessage.ClientStatus(
                m.session, ClientPhase.ENDED, m.live.bytes(), 0, m.live.files(), m.live.rollovers(), 0);
        EventKind kind = outcome == ClientState.REJECTED ? EventKind.CLIENT_REJECTED : EventKind.CLIENT_ENDED;
        String word = outcome.name().toLowerCase(java.util.Locale.ROOT);
        actions.add(note(m, kind, reason.isEmpty() ? word : word + ": " + reason));
        actions.add(save(m, now));
        idleSince = idle() ? now : idleSince;
        return actions;
    }

    /// To be called a few times a second.
    List<Action> tick(long now) {
        excuse(now - tickedAt - TICK_LATE_MS_MAX, now);
        tickedAt = now;
        List<Action> actions = new ArrayList<>();
        for (Member m : byClient.values()) {
            if (!m.state.ended()) {
                judge(m, now, actions);
            }
        }
        for (long other : List.copyOf(reopened)) {
            if (arriving == 0
                    && !connections.containsValue(other)
                    && byClient.values().stream().noneMatch(m -> m.run == other && m.present())) {
                close(other, now, actions);
            }
        }
        if (!idle()) {
            idleSince = now;
        } else if (now - idleSince >= idleTimeoutMs && !exiting) {
            actions.addAll(closeRuns(now));
            if (!keepRunning) {
                exiting = true;
                actions.add(new Action.Exit("no client for " + idleTimeoutMs / 1000.0 + " s"));
            }
        }
        return actions;
    }

    /// Ends every run that is open: its members' last states are saved and forgotten.
    List<Action> closeRuns(long now) {
        List<Action> actions = new ArrayList<>();
        List.copyOf(reopened).forEach(other -> close(other, now, actions));
        if (run != null) {
            close(run.run(), now, actions);
            run = null;
        }
        return actions;
    }

    /// Whether the server may end now that its runs are closed: nobody has come meanwhile. If somebody has, it stays.
    boolean mayExit() {
        exiting = idle() && run == null;
        return exiting;
    }

    List<Member> members() {
        return List.copyOf(byClient.values());
    }

    private boolean idle() {
        return arriving == 0
                && connections.isEmpty()
                && byClient.values().stream().noneMatch(Member::present);
    }

    private void close(long ending, long now, List<Action> actions) {
        for (Member m : List.copyOf(byClient.values())) {
            if (m.run == ending) {
                actions.add(save(m, now));
                byClient.remove(m.client);
                bySession.remove(m.session, m);
            }
        }
        connections.values().removeIf(to -> to == ending);
        reopened.remove(ending);
        actions.add(new Action.CloseRun(ending));
    }

    /// While this process stood still nobody was heard, and it is nobody's fault.
    private void excuse(long awayMs, long now) {
        if (awayMs > 0) {
            idleSince = Math.min(now, idleSince + awayMs);
            byClient.values().forEach(m -> {
                m.lastHeartbeatAt = Math.min(now, m.lastHeartbeatAt + awayMs);
                m.lastFrameAt = Math.min(now, m.lastFrameAt + awayMs);
            });
        }
    }

    private void judge(Member m, long now, List<Action> actions) {
        long missed = m.missed(now);
        boolean goneAndSilent = !m.connected() && missed >= SUSPECT_MISSES;
        boolean allSilent = missed >= LOST_MISSES && now - m.lastFrameAt >= LOST_MISSES * m.heartbeatMs;
        if (m.state != ClientState.LOST && (goneAndSilent || allSilent)) {
            String how = missed + " heartbeats missed, " + (m.connected() ? "connection silent" : "connection gone");
            become(m, ClientState.LOST, EventKind.CLIENT_LOST, how, now, actions);
            if (m.connected()) {
                actions.add(new Action.Disconnect(m.connection, "lost: " + how));
            }
        } else if (m.state == ClientState.ALIVE && missed >= SUSPECT_MISSES) {
            become(m, ClientState.SUSPECT, EventKind.CLIENT_SUSPECT, missed + " heartbeats missed", now, actions);
        } else if (now - m.lastSavedAt >= SAVE_INTERVAL_MS) {
            actions.add(save(m, now));
        }
        boolean unheard = m.connected() && (now - m.lastHeartbeatAt) >= 2 * m.heartbeatMs;
        if (unheard && !Boolean.FALSE.equals(m.toldHeard)) {
            m.toldHeard = false;
            actions.add(tellHeard(m, now));
        }
    }

    /// A new life of a client ends what the roster knew of its former one.
    private void fence(Session session, List<Action> actions) {
        List<Member> former = byClient.values().stream()
                .filter(m -> m.session.clientId().equals(session.clientId()) && !m.session.equals(session))
                .toList();
        for (Member m : former) {
            if (m.present()) {
                m.state = ClientState.LOST;
                m.reason = "started again";
                actions.add(
                        note(m, EventKind.CLIENT_FENCED, "the client was started again; its former process is out"));
                actions.add(new Action.Save(update(m)));
            }
            if (m.connected()) {
                actions.add(new Action.Disconnect(m.connection, "the client was started again"));
                m.connection = Member.NO_CONNECTION;
            }
            bySession.remove(m.session);
        }
    }

    private void back(Member m, String how, long now, List<Action> actions) {
        become(m, ClientState.ALIVE, EventKind.CLIENT_BACK, how + ", was " + word(m.state), now, actions);
        m.reason = "";
    }

    private void become(Member m, ClientState state, EventKind kind, String why, long now, List<Action> actions) {
        m.state = state;
        m.reason = why;
        actions.add(note(m, kind, why));
        actions.add(save(m, now));
    }

    private static String word(ClientState state) {
        return state.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static Action note(Member m, EventKind kind, String detail) {
        return new Action.Note(
                m.run, Optional.of(m.client), m.session.clientId().value(), kind, detail);
    }

    private static Action tellHeard(Member m, long now) {
        return new Action.Tell(
                m.connection,
                new Message.HeartbeatsHeard(
                        m.ledger.counts().multicast(),
                        m.ledger.counts().unicast(),
                        Math.max(0, now - m.lastHeartbeatAt)));
    }

    private static Action save(Member m, long now) {
        m.lastSavedAt = now;
        return new Action.Save(update(m));
    }

    private static Persist.ClientUpdate update(Member m) {
        return new Persist.ClientUpdate(m.client, m.state, m.reason, m.lastSeenWallMs, m.ledger.counts());
    }
}
