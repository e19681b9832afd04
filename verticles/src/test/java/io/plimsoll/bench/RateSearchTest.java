package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.bench.RateSearch.Line.Standing;
import io.plimsoll.bench.RateSearch.Purpose;
import io.plimsoll.bench.RateSearch.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoublePredicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Searches on storages that are simulated: each says whether a step at a rate keeps.
final class RateSearchTest {
    private static final RateSearch.Settings SETTINGS =
            new RateSearch.Settings(0.05, 5, 0, RateSearch.Settings.CURVE_PERCENTS, 7);

    /// A search from its begin to its end.
    private record Searched(RateSearch search, List<Step> steps) {
        Searched {
            steps = List.copyOf(steps);
        }

        RateSearch.Line line() {
            return search.line();
        }

        List<Double> rates(Purpose purpose) {
            return steps.stream()
                    .filter(step -> step.purpose() == purpose)
                    .map(step -> ((Step.Open) step).perSecond())
                    .toList();
        }
    }

    private static Searched search(RateSearch.Settings settings, double maximum, DoublePredicate keeps) {
        RateSearch search = RateSearch.begin(settings);
        int announced = search.stepsLeftMax();
        List<Step> steps = new ArrayList<>();
        for (Optional<Step> next = search.next(); next.isPresent(); next = search.next()) {
            int leftBefore = search.stepsLeftMax();
            steps.add(next.get());
            search = switch (next.get()) {
                case Step.Closed _ -> search.saturated(maximum);
                case Step.Open open -> search.judged(keeps.test(open.perSecond()));
            };
            assertTrue(search.stepsLeftMax() < leftBefore, "one step less is left after each step");
            assertTrue(search.stepsLeftLikely() <= search.stepsLeftMax());
        }
        assertTrue(steps.size() <= announced, steps.size() + " steps, announced: " + announced);
        assertEquals(0, search.stepsLeftMax());
        return new Searched(search, steps);
    }

    private static Searched search(double maximum, double line) {
        return search(SETTINGS, maximum, rate -> rate <= line);
    }

    @Test
    void findsTheLineOfAStorageThatNeverContradictsItselfWithinThePrecision() {
        long seed = 20261124;
        RandomGenerator random = new SplittableRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            double maximum = Math.exp(random.nextDouble(Math.log(0.5), Math.log(5e6)));
            double line = maximum * random.nextDouble(0.01, 3);
            double precision = random.nextDouble(0.01, 0.5);
            Searched searched = search(
                    new RateSearch.Settings(precision, 3, 0, RateSearch.Settings.CURVE_PERCENTS, i),
                    maximum,
                    rate -> rate <= line);
            String where =
                    "seed " + seed + ", case " + i + ": line " + line + " of " + maximum + ", " + searched.line();
            assertEquals(Standing.FOUND, searched.line().standing(), where);
            double low = searched.line().kept().orElseThrow();
            double high = searched.line().broken().orElseThrow();
            assertTrue(low <= line && line < high, where);
            assertTrue(high / low <= 1 + precision * 1.03, where);
        }
    }

    @Test
    void theTrueLineLiesInTheIntervalInAtLeast95OfAHundredSearchesOnNoisyStorages() {
        for (double noise : new double[] {0, 0.02, 0.05, 0.1, 0.2}) {
            for (double stalls : new double[] {0, 0.03}) {
                int inside = 0;
                long steps = 0;
                for (long seed = 0; seed < 1_000; seed++) {
                    NoisyStorage storage = new NoisyStorage(seed, noise, stalls);
                    Searched searched = search(SETTINGS, storage.maximum, storage::keeps);
                    RateSearch.Line line = searched.line();
                    double low = line.kept().orElse(Double.POSITIVE_INFINITY);
                    double high = line.broken().orElse(Double.POSITIVE_INFINITY);
                    inside += low <= storage.trueLine() && storage.trueLine() <= high ? 1 : 0;
                    steps += searched.steps().size();
                }
                String where = "noise " + noise + ", stalls " + stalls + ": ";
                assertTrue(inside >= 950, where + "inside in " + inside + " of 1,000");
                assertTrue(steps <= 40_000, where + steps / 1e3 + " steps on average");
            }
        }
    }

    @Test
    void aRateIsSureOnlyAfterAllItsRepeatsAgree() {
        Searched searched = search(10_000, 6_000);
        double low = searched.line().kept().orElseThrow();
        double high = searched.line().broken().orElseThrow();
        List<Double> repeats = searched.rates(Purpose.REPEAT);
        assertEquals(10, repeats.size());
        assertEquals(5, repeats.stream().filter(rate -> rate == low).count());
        assertEquals(5, repeats.stream().filter(rate -> rate == high).count());
        assertEquals(List.of(low, high, low, high), repeats.subList(0, 4), "the ends take turns");
    }

    @Test
    void aContradictedEndMovesOutwardAndBeginsAnew() {
        double line = 6_000;
        List<Double> refused = new ArrayList<>();
        Searched searched = search(SETTINGS, 10_000, new DoublePredicate() {
            private final List<Double> seen = new ArrayList<>();

            @Override
            public boolean test(double rate) {
                seen.add(rate);
                // The first candidate for the lower end keeps when it is bisected and in three repeats, then breaks.
                boolean fourthRepeat = seen.stream().filter(r -> r == rate).count() == 5 && rate <= line;
                if (fourthRepeat && refused.isEmpty()) {
                    refused.add(rate);
                    return false;
                }
                return rate <= line;
            }
        });
        double low = searched.line().kept().orElseThrow();
        assertEquals(RateSearch.rounded(refused.getFirst() / 1.05), low);
        assertEquals(
                5,
                searched.rates(Purpose.REPEAT).stream()
                        .filter(rate -> rate == low)
                        .count());
    }

    @Test
    void saysThatNoRateKeepsAfterABoundedDescent() {
        Searched searched = search(10_240, 0);
        assertEquals(new RateSearch.Line(Standing.NONE_KEEPS, Optional.empty(), Optional.of(10.0)), searched.line());
        assertEquals(1 + 11, searched.steps().size());
    }

    @Test
    void triesNoRateAtWhichAStepHasTooFewOperations() {
        Searched searched = search(
                new RateSearch.Settings(0.05, 5, 100, RateSearch.Settings.CURVE_PERCENTS, 7), 10_240, _ -> false);
        assertEquals(Optional.of(160.0), searched.line().broken());
        assertTrue(searched.rates(Purpose.BRACKET).stream().allMatch(rate -> rate >= 100));
    }

    @Test
    void saysThatNoRateBreaksAfterABoundedAscentAndRepeatsTheHighestOne() {
        Searched searched = search(1_000, Double.POSITIVE_INFINITY);
        double low = searched.line().kept().orElseThrow();
        assertEquals(Standing.NO_UPPER_END, searched.line().standing());
        assertEquals(Optional.empty(), searched.line().broken());
        assertTrue(low > 5_900 && low < 6_000, "1,000 · 1.25^8, not " + low);
        assertEquals(
                List.of(low, low, low, low, low), searched.rates(Purpose.REPEAT), "the lower end is sure nevertheless");
    }

    @Test
    void saysThatNoRateKeepsWhereAllRepeatsOfTheLowerEndAreContradicted() {
        // Keeps while it is bracketed and bisected, and never again.
        Searched searched = search(SETTINGS, 1_000, new DoublePredicate() {
            private int calls;

            @Override
            public boolean test(double rate) {
                return ++calls <= 6 && rate <= 600;
            }
        });
        assertEquals(Standing.NONE_KEEPS, searched.line().standing());
        assertTrue(searched.rates(Purpose.CURVE).isEmpty(), "there is no line to draw shares of");
    }

    @Test
    void drawsTheCurveInTheOrderOfTheSeedAndMeasuresNothingTwice() {
        List<Double> first = search(10_000, 6_000).rates(Purpose.CURVE);
        double line = search(10_000, 6_000).line().kept().orElseThrow();
        assertEquals(first, search(10_000, 6_000).rates(Purpose.CURVE), "the same seed, the same order");
        assertEquals(
                List.of(10, 50, 70, 80, 90),
                first.stream()
                        .map(rate -> (int) Math.round(100 * rate / line))
                        .sorted()
                        .toList(),
                "the line itself has been measured");
        Searched other = search(
                new RateSearch.Settings(0.05, 5, 0, RateSearch.Settings.CURVE_PERCENTS, 8),
                10_000,
                rate -> rate <= 6_000);
        assertFalse(first.equals(other.rates(Purpose.CURVE)));
        assertEquals(
                first.stream().sorted().toList(),
                other.rates(Purpose.CURVE).stream().sorted().toList());
    }

    @Test
    void knowsOnlyRatesWithAVerdictBeforeItsEnd() {
        RateSearch search = RateSearch.begin(SETTINGS);
        assertEquals(new RateSearch.Line(Standing.UNFINISHED, Optional.empty(), Optional.empty()), search.line());
        search = search.saturated(1_000).judged(false);
        assertEquals(Optional.of(1_000.0), search.line().broken());
        assertEquals(Optional.empty(), search.line().kept());
        search = search.judged(true);
        assertEquals(Optional.of(500.0), search.line().kept());
        while (search.next().orElseThrow().purpose() != Purpose.REPEAT) {
            search = search.judged(false);
        }
        assertEquals(Optional.of(500.0), search.line().kept(), "bisected");
        search = search.judged(false);
        assertEquals(Optional.empty(), search.line().kept(), "contradicted, and the next rate is not measured yet");
        assertEquals(Standing.UNFINISHED, search.line().standing());
    }

    @Test
    void roundsToFiveDigits() {
        assertEquals(41_237, RateSearch.rounded(41_237.4));
        assertEquals(1_234_600, RateSearch.rounded(1_234_567));
        assertEquals(0.012346, RateSearch.rounded(0.0123456));
        assertEquals(100, RateSearch.rounded(100));
        assertEquals(99.999, RateSearch.rounded(99.9994));
    }

    @Test
    void refusesVerdictsThatNobodyAskedFor() {
        RateSearch search = RateSearch.begin(SETTINGS);
        assertThrows(IllegalStateException.class, () -> search.judged(true));
        assertThrows(IllegalArgumentException.class, () -> search.saturated(0));
        assertThrows(IllegalStateException.class, () -> search.saturated(10).saturated(10));
        assertThrows(
                IllegalStateException.class, () -> search(10_000, 0).search().judged(true));
    }

    @Test
    void refusesSettingsThatCannotBeKept() {
        assertThrows(IllegalArgumentException.class, () -> new RateSearch.Settings(0.001, 5, 0, List.of(), 1));
        assertThrows(IllegalArgumentException.class, () -> new RateSearch.Settings(0.05, 0, 0, List.of(), 1));
        assertThrows(IllegalArgumentException.class, () -> new RateSearch.Settings(0.05, 5, 0, List.of(120), 1));
    }

    /// Its line differs from step to step, log-normally about the true one, and some steps break at whatever rate.
    private static final class NoisyStorage {
        private final java.util.Random random;
        private final double noise;
        private final double stalls;
        private final double median;
        final double maximum;

        NoisyStorage(long seed, double noise, double stalls) {
            this.random = new java.util.Random(seed * 1_000_003 + 17);
            this.noise = noise;
            this.stalls = stalls;
            maximum = Math.exp(random.nextDouble(Math.log(100), Math.log(1e6)));
            median = maximum * random.nextDouble(0.05, 1.3);
        }

        boolean keeps(double rate) {
            return random.nextDouble() >= stalls && rate <= median * Math.exp(noise * random.nextGaussian());
        }

        /// Where a step keeps as often as it breaks: (1 - stalls) times the chance of the noise is a half.
        double trueLine() {
            if (noise == 0) {
                return median;
            }
            double wanted = 0.5 / (1 - stalls);
            double low = -10;
            double high = 10;
            while (high - low > 1e-9) {
                double z = (low + high) / 2;
                if (1 - normal(z) > wanted) {
                    low = z;
                } else {
                    high = z;
                }
            }
            return median * Math.exp(noise * low);
        }

        private static double normal(double z) {
            // Near the middle, which is all that is asked, the series converges quickly.
            double term = z;
            double sum = z;
            for (int i = 1; i < 200; i++) {
                term *= -z * z / (2 * i);
                sum += term / (2 * i + 1);
            }
            return 0.5 + sum / Math.sqrt(2 * Math.PI);
        }
    }
}
