package io.plimsoll.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Kills the server between the insert of reports and their commit, and between the commit and the
/// acknowledgement: what it cannot know then is what the next one must not get wrong.
public final class CommitCrashes {
    private static final long CAUGHT_SECONDS_MAX = 60;
    private static final long BACK_SECONDS_MAX = 90;
    private static final long GAP_US = 20_000;

    private CommitCrashes() {}

    /// @param rounds of each kind
    public static HistoryCheck.Verdict run(Path directory, int rounds, long seed, Consumer<String> say)
            throws IOException {
        CommitTrap trap = new CommitTrap();
        try (Rig rig = new Rig(directory, seed, trap::tap)) {
            rig.startServer();
            // one client has one batch under way: what is in the database while it is held does not change
            Rig.HistoryProcess client = rig.startClient(GAP_US);
            client.awaitWelcome();
            for (CommitTrap.Where where : CommitTrap.Where.values()) {
                for (int round = 1; round <= rounds; round++) {
                    long before = client.acknowledged();
                    Waits.until(() -> client.acknowledged() > before, BACK_SECONDS_MAX, "reports are acknowledged");
                    say.accept(where.name().toLowerCase(java.util.Locale.ROOT) + " " + round + ": "
                            + crash(rig, trap, where, client));
                    rig.startServer();
                }
            }
            long last = client.acknowledged();
            Waits.until(() -> client.acknowledged() > last, BACK_SECONDS_MAX, "reports are acknowledged");
            rig.endClients();
            rig.stopServer();
            HistoryCheck.Verdict verdict = rig.check();
            verdict.shown().forEach(say);
            say.accept("%d servers killed between insert and commit, %d between commit and acknowledgement: %s"
                    .formatted(rounds, rounds, verdict));
            return verdict;
        }
    }

    private static String crash(Rig rig, CommitTrap trap, CommitTrap.Where where, Rig.HistoryProcess client)
            throws IOException {
        trap.arm(where);
        trap.awaitCaught(CAUGHT_SECONDS_MAX);
        rig.server().kill();
        trap.release();
        Waits.until(() -> sessions(rig) == 0, CAUGHT_SECONDS_MAX, "Postgres ends the sessions of the dead server");
        long there = Long.parseLong(
                rig.postgres.sql("select count(*) from reports").getFirst().getFirst());
        long acknowledged = client.history().acknowledged();
        boolean committed = there > acknowledged;
        if (committed != (where == CommitTrap.Where.AFTER_COMMIT)) {
            throw new AssertionError(there + " reports are committed and " + acknowledged + " acknowledged " + where);
        }
        return there + " reports committed, " + acknowledged + " acknowledged";
    }

    private static long sessions(Rig rig) {
        return Long.parseLong(rig.postgres
                .sql("select count(*) from pg_stat_activity where backend_type = 'client backend'"
                        + " and pid <> pg_backend_pid()")
                .getFirst()
                .getFirst());
    }
}
