package io.plimsoll.bench;

import io.plimsoll.stats.LatencyHistogram;

/// The unit in which fio shows a line of latencies: one in which neither its smallest nor its largest number is silly.
enum LatencyUnit {
    NSEC("nsec", 1),
    USEC("usec", 1_000),
    MSEC("msec", 1_000_000);

    final String word;
    final long ns;

    LatencyUnit(String word, long ns) {
        this.word = word;
        this.ns = ns;
    }

    /// For minimum, maximum, mean and deviation.
    static LatencyUnit ofLine(LatencyHistogram latencies) {
        return of(latencies.minNs(), latencies.maxNs(), latencies.stdDevNs());
    }

    /// For percentiles from `minNs` to `maxNs`.
    static LatencyUnit ofRange(long minNs, long maxNs) {
        return of(minNs, maxNs, Double.MAX_VALUE);
    }

    double of(double valueNs) {
        return valueNs / ns;
    }

    private static LatencyUnit of(long minNs, long maxNs, double stdDevNs) {
        if (minNs > 2_000_000 && maxNs > 99_999_999 && stdDevNs > 1_000_000) {
            return MSEC;
        }
        return minNs > 2_000 && maxNs > 99_999 && stdDevNs > 1_000 ? USEC : NSEC;
    }
}
