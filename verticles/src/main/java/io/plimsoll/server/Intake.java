package io.plimsoll.server;

import io.plimsoll.model.Report;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.Principal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Decides for the connections of one TCP verticle which reports are handed on together, when again, and what is
/// acknowledged. Pure: (event, now) → actions.
///
/// One batch is on its way at any time, and what arrives meanwhile is the next one: commits come in order, batches grow
/// with the load, and no timer is needed. A batch that fails is stored again until it succeeds, for that is idempotent.
/// One that the database will never take is halved until the report at fault stands alone, which is then kept apart.
/// While as much waits as may, no report is read from any connection.
///
/// `now` is a monotonic clock in ms. An event may come from the carrying out of an action only after that of the rest.
/// One thread.
final class Intake {
    static final long RETRY_MS = 500;
    private static final long QUEUE_BYTES_MAX = 16 << 20;
    private static final long BATCH_BYTES_MAX = 8 << 20;

    sealed interface Event {
        /// A connection was accepted; its number is new.
        ///
        /// @param who its peer has proved to be; empty where nobody has to
        record Opened(long connection, Optional<Principal> who) implements Event {}

        record Of(long connection, Conversation.Event event) implements Event {}

        /// The socket is closed.
        ///
        /// @param reason where neither side ended it in order, else empty
        record Closed(long connection, String reason) implements Event {}

        /// What arrived together has been told: the answer to [Action.Soon].
        record Turned() implements Event {}

        /// The batch under way is committed, but for what was declined.
        record Stored(List<Persist.Declined> declined) implements Event {}

        /// The batch under way is not committed, or nobody knows.
        ///
        /// @param code a failure code of [Persist]
        record NotStored(int code, String reason) implements Event {}

        /// A few times a second.
        record Tick() implements Event {}

        /// Nothing more is read; the answer, when all that has arrived is committed, is [Action.Drained].
        record Drain() implements Event {}
    }

    sealed interface Action {
        record On(long connection, Conversation.Action action) implements Action {}

        /// Tell [Event.Turned] after all that has arrived together.
        record Soon() implements Action {}

        /// Answer with [Event.Stored] or [Event.NotStored].
        record Store(List<Persist.Numbered> reports) implements Action {}

        /// Answer as to a [Store] of this one report.
        record Quarantine(Persist.Numbered report, String reason) implements Action {}

        /// A report is committed.
        record Committed(String clientId, Persist.Numbered report) implements Action {}

        record Started(long client, Report.RunStarted report) implements Action {}

        record Ended(long run, long client, String clientId, Report.RunEnded report) implements Action {}

        /// Reports of these clients arrived.
        record Delivered(Set<Long> clients) implements Action {}

        /// A connection that the roster admitted is gone.
        record Left(long client, long connection, String reason) implements Action {}

        /// A connection is gone, and forgotten.
        record Gone(long connection, String clientId, boolean admitted, String reason) implements Action {}

        record Drained() implements Action {}
    }

    private enum Store {
        IDLE,
        /// The rest of what arrives together belongs to the same batch.
        TURNING,
        UNDER_WAY,
        /// The last try failed.
        RESTING
    }

    private record Waiting(Conversation conversation, Persist.Numbered report, long bytes) {}

    private final TcpLimits limits;
    private final String serverVersion;
    private final Optional<HeartbeatKeys.Key> heartbeatKey;
    private final Map<Long, Conversation> conversations = new HashMap<>();
    private final Set<Long> delivered = new HashSet<>();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    /// Batches that were tried, or are parts of one that was; they come before what is queued.
    private final Deque<List<Waiting>> again = new ArrayDeque<>();
    private List<Waiting> underWay = List.of();
    private Store store = Store.IDLE;
    private long queuedBytes;
    private long restingUntilMs;
    private boolean held;
    private boolean draining;
    /// What is under way is one report, which is kept apart.
    private boolean quarantining;

    /// @param heartbeatKey given to each client that is let in
    Intake(TcpLimits limits, String serverVersion, Optional<HeartbeatKeys.Key> heartbeatKey) {
        this.limits = limits;
        this.serverVersion = serverVersion;
        this.heartbeatKey = heartbeatKey;
    }

    void on(Event event, long nowMs, Consumer<? super Action> act) {
        switch (event) {
            case Event.Opened e -> {
                Conversation fresh =
                        new Conversation(e.connection(), limits, serverVersion, heartbeatKey, e.who(), nowMs);
                conversations.put(e.connection(), fresh);
                if (draining) {
                    tell(fresh, new Conversation.Event.Ending(), nowMs, act);
                } else if (held) {
                    tell(fresh, new Conversation.Event.Held(true), nowMs, act);
                }
            }
            case Event.Of e -> of(e, nowMs, act);
            case Event.Closed e -> closed(e, nowMs, act);
            case Event.Turned _ -> {
                if (store == Store.TURNING) {
                    next(act);
                }
            }
            case Event.Stored e -> {
                settle(e.declined(), nowMs, act);
                next(act);
                hold(held && full(2), nowMs, act);
            }
            case Event.NotStored e -> {
                notStored(e, nowMs, act);
                hold(held && full(2), nowMs, act);
            }
            case Event.Tick _ -> tick(nowMs, act);
            case Event.Drain _ -> {
                draining = true;
                tellAll(new Conversation.Event.Ending(), nowMs, act);
                if (store == Store.IDLE) {
                    act.accept(new Action.Drained());
                }
            }
        }
    }

    private void of(Event.Of e, long nowMs, Consumer<? super Action> act) {
        Conversation conversation = conversations.get(e.connection());
        if (conversation != null) {
            tell(conversation, e.event(), nowMs, act);
            hold(held || full(1), nowMs, act);
        } else if (e.event() instanceof Conversation.Event.Admitted late) {
            act.accept(new Action.Left(late.as().client(), e.connection(), "closed while it was admitted"));
        }
    }

    private void tell(Conversation to, Conversation.Event event, long nowMs, Consumer<? super Action> act) {
        to.on(event, nowMs, action -> {
            if (action instanceof Conversation.Action.Take take) {
                take(to, take.report(), act);
            } else {
                act.accept(new Action.On(to.number, action));
            }
        });
    }

    private void take(Conversation from, Persist.Numbered report, Consumer<? super Action> act) {
        long bytes = WriteQueue.bytes(report.report());
        queue.add(new Waiting(from, report, bytes));
        queuedBytes += bytes;
        delivered.add(report.client());
        if (store == Store.IDLE) {
            store = Store.TURNING;
            act.accept(new Action.Soon());
        }
    }

    private void closed(Event.Closed e, long nowMs, Consumer<? super Action> act) {
        Conversation gone = conversations.remove(e.connection());
        if (gone == null) {
            return;
        }
        gone.on(new Conversation.Event.Closed(), nowMs, _ -> {});
        String ours = gone.closeReason();
        String reason = !ours.isEmpty() ? ours : e.reason().isEmpty() ? "closed by the client" : e.reason();
        boolean admitted = gone.client() != 0;
        act.accept(new Action.Gone(e.connection(), gone.clientId(), admitted, reason));
        if (admitted) {
            act.accept(new Action.Left(gone.client(), e.connection(), reason));
        }
    }

    private void next(Consumer<? super Action> act) {
        quarantining = false;
        underWay = again.isEmpty() ? cut() : again.pollFirst();
        if (!underWay.isEmpty()) {
            store = Store.UNDER_WAY;
            act.accept(new Action.Store(underWay.stream().map(Waiting::report).toList()));
            return;
        }
        store = Store.IDLE;
        if (draining) {
            act.accept(new Action.Drained());
        }
    }

    private List<Waiting> cut() {
        List<Waiting> batch = new ArrayList<>(Math.min(queue.size(), limits.batchReports()));
        long bytes = 0;
        while (!queue.isEmpty() && batch.size() < limits.batchReports() && bytes < BATCH_BYTES_MAX) {
            Waiting next = queue.poll();
            batch.add(next);
            bytes += next.bytes();
        }
        queuedBytes -= bytes;
        return batch;
    }

    /// Acknowledges first: whatever comes of the rest, a client waits for this. What comes after a report that was
    /// declined is not acknowledged, for that would speak for the one before it, too.
    private void settle(List<Persist.Declined> declined, long nowMs, Consumer<? super Action> act) {
        Map<Conversation, Conversation.Event.Committed> committed = new LinkedHashMap<>();
        Map<Conversation, Conversation.Event.Declined> refused = new LinkedHashMap<>();
        for (Waiting w : underWay) {
            Optional<Persist.Declined> why =
                    declined.stream().filter(d -> d.report().equals(w.report())).findFirst();
            why.ifPresent(d -> refused.putIfAbsent(w.conversation(), new Conversation.Event.Declined(d.reason())));
            if (!refused.containsKey(w.conversation())) {
                committed.merge(
                        w.conversation(),
                        new Conversation.Event.Committed(1, w.report().sequence()),
                        (sum, one) -> new Conversation.Event.Committed(sum.reports() + 1, one.upTo()));
            }
        }
        committed.forEach((conversation, event) -> tell(conversation, event, nowMs, act));
        refused.forEach((conversation, event) -> tell(conversation, event, nowMs, act));
        underWay.stream().filter(w -> !refused.containsKey(w.conversation())).forEach(w -> committed(w, act));
    }

    private static void committed(Waiting w, Consumer<? super Action> act) {
        String clientId = w.conversation().clientId();
        Persist.Numbered report = w.report();
        act.accept(new Action.Committed(clientId, report));
        switch (report.report()) {
            case Report.RunStarted r -> act.accept(new Action.Started(report.client(), r));
            case Report.RunEnded r -> act.accept(new Action.Ended(report.run(), report.client(), clientId, r));
            case Report.FileClosed _, Report.Interval _, Report.Resources _, Report.Happened _ -> {}
        }
    }

    private void notStored(Event.NotStored e, long nowMs, Consumer<? super Action> act) {
        int n = underWay.size();
        if (e.code() != Persist.UNSTORABLE) {
            again.addFirst(underWay);
            store = Store.RESTING;
            restingUntilMs = nowMs + RETRY_MS;
        } else if (n > 1) {
            again.addFirst(underWay.subList(n / 2, n));
            again.addFirst(underWay.subList(0, n / 2));
            next(act);
        } else if (!quarantining) {
            quarantining = true;
            act.accept(new Action.Quarantine(underWay.getFirst().report(), e.reason()));
        } else {
            // not even kept apart: the database is not what it should be
            Waiting one = underWay.getFirst();
            String reason = "report " + one.report().sequence() + " cannot be stored: " + e.reason();
            tell(one.conversation(), new Conversation.Event.Declined(reason), nowMs, act);
            next(act);
        }
    }

    private void tick(long nowMs, Consumer<? super Action> act) {
        tellAll(new Conversation.Event.Tick(), nowMs, act);
        if (!delivered.isEmpty()) {
            act.accept(new Action.Delivered(Set.copyOf(delivered)));
            delivered.clear();
        }
        if (store == Store.RESTING && nowMs >= restingUntilMs) {
            next(act);
        }
    }

    /// Whether as much waits as may, or that part of it.
    private boolean full(int part) {
        return queue.size() >= Math.max(1, limits.queueReports() / part) || queuedBytes >= QUEUE_BYTES_MAX / part;
    }

    private void hold(boolean hold, long nowMs, Consumer<? super Action> act) {
        if (hold != held) {
            held = hold;
            if (!draining) {
                tellAll(new Conversation.Event.Held(hold), nowMs, act);
            }
        }
    }

    private void tellAll(Conversation.Event event, long nowMs, Consumer<? super Action> act) {
        conversations.values().forEach(c -> tell(c, event, nowMs, act));
    }
}
