package io.plimsoll.stats;

import org.HdrHistogram.Histogram;

/// How often each latency occurred: 1 ns to 1 h. A value read is at most 0.4 % off, as it was recorded ([OpRecorder]).
/// Immutable, so any thread may read it. Made by [OpTotals], [IntervalRecorder] and [Histograms].
public final class LatencyHistogram {
    private final Histogram counts;

    /// @param counts given away: nobody else may change it
    LatencyHistogram(Histogram counts) {
        this.counts = counts;
    }

    public long count() {
        return counts.getTotalCount();
    }

    public boolean isEmpty() {
        return count() == 0;
    }

    /// The smallest latency in ns, 0 where nothing was recorded.
    public long minNs() {
        return isEmpty() ? 0 : counts.getMinValue();
    }

    /// The largest latency in ns, as exact as the histogram: an interval carries the exact one beside it.
    public long maxNs() {
        return counts.getMaxValue();
    }

    public double meanNs() {
        return counts.getMean();
    }

    /// The latency in ns that `percentile` per cent of the recorded ones do not exceed; 0 where nothing was recorded.
    ///
    /// @param percentile 0 to 100
    public long percentileNs(double percentile) {
        if (!(percentile >= 0 && percentile <= 100)) {
            throw new IllegalArgumentException("percentile is " + percentile + ", allowed: 0 to 100");
        }
        return isEmpty() ? 0 : counts.getValueAtPercentile(percentile);
    }

    /// Standard deviation in ns.
    public double stdDevNs() {
        return isEmpty() ? 0 : counts.getStdDeviation();
    }

    /// Visits what was recorded in ascending order: the largest latency of each bin in ns, and how many are in it.
    public void forEachBin(BinVisitor visitor) {
        counts.recordedValues().forEach(bin -> visitor.bin(bin.getValueIteratedTo(), bin.getCountAtValueIteratedTo()));
    }

    public interface BinVisitor {
        void bin(long ns, long count);
    }

    /// As stored and sent: HdrHistogram's V2 compressed encoding.
    public byte[] encoded() {
        return Histograms.encode(counts.copy());
    }

    void addTo(Histogram sum) {
        sum.add(counts);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LatencyHistogram o && counts.equals(o.counts);
    }

    @Override
    public int hashCode() {
        return counts.hashCode();
    }

    @Override
    public String toString() {
        return "LatencyHistogram[count=" + count() + ", p50=" + percentileNs(50) + " ns, p99=" + percentileNs(99)
                + " ns, max=" + maxNs() + " ns]";
    }
}
