package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.faults.CommitCrashes;
import io.plimsoll.faults.HistoryCheck;
import io.plimsoll.faults.Rounds;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real processes, a real Postgres, real faults, other ones each time; `bench/faults` plays as many as wanted.
@Timeout(600)
final class FaultRoundsIT {
    @TempDir
    Path directory;

    private final long seed = ThreadLocalRandom.current().nextLong(1L << 40);

    @Test
    void whatWasAcknowledgedIsThereOnceAndUnalteredWhateverFailed() throws Exception {
        kept(Rounds.run(directory, new Rounds.Plan(4, 3, seed, false, false), System.out::println));
    }

    @Test
    void aServerThatIsKilledAroundACommitLosesAndDoublesNothing() throws Exception {
        kept(CommitCrashes.run(directory, 1, seed, System.out::println));
    }

    private void kept(HistoryCheck.Verdict verdict) {
        assertTrue(verdict.kept(), () -> "seed " + seed + ": " + verdict + "\n" + String.join("\n", verdict.shown()));
        assertTrue(verdict.acknowledged() > 0, "nothing was acknowledged");
    }
}
