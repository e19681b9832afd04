package io.plimsoll.server;

import io.plimsoll.model.Authentication;
import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.wire.Heartbeat;
import io.plimsoll.wire.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/// A server in a simulation: carries out what its [Intake]s, [Writers] and [Roster] decide, as the verticles do, on a
/// world that is made up. What [Admissions], [RosterJournal] and [PatientTransactions] add between them is here once
/// more, for as long as that knows of event loops.
public final class SimulatedServer {
    private static final long TICK_MS = 250;
    private static final long TRANSACTION_MS_MAX = 10_000;
    private static final long LONG_TRANSACTION_MS_MAX = 120_000;
    private static final long JOURNAL_RETRY_MS = 500;
    private static final int WRITERS = 2;
    private static final long STOP_MS_MAX = 10_000;

    /// What a server acts on, and whom it tells.
    public interface World {
        long nowMs();

        long wallMs();

        void say(long connection, Message message);

        void read(long connection, boolean on);

        /// What was said still arrives; the answer is [SimulatedServer#closed].
        void end(long connection);

        void endAll();

        /// One transaction.
        ///
        /// @param failed told one of the codes of [Persist]
        void transact(Persist request, long timeoutMs, Consumer<Object> committed, IntConsumer failed);

        /// From one event loop to another, in order.
        void hop(Runnable task);

        void in(long ms, Runnable task);

        void admitted(Session session, long client);

        void noted(EventKind kind, long client);

        void exits(String why);
    }

    /// Small ones, so that they are reached.
    ///
    /// @param readFramesMax frames that one read brings
    public record Bounds(
            int intakes,
            int windowReports,
            int queueReports,
            int batchReports,
            int writtenReportsMax,
            int readFramesMax,
            long retryMsMax,
            long silenceMs,
            long idleMs) {}

    private record Hello(Message.Hello message, long connection, Consumer<Local.Admitted> yes, Refusal no) {}

    @FunctionalInterface
    private interface Refusal {
        void because(String reason, boolean forGood);
    }

    private static final class Loop {
        final Intake intake;
        final Deque<Intake.Event> events = new ArrayDeque<>();
        boolean telling;
        boolean drained;
        /// Reports that were told, and of which neither a commit nor its refusal has come back.
        int reports;
        int storing;

        Loop(Intake intake) {
            this.intake = intake;
        }
    }

    private final World world;
    private final Bounds bounds;
    private final RandomGenerator random;
    private final Roster roster;
    private final Writers<Loop> writers;
    private final List<Loop> loops = new ArrayList<>();
    private final Map<ClientId, Deque<Hello>> arriving = new HashMap<>();
    private final List<Hello> waitingForRun = new ArrayList<>();
    private final Deque<Persist.Notice> notices = new ArrayDeque<>();
    private final Map<Long, Persist.ClientUpdate> updates = new LinkedHashMap<>();
    private final Deque<Local.Ended> ends = new ArrayDeque<>();
    private final Deque<Persist.CloseRun> closes = new ArrayDeque<>();
    private final List<Runnable> whenWritten = new ArrayList<>();
    private boolean opening;
    private boolean writing;
    private long closingRun;
    private boolean listening;
    private boolean stopping;
    private boolean closing;

    public SimulatedServer(World world, Bounds bounds, RandomGenerator random) {
        this.world = world;
        this.bounds = bounds;
        this.random = random;
        this.roster = new Roster(bounds.idleMs(), false, world.nowMs());
        this.writers =
                new Writers<>(new WriteQueue<>(bounds.writtenReportsMax(), 64 << 20, bounds.retryMsMax()), WRITERS);
        TcpLimits limits = new TcpLimits(
                1 << 20,
                5_000,
                bounds.silenceMs(),
                bounds.windowReports(),
                bounds.queueReports(),
                bounds.batchReports());
        for (int i = 0; i < bounds.intakes(); i++) {
            loops.add(new Loop(new Intake(limits, "simulated", Optional.empty())));
        }
    }

    public void start() {
        ask(
                new Persist.FindLeftOpen("host", "tcp"),
                left -> {
                    roster.resumed((Persist.LeftOpen) left, world.nowMs());
                    listening = true;
                    tick();
                },
                _ -> world.exits("no database"));
    }

    public boolean listening() {
        return listening;
    }

    /// In the order of the verticles: TCP, roster, persistence.
    public void stop() {
        stopping = true;
        listening = false;
        loops.forEach(loop -> tell(loop, new Intake.Event.Drain()));
        world.in(STOP_MS_MAX, this::closeRuns);
        checkDrained();
    }

    public void accept(long connection) {
        tell(loop(connection), new Intake.Event.Opened(connection, Optional.empty()));
    }

    public void said(long connection, Message message) {
        Loop loop = loop(connection);
        if (message instanceof Message.Numbered) {
            loop.reports++;
        }
        tell(loop, new Intake.Event.Of(connection, new Conversation.Event.Said(message, digest(message))));
    }

    /// Equal for equal content, and never 0.
    private static long digest(Message message) {
        int hash = message instanceof Message.Numbered(long _, Report.Interval interval)
                ? Objects.hash(message, interval.bytes())
                : message.hashCode();
        return 1L << 32 | hash & 0xFFFF_FFFFL;
    }

    public void read(long connection, boolean midFrame) {
        tell(loop(connection), new Intake.Event.Of(connection, new Conversation.Event.Read(midFrame)));
    }

    public void closed(long connection, String reason) {
        tell(loop(connection), new Intake.Event.Closed(connection, reason));
    }

    /// @return whether somebody is known who was not before
    public boolean heard(Heartbeat beat) {
        int before = roster.members().size();
        act(roster.heard(beat, world.nowMs(), world.wallMs()));
        return roster.members().size() != before;
    }

    /// Reports that were taken from connections and are not committed: with the bounds kept, no more than
    /// [#waitingReportsMax] at any one event loop.
    public int waitingReports() {
        return loops.stream().mapToInt(loop -> loop.reports).max().orElse(0);
    }

    /// What waits when reading stops, what the last read still brings, and the batch under way.
    public int waitingReportsMax() {
        return bounds.queueReports() + bounds.readFramesMax() + bounds.batchReports();
    }

    private void tick() {
        loops.forEach(loop -> tell(loop, new Intake.Event.Tick()));
        if (!closing) {
            act(roster.tick(world.nowMs()));
        }
        world.in(TICK_MS, this::tick);
    }

    private Loop loop(long connection) {
        return loops.get((int) (connection % loops.size()));
    }

    private void tell(long connection, Conversation.Event event) {
        tell(loop(connection), new Intake.Event.Of(connection, event));
    }

    /// As the verticle does: what an action leads to at once waits until all actions are carried out.
    private void tell(Loop loop, Intake.Event event) {
        loop.events.add(event);
        if (loop.telling) {
            return;
        }
        loop.telling = true;
        for (Intake.Event next = loop.events.poll(); next != null; next = loop.events.poll()) {
            loop.intake.on(next, world.nowMs(), action -> carryOut(loop, action));
        }
        loop.telling = false;
    }

    private void carryOut(Loop loop, Intake.Action action) {
        switch (action) {
            case Intake.Action.On a -> on(a.connection(), a.action());
            case Intake.Action.Soon _ -> world.hop(() -> tell(loop, new Intake.Event.Turned()));
            case Intake.Action.Store a -> {
                loop.storing = a.reports().size();
                world.hop(() -> tell(new Writers.Event.Ask<>(loop, new Persist.Reports(a.reports()).reports())));
            }
            case Intake.Action.Quarantine _ -> throw new IllegalStateException("every report fits its table");
            case Intake.Action.Committed _ -> {}
            case Intake.Action.Started a ->
                world.hop(() -> roster.started(a.client(), a.report().target().path()));
            case Intake.Action.Ended a ->
                world.hop(() -> ended(new Local.Ended(a.run(), a.client(), a.clientId(), a.report())));
            case Intake.Action.Delivered a -> {
                TreeSet<Long> clients = new TreeSet<>(a.clients()); // the order of a Set.copyOf differs between JVMs
                world.hop(() -> act(roster.delivered(clients, world.nowMs(), world.wallMs())));
            }
            case Intake.Action.Left a ->
                world.hop(() -> act(roster.disconnected(a.client(), a.connection(), a.reason(), world.nowMs())));
            case Intake.Action.Gone _ -> {}
            case Intake.Action.Drained _ -> {
                loop.drained = true;
                checkDrained();
            }
        }
    }

    private void on(long connection, Conversation.Action action) {
        switch (action) {
            case Conversation.Action.Admit a ->
                world.hop(() -> admit(new Hello(
                        a.hello(),
                        connection,
                        as -> world.hop(() -> tell(connection, new Conversation.Event.Admitted(as))),
                        (why, forGood) ->
                                world.hop(() -> tell(connection, new Conversation.Event.NotAdmitted(why, forGood))))));
            case Conversation.Action.Say a -> world.say(connection, a.message());
            case Conversation.Action.Read a -> world.read(connection, a.on());
            case Conversation.Action.Refuse a -> {
                world.say(connection, new Message.Refused(a.reason()));
                world.end(connection);
            }
            case Conversation.Action.Cut _ -> world.end(connection);
            case Conversation.Action.Take _ -> throw new IllegalStateException("not for a socket: " + action);
        }
    }

    private void tell(Writers.Event<Loop> event) {
        writers.on(event, world.nowMs(), this::carryOut);
    }

    private void carryOut(Writers.Action<Loop> action) {
        switch (action) {
            case Writers.Action.Write<Loop> a ->
                world.transact(
                        new Persist.Reports(a.batch().reports()),
                        TRANSACTION_MS_MAX,
                        stored -> tell(new Writers.Event.Written<>(a.batch(), (Persist.Stored) stored)),
                        code -> tell(new Writers.Event.Failed<>(a.batch(), code, "away")));
            case Writers.Action.Reply<Loop> a ->
                world.hop(() -> {
                    a.ticket().reports -= a.ticket().storing;
                    tell(a.ticket(), new Intake.Event.Stored(a.stored().declined()));
                });
            case Writers.Action.Fail<Loop> a ->
                world.hop(() -> tell(a.ticket(), new Intake.Event.NotStored(a.code(), a.reason())));
            case Writers.Action.WakeAt<Loop> a ->
                world.in(Math.max(1, a.ms() - world.nowMs()), () -> tell(new Writers.Event.Wake<>()));
        }
    }

    private void ended(Local.Ended m) {
        ClientState outcome = m.report().outcome();
        act(roster.ended(m.run(), m.client(), outcome, m.report().reason(), world.nowMs()));
        ends.add(m);
        write();
    }

    private void act(List<Roster.Action> actions) {
        for (Roster.Action action : actions) {
            switch (action) {
                case Roster.Action.Note a -> {
                    world.noted(a.kind(), a.client().orElse(0L));
                    notices.add(new Persist.Notice(a.run(), a.client(), world.wallMs(), a.kind(), a.detail()));
                    write();
                }
                case Roster.Action.Save a -> {
                    updates.put(a.update().client(), a.update());
                    write();
                }
                case Roster.Action.Tell a ->
                    world.hop(() -> tell(a.connection(), new Conversation.Event.Tell(a.message())));
                case Roster.Action.Disconnect a ->
                    world.hop(() -> tell(a.connection(), new Conversation.Event.Dismissed(a.reason())));
                case Roster.Action.CloseRun a -> {
                    closes.add(new Persist.CloseRun(a.run(), world.wallMs()));
                    write();
                }
                case Roster.Action.Exit a ->
                    written(() -> {
                        if (roster.mayExit()) {
                            world.exits(a.reason());
                        }
                    });
            }
        }
    }

    private void checkDrained() {
        if (stopping && loops.stream().allMatch(loop -> loop.drained)) {
            closeRuns();
        }
    }

    private void closeRuns() {
        if (closing) {
            return;
        }
        closing = true;
        world.endAll();
        act(roster.closeRuns(world.nowMs()));
        written(() -> world.exits("stopped"));
        world.in(STOP_MS_MAX, () -> world.exits("stopped before all was written"));
    }

    // What follows is decided beside the event loop in production, too: hellos of one client one after the other.

    private void admit(Hello hello) {
        roster.arriving();
        Deque<Hello> line = arriving.computeIfAbsent(hello.message().session().clientId(), _ -> new ArrayDeque<>());
        line.add(hello);
        if (line.size() == 1) {
            next(hello);
        }
    }

    private void next(Hello hello) {
        Optional<String> refusal = roster.refusal(hello.message(), world.nowMs());
        if (refusal.isPresent()) {
            refuse(hello, refusal.get(), true);
        } else if (hello.message().run().isPresent()) {
            ask(
                    new Persist.FindRun(hello.message().run().get()),
                    run -> {
                        if (closing(((Persist.RunRow) run).run())) {
                            written(() -> next(hello));
                        } else {
                            into((Persist.RunRow) run, hello);
                        }
                    },
                    code -> refuse(hello, "run not found", code == Persist.NOT_FOUND));
        } else if (roster.openRun().isPresent()) {
            into(roster.openRun().get(), hello);
        } else {
            waitingForRun.add(hello);
            openRun();
        }
    }

    private void openRun() {
        if (opening) {
            return;
        }
        opening = true;
        ask(
                new Persist.OpenRun(new UUID(random.nextLong(), random.nextLong()), "host", "simulated", "{}"),
                run -> {
                    roster.runOpened((Persist.RunRow) run);
                    opened(hello -> into((Persist.RunRow) run, hello));
                },
                _ -> opened(hello -> refuse(hello, "no run", false)));
    }

    private void opened(Consumer<Hello> answer) {
        opening = false;
        List<Hello> waiting = List.copyOf(waitingForRun);
        waitingForRun.clear();
        waiting.forEach(answer);
    }

    private void into(Persist.RunRow run, Hello hello) {
        Message.Hello m = hello.message();
        ask(
                new Persist.AdmitClient(
                        run.run(),
                        m.session(),
                        m.instance(),
                        m.late(),
                        m.host(),
                        m.plan(),
                        m.heartbeatMs() / 1000.0,
                        Authentication.LOOPBACK),
                reply -> {
                    Persist.Admission admission = (Persist.Admission) reply;
                    world.admitted(m.session(), admission.row().client());
                    act(roster.connected(run, admission.row(), m, hello.connection(), world.nowMs(), world.wallMs()));
                    hello.yes()
                            .accept(new Local.Admitted(
                                    run.uuid(), run.run(), admission.row().client(), admission.committed()));
                    answered(hello);
                },
                code -> {
                    if (code != Persist.REFUSED) {
                        roster.perhapsAdmitted(run);
                    }
                    refuse(
                            hello,
                            code == Persist.REFUSED ? "was started again later" : "the database is away",
                            code == Persist.REFUSED || code == Persist.UNSTORABLE);
                });
    }

    private void refuse(Hello hello, String why, boolean forGood) {
        hello.no().because(why, forGood);
        answered(hello);
    }

    private void answered(Hello hello) {
        roster.arrived();
        ClientId id = hello.message().session().clientId();
        Deque<Hello> line = arriving.get(id);
        line.poll();
        if (line.isEmpty()) {
            arriving.remove(id);
        } else {
            next(line.peek());
        }
    }

    // The journal: one request under way, and again until it succeeds.

    private void written(Runnable then) {
        if (writing) {
            whenWritten.add(then);
        } else {
            then.run();
        }
    }

    private void write() {
        if (!writing) {
            writing = true;
            world.hop(this::nextWrite);
        }
    }

    private boolean closing(long run) {
        return closingRun == run || closes.stream().anyMatch(close -> close.run() == run);
    }

    private void nextWrite() {
        closingRun = 0;
        if (!notices.isEmpty()) {
            Persist.Notices all = new Persist.Notices(List.copyOf(notices));
            notices.clear();
            write(all, _ -> {});
        } else if (!updates.isEmpty()) {
            Persist.Presence all = new Persist.Presence(List.copyOf(updates.values()));
            updates.clear();
            write(all, _ -> {});
        } else if (!ends.isEmpty()) {
            Local.Ended end = ends.poll();
            write(new Persist.Prove(end.client()), proof -> proven(end, (Persist.Completeness) proof));
        } else if (!closes.isEmpty()) {
            Persist.CloseRun close = closes.poll();
            closingRun = close.run();
            write(close, _ -> {});
        } else {
            writing = false;
            List<Runnable> done = List.copyOf(whenWritten);
            whenWritten.clear();
            done.forEach(Runnable::run);
        }
    }

    private void proven(Local.Ended end, Persist.Completeness proof) {
        if (!proof.complete()) {
            act(List.of(new Roster.Action.Note(
                    end.run(), Optional.of(end.client()), end.clientId(), EventKind.REPORTS_MISSING, "")));
        }
    }

    private void write(Persist request, Consumer<Object> then) {
        ask(
                request,
                result -> {
                    then.accept(result);
                    nextWrite();
                },
                code -> {
                    if (code == Persist.UNAVAILABLE) {
                        world.in(JOURNAL_RETRY_MS, () -> write(request, then));
                    } else {
                        nextWrite();
                    }
                });
    }

    /// A transaction that is tried again while the database is away, for a while.
    private void ask(Persist request, Consumer<Object> committed, IntConsumer failed) {
        attempt(request, world.nowMs() + bounds.retryMsMax(), WriteQueue.BACKOFF_MS_MIN, committed, failed);
    }

    private void attempt(
            Persist request, long untilMs, long backoffMs, Consumer<Object> committed, IntConsumer failed) {
        boolean looksAtAll = request instanceof Persist.Prove || request instanceof Persist.CloseRun;
        world.transact(request, looksAtAll ? LONG_TRANSACTION_MS_MAX : TRANSACTION_MS_MAX, committed, code -> {
            if (code != Persist.UNAVAILABLE || stopping || world.nowMs() >= untilMs) {
                failed.accept(code);
                return;
            }
            long nextMs = Math.min(2 * backoffMs, WriteQueue.BACKOFF_MS_MAX);
            world.in(backoffMs, () -> attempt(request, untilMs, nextMs, committed, failed));
        });
    }
}
