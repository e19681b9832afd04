package io.plimsoll.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Kills Postgres, postmaster and children, after some thousand acknowledgements, starts it while no server can
/// reach it, and looks for every report that was acknowledged.
public final class PostgresKills {
    private static final int CLIENTS = 4;
    private static final long GAP_US = 2_000;
    private static final long ACKNOWLEDGED_MIN = 1_000;
    private static final long BACK_SECONDS_MAX = 90;
    /// What the server has sent arrives meanwhile; nothing new can be committed.
    private static final long ARRIVES_MS = 500;

    private static final String THERE = """
        select count(*) from reports r
        join clients c using (client)
        join (select client, sequence from data_files union all select client, sequence from intervals
              union all select client, sequence from resource_samples
              union all select client, sequence from events where sequence is not null) t using (client, sequence)
        where c.client_id = '%s' and r.sequence <= %d
        """;

    private PostgresKills() {}

    public static HistoryCheck.Verdict run(Path directory, int kills, long seed, Consumer<String> say)
            throws IOException {
        try (Rig rig = new Rig(directory, seed, Rig.untapped())) {
            rig.startServer();
            for (int i = 0; i < CLIENTS; i++) {
                rig.startClient(GAP_US);
            }
            rig.clients.forEach(Rig.HistoryProcess::awaitWelcome);
            long missing = 0;
            for (int kill = 1; kill <= kills; kill++) {
                long from = rig.acknowledged();
                Waits.until(
                        () -> rig.acknowledged() >= from + ACKNOWLEDGED_MIN,
                        BACK_SECONDS_MAX,
                        "a thousand reports are acknowledged");
                rig.postgres.kill();
                Waits.ms(ARRIVES_MS);
                List<Long> acknowledged = new ArrayList<>();
                for (Rig.HistoryProcess client : rig.clients) {
                    acknowledged.add(client.history().acknowledged());
                }
                rig.toPostgres.stall(TcpProxy.Way.values());
                rig.postgres.start();
                long gone = 0;
                for (int i = 0; i < CLIENTS; i++) {
                    String query = THERE.formatted(rig.clients.get(i).id, acknowledged.get(i));
                    gone += acknowledged.get(i)
                            - Long.parseLong(rig.postgres.sql(query).getFirst().getFirst());
                }
                rig.toPostgres.heal();
                missing += gone;
                say.accept("kill %d: %,d acknowledged, %d of them missing"
                        .formatted(
                                kill,
                                acknowledged.stream().mapToLong(Long::longValue).sum(),
                                gone));
            }
            rig.endClients();
            rig.stopServer();
            HistoryCheck.Verdict verdict = rig.check();
            verdict.shown().forEach(say);
            say.accept("Postgres killed %d times: %d acknowledged reports missing after it; in the end %s"
                    .formatted(kills, missing, verdict));
            if (missing != 0) {
                throw new AssertionError(missing + " acknowledged reports were not there");
            }
            return verdict;
        }
    }
}
