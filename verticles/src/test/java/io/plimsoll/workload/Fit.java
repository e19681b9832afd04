package io.plimsoll.workload;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;

/// Tests of fit with fixed seeds: what is drawn against what it should be. A right generator fails one seed in a
/// thousand; a wrong one fails nearly all.
final class Fit {
    private static final double NORMAL_QUANTILE_999 = 3.0902;
    private static final double EXPECTED_MIN = 5;

    private Fit() {}

    /// Pearson's chi-square; cells that expect fewer than 5 are pooled.
    static void chiSquare(String what, long[] counts, double[] probabilities) {
        long draws = Arrays.stream(counts).sum();
        double statistic = 0;
        int cells = 0;
        double pooledCount = 0;
        double pooledExpected = 0;
        for (int i = 0; i < counts.length; i++) {
            double expected = draws * probabilities[i];
            if (expected < EXPECTED_MIN) {
                pooledCount += counts[i];
                pooledExpected += expected;
            } else {
                statistic += square(counts[i] - expected) / expected;
                cells++;
            }
        }
        if (pooledExpected >= EXPECTED_MIN) {
            statistic += square(pooledCount - pooledExpected) / pooledExpected;
            cells++;
        }
        double freedom = cells - 1;
        // Wilson and Hilferty 1931
        double spread = 2 / (9 * freedom);
        double critical = freedom * Math.pow(1 - spread + NORMAL_QUANTILE_999 * Math.sqrt(spread), 3);
        assertTrue(
                statistic < critical,
                what + ": chi-square " + statistic + " of " + cells + " cells, critical " + critical);
    }

    static void share(String what, long hits, long draws, double probability) {
        double deviations = Math.abs(hits - draws * probability) / Math.sqrt(draws * probability * (1 - probability));
        assertTrue(deviations < 3.3, what + ": " + hits + " of " + draws + ", expected a share of " + probability);
    }

    /// Kolmogorov and Smirnov's distance from the exponential distribution.
    static double distanceFromExponential(double[] gaps, double mean) {
        double[] sorted = gaps.clone();
        Arrays.sort(sorted);
        double distance = 0;
        for (int i = 0; i < sorted.length; i++) {
            double expected = -Math.expm1(-sorted[i] / mean);
            distance = Math.max(distance, (i + 1.0) / sorted.length - expected);
            distance = Math.max(distance, expected - (double) i / sorted.length);
        }
        return distance;
    }

    static double square(double x) {
        return x * x;
    }
}
