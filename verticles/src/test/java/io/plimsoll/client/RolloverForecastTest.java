package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ByteSize;
import io.plimsoll.model.Calibration;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.Durations;
import io.plimsoll.model.EngineKind;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RolloverForecastTest {
    private static final Pattern RUN_TIME = Pattern.compile("-rt ([0-9]+[smh])");
    private static final Pattern FILE_SIZE = Pattern.compile("-f ([0-9]+)");

    @Test
    void twoRolloversAreEnough() {
        ChunkPlan plan = plan(10_000_000, 20_000_000, 10_000);
        assertEquals(2.0, RolloverForecast.rollovers(plan, 4_000_000, 1_000_000_000));
        assertEquals(Optional.empty(), complaint(plan, 4_000_000, 1_000_000_000));
        assertTrue(complaint(plan, 3_999_999, 1_000_000_000).isPresent());
    }

    @Test
    void complainsWithTheNumbersAndWhatWouldDo() {
        ChunkPlan plan = plan(10_000_000, 200_000_000, 10_000);
        assertEquals(
                "only 1.3 rollovers are to be expected, 2 are the least: the target wrote 25.0 MB/s in the"
                    + " calibration, so files of 200 MB take 8.00 s each of a run time of 10 s; write -rt 20s or write"
                    + " -f 100000000; --force runs it all the same, flagged",
                complaint(plan, 30_000_000, 1_200_000_000).orElseThrow());
    }

    @Test
    void aFileIsNeverAdvisedSmallerThanAChunk() {
        ChunkPlan plan = plan(10_000_000, 20_000_000, 1_000);
        String told = complaint(plan, 10_000_000, 2_000_000_000).orElseThrow();
        assertTrue(told.contains("write -rt 10s or choose a smaller chunk and file size; --force"), told);
    }

    @Test
    void longRunTimesAreAdvisedInRoundFigures() {
        assertTrue(complaint(plan(10, 1_000, 1), 10, 300_000_000).orElseThrow().contains("-rt 75s"));
        assertTrue(
                complaint(plan(10, 1_000, 1), 10, 1_000_000_000).orElseThrow().contains("-rt 5m"));
        assertTrue(
                complaint(plan(10, 1_000, 1), 10, 60_000_000_000L).orElseThrow().contains("-rt 5h"));
    }

    @Test
    void whoeverFollowsTheAdviceIsNotComplainedAboutAgain() {
        long seed = System.nanoTime();
        System.out.println("RolloverForecastTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            long chunk = 1 + random.nextInt(1 << (1 + random.nextInt(29)));
            long file = chunk + random.nextLong(1L << (1 + random.nextInt(39)));
            ChunkPlan plan = plan(chunk, file, 1 + random.nextInt(100_000));
            long bytes = chunk * (1 + random.nextInt(100));
            long ns = 1 + random.nextLong(1L << (1 + random.nextInt(36)));
            Optional<String> told = complaint(plan, bytes, ns);
            if (told.isEmpty()) {
                continue;
            }
            Matcher time = RUN_TIME.matcher(told.get());
            if (time.find()) {
                long ms = Durations.parse(time.group(1)).toMillis();
                assertEquals(Optional.empty(), complaint(plan(chunk, file, ms), bytes, ns), told.get());
            }
            Matcher size = FILE_SIZE.matcher(told.get());
            if (size.find()) {
                long advised = ByteSize.parse(size.group(1)).bytes();
                assertTrue(advised >= chunk && advised < file, told.get());
                assertEquals(
                        Optional.empty(), complaint(plan(chunk, advised, plan.runTimeMs()), bytes, ns), told.get());
            }
        }
    }

    private static Optional<String> complaint(ChunkPlan plan, long bytes, long ns) {
        return RolloverForecast.complaint(
                plan, new Calibration(bytes, ns, RolloverForecast.rollovers(plan, bytes, ns)));
    }

    private static ChunkPlan plan(long chunk, long file, long runTimeMs) {
        return new ChunkPlan(chunk, file, runTimeMs, 2, EngineKind.PSYNC, false);
    }
}
