package io.plimsoll.simulation;

import io.plimsoll.model.ClientState;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.server.Persist;
import io.plimsoll.server.SimulatedLedger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// The database as its schema and the statements of the server make it: transactions that commit at times of their own,
/// whose outcome may stay unknown; it hangs, it stops at once and comes back. What is committed is never lost.
final class SimulatedDatabase {
    private static final long STEP_US_MAX = 4_000;

    /// What makes a session's rows its own.
    private record Key(long run, String clientId, long bootEpoch) {}

    static final class Run {
        final long run;
        final UUID uuid;
        String state = "open";
        /// It is open again where clients come back to it, deliver late, or end after it was closed.
        boolean closedBefore;

        Run(long run, UUID uuid) {
            this.run = run;
            this.uuid = uuid;
        }
    }

    static final class Client {
        final long client;
        final long run;
        final Session session;
        final UUID instance;
        final long heartbeatMs;
        final long madeAtUs;
        final List<Report> reports = new ArrayList<>();
        final List<Long> digests = new ArrayList<>();
        ClientState state = ClientState.ALIVE;
        Persist.HeartbeatCounts heartbeats = new Persist.HeartbeatCounts(0, 0, 0);
        long lastSeenAtMs;
        Optional<Long> lastSequence = Optional.empty();
        /// When a later session of the same client id was admitted.
        long fencedAtUs = Long.MAX_VALUE;

        int present;
        int committed;

        Client(long client, long run, Session session, UUID instance, long heartbeatMs, long madeAtUs) {
            this.client = client;
            this.run = run;
            this.session = session;
            this.instance = instance;
            this.heartbeatMs = heartbeatMs;
            this.madeAtUs = madeAtUs;
        }

        Report report(long sequence) {
            return sequence <= reports.size() ? reports.get((int) sequence - 1) : null;
        }

        private boolean complete() {
            return lastSequence.filter(last -> last == present).isPresent();
        }
    }

    /// Told what is committed, in the transaction.
    interface Witness {
        void committed(Client client, long sequence, Report report);

        void altered(Client client, long sequence, Report first, Report second);
    }

    private static final class FailureException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final int code;

        FailureException(int code) {
            super(null, null, false, false);
            this.code = code;
        }
    }

    private final Agenda agenda;
    private final SplittableRandom random;
    private final Witness witness;
    private final List<Run> runs = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final Map<Key, Client> byKey = new HashMap<>();
    private long hungUntilUs;
    private long downUntilUs;
    private long starts;
    private int failPercent;
    private int unknownPercent;

    SimulatedDatabase(Agenda agenda, SplittableRandom random, Witness witness) {
        this.agenda = agenda;
        this.random = random;
        this.witness = witness;
    }

    List<Run> runs() {
        return runs;
    }

    List<Client> clients() {
        return clients;
    }

    /// Nothing goes on until then; what was begun goes on afterwards.
    void hang(long untilUs) {
        hungUntilUs = Math.max(hungUntilUs, untilUs);
    }

    /// What was not committed is rolled back.
    void stop(long untilUs) {
        starts++;
        downUntilUs = Math.max(downUntilUs, untilUs);
    }

    /// @param fail transactions of a hundred that are rolled back
    /// @param unknown transactions of a hundred that are committed and whose connection breaks before the answer
    void errors(int fail, int unknown) {
        failPercent = fail;
        unknownPercent = unknown;
    }

    /// Answers in `by`, unless that died meanwhile; what was begun goes on without it.
    void transact(
            SimulatedProcess by, Persist request, long timeoutMs, Consumer<Object> committed, IntConsumer failed) {
        new Transaction(by, request, agenda.nowUs() + timeoutMs * 1_000, committed, failed).begin();
    }

    private final class Transaction {
        private final SimulatedProcess by;
        private final Persist request;
        private final long deadlineUs;
        private final Consumer<Object> committed;
        private final IntConsumer failed;
        private long beganUs;
        private long start;
        private boolean answered;

        Transaction(
                SimulatedProcess by, Persist request, long deadlineUs, Consumer<Object> committed, IntConsumer failed) {
            this.by = by;
            this.request = request;
            this.deadlineUs = deadlineUs;
            this.committed = committed;
            this.failed = failed;
        }

        void begin() {
            if (agenda.nowUs() < downUntilUs) {
                fail(Persist.UNAVAILABLE, 100);
                return;
            }
            start = starts;
            beganUs = agenda.nowUs() + 1 + random.nextLong(STEP_US_MAX);
            agenda.at(beganUs + 1 + random.nextLong(STEP_US_MAX), this::commit);
        }

        private void commit() {
            if (start != starts) {
                fail(Persist.UNAVAILABLE, 0);
            } else if (agenda.nowUs() < hungUntilUs) {
                if (deadlineUs < hungUntilUs) {
                    fail(Persist.UNAVAILABLE, Math.max(0, deadlineUs - agenda.nowUs()));
                }
                agenda.at(hungUntilUs + random.nextLong(STEP_US_MAX), this::commit);
            } else if (answered && random.nextBoolean() || random.nextInt(100) < failPercent) {
                fail(Persist.UNAVAILABLE, 0); // cancelled when the one who waited went away, or refused
            } else {
                try {
                    Object result = execute(request, beganUs);
                    if (random.nextInt(100) < unknownPercent) {
                        fail(Persist.UNAVAILABLE, 0);
                    } else {
                        answer(() -> committed.accept(result), 1 + random.nextLong(STEP_US_MAX));
                    }
                } catch (FailureException e) {
                    fail(e.code, 0);
                }
            }
        }

        private void fail(int code, long us) {
            answer(() -> failed.accept(code), us);
        }

        private void answer(Runnable answer, long us) {
            if (!answered) {
                answered = true;
                by.in(us, answer);
            }
        }
    }

    private Object execute(Persist request, long beganUs) {
        return switch (request) {
            case Persist.OpenRun r -> open(r);
            case Persist.FindRun r -> find(r.uuid());
            case Persist.FindLeftOpen _ -> leftOpen();
            case Persist.AdmitClient r -> admit(r, beganUs);
            case Persist.Reports r -> store(r.reports(), beganUs);
            case Persist.Quarantine _ -> throw new IllegalStateException("every report fits its table");
            case Persist.Notices _ -> null;
            case Persist.Presence r -> presence(r);
            case Persist.Prove r -> {
                Client client = client(r.client());
                yield new Persist.Completeness(client.client, client.lastSequence, client.present);
            }
            case Persist.CloseRun r -> close(r.run());
        };
    }

    private Persist.RunRow open(Persist.OpenRun r) {
        if (runs.stream().noneMatch(run -> run.uuid.equals(r.uuid()))) {
            runs.add(new Run(runs.size() + 1, r.uuid()));
        }
        return find(r.uuid());
    }

    private Persist.RunRow find(UUID uuid) {
        for (Run run : runs) {
            if (run.uuid.equals(uuid)) {
                return new Persist.RunRow(run.run, uuid, !run.closedBefore);
            }
        }
        throw new FailureException(Persist.NOT_FOUND);
    }

    private Persist.LeftOpen leftOpen() {
        List<Persist.RunRow> open = runs.stream()
                .filter(run -> run.state.equals("open"))
                .map(run -> new Persist.RunRow(run.run, run.uuid, !run.closedBefore))
                .toList();
        List<Persist.LeftClient> left = clients.stream()
                .filter(c -> !c.state.ended() && runs.get((int) c.run - 1).state.equals("open"))
                .map(c -> new Persist.LeftClient(c.run, row(c), c.session, "host", c.heartbeatMs, c.lastSeenAtMs))
                .toList();
        return new Persist.LeftOpen(open, left);
    }

    /// It fences whom it saw when it began: one whose commit comes late fences no later session.
    private Persist.Admission admit(Persist.AdmitClient r, long beganUs) {
        Key key = new Key(r.run(), r.session().clientId().value(), r.session().bootEpoch());
        Client client = byKey.get(key);
        if (client == null) {
            long heartbeatMs = Math.round(r.heartbeatSeconds() * 1_000);
            client = new Client(clients.size() + 1, r.run(), r.session(), r.instance(), heartbeatMs, agenda.nowUs());
            clients.add(client);
            byKey.put(key, client);
        } else if (!r.late() && (client.fencedAtUs < Long.MAX_VALUE || !client.instance.equals(r.instance()))) {
            throw new FailureException(Persist.REFUSED);
        }
        if (!r.late()) {
            for (Client former : clients.subList(0, (int) client.client - 1)) {
                if (former.session.clientId().equals(r.session().clientId()) && former.madeAtUs < beganUs) {
                    former.fencedAtUs = Math.min(former.fencedAtUs, agenda.nowUs());
                }
            }
        }
        runs.get((int) r.run() - 1).state = "open";
        return new Persist.Admission(row(client), client.committed);
    }

    private static Persist.ClientRow row(Client c) {
        return new Persist.ClientRow(c.client, c.state, c.heartbeats);
    }

    /// All or none. Whoever writes the same keys at the same time is waited for, and then seen; a fence is seen only
    /// where it was there when the statement began.
    private Persist.Stored store(List<Persist.Numbered> reports, long beganUs) {
        return SimulatedLedger.write(
                reports,
                new SimulatedLedger.Table() {
                    @Override
                    public boolean enter(Persist.Numbered r) {
                        Client client = client(r.client());
                        return client.report(r.sequence()) == null && (r.late() || client.fencedAtUs >= beganUs);
                    }

                    @Override
                    public OptionalLong digest(long number, long sequence) {
                        Client client = client(number);
                        return client.report(sequence) == null
                                ? OptionalLong.empty()
                                : OptionalLong.of(client.digests.get((int) sequence - 1));
                    }
                },
                this::insert,
                r -> {
                    Client client = client(r.client());
                    witness.altered(client, r.sequence(), client.report(r.sequence()), r.report());
                });
    }

    private void insert(Persist.Numbered r) {
        Client client = client(r.client());
        int at = (int) r.sequence() - 1;
        while (client.reports.size() <= at) {
            client.reports.add(null);
            client.digests.add(0L);
        }
        client.reports.set(at, r.report());
        client.digests.set(at, r.digest());
        client.present++;
        while (client.report(client.committed + 1) != null) {
            client.committed++;
        }
        if (r.report() instanceof Report.RunEnded ended) {
            client.state = ended.outcome();
            client.lastSequence = Optional.of(ended.lastSequence());
            runs.get((int) client.run - 1).state = "open";
        }
        witness.committed(client, r.sequence(), r.report());
    }

    private Object presence(Persist.Presence r) {
        for (Persist.ClientUpdate update : r.updates()) {
            Client client = client(update.client());
            client.state = client.state.ended() ? client.state : update.state();
            client.lastSeenAtMs = Math.max(client.lastSeenAtMs, update.lastSeenAtMs());
            client.heartbeats = update.heartbeats();
        }
        return null;
    }

    private Object close(long number) {
        Run run = runs.get((int) number - 1);
        run.state = "complete";
        run.closedBefore = true;
        boolean any = false;
        for (Client c : clients) {
            if (c.run == number) {
                any = true;
                switch (c.state) {
                    case LOST, FAILED, REJECTED -> {
                        run.state = "failed";
                        return null;
                    }
                    case FINISHED -> run.state = c.complete() ? run.state : "incomplete";
                    case ALIVE, SUSPECT, INTERRUPTED -> run.state = "incomplete";
                }
            }
        }
        run.state = any ? run.state : "incomplete";
        return null;
    }

    private Client client(long number) {
        return clients.get((int) number - 1);
    }
}
