package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.Principal;
import io.plimsoll.server.Conversation.Action;
import io.plimsoll.server.Conversation.Event;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ConversationTest {
    private static final int WINDOW = 4;
    private static final long HANDSHAKE_MS = 5_000;
    private static final long SILENCE_MS = 60_000;
    private static final TcpLimits LIMITS = new TcpLimits(1 << 20, HANDSHAKE_MS, SILENCE_MS, WINDOW, 100, 10);
    private static final Report REPORT = new Report.Happened(1_795_000_000_000L, EventKind.IO_ERROR, "x");

    private final Conversation conversation =
            new Conversation(1, LIMITS, "test", Optional.empty(), Optional.empty(), 0);
    private final List<Action> actions = new ArrayList<>();

    @Test
    void aHelloIsAdmittedAndReportsAreTakenAndAcknowledged() {
        on(new Event.Said(Samples.hello("a"), 0), 0);
        assertInstanceOf(Action.Admit.class, actions.removeFirst());
        on(new Event.Admitted(new Local.Admitted(new UUID(1, 2), 7, 9, 0)), 10);
        assertEquals(List.of(new Action.Say(new Message.Welcome(new UUID(1, 2), 7, WINDOW, 0, "test"))), taken());
        say(1, 20);
        assertEquals(List.of(new Action.Take(new Persist.Numbered(7, 9, 1, 5, false, REPORT))), taken());
        on(new Event.Committed(1, 1), 30);
        assertEquals(List.of(new Action.Say(new Message.Ack(1))), taken());
    }

    @Test
    void aFullWindowStopsReadingUntilHalfOfItIsCommitted() {
        open(0);
        for (int i = 1; i <= WINDOW; i++) {
            say(i, i);
        }
        assertEquals(new Action.Read(false), taken().getLast());
        on(new Event.Committed(1, 1), 10);
        assertEquals(List.of(new Action.Say(new Message.Ack(1))), taken());
        on(new Event.Committed(1, 2), 11);
        assertEquals(new Action.Read(true), taken().getLast());
        on(new Event.Held(true), 12);
        on(new Event.Held(false), 13);
        assertEquals(List.of(new Action.Read(false), new Action.Read(true)), taken());
    }

    @Test
    void strangersAreCutWithoutAnAnswerAndClientsAreToldWhy() {
        on(new Event.Garbled("noise"), 0);
        assertEquals(List.of(new Action.Cut("noise")), taken());
        on(new Event.Said(Samples.hello("a"), 0), 0);
        assertEquals(List.of(), taken(), "nothing is heard after the end");

        Conversation client = open(0);
        client.on(new Event.Garbled("noise"), 1, actions::add);
        assertEquals(List.of(new Action.Refuse("noise")), taken());
        assertEquals("refused: noise", client.closeReason());
    }

    @Test
    void aGapInTheSequenceIsRefusedAlsoBeforeTheFirstReportOfAConnection() {
        open(0);
        say(1, 0);
        say(3, 0);
        assertEquals(new Action.Refuse("sent report 3 where 2 was due"), taken().getLast());
        open(5);
        say(7, 0);
        assertEquals(List.of(new Action.Refuse("sent report 7 where 6 was due")), taken());
        open(5);
        say(5, 0);
        assertEquals(List.of(new Action.Refuse("sent report 5 where 6 was due")), taken());
        open(5);
        say(6, 0);
        assertInstanceOf(Action.Take.class, taken().getFirst());
    }

    @Test
    void aLateDeliveryMayLeaveOutWhatIsLostButNeverGoesBack() {
        Message.Hello h = Samples.hello("a");
        open(new Message.Hello(h.session(), h.instance(), h.host(), h.plan(), h.heartbeatMs(), h.run(), true), 5);
        say(3, 0);
        say(9, 0);
        assertEquals(2, taken().size());
        say(9, 0);
        assertEquals(List.of(new Action.Refuse("sent report 9 where 10 was due")), taken());
    }

    @Test
    void aBacklogThatStreamsIsNotHalfAFrame() {
        Conversation client = open(0);
        long sequence = 0;
        for (long now = 100; now < 4 * HANDSHAKE_MS; now += 100) {
            say(++sequence, now);
            client.on(new Event.Read(true), now, actions::add);
            client.on(new Event.Committed(1, sequence), now, actions::add);
            client.on(new Event.Tick(), now, actions::add);
        }
        assertTrue(taken().stream().noneMatch(Action.Cut.class::isInstance));
        client.on(new Event.Tick(), 5 * HANDSHAKE_MS, actions::add);
        assertEquals(List.of(new Action.Cut("sent half a frame, then nothing")), taken());
    }

    @Test
    void aHelloThatNobodyAnswersIsCutAndItsLateAnswerIsNotForgotten() {
        on(new Event.Said(Samples.hello("a"), 0), 0);
        taken();
        on(new Event.Tick(), Conversation.ADMISSION_MS_MAX - 1);
        assertEquals(List.of(), taken());
        on(new Event.Tick(), Conversation.ADMISSION_MS_MAX);
        assertEquals(List.of(new Action.Cut("not admitted within 20.0 s")), taken());
        on(new Event.Admitted(new Local.Admitted(new UUID(1, 2), 7, 9, 0)), Conversation.ADMISSION_MS_MAX + 1);
        assertEquals(List.of(), taken());
        assertEquals(9, current.client(), "the roster has to be told that it left");
    }

    @Test
    void whatIsOverdueIsCut() {
        on(new Event.Tick(), HANDSHAKE_MS - 1);
        on(new Event.Tick(), HANDSHAKE_MS);
        assertEquals(List.of(new Action.Cut("sent nothing")), taken());

        Conversation half = new Conversation(2, LIMITS, "test", Optional.empty(), Optional.empty(), 0);
        half.on(new Event.Read(true), 1, actions::add);
        half.on(new Event.Tick(), HANDSHAKE_MS, actions::add);
        assertEquals(List.of(new Action.Cut("sent half a hello, then nothing")), taken());

        Conversation silent = open(0);
        silent.on(new Event.Tick(), SILENCE_MS - 1, actions::add);
        assertEquals(List.of(), taken());
        silent.on(new Event.Tick(), SILENCE_MS, actions::add);
        assertEquals(List.of(new Action.Cut("silent for 60.0 s")), taken());
    }

    @Test
    void whoIsHeldUpIsNeverCutForItsSilence() {
        Conversation client = open(0);
        client.on(new Event.Read(true), 1, actions::add);
        client.on(new Event.Held(true), 2, actions::add);
        for (long now = 250; now < 3 * SILENCE_MS; now += 250) {
            client.on(new Event.Tick(), now, actions::add);
        }
        assertEquals(List.of(new Action.Read(false)), taken());
    }

    @Test
    void aHelloIsHeardHoweverMuchWaitsAndOnlyTheReportsAfterItAreHeldUp() {
        on(new Event.Held(true), 0);
        assertEquals(List.of(), taken());
        on(new Event.Said(Samples.hello("a"), 0), 1);
        assertInstanceOf(Action.Admit.class, taken().getFirst());
        on(new Event.Tick(), 3 * HANDSHAKE_MS);
        on(new Event.Admitted(new Local.Admitted(new UUID(1, 2), 7, 9, 0)), 3 * HANDSHAKE_MS);
        assertEquals(new Action.Read(false), taken().getLast(), "after its welcome");
    }

    @Test
    void aServerThatEndsLetsNoStrangerInAndAcknowledgesWhatItHasTaken() {
        on(new Event.Ending(), 0);
        assertEquals(List.of(new Action.Cut("the server ends")), taken());

        Conversation client = open(0);
        say(1, 1);
        taken();
        client.on(new Event.Ending(), 2, actions::add);
        client.on(new Event.Committed(1, 1), 3, actions::add);
        assertEquals(List.of(new Action.Read(false), new Action.Say(new Message.Ack(1))), taken());
    }

    @Test
    void aPeerThatDoesNotReadItsRefusalIsCutAfterTheHandshakeTime() {
        Conversation client = open(0);
        client.on(new Event.Garbled("noise"), 100, actions::add);
        taken();
        client.on(new Event.Tick(), 99 + HANDSHAKE_MS, actions::add);
        assertEquals(List.of(), taken());
        client.on(new Event.Tick(), 100 + HANDSHAKE_MS, actions::add);
        assertEquals(List.of(new Action.Cut("refused: noise")), taken());
    }

    @Test
    void whoCannotBeAdmittedNowIsCutAndWhoNeverCanIsRefused() {
        on(new Event.Said(Samples.hello("a"), 0), 0);
        taken();
        on(new Event.NotAdmitted("the database is away", false), 1);
        assertEquals(List.of(new Action.Cut("cannot be admitted now: the database is away")), taken());

        Conversation other = new Conversation(2, LIMITS, "test", Optional.empty(), Optional.empty(), 0);
        other.on(new Event.Said(Samples.hello("a"), 0), 0, actions::add);
        taken();
        other.on(new Event.NotAdmitted("in use", true), 1, actions::add);
        assertEquals(List.of(new Action.Refuse("in use")), taken());
    }

    @Test
    void whoHasACertificateSpeaksForWhomItNamesAndForNobodyElse() {
        for (Principal.Role role : Principal.Role.values()) {
            for (String id : List.of("a", "b")) {
                Principal who = new Principal(role, new ClientId(id));
                Conversation known = new Conversation(2, LIMITS, "test", Optional.empty(), Optional.of(who), 0);
                known.on(new Event.Said(Samples.hello("a"), 0), 0, actions::add);
                boolean own = role == Principal.Role.CLIENT && id.equals("a");
                Action answer = taken().getFirst();
                assertEquals(own, answer instanceof Action.Admit, who::toString);
                if (answer instanceof Action.Refuse refusal) {
                    assertEquals(
                            "its certificate is that of " + who + ", and it says that it is client a",
                            refusal.reason());
                }
            }
        }
    }

    @Test
    void aHeartbeatKeyIsGivenBeforeTheWelcomeAndOnlyToWhoHasProvedWhoItIs() {
        HeartbeatKeys.Key key = HeartbeatKeys.Key.random("ours");
        Principal who = new Principal(Principal.Role.CLIENT, new ClientId("a"));
        for (Optional<Principal> peer : List.of(Optional.of(who), Optional.<Principal>empty())) {
            Conversation fresh = new Conversation(2, LIMITS, "test", Optional.of(key), peer, 0);
            fresh.on(new Event.Said(Samples.hello("a"), 0), 0, actions::add);
            taken();
            fresh.on(new Event.Admitted(new Local.Admitted(new UUID(1, 2), 7, 9, 0)), 0, actions::add);
            List<Action> said = taken();
            assertEquals(peer.isPresent(), said.contains(new Action.Say(new Message.HeartbeatKey(key))));
            assertInstanceOf(Message.Welcome.class, ((Action.Say) said.getLast()).message());
        }
    }

    @Test
    void aLateDeliveryOfAnotherClientIsRefusedToo() {
        Message.Hello late = Samples.hello("a").again(Optional.of(new UUID(1, 2)), true);
        Conversation other = new Conversation(
                2,
                LIMITS,
                "test",
                Optional.empty(),
                Optional.of(new Principal(Principal.Role.CLIENT, new ClientId("b"))),
                0);
        other.on(new Event.Said(late, 0), 0, actions::add);
        assertInstanceOf(Action.Refuse.class, taken().getFirst());
    }

    /// A conversation that is open, and the one that [#say] speaks in.
    private Conversation open(long committed) {
        return open(Samples.hello("a"), committed);
    }

    private Conversation open(Message.Hello hello, long committed) {
        current = new Conversation(3, LIMITS, "test", Optional.empty(), Optional.empty(), 0);
        current.on(new Event.Said(hello, 0), 0, actions::add);
        current.on(new Event.Admitted(new Local.Admitted(new UUID(1, 2), 7, 9, committed)), 0, actions::add);
        taken();
        return current;
    }

    private Conversation current = conversation;

    private void say(long sequence, long now) {
        current.on(new Event.Said(new Message.Numbered(sequence, REPORT), 5), now, actions::add);
    }

    private void on(Event event, long now) {
        current.on(event, now, actions::add);
    }

    private List<Action> taken() {
        List<Action> all = List.copyOf(actions);
        actions.clear();
        return all;
    }
}
