package io.plimsoll.simulation;

import io.plimsoll.client.SimulatedClient;
import io.plimsoll.model.Calibration;
import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.model.TargetFacts;
import io.plimsoll.server.Persist;
import io.plimsoll.server.SimulatedServer;
import io.plimsoll.simulation.SimulatedNetwork.Link;
import io.plimsoll.wire.Heartbeat;
import io.plimsoll.wire.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongFunction;

/// Clients, a server, its database and the network between them in virtual time, on one thread: one seed, one story.
///
/// In the *chaos* the [Nemesis] does what it can, and what is promised at any time is checked at every step. Then all
/// is
/// *healed*, and what is promised to happen in the end must happen within [#HEALED_US_MAX].
///
/// A client that is killed leaves what its spool has on disk, and somebody delivers it late; who is fenced is decided
/// where sessions are admitted, in [SimulatedDatabase].
public final class Simulation {
    private static final long SECOND_US = 1_000_000;
    private static final long HEALED_US_MAX = 240 * SECOND_US;
    private static final long WALL_MS = 1_795_000_000_000L;
    private static final long TICK_US = 250_000;
    private static final long APPEND_US_MAX = 4 * SECOND_US;
    /// One seed of so many has its messages encoded and decoded.
    private static final int CODED_ONE_OF = 100;

    private static final byte[] NO_HISTOGRAM = {};
    private static final TargetFacts TARGET = new TargetFacts("/x", "/", "ext4", "", "", "", "", "", 1, 1);

    private final long seed;
    private final Consumer<String> trace;
    private final SplittableRandom random;
    private final Agenda agenda = new Agenda();
    private final SimulatedNetwork network;
    private final SimulatedDatabase database;
    private final Host[] hosts;
    private final Map<Session, History> histories = new HashMap<>();
    private final SimulatedServer.Bounds bounds;
    private final Nemesis nemesis;
    private final long heartbeatMs;
    private final int reportsMax;
    private final long gapUsMax;
    private final int keptReportsMax;
    private final long chaosUs;
    private Server server;
    private int submissions;
    private int orderlyStops;
    private int lossPercent;
    private boolean healing;
    private boolean over;
    private long serverWallOffsetMs;
    private long disturbedUntilUs;

    /// @return what was broken; empty where all was kept
    public static Optional<String> run(long seed) {
        return run(seed, null);
    }

    /// @param trace told everything that happens, or null
    public static Optional<String> run(long seed, Consumer<String> trace) {
        try {
            new Simulation(seed, trace).run();
            return Optional.empty();
        } catch (ViolationException e) {
            return Optional.of(e.getMessage());
        } catch (RuntimeException e) {
            StackTraceElement[] at = e.getStackTrace();
            return Optional.of(e + (at.length == 0 ? "" : " at " + at[0]));
        }
    }

    private Simulation(long seed, Consumer<String> trace) {
        this.seed = seed;
        this.trace = trace;
        this.random = new SplittableRandom(seed);
        this.network = new SimulatedNetwork(agenda, random, 3, Math.floorMod(seed, CODED_ONE_OF) == 0);
        this.database = new SimulatedDatabase(agenda, random, new Committed());
        this.hosts = new Host[1 + random.nextInt(3)];
        for (int i = 0; i < hosts.length; i++) {
            hosts[i] = new Host(i);
        }
        this.heartbeatMs = random.nextInt(3) == 0 ? 5_000 : 1_000;
        this.reportsMax = 5 + random.nextInt(40);
        this.gapUsMax = 1 + (1L << 12 + random.nextInt(9));
        this.keptReportsMax = random.nextInt(8) == 0 ? 10 : 1_000_000;
        this.chaosUs = SECOND_US * (5 + random.nextInt(50));
        int window = 1 + random.nextInt(12);
        this.bounds = new SimulatedServer.Bounds(
                1 + random.nextInt(2),
                window,
                1 + random.nextInt(3 * window),
                1 + random.nextInt(12),
                1 + random.nextInt(30),
                SimulatedNetwork.READ_FRAMES_MAX,
                random.nextBoolean() ? Persist.RETRY_MS_MAX : 3_000,
                30_000,
                10_000);
        this.nemesis = new Nemesis(this, random, hosts.length);
    }

    private void run() {
        startServer();
        for (Host host : hosts) {
            after(random.nextLong(3 * SECOND_US), host::live);
        }
        nemesis.begin();
        agenda.at(chaosUs, this::heal);
        while (!over && agenda.nowUs() < chaosUs + HEALED_US_MAX && agenda.step()) {
            if (server != null && server.machine.waitingReports() > server.machine.waitingReportsMax()) {
                throw new ViolationException(server.machine.waitingReports() + " reports wait at one event loop");
            }
        }
        checkEnd();
    }

    private void heal() {
        healing = true;
        say("all is healed");
        database.errors(0, 0);
        lossPercent = 0;
        long noticedUs = agenda.nowUs() + Nemesis.UNNOTICED_US_MAX;
        disturbedUntilUs = Math.min(disturbedUntilUs, noticedUs);
        for (Host host : hosts) {
            host.disturbedUntilUs = Math.min(host.disturbedUntilUs, noticedUs);
            host.healed();
        }
        if (server == null) {
            after(SECOND_US, this::startServer);
        }
    }

    private void startServer() {
        if (server == null && !over) {
            say("server starts");
            server = new Server();
            server.machine.start();
        }
    }

    private void serverGone() {
        server = null;
        disturb(agenda.nowUs());
        if (healing && workDone() && database.runs().stream().noneMatch(run -> run.state.equals("open"))) {
            over = true; // a run that is left open is closed by the next server
        } else {
            after(SECOND_US / 5 + random.nextLong(5 * SECOND_US), this::startServer);
        }
    }

    private boolean workDone() {
        if (submissions > 0) {
            return false;
        }
        for (Host host : hosts) {
            if (host.life != null || host.livesLeft > 0) {
                return false;
            }
        }
        return true;
    }

    private void checkEnd() {
        for (Host host : hosts) {
            if (host.life != null) {
                host.life.history.require(
                        false,
                        "has not ended, acknowledged are " + host.life.history.acknowledged + " of "
                                + host.life.history.offered.size());
            }
        }
        if (!over) {
            throw new ViolationException("the server has not ended" + (submissions > 0 ? ", nor a submission" : ""));
        }
        for (History h : histories.values()) {
            h.require(h.kept <= h.committed(), "had " + h.kept + " on disk, committed are " + h.committed());
            if (h.end == History.End.ORDERLY) {
                h.require(
                        h.committed() == h.offered.size() && h.acknowledged == h.offered.size(),
                        "offered " + h.offered.size() + ", committed " + h.committed() + ", acknowledged "
                                + h.acknowledged);
            }
        }
        for (SimulatedDatabase.Run run : database.runs()) {
            String due = stateDue(run.run);
            if (!run.state.equals(due)) {
                throw new ViolationException("run " + run.run + " is " + run.state + " and should be " + due);
            }
        }
    }

    /// From what the clients did, not from what the server wrote about them. A session has a second row where a
    /// server admitted it to a run and stopped before it was welcomed: it does not know of that run.
    private String stateDue(long run) {
        boolean any = false;
        boolean incomplete = false;
        boolean failed = false;
        for (SimulatedDatabase.Client client : database.clients()) {
            if (client.run == run) {
                any = true;
                History h = histories.get(client.session);
                if (h.end == History.End.ORDERLY && h.row == client) {
                    Report.RunEnded last = (Report.RunEnded) h.offered.getLast();
                    h.require(client.state == last.outcome(), "is " + client.state + " after " + last);
                    failed |= last.outcome() == ClientState.FAILED;
                } else if (client.state == ClientState.LOST) {
                    failed = true;
                } else if (client.report(client.lastSequence.orElse(Long.MAX_VALUE)) instanceof Report.RunEnded e) {
                    failed |= e.outcome() == ClientState.FAILED;
                } else {
                    // who dies while no server is there that knows it is not missed by one, nor is a row that no
                    // client was ever told of
                    h.require(
                            orderlyStops > 0 || !h.welcomed || h.row != client,
                            "was killed and is " + client.state + " instead of lost");
                    incomplete = true;
                }
            }
        }
        return failed ? "failed" : incomplete || !any ? "incomplete" : "complete";
    }

    private long wallMs(long offsetMs) {
        return WALL_MS + agenda.nowUs() / 1_000 + offsetMs;
    }

    private void after(long us, Runnable task) {
        agenda.at(agenda.nowUs() + us, task);
    }

    private void say(String what) {
        if (trace != null) {
            trace.accept("%10.6f %s".formatted(agenda.nowUs() / 1e6, what));
        }
    }

    /// What goes wrong until then is nobody's fault.
    private void disturb(long untilUs) {
        disturbedUntilUs = Math.max(disturbedUntilUs, untilUs);
    }

    // What the nemesis may do.

    Agenda agenda() {
        return agenda;
    }

    SimulatedNetwork network() {
        return network;
    }

    SimulatedDatabase database() {
        return database;
    }

    boolean chaos() {
        return !healing;
    }

    long chaosUs() {
        return chaosUs;
    }

    void tell(String what) {
        say(what);
    }

    boolean tracing() {
        return trace != null;
    }

    void disturbAll(long untilUs) {
        disturb(untilUs);
    }

    void disturb(int host, long untilUs) {
        hosts[host].disturbedUntilUs = Math.max(hosts[host].disturbedUntilUs, untilUs);
    }

    void loseDatagrams(int percent) {
        lossPercent = percent;
    }

    void killClient(int host, boolean inSilence, boolean lossy) {
        Life life = hosts[host].life;
        if (life != null) {
            life.died(inSilence, lossy);
        }
    }

    void standStill(int host, long untilUs) {
        if (hosts[host].life != null) {
            hosts[host].life.process.standStillUntil(untilUs);
            hosts[host].life.stoodStillUntilUs = Math.max(hosts[host].life.stoodStillUntilUs, untilUs);
        }
    }

    void shiftClock(int host, long ms) {
        hosts[host].wallOffsetMs += ms;
    }

    void shiftServerClock(long ms) {
        serverWallOffsetMs += ms;
    }

    void killServer(boolean inSilence, boolean lossy) {
        if (server != null) {
            server.dies(inSilence, lossy);
        }
    }

    void stopServer() {
        if (server != null && server.machine.listening()) {
            orderlyStops++;
            server.machine.stop();
        }
    }

    void serverStandsStill(long untilUs) {
        if (server != null) {
            server.process.standStillUntil(untilUs);
        }
    }

    void strayHeartbeat() {
        Session nobody = new Session(new ClientId("c" + random.nextInt(hosts.length)), WALL_MS - 1 - random.nextInt(9));
        deliver(new Heartbeat(nobody, 1 + random.nextInt(9), ClientPhase.WRITING, false, 0, 0));
    }

    private void deliver(Heartbeat beat) {
        Server to = server;
        if (to != null) {
            to.process.in(0, () -> {
                if (to.machine.heard(beat)) {
                    throw new ViolationException("a heartbeat of " + beat.session() + " made somebody known");
                }
            });
        }
    }

    /// One machine with a disk to measure, and the processes that run on it one after the other.
    private final class Host {
        final int number;
        final ClientId id;
        int livesLeft = 1 + random.nextInt(3);
        long wallOffsetMs;
        long disturbedUntilUs;
        long highestEpoch;
        History former;
        Life life;

        Host(int number) {
            this.number = number;
            this.id = new ClientId("c" + number);
        }

        /// Starts the process, or starts it again.
        void live() {
            if (life != null) {
                return;
            }
            long epoch = wallMs(wallOffsetMs);
            Session session = new Session(id, epoch);
            while (histories.containsKey(session)) {
                session = new Session(id, ++epoch);
            }
            life = new Life(this, session, new History(session, agenda.nowUs()), Optional.empty());
            histories.put(session, life.history);
            life.begin();
        }

        void healed() {
            // whoever set the clock back sets it right, or no later life would ever be let in
            wallOffsetMs = Math.max(wallOffsetMs, highestEpoch + 1 - wallMs(0));
        }

        /// The process is gone.
        ///
        /// @param again it did nothing yet, so that its user starts it once more
        void gone(boolean again) {
            former = life.history;
            highestEpoch = Math.max(highestEpoch, former.session.bootEpoch());
            life = null;
            livesLeft -= again ? 0 : 1;
            if (healing) {
                healed();
            }
            if (livesLeft > 0) {
                after(SECOND_US / 5 + random.nextLong(8 * SECOND_US), this::live);
            }
        }

        /// For how long nothing has been done to it.
        long quietUs() {
            return agenda.nowUs() - Math.max(disturbedUntilUs, Simulation.this.disturbedUntilUs);
        }
    }

    /// A client's process, or one that submits what a former one left.
    private final class Life implements SimulatedClient.World, SimulatedNetwork.End {
        final Host host;
        final History history;
        final SimulatedProcess process = new SimulatedProcess(agenda);
        final SimulatedClient machine;
        private final List<Message.Numbered> file;
        /// What the spool holds, and what it is about to hold: that may or may not survive a kill.
        private final List<Message.Numbered> spool = new ArrayList<>();

        private List<Message.Numbered> appending = List.of();
        private boolean spoolFailed;
        private long stoodStillUntilUs;
        private Link link;
        private UUID run;
        private boolean ending;
        private int toOffer = random.nextInt(reportsMax);
        private long beats;
        private long window;
        private long acknowledgedOnLink;
        private long lastOnLink;

        Life(Host host, Session session, History history, Optional<UUID> lateIn) {
            this(host, session, history, lateIn, List.of());
        }

        Life(Host host, Session session, History history, Optional<UUID> lateIn, List<Message.Numbered> file) {
            this.host = host;
            this.history = history;
            this.file = file;
            this.run = lateIn.orElse(null);
            this.machine = new SimulatedClient(
                    session,
                    new UUID(session.bootEpoch(), random.nextLong()),
                    heartbeatMs,
                    lateIn,
                    late() ? 1_000_000 : keptReportsMax,
                    random,
                    this);
        }

        private boolean late() {
            return !file.isEmpty();
        }

        private String name() {
            return (late() ? "late " : "") + host.id + "/" + (history.session.bootEpoch() - WALL_MS);
        }

        private void tell(String what) {
            say(name() + " " + what);
        }

        void begin() {
            if (trace != null) {
                tell("begins");
            }
            machine.begin();
            process.in(TICK_US, this::tick);
        }

        private void tick() {
            machine.tick();
            process.in(TICK_US, this::tick);
        }

        /// kill -9, or a power cut: what is in memory is lost, and what is in the spool is delivered by somebody.
        void died(boolean inSilence, boolean lossy) {
            tell("is killed");
            leave(inSilence, lossy);
            history.ended(History.End.KILLED, agenda.nowUs());
            checkKept();
            spool.addAll(appending.subList(0, random.nextInt(appending.size() + 1)));
            submit(spool);
            host.gone(false);
        }

        /// Two seconds, a tick and two appends after it was offered, a report is there or on disk.
        private void checkKept() {
            long keptUs = 2 * SECOND_US + 2 * TICK_US + 2 * APPEND_US_MAX;
            if (!spoolFailed && agenda.nowUs() - stoodStillUntilUs > keptUs) {
                long due = history.offeredBy(agenda.nowUs() - keptUs);
                history.require(
                        Math.max(history.acknowledged, history.kept) >= due,
                        "dies with " + due + " due on disk, where " + history.kept + " were");
            }
        }

        private void leave(boolean inSilence, boolean lossy) {
            process.die();
            network.died(this, inSilence, lossy);
        }

        private void offerNext() {
            if (ending) {
                return;
            }
            if (toOffer-- <= 0 || healing && random.nextInt(4) == 0) {
                end(ClientState.FINISHED);
                return;
            }
            long atMs = wallMs(host.wallOffsetMs);
            if (history.offered.isEmpty()) {
                offer(_ -> new Report.RunStarted(atMs, new Calibration(1, 1, 1), TARGET));
            } else {
                long bytes = random.nextLong(1L << 40);
                offer(n -> new Report.Interval(atMs, (int) n, 1_000_000_000, bytes, 1, 1, NO_HISTOGRAM));
            }
            process.in(random.nextLong(gapUsMax), this::offerNext);
        }

        private void end(ClientState outcome) {
            if (!ending) {
                ending = true;
                offer(n -> new Report.RunEnded(wallMs(host.wallOffsetMs), n, outcome, "", 0, 0, 0));
                machine.drain(outcome == ClientState.FINISHED ? 30_000 : 5_000);
            }
        }

        private void offer(LongFunction<Report> report) {
            machine.offer(n -> {
                Report made = report.apply(n);
                history.require(n == history.offered.size() + 1, "offers report " + n + " too early");
                history.offer(made, agenda.nowUs());
                return made;
            });
        }

        private void beat() {
            beats++;
            if (network.clearAtUs(SimulatedNetwork.SERVER, host.number) == agenda.nowUs()) {
                Heartbeat beat = new Heartbeat(history.session, beats, ClientPhase.WRITING, false, 0, 0);
                for (int copies = random.nextInt(16) == 0 && !healing ? 2 : 1; copies > 0; copies--) {
                    if (random.nextInt(100) >= lossPercent) {
                        after(network.latencyUs() * (1 + random.nextInt(4)), () -> deliver(beat));
                    }
                }
            }
            process.in(heartbeatMs * 1_000, this::beat);
        }

        @Override
        public long nowMs() {
            return agenda.nowUs() / 1_000;
        }

        @Override
        public void connect() {
            long clearUs = Math.max(
                    network.clearAtUs(SimulatedNetwork.SERVER, host.number),
                    network.clearAtUs(SimulatedNetwork.CLIENT, host.number));
            long us = clearUs - agenda.nowUs() + 2 * network.latencyUs();
            if (us >= 2 * SECOND_US) {
                process.in(2 * SECOND_US, () -> machine.connectFailed("timed out"));
            } else {
                process.in(us, this::connectedOrNot);
            }
        }

        private void connectedOrNot() {
            if (server == null || !server.machine.listening()) {
                machine.connectFailed("refused");
                return;
            }
            link = network.connect(host.number, this, server);
            if (trace != null) {
                tell("connects as " + link.number);
            }
            server.accepts(link);
            machine.connected();
        }

        @Override
        public boolean write(Message message) {
            return link != null && link.write(SimulatedNetwork.CLIENT, message);
        }

        @Override
        public void cut() {
            if (link != null) {
                link.end(SimulatedNetwork.CLIENT);
                link = null;
            }
        }

        @Override
        public SimulatedProcess process() {
            return process;
        }

        @Override
        public void said(Link from, Message message) {
            if (from != link) {
                return;
            }
            if (trace != null) {
                tell("hears " + message);
            }
            switch (message) {
                case Message.Ack ack -> {
                    history.require(ack.sequence() > acknowledgedOnLink, "is told twice of report " + ack.sequence());
                    acknowledgedOnLink = ack.sequence();
                    history.heardAcknowledged(ack.sequence());
                }
                case Message.Welcome welcome -> {
                    if (welcome.committed() > 0) {
                        history.heardAcknowledged(welcome.committed());
                    }
                    window = welcome.windowReports();
                    lastOnLink = late() ? file.getFirst().sequence() - 1 : welcome.committed();
                    acknowledgedOnLink = lastOnLink;
                }
                case Message.Hello _,
                        Message.Refused _,
                        Message.Numbered _,
                        Message.HeartbeatsHeard _,
                        Message.HeartbeatKey _,
                        Message.Stop _ -> {}
            }
            machine.heard(message);
        }

        @Override
        public void read(Link from, boolean midFrame) {}

        @Override
        public void closed(Link which, String why) {
            if (which == link) {
                if (trace != null) {
                    tell("finds " + which.number + " closed " + why);
                }
                link = null;
                machine.closed();
            }
        }

        @Override
        public void writable(Link which) {
            if (which == link) {
                machine.writable();
            }
        }

        @Override
        public void welcomed(Message.Welcome welcome) {
            boolean first = run == null || late() && beats == 0;
            run = welcome.run();
            if (!first) {
                return;
            }
            history.welcomed = true;
            if (late()) {
                beats = 1; // none will come
                file.forEach(machine::offer);
                machine.drain(20_000);
            } else {
                beat();
                process.in(random.nextLong(SECOND_US), this::offerNext);
            }
        }

        @Override
        public void sent(Message.Numbered report) {
            if (trace != null) {
                tell("sends " + report.sequence());
            }
            if (late() && lastOnLink == acknowledgedOnLink) {
                lastOnLink = Math.max(lastOnLink, report.sequence() - 1);
                acknowledgedOnLink = lastOnLink;
            }
            history.require(
                    report.sequence() == lastOnLink + 1,
                    "sends report " + report.sequence() + " where " + (lastOnLink + 1) + " is due");
            lastOnLink = report.sequence();
            long out = lastOnLink - acknowledgedOnLink;
            history.require(out <= window, "has " + out + " reports out, and may have " + window);
        }

        @Override
        public void away(String why) {
            if (trace != null) {
                tell("has lost the server: " + why);
            }
            history.require(
                    !why.startsWith("silent") || host.quietUs() < 25 * SECOND_US,
                    "waits for an answer that does not come");
        }

        @Override
        public void noServer(String why) {
            over("finds no server: " + why);
        }

        @Override
        public void refused(String reason) {
            history.require(!history.welcomed && !late() && justified(reason), "is refused: " + reason);
            over("is refused: " + reason);
        }

        /// Whether the refusal is one that the server must make: it cannot tell a dead process from a live one before
        /// heartbeats are missed.
        private boolean justified(String reason) {
            long patienceUs = 4 * heartbeatMs * 1_000 + 5 * SECOND_US;
            if (reason.contains("in use by a live client")) {
                return host.former != null
                        && Math.min(host.quietUs(), agenda.nowUs() - host.former.endedUs) < patienceUs;
            }
            return false;
        }

        private void over(String why) {
            if (trace != null) {
                tell(why);
            }
            leave(false, false);
            if (late()) {
                submitLater();
            } else {
                history.ended(History.End.KILLED, agenda.nowUs());
                host.gone(true);
            }
        }

        @Override
        public void append(List<Message.Numbered> reports) {
            appending = reports;
            long us = random.nextInt(8) == 0 ? APPEND_US_MAX : SECOND_US / 10;
            boolean fails = random.nextInt(50) == 0 && !healing;
            process.in(1 + random.nextLong(us), () -> {
                appending = List.of();
                if (fails) {
                    spoolFailed = true;
                    machine.spoolFailed("no space left");
                    return;
                }
                spool.addAll(reports);
                history.kept = Math.max(history.kept, reports.getLast().sequence());
                machine.synced();
            });
        }

        @Override
        public void forget(long upTo) {
            history.require(upTo <= history.acknowledged, "forgets " + upTo + " of " + history.acknowledged);
            spool.removeIf(report -> report.sequence() <= upTo);
        }

        @Override
        public void full() {
            process.in(0, () -> end(ClientState.FAILED));
        }

        @Override
        public void drained() {
            if (trace != null) {
                tell("has delivered all");
            }
            leave(false, false);
            if (late()) {
                submissions--;
            } else {
                history.ended(History.End.ORDERLY, agenda.nowUs());
                host.gone(false);
            }
        }

        @Override
        public void notDrained() {
            if (late()) {
                over("is not done in time");
                return;
            }
            List<Message.Numbered> unsent = machine.giveUp();
            if (trace != null) {
                tell("keeps " + unsent.size() + " in a file");
            }
            leave(false, false);
            history.ended(History.End.ORDERLY, agenda.nowUs());
            submit(unsent);
            host.gone(false);
        }

        private void submit(List<Message.Numbered> left) {
            if (!left.isEmpty()) {
                submissions++;
                new Life(host, history.session, history, Optional.of(run), List.copyOf(left)).submitLater();
            }
        }

        private void submitLater() {
            after(
                    SECOND_US + random.nextLong(9 * SECOND_US),
                    () -> new Life(host, history.session, history, Optional.of(run), file).begin());
        }
    }

    /// The server's process.
    private final class Server implements SimulatedServer.World, SimulatedNetwork.End {
        final SimulatedProcess process = new SimulatedProcess(agenda);
        final SimulatedServer machine;
        private final Map<Long, Link> links = new HashMap<>();
        private final long hopUs = 10 + random.nextInt(300);

        Server() {
            machine = new SimulatedServer(this, bounds, random);
        }

        void accepts(Link link) {
            links.put(link.number, link);
            process.in(0, () -> machine.accept(link.number));
        }

        void dies(boolean inSilence, boolean lossy) {
            Simulation.this.say("server is killed");
            process.die();
            network.died(this, inSilence, lossy);
            serverGone();
        }

        @Override
        public long nowMs() {
            return agenda.nowUs() / 1_000;
        }

        @Override
        public long wallMs() {
            return Simulation.this.wallMs(serverWallOffsetMs);
        }

        @Override
        public void say(long connection, Message message) {
            Link link = links.get(connection);
            if (message instanceof Message.Ack ack) {
                ((Life) link.client()).history.acknowledged(ack.sequence());
            }
            link.write(SimulatedNetwork.SERVER, message);
        }

        @Override
        public void read(long connection, boolean on) {
            links.get(connection).reading(SimulatedNetwork.SERVER, on);
        }

        @Override
        public void end(long connection) {
            Link link = links.get(connection);
            if (link.open(SimulatedNetwork.SERVER)) {
                if (trace != null) {
                    Simulation.this.say("server ends " + connection);
                }
                link.end(SimulatedNetwork.SERVER);
                process.in(network.latencyUs(), () -> machine.closed(connection, ""));
            }
        }

        @Override
        public void endAll() {
            List.copyOf(links.keySet()).forEach(this::end);
        }

        @Override
        public void transact(Persist request, long timeoutMs, Consumer<Object> committed, IntConsumer failed) {
            database.transact(process, request, timeoutMs, committed, failed);
        }

        @Override
        public void hop(Runnable task) {
            process.in(hopUs, task);
        }

        @Override
        public void in(long ms, Runnable task) {
            process.in(ms * 1_000, task);
        }

        @Override
        public void admitted(Session session, long client) {
            SimulatedDatabase.Client row = database.clients().get((int) client - 1);
            if (!row.session.equals(session)) {
                throw new ViolationException(session + " is admitted as " + row.session);
            }
        }

        @Override
        public void noted(EventKind kind, long client) {
            if (trace != null) {
                Simulation.this.say("server notes " + kind + (client == 0 ? "" : " of client " + client));
            }
            switch (kind) {
                case CLIENT_LOST -> lost(database.clients().get((int) client - 1).session);
                case CLIENT_FENCED -> fenced(database.clients().get((int) client - 1).session);
                case REPORTS_MISSING, REPORT_ALTERED ->
                    throw new ViolationException("server notes " + kind + " of client " + client);
                default -> {}
            }
        }

        private void fenced(Session session) {
            for (Host host : hosts) {
                if (host.life != null) {
                    host.life.history.require(
                            !host.life.history.session.equals(session), "is fenced while it is there");
                }
            }
        }

        private void lost(Session session) {
            for (Host host : hosts) {
                if (host.life != null && host.life.history.session.equals(session)) {
                    History h = host.life.history;
                    long quietUs = Math.min(host.quietUs(), agenda.nowUs() - h.beganUs);
                    h.require(quietUs < 4 * heartbeatMs * 1_000 + 10 * SECOND_US, "is called lost while it is there");
                }
            }
        }

        @Override
        public void exits(String why) {
            if (process.alive()) {
                Simulation.this.say("server exits: " + why);
                process.die();
                network.died(this, false, false);
                serverGone();
            }
        }

        @Override
        public SimulatedProcess process() {
            return process;
        }

        @Override
        public void said(Link link, Message message) {
            machine.said(link.number, message);
        }

        @Override
        public void read(Link link, boolean midFrame) {
            machine.read(link.number, midFrame);
        }

        @Override
        public void closed(Link link, String why) {
            machine.closed(link.number, why);
        }

        @Override
        public void writable(Link link) {}
    }

    private final class Committed implements SimulatedDatabase.Witness {
        @Override
        public void committed(SimulatedDatabase.Client client, long sequence, Report report) {
            if (trace != null) {
                say("committed " + client.session.clientId() + "/" + (client.session.bootEpoch() - WALL_MS) + " "
                        + sequence);
            }
            histories.get(client.session).committed(client, sequence, report);
        }

        @Override
        public void altered(SimulatedDatabase.Client client, long sequence, Report first, Report second) {
            histories.get(client.session).require(false, "report " + sequence + " came again as another one");
        }
    }
}
