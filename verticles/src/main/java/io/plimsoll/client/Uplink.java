package io.plimsoll.client;

import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.wire.Message;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/// Decides everything over time on a client's way to its server: when to connect, what to send, whom to believe gone,
/// when to give up. Pure: (event, now) → actions; [UplinkVerticle] and [ServerLink] carry them out.
///
/// `now` is a monotonic clock in ms. One thread; only that there is no [#room] may be said from within an action.
///
/// @param <F> an encoded report
final class Uplink<F> {
    /// An attempt to connect fails by then; with the longest wait after it, a client is back five seconds after its
    /// server.
    static final int CONNECT_MS_MAX = 2_000;
    /// The first welcome must come by then: a server whose database is away for a while can say nothing until it is
    /// back.
    static final long WELCOME_MS_MAX = 60_000;
    /// A server that owes an answer and says nothing for so long is connected to anew.
    static final long SILENCE_MS_MAX = 20_000;

    private static final String DOUBT = "; is it a Plimsoll server, and is its database there?";

    sealed interface Action<F> {
        record Connect<F>() implements Action<F> {}

        /// Begin the connection with a hello that names this run.
        record SayHello<F>(Optional<UUID> run) implements Action<F> {}

        record Send<F>(F frame) implements Action<F> {}

        /// End the connection or the attempt at one, if there is any; nothing that it says is told any more.
        record Cut<F>(String why) implements Action<F> {}

        record Welcomed<F>(Message.Welcome welcome) implements Action<F> {}

        record HeartbeatsHeard<F>(Message.HeartbeatsHeard heard) implements Action<F> {}

        /// From now on heartbeats are signed by this key.
        record HeartbeatKeyGiven<F>(HeartbeatKeys.Key key) implements Action<F> {}

        record StopOrdered<F>(String reason) implements Action<F> {}

        /// The connection is gone, or an attempt at a new one failed; the next one comes in `retryMs`.
        ///
        /// @param news false for all but the first time since the server was there
        record ServerAway<F>(String why, long retryMs, boolean news) implements Action<F> {}

        record ServerBack<F>() implements Action<F> {}

        /// There is no server, or none of ours, and there has never been one: the end.
        record NoServer<F>(String why) implements Action<F> {}

        /// There is a server, but no trust between it and this client, and there has never been: the end.
        record Distrusted<F>(String why) implements Action<F> {}

        /// Nothing more can be delivered to this server: the end.
        record Refused<F>(String reason) implements Action<F> {}

        /// Put these reports, of which `upTo` is the last, on disk. Answered by [#synced] or [#spoolFailed].
        record Append<F>(List<F> frames, long upTo) implements Action<F> {}

        /// Everything up to this number is acknowledged: its copy on disk is not needed any more.
        record Forget<F>(long upTo) implements Action<F> {}

        /// An append takes so long that a kill would cost more than it should. Said once.
        record SpoolSlow<F>() implements Action<F> {}

        /// Nothing more goes to disk in this run.
        record SpoolFailed<F>(String why) implements Action<F> {}

        /// More is unacknowledged than memory is meant for. Said once; what is offered afterwards is still kept.
        record Full<F>() implements Action<F> {}

        /// Everything that was offered is acknowledged.
        record Drained<F>() implements Action<F> {}

        /// It is not, and the time for it is over.
        record NotDrained<F>(String why) implements Action<F> {}
    }

    private enum Link {
        /// Not begun.
        NONE,
        CONNECTING,
        /// Connected, said hello, not welcomed yet.
        GREETING,
        OPEN,
        /// For the time to connect again.
        WAITING,
        ENDED
    }

    private final String server;
    private final Delivery<F> delivery;
    private final SpoolPolicy<F> spool;
    private final Backoff backoff;
    private final Consumer<? super Action<F>> act;
    private Optional<UUID> run;
    private Link link = Link.NONE;
    private String endedBecause = "";
    private String notWelcomedBecause;
    private boolean room;
    private boolean everConnected;
    private boolean everWelcomed;
    private boolean away;
    private boolean full;
    private boolean draining;
    private long welcomeByMs;
    private long heardAtMs;
    private long retryAtMs;
    private long drainByMs;

    /// @param server as people write it: host and port
    /// @param run that the session belongs to already; empty for a new one
    Uplink(
            String server,
            Optional<UUID> run,
            Delivery<F> delivery,
            SpoolPolicy<F> spool,
            Backoff backoff,
            Consumer<? super Action<F>> act) {
        this.server = server;
        this.notWelcomedBecause =
                "the server at " + server + " takes longer than " + WELCOME_MS_MAX / 1_000 + " s to be connected to";
        this.run = run;
        this.delivery = delivery;
        this.spool = spool;
        this.backoff = backoff;
        this.act = act;
    }

    void begin(long now) {
        welcomeByMs = now + WELCOME_MS_MAX;
        connect();
    }

    void connected(long now) {
        if (link != Link.CONNECTING) {
            act.accept(new Action.Cut<>("not needed any more"));
            return;
        }
        link = Link.GREETING;
        everConnected = true;
        room = true;
        heardAtMs = now;
        act.accept(new Action.SayHello<>(run));
    }

    void connectFailed(String why, long now) {
        if (link == Link.CONNECTING) {
            again(
                    why,
                    "no server at " + server + ": " + why + "; start one with 'plimsoll server', or correct -sh and -t",
                    now);
        }
    }

    /// Somebody was reached, and ended it before a hello could be said, or said nothing.
    void turnedAway(String why, long now) {
        if (link == Link.CONNECTING) {
            everConnected = true;
            again(why, "the server at " + server + ": " + why + "; is it a Plimsoll server?", now);
        }
    }

    /// One side does not believe who the other is. Once they have known each other, that may pass: a server is
    /// started anew with the right certificate.
    void distrusted(String why, long now) {
        String told = "no trust between this client and the server at " + server + ": " + why;
        if (link == Link.CONNECTING && everWelcomed) {
            again(told, told, now);
        } else if (link == Link.CONNECTING && end(told)) {
            act.accept(new Action.Distrusted<>(told));
        }
    }

    /// The connection ended, by whomever but [Action.Cut].
    void closed(long now) {
        if (connected()) {
            again("connection closed", "the server at " + server + " closed the connection" + DOUBT, now);
        }
    }

    void heard(Message message, long now) {
        if (!connected()) {
            return;
        }
        heardAtMs = now;
        switch (message) {
            case Message.Welcome m -> welcomed(m);
            case Message.Ack m -> acknowledged(m.sequence());
            case Message.HeartbeatsHeard m -> act.accept(new Action.HeartbeatsHeard<>(m));
            case Message.HeartbeatKey m -> act.accept(new Action.HeartbeatKeyGiven<>(m.key()));
            case Message.Stop m -> act.accept(new Action.StopOrdered<>(m.reason()));
            case Message.Refused m -> refused(m.reason());
            case Message.Hello _, Message.Numbered _ -> garbled("a client's message from a server");
        }
    }

    /// The server says what is no message.
    void garbled(String why) {
        if (connected()) {
            refused("the server's answer is not understood: " + why);
        }
    }

    /// Whether the connection takes more; it does when it is new.
    void room(boolean writable) {
        room = writable;
        if (writable) {
            pump();
        }
    }

    /// Takes a report in; its number is the one that `encode` is given.
    void offer(LongFunction<F> encode, long now) {
        delivery.offer(sequence -> {
            F frame = encode.apply(sequence);
            spool.offered(sequence, frame, now);
            return frame;
        });
        offered();
    }

    /// Takes in what has been numbered and encoded before, and is on disk; it goes as it is.
    void offer(long sequence, F frame) {
        delivery.offer(sequence, frame);
        offered();
    }

    private void offered() {
        if (delivery.full() && !full) {
            full = true;
            act.accept(new Action.Full<>());
        }
        pump();
    }

    /// Nothing more will be offered: says when all is acknowledged, or that it was not by `byMs`.
    void drain(long byMs) {
        draining = true;
        drainByMs = byMs;
        checkDrained();
        if (draining && link == Link.ENDED) {
            notDrained(endedBecause);
        }
    }

    /// The last append is on disk.
    void synced() {
        spool.synced();
    }

    /// It is not, and what is on disk now is not known.
    void spoolFailed(String why) {
        spool.off();
        act.accept(new Action.SpoolFailed<>(why));
    }

    /// Whether all that is not acknowledged is on disk.
    boolean spooled() {
        return spool.holdsAll();
    }

    /// Nothing more is said of the spool.
    void endSpool() {
        spool.off();
    }

    /// Ends the link for good, and what goes to the spool.
    void giveUp() {
        end("given up");
        spool.off();
    }

    /// What no server has acknowledged, in order.
    List<F> unacknowledged() {
        return delivery.unacknowledged();
    }

    /// Several times a second.
    void tick(long now) {
        if (link == Link.WAITING && now >= retryAtMs) {
            connect();
        } else if (connected()) {
            listen(now);
        }
        if (!everWelcomed && now >= welcomeByMs && link != Link.NONE) {
            noServer(link == Link.GREETING ? unanswered() : notWelcomedBecause);
        }
        if (draining && now >= drainByMs) {
            notDrained("the server did not take all reports in time");
        }
        spool(now);
    }

    private void spool(long now) {
        List<F> due = spool.due(now);
        if (!due.isEmpty()) {
            act.accept(new Action.Append<>(due, spool.appended()));
        }
        if (spool.turnedSlow(now)) {
            act.accept(new Action.SpoolSlow<>());
        }
        long acknowledged = spool.forgettable();
        if (acknowledged > 0) {
            act.accept(new Action.Forget<>(acknowledged));
        }
    }

    private boolean connected() {
        return link == Link.GREETING || link == Link.OPEN;
    }

    private void connect() {
        link = Link.CONNECTING;
        act.accept(new Action.Connect<>());
    }

    private void welcomed(Message.Welcome welcome) {
        if (link == Link.OPEN) {
            garbled("a second welcome on one connection"); // what is on its way would go again, out of order
            return;
        }
        if (run.isPresent() && !run.get().equals(welcome.run())) {
            garbled("a welcome to run " + welcome.run() + " for a session of run " + run.get());
            return;
        }
        try {
            delivery.connected(welcome.windowReports(), welcome.committed());
            spool.acknowledged(welcome.committed());
        } catch (IllegalArgumentException e) {
            garbled(e.getMessage());
            return;
        }
        link = Link.OPEN;
        everWelcomed = true;
        backoff.reset();
        if (away) {
            away = false;
            act.accept(new Action.ServerBack<>());
        }
        run = Optional.of(welcome.run());
        act.accept(new Action.Welcomed<>(welcome));
        checkDrained();
        pump();
    }

    private void acknowledged(long sequence) {
        try {
            delivery.acknowledged(sequence);
            spool.acknowledged(sequence);
        } catch (IllegalArgumentException e) {
            garbled(e.getMessage());
            return;
        }
        checkDrained();
        pump();
    }

    /// A server that owes an answer and says nothing may be gone without a trace.
    private void listen(long now) {
        boolean due = link == Link.GREETING || delivery.waiting();
        if (!due) {
            heardAtMs = now;
        } else if (now - heardAtMs >= SILENCE_MS_MAX) {
            String why = "silent for " + (now - heardAtMs) / 1_000 + " s";
            act.accept(new Action.Cut<>(why));
            again(why, unanswered(), now);
        }
    }

    private String unanswered() {
        return "the server at " + server + " accepts connections but does not answer" + DOUBT;
    }

    /// A server that cannot admit anybody now cuts a newcomer, who comes again until the time for a welcome is over.
    ///
    /// @param whyNever what to say where that is, or nobody was ever there
    private void again(String why, String whyNever, long now) {
        delivery.disconnected();
        if (!everConnected) {
            noServer(whyNever);
            return;
        }
        notWelcomedBecause = whyNever;
        link = Link.WAITING;
        long waitMs = backoff.nextMs();
        retryAtMs = now + waitMs;
        act.accept(new Action.ServerAway<>(why, waitMs, !away));
        away = true;
    }

    private void noServer(String why) {
        if (end(why)) {
            act.accept(new Action.NoServer<>(why));
        }
    }

    private void refused(String reason) {
        if (end(reason)) {
            act.accept(new Action.Refused<>(reason));
            if (draining) {
                notDrained(reason);
            }
        }
    }

    private boolean end(String why) {
        if (link == Link.ENDED) {
            return false;
        }
        link = Link.ENDED;
        endedBecause = why;
        delivery.disconnected();
        act.accept(new Action.Cut<>(why));
        return true;
    }

    private void pump() {
        while (link == Link.OPEN && room) {
            F next = delivery.next();
            if (next == null) {
                return;
            }
            act.accept(new Action.Send<>(next));
        }
    }

    private void checkDrained() {
        if (draining && delivery.drained()) {
            draining = false;
            act.accept(new Action.Drained<>());
        }
    }

    private void notDrained(String why) {
        draining = false;
        act.accept(new Action.NotDrained<>(why));
    }
}
