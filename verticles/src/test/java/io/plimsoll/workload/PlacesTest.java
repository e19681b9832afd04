package io.plimsoll.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.Distribution;
import io.plimsoll.workload.Xoshiro256.Purpose;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static final int DRAWS = 1_000_000;

    private final Xoshiro256 random = new Xoshiro256(42, 0, Purpose.OFFSET);

    @Test
    void zipfHasTheExactProbabilitiesOfItsRanks() {
        for (double theta : new double[] {0.1, 0.5, 0.9, 0.999999, 1.000001, 1.2, 2, 5, 9.9}) {
            for (int ranks : new int[] {1, 2, 3, 10, 1000}) {
                double[] probabilities = new double[ranks];
                for (int k = 0; k < ranks; k++) {
                    probabilities[k] = Math.pow(k + 1, -theta);
                }
                double sum = Arrays.stream(probabilities).sum();
                Arrays.setAll(probabilities, k -> probabilities[k] / sum);
                long[] counts = draw(new Zipf(ranks, theta), ranks);
                if (ranks > 1 && probabilities[1] * DRAWS > 5) {
                    Fit.chiSquare("zipf " + theta + " of " + ranks, counts, probabilities);
                } else {
                    assertTrue(counts[0] > DRAWS - 10_000);
                }
            }
        }
    }

    @Test
    void zipfOverABillionTimesAThousandBlocksIsRightAndNeedsNoSetUp() {
        long ranks = 1L << 40;
        double theta = 0.8;
        Zipf zipf = new Zipf(ranks, theta);
        // Euler and Maclaurin: the sum to n is zeta(theta) + n^(1-theta)/(1-theta) + n^-theta/2, far within what a
        // million draws can tell apart.
        double zeta = -4.4375384159;
        double first = 1L << 20;
        double share = (zeta + Math.pow(first, 1 - theta) / (1 - theta) + Math.pow(first, -theta) / 2)
                / (zeta + Math.pow(ranks, 1 - theta) / (1 - theta));
        long hits = 0;
        for (int i = 0; i < DRAWS; i++) {
            long rank = zipf.draw(random);
            assertTrue(rank >= 0 && rank < ranks);
            hits += rank < first ? 1 : 0;
        }
        Fit.share("the first 2^20 of 2^40 ranks", hits, DRAWS, share);
    }

    @Test
    void aShareOfHOfTheRanksGetsTheRestOfTheDrawsAndSoOnInside() {
        for (double h : new double[] {0.05, 0.2, 0.4, 0.5, 0.7}) {
            int ranks = 1_000_000;
            SelfSimilar pareto = new SelfSimilar(ranks, h);
            long hits = 0;
            long inner = 0;
            for (int i = 0; i < DRAWS; i++) {
                long rank = pareto.draw(random);
                assertTrue(rank >= 0 && rank < ranks);
                hits += rank < h * ranks ? 1 : 0;
                inner += rank < Math.round(h * h * ranks) ? 1 : 0;
            }
            Fit.share("pareto " + h, hits, DRAWS, 1 - h);
            Fit.share("pareto " + h + " inside", inner, DRAWS, (1 - h) * (1 - h));
        }
    }

    @Test
    void selfSimilarRanksFitEachOfTheirProbabilities() {
        int ranks = 200;
        double h = 0.2;
        double inversePower = Math.log(1 - h) / Math.log(h);
        double[] probabilities = new double[ranks];
        Arrays.setAll(
                probabilities,
                k -> Math.pow((k + 1.0) / ranks, inversePower) - Math.pow((double) k / ranks, inversePower));
        Fit.chiSquare("pareto 0.2", draw(new SelfSimilar(ranks, h), ranks), probabilities);
    }

    @Test
    void eachRankHasAPlaceOfItsOwnForAnyNumberOfPlaces() {
        for (long seed = 0; seed < 3; seed++) {
            for (int places = 1; places <= 600; places++) {
                assertOneToOne(places, seed);
            }
            for (int places : new int[] {65_535, 65_536, 65_537, 1_000_003}) {
                assertOneToOne(places, seed);
            }
        }
    }

    private static void assertOneToOne(int places, long seed) {
        Scatter scatter = new Scatter(places, seed);
        BitSet seen = new BitSet(places);
        for (int rank = 0; rank < places; rank++) {
            int place = (int) scatter.place(rank);
            assertTrue(place >= 0 && place < places);
            assertFalse(seen.get(place), "two ranks at " + place + " of " + places + ", seed " + seed);
            seen.set(place);
        }
    }

    @Test
    void hotPlacesLieScatteredOverTheWholeFile() {
        for (long places : new long[] {100_000, 262_144, 1L << 31, (1L << 44) + 12_345}) {
            Scatter scatter = new Scatter(places, 1);
            int hot = 2_000;
            int parts = 20;
            long[] counts = new long[parts];
            long[] sorted = new long[hot];
            for (int rank = 0; rank < hot; rank++) {
                long place = scatter.place(rank);
                assertTrue(place >= 0 && place < places);
                sorted[rank] = place;
                counts[(int) (place / ((places + parts - 1) / parts))]++;
            }
            double[] alike = new double[parts];
            Arrays.fill(alike, 1.0 / parts);
            Fit.chiSquare("hot places of " + places, counts, alike);
            Arrays.sort(sorted);
            int neighbours = 0;
            for (int i = 1; i < hot; i++) {
                neighbours += sorted[i] - sorted[i - 1] == 1 ? 1 : 0;
            }
            // Of 2,000 places thrown at random on 100,000, 40 have a neighbour behind them.
            assertTrue(neighbours < 80, neighbours + " neighbours of " + places);
        }
    }

    @Test
    void seedsScatterDifferently() {
        Scatter one = new Scatter(1_000_000, 1);
        Scatter other = new Scatter(1_000_000, 2);
        int alike = 0;
        for (int rank = 0; rank < 1000; rank++) {
            alike += one.place(rank) == other.place(rank) ? 1 : 0;
        }
        assertTrue(alike < 10, alike + " ranks at the same place");
    }

    @Test
    void aPlaceBeyondTheLimitBecomesTheLastOneThatIsAllowed() {
        Places places = Places.of(new Distribution.Zipf(0.5), 100, 3);
        long[] counts = new long[100];
        for (int i = 0; i < 100_000; i++) {
            counts[(int) places.draw(random, 97)]++;
        }
        assertEquals(0, counts[97] + counts[98] + counts[99]);
        assertTrue(counts[96] > 0);
    }

    private long[] draw(Places.Ranks ranks, int cells) {
        long[] counts = new long[cells];
        for (int i = 0; i < DRAWS; i++) {
            counts[(int) ranks.draw(random)]++;
        }
        return counts;
    }
}
