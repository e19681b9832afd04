package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.Session;
import io.plimsoll.server.Roster.Action;
import io.plimsoll.wire.Heartbeat;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class RosterTest {
    private static final long BEAT_MS = 5_000;
    private static final long IDLE_MS = 30_000;
    private static final Persist.RunRow RUN = new Persist.RunRow(1, new UUID(0, 1), true);

    private final Roster roster = new Roster(IDLE_MS, false, 0);
    private final List<Action> actions = new ArrayList<>();
    private long counter;
    private long ticked;

    @Test
    void aClientThatBeatsIsAliveForEver() {
        connect("a", 1, 100, 0);
        for (long now = 0; now < 10 * 3600_000; now += BEAT_MS) {
            beat("a", now);
            tick(now + 2_500);
        }
        assertEquals(List.of(EventKind.CLIENT_CONNECTED), kinds());
    }

    @Test
    void threeMissedHeartbeatsMakeItSuspectAndTenLostWhereTcpIsSilentToo() {
        connect("a", 1, 100, 0);
        beat("a", 0);
        tick(3 * BEAT_MS + 499);
        assertFalse(kinds().contains(EventKind.CLIENT_SUSPECT));
        tick(3 * BEAT_MS + 500);
        assertTrue(kinds().contains(EventKind.CLIENT_SUSPECT));
        tick(10 * BEAT_MS + 499);
        assertFalse(kinds().contains(EventKind.CLIENT_LOST));
        tick(10 * BEAT_MS + 500);
        assertTrue(kinds().contains(EventKind.CLIENT_LOST));
        assertTrue(actions.stream().anyMatch(a -> a instanceof Action.Disconnect d && d.connection() == 100));
        beat("a", 12 * BEAT_MS);
        assertEquals(EventKind.CLIENT_BACK, kinds().getLast());
        assertEquals(ClientState.ALIVE, roster.members().getFirst().state);
    }

    @Test
    void whatStillDeliversIsNeverLostForItsHeartbeatsAlone() {
        connect("a", 1, 100, 0);
        for (long now = 0; now < 100 * BEAT_MS; now += 1_000) {
            act(roster.delivered(Set.of(1L), now, now));
            tick(now);
        }
        assertTrue(kinds().contains(EventKind.CLIENT_SUSPECT));
        assertFalse(kinds().contains(EventKind.CLIENT_LOST));
    }

    @Test
    void aKilledClientIsLostWithinThreeIntervalsAndASecond() {
        connect("a", 1, 100, 0);
        beat("a", 20_000);
        act(roster.disconnected(1, 100, "reset", 20_001));
        tick(20_001 + 3 * BEAT_MS + 750);
        assertEquals(
                List.of(EventKind.CLIENT_CONNECTED, EventKind.CLIENT_DISCONNECTED, EventKind.CLIENT_LOST), kinds());
    }

    @Test
    void aClientThatConnectsAgainInTimeIsNeverLost() {
        connect("a", 1, 100, 0);
        act(roster.disconnected(1, 100, "reset", 1_000));
        connect("a", 1, 101, 14_000);
        for (long now = 14_000; now < 60_000; now += 250) {
            if (now % BEAT_MS == 0) {
                beat("a", now);
            }
            tick(now);
        }
        assertFalse(kinds().contains(EventKind.CLIENT_LOST));
        act(roster.disconnected(1, 100, "late news of the old connection", 60_000));
        assertTrue(roster.members().getFirst().connected());
    }

    @Test
    void anIdInUseByALiveClientIsRefusedAndADeadOnesIsFenced() {
        connect("a", 1, 100, 0);
        beat("a", 1_000);
        Message.Hello newer = hello("a", 1);
        assertTrue(roster.refusal(newer, 2_000).orElseThrow().contains("in use"));
        assertTrue(roster.refusal(hello("a", -1), 2_000).orElseThrow().contains("in use"), "whatever the clock says");
        assertEquals(Optional.empty(), roster.refusal(hello("a", 0), 2_000), "the same process may come back");
        act(roster.disconnected(1, 100, "reset", 3_000));
        assertEquals(Optional.empty(), roster.refusal(newer, 3_001));
        act(roster.connected(
                RUN, new Persist.ClientRow(2, ClientState.ALIVE, Persist.HeartbeatCounts.NONE), newer, 101, 3_001, 1));
        assertTrue(kinds().contains(EventKind.CLIENT_FENCED));
        assertEquals(List.of(), roster.heard(heartbeat("a", 0), 4_000, 1), "the old process is not heard any more");
    }

    @Test
    void endsByItselfAfterTheIdleTimeAndEveryClientResetsIt() {
        tick(IDLE_MS - 1);
        assertEquals(List.of(), actions);
        roster.runOpened(RUN);
        connect("a", 1, 100, IDLE_MS - 1);
        tick(IDLE_MS);
        act(roster.ended(1, 1, ClientState.FINISHED, "", 40_000));
        act(roster.disconnected(1, 100, "closed", 41_000));
        tick(41_000 + IDLE_MS - 1);
        assertFalse(actions.stream().anyMatch(a -> a instanceof Action.Exit));
        tick(41_000 + IDLE_MS);
        tick(41_000 + IDLE_MS + 1);
        assertEquals(
                1, actions.stream().filter(a -> a instanceof Action.CloseRun).count());
        assertEquals(1, actions.stream().filter(a -> a instanceof Action.Exit).count());
    }

    @Test
    void aServerThatKeepsRunningClosesItsRunAndStays() {
        Roster staying = new Roster(IDLE_MS, true, 0);
        staying.runOpened(RUN);
        List<Action> all = new ArrayList<>();
        for (long now = 0; now < 4 * IDLE_MS; now += 250) {
            all.addAll(staying.tick(now));
        }
        assertEquals(List.of(new Action.CloseRun(1)), all);
        assertEquals(Optional.empty(), staying.openRun());
    }

    @Test
    void neitherRunNorServerEndsWhileAHelloIsBeingAnswered() {
        roster.runOpened(RUN);
        roster.arriving();
        tick(10 * IDLE_MS);
        assertEquals(List.of(), actions);
        roster.arrived();
        tick(11 * IDLE_MS - 1);
        assertEquals(List.of(), actions);
        tick(11 * IDLE_MS);
        assertEquals(List.of(new Action.CloseRun(1), new Action.Exit("no client for 30.0 s")), actions);
    }

    @Test
    void whoComesWhileTheLastRunIsBeingClosedKeepsTheServer() {
        tick(IDLE_MS);
        roster.arriving();
        assertFalse(roster.mayExit());
        roster.arrived();
        actions.clear();
        tick(2 * IDLE_MS + 1_000);
        assertEquals(List.of(new Action.Exit("no client for 30.0 s")), actions);
        assertTrue(roster.mayExit());
    }

    @Test
    void aServerThatStoodStillForAMinuteBlamesNobody() {
        connect("a", 1, 100, 0);
        for (long now = 0; now <= 20_000; now += BEAT_MS) {
            beat("a", now);
            tick(now);
        }
        act(roster.tick(90_000));
        beat("a", 90_001);
        act(roster.tick(90_250));
        assertEquals(List.of(EventKind.CLIENT_CONNECTED), kinds());
    }

    @Test
    void aRunThatADeadServerLeftGoesOnAndItsClientsComeBackOrAreLost() {
        var back = new Persist.ClientRow(1, ClientState.ALIVE, new Persist.HeartbeatCounts(7, 0, 1));
        var gone = new Persist.ClientRow(2, ClientState.SUSPECT, Persist.HeartbeatCounts.NONE);
        roster.resumed(
                new Persist.LeftOpen(
                        List.of(RUN),
                        List.of(
                                new Persist.LeftClient(1, back, session("back", 0), "host", BEAT_MS, 1),
                                new Persist.LeftClient(1, gone, session("gone", 0), "host", BEAT_MS, 1))),
                0);
        assertEquals(Optional.of(RUN), roster.openRun());
        act(roster.connected(RUN, back, hello("back", 0), 100, 1_000, 1));
        counter = 10;
        for (long now = 1_000; now <= 41_000; now += BEAT_MS) {
            beat("back", now);
            tick(now);
        }
        assertEquals(List.of(EventKind.CLIENT_CONNECTED, EventKind.CLIENT_LOST), kinds());
        act(roster.ended(1, 1, ClientState.FINISHED, "", 42_000));
        act(roster.disconnected(1, 100, "closed", 42_000));
        tick(42_000 + IDLE_MS);
        assertEquals(
                new Persist.HeartbeatCounts(16, 0, 3),
                actions.stream()
                        .filter(a -> a instanceof Action.Save s && s.update().client() == 1)
                        .map(a -> ((Action.Save) a).update().heartbeats())
                        .toList()
                        .getLast(),
                "those of the former server, and those that came while there was none");
        assertEquals(
                1, actions.stream().filter(a -> a instanceof Action.CloseRun).count());
    }

    @Test
    void aRunThatWasLeftIsClosedOnceAndOnlyWhenItsLastClientIsGone() {
        Persist.RunRow old = new Persist.RunRow(9, new UUID(0, 9), false);
        roster.runOpened(RUN);
        connect("new", 1, 100, 0);
        var row = new Persist.ClientRow(5, ClientState.LOST, Persist.HeartbeatCounts.NONE);
        act(roster.connected(old, row, hello("old", 0), 101, 0, 1));
        assertTrue(kinds().contains(EventKind.CLIENT_BACK));
        act(roster.disconnected(5, 101, "a blip", 1_000));
        tick(2_000);
        assertEquals(List.of(), closed());
        tick(3 * BEAT_MS + 1_000);
        assertEquals(EventKind.CLIENT_LOST, kinds().getLast());
        assertEquals(List.of(9L), closed());
        tick(5 * BEAT_MS);
        assertEquals(List.of(9L), closed());
    }

    @Test
    void aRunThatWasClosedWithoutTheEndOfAClientIsClosedAnewWhenThatComes() {
        connect("a", 1, 100, 0);
        act(roster.disconnected(1, 100, "reset", 1_000));
        tick(1_000 + 3 * BEAT_MS + IDLE_MS + 1_000);
        assertEquals(List.of(1L), closed());
        act(roster.ended(1, 1, ClientState.FINISHED, "", 60_000));
        tick(60_000);
        assertEquals(List.of(1L, 1L), closed());
    }

    @Test
    void noRunIsClosedAnewWhileSomebodyIsBeingLetIn() {
        roster.arriving();
        roster.perhapsAdmitted(new Persist.RunRow(9, new UUID(0, 9), false));
        tick(1_000);
        assertEquals(List.of(), closed());
        roster.arrived();
        tick(2_000);
        assertEquals(List.of(9L), closed());
    }

    @Test
    void aRunThatWasOpenAgainWhenItsServerDiedIsClosedByTheNextOneAndIsNoRunForNewcomers() {
        Persist.RunRow old = new Persist.RunRow(9, new UUID(0, 9), false);
        roster.resumed(new Persist.LeftOpen(List.of(RUN, old), List.of()), 0);
        assertEquals(Optional.of(RUN), roster.openRun());
        tick(1_000);
        assertEquals(List.of(9L), closed());
    }

    @Test
    void theClientIsToldOnceWhenHeartbeatsAreNotHeardAndOnceWhenTheyAre() {
        connect("a", 1, 100, 0);
        for (long now = 0; now <= 20_000; now += 250) {
            tick(now);
        }
        List<Message.HeartbeatsHeard> told = told();
        assertEquals(1, told.size());
        assertTrue(told.getFirst().silentMs() >= 2 * BEAT_MS);
        beat("a", 21_000);
        beat("a", 26_000);
        assertEquals(2, told().size());
        assertEquals(new Message.HeartbeatsHeard(1, 0, 0), told().getLast());
    }

    @Test
    void heartbeatsAreCountedOnceEachAndGapsAreCountedAsMissed() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            HeartbeatLedger ledger = new HeartbeatLedger(Persist.HeartbeatCounts.NONE);
            Set<Long> heard = new java.util.HashSet<>();
            long highest = 0;
            for (long n = 1; n <= 500; n++) {
                if (random.nextInt(10) < 3) {
                    continue;
                }
                long late = Math.max(1, n - random.nextInt(3));
                for (long one : new long[] {n, late}) {
                    assertEquals(heard.add(one), ledger.count(one, random.nextBoolean()), "seed " + seed);
                    highest = Math.max(highest, one);
                }
            }
            assertEquals(
                    heard.size(), ledger.counts().multicast() + ledger.counts().unicast(), "seed " + seed);
            assertEquals(highest - heard.size(), ledger.counts().missed(), "seed " + seed);
        }
    }

    @Test
    void thirtyPercentLossForTenHoursMakesNoFalseDeathWhileReportsFlow() {
        Random random = new Random(20261123);
        for (int c = 1; c <= 20; c++) {
            connect("c" + c, c, 100 + c, 0);
        }
        for (long now = 0; now < 10 * 3600_000L; now += 1_000) {
            for (int c = 1; c <= 20; c++) {
                if (now % BEAT_MS == 0 && random.nextInt(10) >= 3) {
                    beat("c" + c, now);
                }
                act(roster.delivered(Set.of((long) c), now, now));
            }
            tick(now);
            actions.removeIf(a -> a instanceof Action.Save);
        }
        assertFalse(kinds().contains(EventKind.CLIENT_LOST));
    }

    private void connect(String id, long client, long connection, long now) {
        Persist.ClientRow row = new Persist.ClientRow(client, ClientState.ALIVE, Persist.HeartbeatCounts.NONE);
        act(roster.connected(RUN, row, hello(id, 0), connection, now, now));
    }

    private void beat(String id, long now) {
        act(roster.heard(heartbeat(id, 0), now, now));
    }

    private Heartbeat heartbeat(String id, long later) {
        return new Heartbeat(session(id, later), ++counter, ClientPhase.WRITING, false, 0, 0);
    }

    /// As the verticle does: a few times a second.
    private void tick(long now) {
        for (; ticked < now; ticked = Math.min(now, ticked + 1_000)) {
            act(roster.tick(ticked));
        }
        act(roster.tick(now));
    }

    private void act(List<Action> more) {
        actions.addAll(more);
    }

    private static Session session(String id, long later) {
        return new Session(new ClientId(id), Samples.session(id).bootEpoch() + later);
    }

    private static Message.Hello hello(String id, long later) {
        Message.Hello h = Samples.hello(id);
        return new Message.Hello(session(id, later), h.instance(), h.host(), h.plan(), BEAT_MS, h.run(), false);
    }

    private List<EventKind> kinds() {
        return actions.stream()
                .filter(Action.Note.class::isInstance)
                .map(a -> ((Action.Note) a).kind())
                .toList();
    }

    private List<Long> closed() {
        return actions.stream()
                .filter(Action.CloseRun.class::isInstance)
                .map(a -> ((Action.CloseRun) a).run())
                .toList();
    }

    private List<Message.HeartbeatsHeard> told() {
        return actions.stream()
                .filter(Action.Tell.class::isInstance)
                .map(a -> (Message.HeartbeatsHeard) ((Action.Tell) a).message())
                .toList();
    }
}
