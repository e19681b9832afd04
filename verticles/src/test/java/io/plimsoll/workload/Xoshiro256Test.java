package io.plimsoll.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.workload.Xoshiro256.Purpose;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class Xoshiro256Test {
    @Test
    void drawsAreUniformBelowAnyBound() {
        for (int bound : new int[] {1, 2, 3, 7, 100, 1000, 1023}) {
            Xoshiro256 random = new Xoshiro256(bound, 0, Purpose.OFFSET);
            long[] counts = new long[bound];
            for (int i = 0; i < 1_000_000; i++) {
                counts[(int) random.below(bound)]++;
            }
            if (bound > 1) {
                double[] alike = new double[bound];
                Arrays.fill(alike, 1.0 / bound);
                Fit.chiSquare("below " + bound, counts, alike);
            }
        }
    }

    @Test
    void aBoundOfTwoThirdsOfAllNumbersIsNotBiased() {
        // The multiplication alone would give each third number of the range twice as often as the others.
        long bound = 3L << 61;
        Xoshiro256 random = new Xoshiro256(11, 0, Purpose.OFFSET);
        long[] counts = new long[3];
        for (int i = 0; i < 300_000; i++) {
            long drawn = random.below(bound);
            assertTrue(drawn >= 0 && drawn < bound, "" + drawn);
            counts[(int) (drawn % 3)]++;
        }
        Fit.chiSquare("a bound of 3·2^61", counts, new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0});
    }

    @Test
    void fractionsStayInTheirRangeAndHaveTheRightMean() {
        Xoshiro256 random = new Xoshiro256(5, 0, Purpose.OFFSET);
        double sum = 0;
        int draws = 1_000_000;
        for (int i = 0; i < draws; i++) {
            double below = random.fraction();
            double positive = random.positiveFraction();
            assertTrue(below >= 0 && below < 1 && positive > 0 && positive <= 1);
            sum += below;
        }
        assertEquals(0.5, sum / draws, 4 / Math.sqrt(12.0 * draws));
    }

    @Test
    void threadsPurposesAndSeedsHaveSequencesOfTheirOwn() {
        Set<Long> firsts = new HashSet<>();
        int streams = 0;
        for (long seed = 0; seed < 20; seed++) {
            for (int thread = 0; thread < 20; thread++) {
                for (Purpose purpose : Purpose.values()) {
                    firsts.add(new Xoshiro256(seed, thread, purpose).next());
                    streams++;
                }
            }
        }
        assertEquals(streams, firsts.size());
    }
}
