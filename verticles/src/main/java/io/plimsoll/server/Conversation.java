package io.plimsoll.server;

import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.Principal;
import io.plimsoll.wire.Message;
import java.util.Optional;
import java.util.function.Consumer;

/// Decides what is taken, answered, held up and cut on one connection: a hello first, then reports in sequence, each
/// acknowledged after its commit. Pure: (event, now) → actions; whoever owns the socket carries them out.
///
/// `now` is a monotonic clock in ms. An event may come from the carrying out of an action only after that of the rest.
/// One thread.
final class Conversation {
    sealed interface Event {
        /// A frame is whole, and says this.
        ///
        /// @param digest of a report's content, see [io.plimsoll.wire.Digest]; else any
        record Said(Message message, long digest) implements Event {}

        /// A read is over.
        ///
        /// @param midFrame whether bytes of an unfinished frame wait for the rest
        record Read(boolean midFrame) implements Event {}

        record Admitted(Local.Admitted as) implements Event {}

        /// @param forGood whether to come again is useless
        record NotAdmitted(String reason, boolean forGood) implements Event {}

        /// This many of its reports are committed, the last of them `upTo`.
        record Committed(int reports, long upTo) implements Event {}

        /// One of its reports is not stored, and never will be.
        record Declined(String reason) implements Event {}

        /// The server as a whole has too much to write, or enough room again.
        record Held(boolean held) implements Event {}

        /// The server ends: what was taken is still acknowledged, nothing more is read, and no stranger is let in.
        record Ending() implements Event {}

        record Tell(Message message) implements Event {}

        /// The server has no more use for this connection.
        record Dismissed(String reason) implements Event {}

        /// The socket is closed.
        record Closed() implements Event {}

        /// What arrived is no message, and nothing after it can be understood.
        record Garbled(String reason) implements Event {}

        /// A few times a second.
        record Tick() implements Event {}
    }

    sealed interface Action {
        /// Asks the roster; the answer is [Event.Admitted] or [Event.NotAdmitted].
        record Admit(Message.Hello hello) implements Action {}

        record Take(Persist.Numbered report) implements Action {}

        record Say(Message message) implements Action {}

        /// Reads no more from the socket, or reads again.
        record Read(boolean on) implements Action {}

        /// Says why, then closes.
        record Refuse(String reason) implements Action {}

        record Cut(String reason) implements Action {}
    }

    private enum Phase {
        GREETING,
        ADMITTING,
        OPEN,
        CLOSED
    }

    /// Within it a hello is answered, or its sender comes again: as long as a client waits for a word.
    static final long ADMISSION_MS_MAX = 20_000;

    private static final int REASON_CHARS_MAX = 1_000;

    final long number;
    private final TcpLimits limits;
    private final String serverVersion;
    private final Optional<HeartbeatKeys.Key> heartbeatKey;
    private final Optional<Principal> who;
    private Phase phase = Phase.GREETING;
    private Message.Hello hello;
    private Local.Admitted admitted;
    private long lastSequence;
    private int waitingReports;
    private boolean held;
    private boolean reading = true;
    private boolean midFrame;
    private long deadlineMs;
    private long lastReadMs;
    private String closeReason = "";

    /// @param heartbeatKey given to a client that has proved who it is
    /// @param who the client has proved to be; empty where nobody has to
    Conversation(
            long number,
            TcpLimits limits,
            String serverVersion,
            Optional<HeartbeatKeys.Key> heartbeatKey,
            Optional<Principal> who,
            long nowMs) {
        this.number = number;
        this.limits = limits;
        this.serverVersion = serverVersion;
        this.heartbeatKey = heartbeatKey.filter(_ -> who.isPresent());
        this.who = who;
        this.deadlineMs = nowMs + limits.handshakeTimeoutMs();
        this.lastReadMs = nowMs;
    }

    void on(Event event, long nowMs, Consumer<? super Action> act) {
        switch (event) {
            case Event.Said e -> said(e, nowMs, act);
            case Event.Read e -> read(e.midFrame(), nowMs);
            case Event.Admitted e -> admitted(e.as(), nowMs, act);
            case Event.NotAdmitted e -> {
                if (e.forGood()) {
                    refuse(e.reason(), nowMs, act);
                } else {
                    // it comes again; a refusal would end its run
                    cut("cannot be admitted now: " + e.reason(), nowMs, act);
                }
            }
            case Event.Committed e -> {
                waitingReports -= e.reports();
                say(new Message.Ack(e.upTo()), act);
                flow(act);
            }
            case Event.Declined e -> refuse(e.reason(), nowMs, act);
            case Event.Held e -> {
                held = e.held();
                flow(act);
            }
            case Event.Ending _ -> {
                held = true;
                flow(act);
                if (phase == Phase.GREETING) {
                    cut("the server ends", nowMs, act);
                }
            }
            case Event.Tell e -> say(e.message(), act);
            case Event.Dismissed e -> cut(e.reason(), nowMs, act);
            case Event.Closed _ -> phase = Phase.CLOSED;
            case Event.Garbled e -> garbled(e.reason(), nowMs, act);
            case Event.Tick _ -> tick(nowMs, act);
        }
    }

    /// The client's key in the database; 0 before it was admitted.
    long client() {
        return admitted == null ? 0 : admitted.client();
    }

    /// Empty before a hello.
    String clientId() {
        return hello == null ? "" : hello.session().clientId().value();
    }

    /// Reports that were taken and are not acknowledged.
    int waitingReports() {
        return waitingReports;
    }

    /// Why this side ended it; empty where it did not.
    String closeReason() {
        return closeReason;
    }

    /// The rest of a frame is due for as long as a hello is, from the read that began it.
    private void read(boolean midFrameNow, long nowMs) {
        if (phase == Phase.OPEN && midFrameNow && !midFrame) {
            deadlineMs = nowMs + limits.handshakeTimeoutMs();
        }
        midFrame = midFrameNow;
        lastReadMs = nowMs;
    }

    private void said(Event.Said said, long nowMs, Consumer<? super Action> act) {
        Message message = said.message();
        String what = message.getClass().getSimpleName();
        switch (phase) {
            case GREETING -> {
                if (message instanceof Message.Hello first) {
                    hello(first, nowMs, act);
                } else {
                    garbled("began with " + what + " instead of a hello", nowMs, act);
                }
            }
            case ADMITTING -> garbled("sent " + what + " before it was welcomed", nowMs, act);
            case OPEN -> {
                if (message instanceof Message.Numbered numbered) {
                    report(numbered, said.digest(), nowMs, act);
                } else {
                    garbled("sent " + what + " where a report was due", nowMs, act);
                }
            }
            case CLOSED -> {}
        }
    }

    /// Who has a certificate speaks for whom it names, and for nobody else.
    private void hello(Message.Hello first, long nowMs, Consumer<? super Action> act) {
        Principal said = new Principal(Principal.Role.CLIENT, first.session().clientId());
        if (who.isPresent() && !who.get().equals(said)) {
            refuse("its certificate is that of " + who.get() + ", and it says that it is " + said, nowMs, act);
            return;
        }
        hello = first;
        phase = Phase.ADMITTING;
        deadlineMs = nowMs + ADMISSION_MS_MAX;
        act.accept(new Action.Admit(first));
    }

    /// An acknowledgement says that all before it is there, so nothing may be left out. What a late delivery has not
    /// got is lost already, so it may go on behind the gap.
    private void report(Message.Numbered numbered, long digest, long nowMs, Consumer<? super Action> act) {
        long due = lastSequence + 1;
        if (hello.late() ? numbered.sequence() < due : numbered.sequence() != due) {
            garbled("sent report " + numbered.sequence() + " where " + due + " was due", nowMs, act);
            return;
        }
        deadlineMs = nowMs + limits.handshakeTimeoutMs();
        lastSequence = numbered.sequence();
        waitingReports++;
        act.accept(new Action.Take(new Persist.Numbered(
                admitted.run(), admitted.client(), numbered.sequence(), digest, hello.late(), numbered.report())));
        flow(act);
    }

    /// The roster counts a connection that it admitted until it hears that it is closed, so this is kept in any phase.
    private void admitted(Local.Admitted as, long nowMs, Consumer<? super Action> act) {
        admitted = as;
        if (phase == Phase.ADMITTING) {
            phase = Phase.OPEN;
            lastSequence = hello.late() ? 0 : as.committed();
            deadlineMs = nowMs + limits.handshakeTimeoutMs();
            heartbeatKey.ifPresent(key -> say(new Message.HeartbeatKey(key), act));
            say(
                    new Message.Welcome(as.runUuid(), as.run(), limits.windowReports(), as.committed(), serverVersion),
                    act);
            flow(act);
        }
    }

    private void say(Message message, Consumer<? super Action> act) {
        if (phase == Phase.OPEN) {
            act.accept(new Action.Say(message));
        }
    }

    /// Who was admitted is told what it did wrong; a stranger is not answered.
    private void garbled(String reason, long nowMs, Consumer<? super Action> act) {
        if (phase == Phase.OPEN) {
            refuse(reason, nowMs, act);
        } else {
            cut(reason, nowMs, act);
        }
    }

    private void refuse(String reason, long nowMs, Consumer<? super Action> act) {
        if (phase != Phase.CLOSED) {
            String shown = reason.length() > REASON_CHARS_MAX ? reason.substring(0, REASON_CHARS_MAX) : reason;
            closed("refused: " + shown, nowMs);
            act.accept(new Action.Refuse(shown));
        }
    }

    private void cut(String reason, long nowMs, Consumer<? super Action> act) {
        if (phase != Phase.CLOSED) {
            closed(reason, nowMs);
            act.accept(new Action.Cut(reason));
        }
    }

    private void closed(String reason, long nowMs) {
        phase = Phase.CLOSED;
        closeReason = reason;
        deadlineMs = nowMs + limits.handshakeTimeoutMs();
    }

    /// Cuts the connection when its hello, the rest of a frame, or anything at all is overdue.
    private void tick(long nowMs, Consumer<? super Action> act) {
        if (!reading) {
            lastReadMs = nowMs;
        }
        switch (phase) {
            case GREETING -> {
                if (nowMs >= deadlineMs) {
                    cut(midFrame ? "sent half a hello, then nothing" : "sent nothing", nowMs, act);
                }
            }
            case ADMITTING -> {
                if (nowMs >= deadlineMs) {
                    cut("not admitted within " + ADMISSION_MS_MAX / 1000.0 + " s", nowMs, act);
                }
            }
            case OPEN -> {
                if (!reading) {
                    deadlineMs = nowMs + limits.handshakeTimeoutMs();
                } else if (midFrame && nowMs >= deadlineMs) {
                    cut("sent half a frame, then nothing", nowMs, act);
                }
                if (nowMs - lastReadMs >= limits.silenceTimeoutMs()) {
                    cut("silent for " + limits.silenceTimeoutMs() / 1000.0 + " s", nowMs, act);
                }
            }
            case CLOSED -> {
                // a peer that does not read its refusal keeps its place no longer than one that does not say hello
                if (nowMs >= deadlineMs) {
                    deadlineMs = nowMs + limits.handshakeTimeoutMs();
                    act.accept(new Action.Cut(closeReason));
                }
            }
        }
    }

    /// A hello is read however much waits to be written: it adds nothing to that, and who is not heard is not told
    /// apart
    /// from who says nothing.
    private void flow(Consumer<? super Action> act) {
        boolean full = phase == Phase.OPEN && (held || waitingReports >= limits.windowReports());
        if (phase != Phase.CLOSED && reading && full) {
            reading = false;
            act.accept(new Action.Read(false));
        } else if (phase != Phase.CLOSED && !reading && !full && waitingReports <= limits.windowReports() / 2) {
            reading = true;
            act.accept(new Action.Read(true));
        }
    }
}
