package io.plimsoll.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Freezes Postgres: the server must go on counting heartbeats, block no event loop, hold whoever comes
/// meanwhile, and be as before soon after Postgres is back.
public final class HungPostgres {
    private static final int CLIENTS = 4;
    private static final long GAP_US = 20_000;
    private static final long INTERVAL_MS = 1_000;
    private static final String GROUP = "239.77.42.9";
    private static final String INTERFACE = "lo";
    private static final long BACK_MS_MAX = 5_000;
    private static final long CALM_MS = 5_000;

    private HungPostgres() {}

    public static boolean run(Path directory, int seconds, long seed, Consumer<String> say) throws IOException {
        try (Rig rig = new Rig(directory, seed, Rig.untapped())) {
            rig.startServer();
            for (int i = 0; i < CLIENTS; i++) {
                client(rig).awaitWelcome();
            }
            Waits.ms(CALM_MS);
            rig.postgres.freeze();
            Waits.ms(CALM_MS);
            Rig.HistoryProcess newcomer = client(rig);
            Waits.ms(TimeUnit.SECONDS.toMillis(seconds) - CALM_MS);
            long[] due = new long[CLIENTS];
            for (int i = 0; i < CLIENTS; i++) {
                due[i] = rig.clients.get(i).history().digests().size();
            }
            rig.postgres.thaw();
            long backMs = Waits.until(() -> caughtUp(rig, due), 60, "all that waited is acknowledged");
            newcomer.awaitWelcome();
            Waits.ms(CALM_MS);
            rig.endClients();
            rig.stopServer();
            long missed = Long.parseLong(rig.postgres
                    .sql("select sum(heartbeats_missed) from clients")
                    .getFirst()
                    .getFirst());
            long counted = Long.parseLong(rig.postgres
                    .sql("select sum(heartbeats_multicast + heartbeats_unicast) from clients")
                    .getFirst()
                    .getFirst());
            long due5 = CLIENTS * (seconds + 2 * CALM_MS / 1_000) * 1_000 / INTERVAL_MS;
            long blocked = rig.server().lines().stream()
                    .filter(line -> line.contains("has been blocked"))
                    .count();
            HistoryCheck.Verdict verdict = rig.check();
            verdict.shown().forEach(say);
            say.accept(
                    "Postgres frozen for %d s: all that waited acknowledged %.1f s after it came back (allowed: %.0f s); %d heartbeats counted, at least %d due, %d missed; %d blocked-thread warnings; a newcomer was held and welcomed; %s"
                            .formatted(
                                    seconds, backMs / 1e3, BACK_MS_MAX / 1e3, counted, due5, missed, blocked, verdict));
            return backMs <= BACK_MS_MAX && missed == 0 && counted >= due5 && blocked == 0 && verdict.kept();
        }
    }

    private static Rig.HistoryProcess client(Rig rig) throws IOException {
        return rig.startClient(GAP_US, GROUP, INTERFACE, Integer.toString(rig.udpPort()), Long.toString(INTERVAL_MS));
    }

    private static boolean caughtUp(Rig rig, long[] due) {
        for (int i = 0; i < due.length; i++) {
            if (rig.clients.get(i).acknowledged() < due[i]) {
                return false;
            }
        }
        return true;
    }
}
