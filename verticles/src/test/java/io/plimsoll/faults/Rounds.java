package io.plimsoll.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Rounds of faults over real processes: in each one something goes wrong for up to two seconds, is mended, and
/// all clients must be acknowledged something again. In the end everything is delivered, and what the clients
/// tell is joined with the database.
public final class Rounds {
    private static final long BACK_SECONDS_MAX = 90;
    private static final long GAP_US = 20_000;

    private enum Fault {
        SERVER_KILLED,
        POSTGRES_QUITS,
        CONNECTIONS_RESET,
        PARTITION,
        PARTITION_TO_SERVER,
        PARTITION_FROM_SERVER,
        SERVER_FROZEN,
        POSTGRES_FROZEN,
        CONNECTIONS_HALF_OPEN,
        FRAMES_CUT,
        SLOW_NETWORK;

        String words() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        }
    }

    /// @param firewall whether partitions are made of lost packets, in a network namespace of our own; else the
    /// proxies stall
    /// @param patient whether faults that a client takes 20 s to notice are among them
    public record Plan(int rounds, int clients, long seed, boolean firewall, boolean patient) {}

    private final Plan plan;
    private final Rig rig;
    private final Optional<Partitions> partitions;
    private final SplittableRandom random;
    private final Consumer<String> say;
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final List<Fault> toCome = new ArrayList<>();
    private long longestBackMs;

    private Rounds(Plan plan, Rig rig, Consumer<String> say) {
        this.plan = plan;
        this.rig = rig;
        this.partitions = plan.firewall() ? Optional.of(new Partitions(rig.tcpPort())) : Optional.empty();
        this.random = new SplittableRandom(plan.seed());
        this.say = say;
    }

    /// @param say told how it goes
    public static HistoryCheck.Verdict run(Path directory, Plan plan, Consumer<String> say) throws IOException {
        try (Rig rig = new Rig(directory, plan.seed(), Rig.untapped())) {
            return new Rounds(plan, rig, say).run();
        }
    }

    private HistoryCheck.Verdict run() throws IOException {
        rig.startServer();
        for (int i = 0; i < plan.clients(); i++) {
            rig.startClient(GAP_US);
        }
        rig.clients.forEach(Rig.HistoryProcess::awaitWelcome);
        for (int round = 1; round <= plan.rounds(); round++) {
            Fault fault = fault();
            counts.merge(fault, 1, Integer::sum);
            long ms = 300 + random.nextLong(1_700);
            List<Rig.HistoryProcess> hit = some();
            begin(fault, hit);
            Waits.ms(ms);
            end(fault, hit);
            long backMs = awaitAll();
            longestBackMs = Math.max(longestBackMs, backMs);
            say.accept("round %d: %s for %d ms, %d of %d clients; all are back after %d ms, %,d acknowledged"
                    .formatted(round, fault.words(), ms, hit.size(), rig.clients.size(), backMs, rig.acknowledged()));
            Waits.ms(random.nextLong(500));
        }
        rig.endClients();
        rig.stopServer();
        HistoryCheck.Verdict verdict = rig.check();
        verdict.shown().forEach(say);
        say.accept(counts.entrySet().stream()
                .map(e -> e.getValue() + " " + e.getKey().words())
                .collect(Collectors.joining(", ", "faults: ", "")));
        String state = rig.postgres
                .sql("select string_agg(state, ', ') from runs")
                .getFirst()
                .getFirst();
        say.accept("%d rounds, %d clients, seed %d: %s; all clients back %.1f s after a fault at the latest; run %s"
                .formatted(plan.rounds(), rig.clients.size(), plan.seed(), verdict, longestBackMs / 1e3, state));
        if (!state.equals("complete")) {
            throw new AssertionError("the run is " + state + " where every client ended and every report is there");
        }
        return verdict;
    }

    /// Each of them once, in any order, before one comes again.
    private Fault fault() {
        if (toCome.isEmpty()) {
            toCome.addAll(List.of(Fault.values()));
            if (!plan.patient()) {
                toCome.remove(Fault.CONNECTIONS_HALF_OPEN);
            }
        }
        return toCome.remove(random.nextInt(toCome.size()));
    }

    private List<Rig.HistoryProcess> some() {
        if (random.nextInt(3) == 0) {
            return rig.clients;
        }
        List<Rig.HistoryProcess> some = new ArrayList<>(rig.clients);
        while (some.size() > 1 && random.nextInt(4) > 0) {
            some.remove(random.nextInt(some.size()));
        }
        return some;
    }

    private void begin(Fault fault, List<Rig.HistoryProcess> hit) {
        switch (fault) {
            case SERVER_KILLED -> rig.server().kill();
            case POSTGRES_QUITS -> rig.postgres.quit();
            case CONNECTIONS_RESET -> hit.forEach(c -> c.tell("reset"));
            case PARTITION -> cut(hit, true, true);
            case PARTITION_TO_SERVER -> cut(hit, true, false);
            case PARTITION_FROM_SERVER -> cut(hit, false, true);
            case SERVER_FROZEN -> rig.server().signal("STOP");
            case POSTGRES_FROZEN -> rig.postgres.freeze();
            case CONNECTIONS_HALF_OPEN -> hit.forEach(c -> c.tell("half-open"));
            case FRAMES_CUT ->
                hit.forEach(
                        c -> c.tell("truncate " + (random.nextBoolean() ? "up " : "down ") + random.nextInt(2_000)));
            case SLOW_NETWORK -> hit.forEach(c -> c.tell(random.nextBoolean() ? "delay 150" : "bandwidth " + 20_000));
        }
    }

    private void cut(List<Rig.HistoryProcess> hit, boolean up, boolean down) {
        for (Rig.HistoryProcess client : hit) {
            partitions.ifPresentOrElse(
                    p -> p.cut(client.source, up, down),
                    () -> client.tell("stall" + (up ? " up" : "") + (down ? " down" : "")));
        }
    }

    private void end(Fault fault, List<Rig.HistoryProcess> hit) throws IOException {
        switch (fault) {
            case SERVER_KILLED -> rig.startServer();
            case POSTGRES_QUITS -> rig.postgres.start();
            case PARTITION, PARTITION_TO_SERVER, PARTITION_FROM_SERVER ->
                partitions.ifPresentOrElse(Partitions::heal, () -> hit.forEach(c -> c.tell("heal")));
            case SERVER_FROZEN -> rig.server().signal("CONT");
            case POSTGRES_FROZEN -> rig.postgres.thaw();
            case SLOW_NETWORK -> hit.forEach(c -> c.tell("heal"));
            case CONNECTIONS_RESET, CONNECTIONS_HALF_OPEN, FRAMES_CUT -> {}
        }
    }

    /// Until each client has been acknowledged something that was sent after the fault.
    private long awaitAll() {
        List<Long> before =
                rig.clients.stream().map(Rig.HistoryProcess::acknowledged).toList();
        return Waits.until(
                () -> {
                    for (int i = 0; i < before.size(); i++) {
                        if (rig.clients.get(i).acknowledged() <= before.get(i)) {
                            return false;
                        }
                    }
                    return true;
                },
                BACK_SECONDS_MAX,
                "every client is acknowledged something again");
    }
}
