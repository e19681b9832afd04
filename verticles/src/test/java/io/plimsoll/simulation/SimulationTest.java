package io.plimsoll.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/// `-Dsimulation.seed=N` plays one seed alone.
final class SimulationTest {
    private static final int SEEDS = 2_000;
    private static final int LINES_SHOWN = 200;

    @Test
    void everyPromiseIsKeptInSeedsThatNobodyHasSeenYet() {
        Long alone = Long.getLong("simulation.seed");
        long base = alone != null ? alone : ThreadLocalRandom.current().nextLong(1L << 40);
        Seeds.Result result = Seeds.run(base, alone != null ? 1 : SEEDS, Double.MAX_VALUE, Simulation::run);
        System.out.printf(
                "simulation: %,d seeds from %d on, %,.0f seeds/min%n", result.run(), base, result.perMinute());
        result.failed().ifPresent(failure -> {
            List<String> story = new ArrayList<>();
            Simulation.run(failure.seed(), story::add);
            story.stream().skip(Math.max(0, story.size() - LINES_SHOWN)).forEach(System.out::println);
            fail("seed " + failure.seed() + ": " + failure.what() + "; again with -Dsimulation.seed=" + failure.seed());
        });
    }

    /// Else a seed that failed could not be played again.
    @Test
    void oneSeedIsOneStory() {
        for (long seed = 1_000; seed < 1_030; seed++) {
            List<String> first = new ArrayList<>();
            List<String> second = new ArrayList<>();
            assertEquals(Optional.empty(), Simulation.run(seed, first::add), "seed " + seed);
            assertEquals(Optional.empty(), Simulation.run(seed, second::add), "seed " + seed);
            assertTrue(first.size() > 10, "seed " + seed);
            assertEquals(first, second, "seed " + seed);
        }
    }
}
