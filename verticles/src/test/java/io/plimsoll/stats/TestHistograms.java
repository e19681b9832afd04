package io.plimsoll.stats;

import org.HdrHistogram.Histogram;

/// Histograms of given latencies, as HdrHistogram keeps them, which is four times as exact as [OpRecorder].
public final class TestHistograms {
    private TestHistograms() {}

    public static LatencyHistogram of(long... ns) {
        Histogram counts = Histograms.newCounts();
        for (long value : ns) {
            counts.recordValue(value);
        }
        return new LatencyHistogram(counts);
    }

    public static LatencyHistogram ofEqual(long ns, long count) {
        Histogram counts = Histograms.newCounts();
        if (count > 0) {
            counts.recordValueWithCount(ns, count);
        }
        return new LatencyHistogram(counts);
    }
}
