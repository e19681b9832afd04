package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.server.Intake.Action;
import io.plimsoll.server.Intake.Event;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.Samples;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class IntakeTest {
    private static final TcpLimits LIMITS = new TcpLimits(1 << 20, 5_000, 60_000, 8, 40, 10);
    private static final Report REPORT = new Report.Happened(1_795_000_000_000L, EventKind.IO_ERROR, "x");

    /// Peers that send whenever they may, a database that fails now and then and never takes some reports, connections
    /// that break: nothing is acknowledged that is not stored or kept apart, nothing that is stored waits for its
    /// acknowledgement, and nobody is stuck.
    @Test
    void whateverIsAcknowledgedIsStoredAndWhateverIsStoredIsAcknowledged() {
        for (long seed = 0; seed < 200; seed++) {
            World world = new World(seed);
            for (int step = 0; step < 600; step++) {
                world.step(true);
            }
            for (int step = 0; step < 2_000 && !world.quiet(); step++) {
                world.step(false);
            }
            world.check();
        }
    }

    @Test
    void drainingReadsNoMoreAndEndsWhenAllThatArrivedIsCommitted() {
        World world = new World(7);
        while (world.underWay == null) {
            world.step(true);
        }
        world.on(new Event.Drain());
        assertFalse(world.drained);
        int taken = world.taken();
        for (int step = 0; step < 2_000; step++) {
            world.step(false);
        }
        assertTrue(world.drained);
        assertEquals(taken, world.taken());
        assertTrue(world.peers.values().stream().noneMatch(p -> p.reading));
    }

    @Test
    void acknowledgementsComeBeforeAllElseThatACommitLeadsTo() {
        World world = new World(3);
        while (world.underWay == null) {
            world.step(true);
        }
        List<Action> actions = new ArrayList<>();
        world.intake.on(new Event.Stored(List.of()), world.now, actions::add);
        int acknowledged = 0;
        while (actions.get(acknowledged) instanceof Action.On) {
            acknowledged++;
        }
        assertTrue(acknowledged > 0);
        assertTrue(actions.stream()
                .skip(acknowledged)
                .noneMatch(a -> a instanceof Action.On on && on.action() instanceof Conversation.Action.Say));
    }

    /// The half of one report is none, and never were so few waiting.
    @Test
    void whereOneReportMayWaitReadingGoesOnWhenItIsStored() {
        Intake intake = new Intake(new TcpLimits(1 << 20, 5_000, 60_000, 8, 1, 10), "test", Optional.empty());
        List<Action> actions = new ArrayList<>();
        intake.on(new Event.Opened(2, Optional.empty()), 0, actions::add);
        intake.on(new Event.Of(2, new Conversation.Event.Said(Samples.hello("a"), 0)), 0, actions::add);
        var admitted = new Local.Admitted(new UUID(1, 2), 7, 9, 0);
        intake.on(new Event.Of(2, new Conversation.Event.Admitted(admitted)), 0, actions::add);
        intake.on(new Event.Of(2, new Conversation.Event.Said(new Message.Numbered(1, REPORT), 5)), 0, actions::add);
        assertTrue(actions.contains(new Action.On(2, new Conversation.Action.Read(false))));
        intake.on(new Event.Turned(), 0, actions::add);
        intake.on(new Event.Stored(List.of()), 0, actions::add);
        assertEquals(new Action.On(2, new Conversation.Action.Read(true)), actions.getLast());
    }

    @Test
    void whatComesAfterADeclinedReportIsNotAcknowledgedAndItsSenderIsRefused() {
        Intake intake = new Intake(LIMITS, "test", Optional.empty());
        List<Action> actions = batchOfThree(intake);
        Persist.Numbered second = ((Action.Store) actions.getLast()).reports().get(1);
        actions.clear();
        intake.on(new Event.Stored(List.of(new Persist.Declined(second, true, "altered"))), 0, actions::add);
        assertEquals(
                List.of(
                        new Action.On(2, new Conversation.Action.Say(new Message.Ack(1))),
                        new Action.On(2, new Conversation.Action.Refuse("altered"))),
                actions.subList(0, 2));
        assertTrue(actions.stream().noneMatch(Action.Committed.class::isInstance));
    }

    @Test
    void aReportThatTheDatabaseNeverTakesIsKeptApartAndAcknowledgedInItsPlace() {
        Intake intake = new Intake(LIMITS, "test", Optional.empty());
        List<Action> actions = batchOfThree(intake);
        List<Long> acknowledged = new ArrayList<>();
        int kept = 0;
        for (Action last = actions.getLast(); kept == 0 || !acknowledged.contains(3L); last = actions.getLast()) {
            actions.clear();
            if (last instanceof Action.Quarantine q) {
                assertEquals(2, q.report().sequence());
                kept++;
                intake.on(new Event.Stored(List.of()), 0, actions::add);
            } else {
                boolean poison = ((Action.Store) last).reports().stream().anyMatch(r -> r.sequence() == 2);
                intake.on(
                        poison ? new Event.NotStored(Persist.UNSTORABLE, "bad") : new Event.Stored(List.of()),
                        0,
                        actions::add);
            }
            for (Action a : actions) {
                if (a instanceof Action.On on && on.action() instanceof Conversation.Action.Say say) {
                    acknowledged.add(((Message.Ack) say.message()).sequence());
                }
            }
        }
        assertEquals(1, kept);
        assertEquals(List.of(1L, 2L, 3L), acknowledged);
    }

    /// Up to the store of three reports of one connection.
    private static List<Action> batchOfThree(Intake intake) {
        List<Action> actions = new ArrayList<>();
        intake.on(new Event.Opened(2, Optional.empty()), 0, actions::add);
        intake.on(new Event.Of(2, new Conversation.Event.Said(Samples.hello("a"), 0)), 0, actions::add);
        var admitted = new Local.Admitted(new UUID(1, 2), 7, 9, 0);
        intake.on(new Event.Of(2, new Conversation.Event.Admitted(admitted)), 0, actions::add);
        for (int i = 1; i <= 3; i++) {
            var said = new Conversation.Event.Said(new Message.Numbered(i, REPORT), i);
            intake.on(new Event.Of(2, said), 0, actions::add);
        }
        intake.on(new Event.Turned(), 0, actions::add);
        return actions;
    }

    @Test
    void whoIsAdmittedAfterItsConnectionBrokeHasLeft() {
        Intake intake = new Intake(LIMITS, "test", Optional.empty());
        List<Action> actions = new ArrayList<>();
        intake.on(new Event.Opened(2, Optional.empty()), 0, actions::add);
        intake.on(new Event.Of(2, new Conversation.Event.Said(Samples.hello("a"), 0)), 0, actions::add);
        intake.on(new Event.Closed(2, ""), 0, actions::add);
        actions.clear();
        var admitted = new Local.Admitted(new UUID(1, 2), 7, 9, 0);
        intake.on(new Event.Of(2, new Conversation.Event.Admitted(admitted)), 0, actions::add);
        assertEquals(List.of(new Action.Left(9, 2, "closed while it was admitted")), actions);
    }

    private static final class Peer {
        final long client;
        long sent;
        long acknowledged;
        boolean reading = true;
        boolean open;

        Peer(long client) {
            this.client = client;
        }
    }

    private static final class World {
        final Random random;
        final String story;
        final Intake intake = new Intake(LIMITS, "test", Optional.empty());
        final Map<Long, Peer> peers = new HashMap<>();
        /// Numbers by client, in the order in which they were stored.
        final Map<Long, List<Long>> stored = new HashMap<>();
        final Deque<Event> due = new ArrayDeque<>();
        List<Persist.Numbered> underWay;
        boolean keptApart;
        boolean drained;
        long connections;
        long clients;
        long now;

        World(long seed) {
            random = new Random(seed);
            story = "seed " + seed;
        }

        void step(boolean chaos) {
            now += random.nextInt(50);
            switch (random.nextInt(chaos ? 8 : 6)) {
                case 0 -> on(new Event.Tick());
                case 1 -> finishBatch(chaos && random.nextInt(3) == 0);
                case 2, 3, 4 ->
                    peers.forEach((connection, peer) -> {
                        boolean may =
                                peer.open && peer.reading && peer.sent - peer.acknowledged < LIMITS.windowReports();
                        if (chaos && may && random.nextInt(4) > 0) {
                            var report = new Message.Numbered(++peer.sent, REPORT);
                            due.add(new Event.Of(connection, new Conversation.Event.Said(report, 5)));
                        }
                    });
                case 5 -> finishBatch(false);
                case 6 -> connect();
                default -> {
                    if (!peers.isEmpty() && random.nextInt(4) == 0) {
                        long gone = peers.keySet().stream()
                                .skip(random.nextInt(peers.size()))
                                .findFirst()
                                .orElseThrow();
                        peers.remove(gone);
                        on(new Event.Closed(gone, ""));
                    }
                }
            }
            while (!due.isEmpty()) {
                on(due.poll());
            }
        }

        private void connect() {
            if (peers.size() < 12) {
                long connection = ++connections;
                Peer peer = new Peer(++clients);
                peers.put(connection, peer);
                on(new Event.Opened(connection, Optional.empty()));
                on(new Event.Of(connection, new Conversation.Event.Said(Samples.hello("c" + peer.client), 0)));
            }
        }

        private void finishBatch(boolean fails) {
            if (underWay == null) {
                return;
            }
            List<Persist.Numbered> batch = underWay;
            underWay = null;
            if (fails) {
                on(new Event.NotStored(Persist.UNAVAILABLE, "away"));
            } else if (!keptApart && batch.stream().anyMatch(World::poison)) {
                on(new Event.NotStored(Persist.UNSTORABLE, "bad"));
            } else {
                batch.forEach(r -> stored.computeIfAbsent(r.client(), _ -> new ArrayList<>())
                        .add(r.sequence()));
                on(new Event.Stored(List.of()));
            }
        }

        void on(Event event) {
            intake.on(event, now, this::carryOut);
        }

        private void carryOut(Action action) {
            switch (action) {
                case Action.On a -> on(a.connection(), a.action());
                case Action.Soon _ -> due.add(new Event.Turned());
                case Action.Store a -> {
                    assertTrue(underWay == null, story + ": two batches under way");
                    assertTrue(a.reports().size() <= LIMITS.batchReports(), story);
                    keptApart = false;
                    underWay = a.reports();
                }
                case Action.Quarantine a -> {
                    assertTrue(poison(a.report()), story + ": nothing is wrong with " + a.report());
                    keptApart = true;
                    underWay = List.of(a.report());
                }
                case Action.Drained _ -> drained = true;
                case Action.Committed _,
                        Action.Started _,
                        Action.Ended _,
                        Action.Delivered _,
                        Action.Left _,
                        Action.Gone _ -> {}
            }
        }

        private void on(long connection, Conversation.Action action) {
            Peer peer = peers.get(connection);
            switch (action) {
                case Conversation.Action.Admit _ ->
                    due.add(new Event.Of(
                            connection,
                            new Conversation.Event.Admitted(new Local.Admitted(new UUID(1, 2), 7, peer.client, 0))));
                case Conversation.Action.Say(Message.Ack ack) -> {
                    assertTrue(ack.sequence() > peer.acknowledged, story);
                    assertTrue(stored.get(peer.client).contains(ack.sequence()), story + ": not stored");
                    peer.acknowledged = ack.sequence();
                }
                case Conversation.Action.Say _ -> peer.open = true;
                case Conversation.Action.Read read -> peer.reading = read.on();
                case Conversation.Action.Refuse _, Conversation.Action.Cut _, Conversation.Action.Take _ ->
                    throw new AssertionError(story + ": " + action);
            }
        }

        private static boolean poison(Persist.Numbered report) {
            return report.sequence() % 23 == report.client() % 23;
        }

        int taken() {
            return stored.values().stream().mapToInt(List::size).sum() + (underWay == null ? 0 : underWay.size());
        }

        boolean quiet() {
            return underWay == null && peers.values().stream().allMatch(p -> p.reading && p.acknowledged == p.sent);
        }

        void check() {
            for (Peer peer : peers.values()) {
                assertEquals(peer.sent, peer.acknowledged, story + ": an acknowledgement is missing");
                assertTrue(peer.reading, story + ": held for ever");
            }
            stored.forEach((client, numbers) -> assertEquals(
                    LongStream.rangeClosed(1, numbers.size()).boxed().toList(), numbers, story));
        }
    }
}
