package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.client.Uplink.Action;
import io.plimsoll.wire.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class UplinkTest {
    private static final UUID RUN = new UUID(3, 4);
    private static final long TICK_MS = 250;

    private final List<Action<Long>> actions = new ArrayList<>();
    private final Uplink<Long> uplink = uplink(actions, 250);
    private long now = 1_000;

    @Test
    void saysHelloWithoutARunFirstAndWithItsRunAfterwards() {
        welcome(10);
        assertEquals(List.of(Optional.empty()), hellos());
        uplink.closed(now);
        reconnect();
        assertEquals(List.of(Optional.empty(), Optional.of(RUN)), hellos());
    }

    @Test
    void aServerThatWasNeverThereIsTheEndAtOnceAndOneThatIsMuteAfterAMinute() {
        uplink.begin(now);
        uplink.connectFailed("refused", now);
        assertTrue(last(Action.NoServer.class).why().startsWith("no server at here:1: refused"));
        List<Action<Long>> others = new ArrayList<>();
        Uplink<Long> mute = uplink(others, 250);
        mute.begin(0);
        mute.connected(10);
        for (long at = 0; at < Uplink.WELCOME_MS_MAX; at += TICK_MS) {
            mute.tick(at);
            if (others.getLast() instanceof Action.Connect<Long>) {
                mute.connected(at);
            }
            assertFalse(others.getLast() instanceof Action.NoServer<Long>, "a returning client is not given up sooner");
        }
        mute.tick(Uplink.WELCOME_MS_MAX);
        assertTrue(
                assertInstanceOf(Action.NoServer.class, others.getLast()).why().contains("does not answer"));
        others.clear();
        mute.tick(10 * Uplink.WELCOME_MS_MAX);
        mute.connected(10 * Uplink.WELCOME_MS_MAX);
        assertEquals(List.of(new Action.Cut<>("not needed any more")), others);
    }

    @Test
    void aNewcomerThatIsCutComesAgainUntilTheTimeForAWelcomeIsOver() {
        uplink.begin(now);
        uplink.connected(now);
        uplink.closed(now);
        reconnect();
        uplink.closed(now);
        reconnect();
        uplink.heard(new Message.Welcome(RUN, 1, 10, 0, "test"), now);
        assertEquals(0, count(Action.NoServer.class));
        assertEquals(1, count(Action.Welcomed.class));
        List<Action<Long>> others = new ArrayList<>();
        Uplink<Long> turnedAway = uplink(others, 250);
        turnedAway.begin(0);
        for (long at = 0; !(others.getLast() instanceof Action.NoServer<Long>); at += TICK_MS) {
            if (others.getLast() instanceof Action.Connect<Long>) {
                turnedAway.connected(at);
                turnedAway.closed(at);
            }
            turnedAway.tick(at);
            assertTrue(at <= Uplink.WELCOME_MS_MAX);
        }
        assertTrue(
                assertInstanceOf(Action.NoServer.class, others.getLast()).why().contains("closed the connection"));
    }

    @Test
    void aServerThatOwesAnAnswerAndIsSilentIsCutAndOneThatOwesNoneIsNot() {
        welcome(10);
        pass(10 * Uplink.SILENCE_MS_MAX);
        assertEquals(0, count(Action.Cut.class));
        uplink.offer(n -> n, now);
        pass(Uplink.SILENCE_MS_MAX + TICK_MS);
        assertEquals(1, count(Action.Cut.class));
        assertEquals(1, count(Action.ServerAway.class));
    }

    @Test
    void whatTheServerSaysAfterTheCutIsNotHeard() {
        welcome(10);
        uplink.offer(n -> n, now);
        pass(Uplink.SILENCE_MS_MAX + TICK_MS);
        actions.clear();
        uplink.heard(new Message.Ack(1), now);
        uplink.heard(new Message.Stop("late"), now);
        uplink.garbled("late");
        uplink.closed(now);
        assertEquals(List.of(), actions);
        assertEquals(List.of(1L), uplink.unacknowledged());
    }

    @Test
    void sendsNothingWhileThereIsNoRoom() {
        welcome(10);
        uplink.room(false);
        uplink.offer(n -> n, now);
        assertEquals(0, count(Action.Send.class));
        uplink.room(true);
        assertEquals(1, count(Action.Send.class));
    }

    @Test
    void aRefusalAClientsWordAndAWrongAcknowledgementEndTheLinkForGood() {
        for (Message bad : List.of(new Message.Refused("no"), new Message.Ack(7))) {
            List<Action<Long>> seen = new ArrayList<>();
            Uplink<Long> one = uplink(seen, 250);
            one.begin(0);
            one.connected(0);
            one.heard(new Message.Welcome(RUN, 1, 10, 0, "test"), 0);
            one.heard(bad, 0);
            assertInstanceOf(Action.Cut.class, seen.get(seen.size() - 2));
            assertInstanceOf(Action.Refused.class, seen.getLast());
            one.offer(n -> n, 0);
            one.tick(1_000_000);
            one.drain(2_000_000);
            assertInstanceOf(Action.NotDrained.class, seen.getLast());
            assertEquals(List.of(1L), one.unacknowledged(), "kept all the same");
        }
    }

    @Test
    void aSecondWelcomeSendsNothingAgainAndIsRefusedLikeOneToAnotherRun() {
        welcome(10);
        uplink.offer(n -> n, now);
        uplink.heard(new Message.Welcome(RUN, 1, 10, 0, "test"), now);
        assertEquals(1, count(Action.Send.class));
        assertTrue(last(Action.Refused.class).reason().contains("second welcome"));
        List<Action<Long>> seen = new ArrayList<>();
        Uplink<Long> other = uplink(seen, 250);
        other.begin(0);
        other.connected(0);
        other.heard(new Message.Welcome(RUN, 1, 10, 0, "test"), 0);
        other.closed(0);
        for (long at = 0; seen.stream().filter(Action.Connect.class::isInstance).count() < 2; at += TICK_MS) {
            other.tick(at);
        }
        other.connected(10_000);
        other.heard(new Message.Welcome(new UUID(5, 6), 2, 10, 0, "test"), 10_000);
        assertInstanceOf(Action.Refused.class, seen.getLast());
    }

    @Test
    void aReportThatCannotBeEncodedTakesNoNumber() {
        welcome(10);
        assertThrows(
                IllegalArgumentException.class,
                () -> uplink.offer(
                        _ -> {
                            throw new IllegalArgumentException("too large");
                        },
                        now));
        uplink.offer(n -> n, now);
        assertEquals(List.of(1L), uplink.unacknowledged());
    }

    @Test
    void whoIsNotTrustedEndsAtOnceUnlessItWasTrustedBefore() {
        uplink.begin(now);
        uplink.distrusted("expired", now);
        assertTrue(last(Action.Distrusted.class).why().contains("server at here:1: expired"));
        uplink.tick(now + Uplink.WELCOME_MS_MAX);
        assertEquals(0, count(Action.NoServer.class), "one end is enough");

        List<Action<Long>> seen = new ArrayList<>();
        Uplink<Long> known = new Uplink<>(
                "here:1",
                Optional.empty(),
                new Delivery<>(0, 250, _ -> 100),
                SpoolPolicy.none(),
                new Backoff(new Random(1)),
                seen::add);
        known.begin(0);
        known.connected(0);
        known.heard(new Message.Welcome(RUN, 1, 10, 0, "test"), 0);
        known.closed(0);
        known.tick(60_000);
        known.distrusted("expired", 60_000);
        assertInstanceOf(Action.ServerAway.class, seen.getLast());
        known.tick(120_000);
        assertInstanceOf(Action.Connect.class, seen.getLast());
    }

    @Test
    void whoIsTurnedAwayComesAgainUntilTheTimeForAWelcomeIsOver() {
        uplink.begin(now);
        for (long at = now; count(Action.NoServer.class) == 0; at += TICK_MS) {
            assertTrue(at <= now + Uplink.WELCOME_MS_MAX);
            uplink.turnedAway("closed before a word", at);
            uplink.tick(at);
        }
        assertTrue(count(Action.Connect.class) > 3);
        assertTrue(last(Action.NoServer.class).why().contains("here:1: closed before a word"));
    }

    @Test
    void isConnectedFiveSecondsAfterAServerThatWasUnreachableIsBack() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<Action<Long>> seen = new ArrayList<>();
            Uplink<Long> client = new Uplink<>(
                    "here:1",
                    Optional.empty(),
                    new Delivery<>(0, 250, _ -> 100),
                    SpoolPolicy.none(),
                    new Backoff(random),
                    seen::add);
            client.begin(0);
            client.connected(0);
            client.heard(new Message.Welcome(RUN, 1, 10, 0, "test"), 0);
            client.closed(0);
            long backAtMs = 1_000 + random.nextInt(60_000);
            long attemptAtMs = -1;
            long connects = 1;
            long at = 0;
            for (boolean back = false; !back; at += TICK_MS) {
                client.tick(at);
                if (seen.stream().filter(Action.Connect.class::isInstance).count() > connects) {
                    connects++;
                    attemptAtMs = at;
                    back = at >= backAtMs;
                } else if (attemptAtMs >= 0 && at - attemptAtMs >= Uplink.CONNECT_MS_MAX) {
                    client.connectFailed("timed out", at); // also where the server came back meanwhile
                    attemptAtMs = -1;
                }
            }
            assertTrue(at - backAtMs <= 5_000, "seed " + seed + ": " + (at - backAtMs) + " ms");
        }
    }

    @Test
    void saysOnceThatItIsFullAndKeepsWhatComesAfterwards() {
        welcome(10);
        for (int i = 0; i < 6; i++) {
            uplink.offer(n -> n, now);
        }
        assertEquals(1, count(Action.Full.class));
        assertEquals(6, uplink.unacknowledged().size());
    }

    @Test
    void whatIsAcknowledgedInTimeNeverGoesToDisk() {
        welcome(10);
        for (long n = 1; n <= 20; n++) {
            uplink.offer(m -> m, now);
            pass(SpoolPolicy.AWAY_MS - 2 * TICK_MS);
            uplink.heard(new Message.Ack(n), now);
        }
        pass(10_000);
        assertEquals(0, count(Action.Append.class) + count(Action.Forget.class));
    }

    @Test
    void afterAFailureOfTheSpoolNothingIsAppendedAndDeliveryGoesOn() {
        welcome(10);
        uplink.offer(n -> n, now);
        pass(SpoolPolicy.AWAY_MS + TICK_MS);
        assertEquals(1, count(Action.Append.class));
        uplink.spoolFailed("no space");
        assertEquals("no space", last(Action.SpoolFailed.class).why());
        uplink.offer(n -> n, now);
        pass(5_000);
        uplink.synced();
        pass(5_000);
        assertEquals(1, count(Action.Append.class));
        assertFalse(uplink.spooled());
        uplink.heard(new Message.Ack(2), now);
        uplink.drain(now);
        assertInstanceOf(Action.Drained.class, actions.getLast());
    }

    @Test
    void anAppendThatTakesTooLongIsToldOnceAndNoOtherIsBegunMeanwhile() {
        welcome(10);
        uplink.offer(n -> n, now);
        pass(3 * SpoolPolicy.SLOW_MS);
        uplink.offer(n -> n, now);
        pass(3 * SpoolPolicy.SLOW_MS);
        assertEquals(1, count(Action.Append.class));
        assertEquals(1, count(Action.SpoolSlow.class));
        assertFalse(uplink.spooled());
        uplink.synced();
        pass(2 * TICK_MS);
        assertEquals(2, count(Action.Append.class));
        uplink.synced();
        assertTrue(uplink.spooled());
    }

    @Test
    void aDrainEndsWithTheLastAcknowledgementOrAtItsTime() {
        welcome(10);
        uplink.offer(n -> n, now);
        uplink.drain(now + 1_000);
        uplink.heard(new Message.Ack(1), now);
        assertInstanceOf(Action.Drained.class, actions.getLast());
        actions.clear();
        uplink.offer(n -> n, now);
        uplink.drain(now + 1_000);
        pass(2_000);
        assertEquals(1, count(Action.NotDrained.class));
        assertEquals(0, count(Action.Drained.class));
    }

    /// A network and a server that fail in every way that a client can see, then heal: all reports arrive once, in
    /// order, within the window, and soon.
    @Test
    void everyReportIsAcknowledgedSoonAfterTheNetworkHasHealed() {
        for (long seed = 0; seed < 1_000; seed++) {
            new Line(seed).run();
        }
    }

    private static Uplink<Long> uplink(List<Action<Long>> into, long keptBytesMax) {
        return new Uplink<>(
                "here:1",
                Optional.empty(),
                new Delivery<>(0, keptBytesMax, _ -> 100),
                new SpoolPolicy<>(),
                new Backoff(new Random(1)),
                into::add);
    }

    private void welcome(int window) {
        uplink.begin(now);
        uplink.connected(now);
        uplink.heard(new Message.Welcome(RUN, 1, window, 0, "test"), now);
    }

    private void reconnect() {
        long connects = count(Action.Connect.class);
        while (count(Action.Connect.class) == connects) {
            pass(TICK_MS);
        }
        uplink.connected(now);
    }

    private void pass(long ms) {
        for (long until = now + ms; now < until; now += TICK_MS) {
            uplink.tick(now);
        }
    }

    private List<Optional<UUID>> hellos() {
        List<Optional<UUID>> runs = new ArrayList<>();
        for (Action<Long> a : actions) {
            if (a instanceof Action.SayHello<Long> hello) {
                runs.add(hello.run());
            }
        }
        return runs;
    }

    private long count(Class<?> kind) {
        return actions.stream().filter(kind::isInstance).count();
    }

    private <A> A last(Class<A> kind) {
        return kind.cast(actions.getLast());
    }

    /// A machine on a network of its own, in steps of 50 ms.
    private static final class Line {
        private static final long STEP_MS = 50;
        private static final long CHAOS_MS = 60_000;
        private static final long OFFERS_MS = 90_000;
        /// Silence is noticed, the last attempt fails, the longest wait passes, the next attempt is made.
        private static final long HEALED_MS =
                Uplink.SILENCE_MS_MAX + Uplink.CONNECT_MS_MAX + Backoff.LAST_MS + TICK_MS + 5_000;

        private enum Weather {
            FINE,
            /// Connections stand, and nothing passes.
            STALLED,
            UNREACHABLE
        }

        private final long seed;
        private final Random random;
        private final Uplink<Long> uplink;
        private final TreeSet<Long> committed = new TreeSet<>();
        private final ArrayDeque<Long> wire = new ArrayDeque<>();
        private Weather weather = Weather.FINE;
        private boolean connecting;
        private long connectFailsAtMs;
        private boolean standing;
        private boolean greeted;
        private boolean helloSaid;
        private int window;
        private long lastSent;
        private long lastTaken;
        private long acknowledged;
        private boolean full;
        private boolean drained;
        private final List<Long> offeredAtMs = new ArrayList<>();
        private final TreeSet<Long> onDisk = new TreeSet<>();
        private List<Long> appending = List.of();
        private long syncedAtMs;
        private long told;
        private long offered;
        private long now;

        Line(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.uplink = new Uplink<>(
                    "here:1",
                    Optional.empty(),
                    new Delivery<>(0, Long.MAX_VALUE, _ -> 100),
                    new SpoolPolicy<>(),
                    new Backoff(random),
                    this::carryOut);
        }

        void run() {
            uplink.begin(now);
            for (; now < OFFERS_MS; now += STEP_MS) {
                if (now >= CHAOS_MS) {
                    weather = Weather.FINE;
                } else if (now > 1_000 && random.nextInt(60) == 0) {
                    weather = Weather.values()[random.nextInt(3)];
                }
                step(now < CHAOS_MS && now > 1_000);
                if (random.nextInt(4) == 0) {
                    offeredAtMs.add(now);
                    uplink.offer(n -> n, now);
                    offered++;
                }
            }
            long by = now + HEALED_MS;
            uplink.drain(by);
            for (; now < by && !drained; now += STEP_MS) {
                step(false);
            }
            assertTrue(drained, "seed " + seed);
            assertEquals(LongStream.rangeClosed(1, offered).boxed().toList(), List.copyOf(committed), "seed " + seed);
        }

        private void step(boolean chaos) {
            if (connecting && weather == Weather.FINE) {
                connecting = false;
                standing = true;
                uplink.connected(now);
            } else if (connecting && now >= connectFailsAtMs) {
                connecting = false;
                uplink.connectFailed("timed out", now);
            }
            if (standing && weather != Weather.STALLED) {
                converse(chaos);
            }
            if (standing && (weather == Weather.UNREACHABLE || chaos && random.nextInt(100) == 0)) {
                forget();
                uplink.closed(now);
            }
            if (full && random.nextBoolean()) {
                full = false;
                uplink.room(true);
            }
            if (!appending.isEmpty() && now >= syncedAtMs) {
                onDisk.addAll(appending);
                appending = List.of();
                uplink.synced();
            }
            if (now % TICK_MS == 0) {
                uplink.tick(now);
            }
            for (long n = told + 1; n <= offered && offeredAtMs.get((int) n - 1) <= now - 5_000; n++) {
                assertTrue(onDisk.contains(n), "seed " + seed + ": a kill now loses " + n);
            }
        }

        /// Commits a part of what has arrived; the acknowledgement may be lost with the connection.
        private void converse(boolean chaos) {
            if (helloSaid && !greeted) {
                greeted = true;
                window = 1 + random.nextInt(20);
                acknowledged = committed.isEmpty() ? 0 : committed.last();
                told = acknowledged;
                uplink.heard(new Message.Welcome(RUN, 1, window, acknowledged, "test"), now);
            }
            int taken = wire.isEmpty() ? 0 : random.nextInt(wire.size() + 1);
            for (int i = 0; i < taken; i++) {
                lastTaken = wire.poll();
                committed.add(lastTaken);
            }
            boolean owed = lastTaken > acknowledged && lastTaken != 0;
            if (owed && !(chaos && random.nextBoolean())) {
                acknowledged = lastTaken;
                told = Math.max(told, acknowledged);
                uplink.heard(new Message.Ack(lastTaken), now);
            }
        }

        private void forget() {
            standing = false;
            greeted = false;
            helloSaid = false;
            full = false;
            wire.clear();
            lastSent = 0;
            lastTaken = 0;
        }

        private void carryOut(Action<Long> action) {
            switch (action) {
                case Action.Connect<Long> _ -> {
                    assertTrue(!connecting && !standing, "seed " + seed);
                    connecting = true;
                    connectFailsAtMs = now + Uplink.CONNECT_MS_MAX;
                }
                case Action.SayHello<Long> _ -> helloSaid = true;
                case Action.Send<Long> send -> {
                    assertTrue(greeted && !full, "seed " + seed);
                    assertTrue(lastSent == 0 || send.frame() == lastSent + 1, "seed " + seed);
                    assertTrue(send.frame() > acknowledged, "seed " + seed);
                    lastSent = send.frame();
                    wire.add(lastSent);
                    assertTrue(lastSent - acknowledged <= window, "seed " + seed);
                    if (random.nextInt(10) == 0) {
                        full = true;
                        uplink.room(false);
                    }
                }
                case Action.Cut<Long> _ -> forget();
                case Action.ServerAway<Long> away -> assertTrue(away.retryMs() <= Backoff.LAST_MS);
                case Action.Drained<Long> _ -> drained = true;
                case Action.Append<Long> a -> {
                    assertTrue(appending.isEmpty(), "seed " + seed + ": one append at a time");
                    assertTrue(a.frames().stream().noneMatch(onDisk::contains), "seed " + seed + ": twice");
                    assertEquals(a.upTo(), a.frames().getLast());
                    appending = a.frames();
                    syncedAtMs = now + random.nextInt(1_900);
                }
                case Action.Forget<Long> a -> {
                    assertTrue(a.upTo() <= told, "seed " + seed);
                    onDisk.headSet(a.upTo(), true).clear();
                }
                case Action.Welcomed<Long> _, Action.ServerBack<Long> _ -> {}
                case Action.HeartbeatsHeard<Long> _,
                        Action.HeartbeatKeyGiven<Long> _,
                        Action.StopOrdered<Long> _,
                        Action.NoServer<Long> _,
                        Action.Distrusted<Long> _,
                        Action.Refused<Long> _,
                        Action.Full<Long> _,
                        Action.SpoolSlow<Long> _,
                        Action.SpoolFailed<Long> _,
                        Action.NotDrained<Long> _ -> throw new AssertionError(action + " with seed " + seed);
            }
        }
    }
}
