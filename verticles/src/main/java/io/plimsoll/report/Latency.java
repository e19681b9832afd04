package io.plimsoll.report;

import io.plimsoll.model.Require;

/// The distribution of a duration over `count` operations, in ns. Percentiles come from merged histograms (at most
/// 0.4 % off) or, where `exact`, from every single value; the maximum is always exact.
public record Latency(long count, boolean exact, long p50Ns, long p90Ns, long p99Ns, long p999Ns, long maxNs) {
    public Latency {
        Require.positive("operations", count);
        Require.notNegative("p50 in ns", p50Ns);
        Require.inRange("p90 in ns", p90Ns, p50Ns, Long.MAX_VALUE);
        Require.inRange("p99 in ns", p99Ns, p90Ns, Long.MAX_VALUE);
        Require.inRange("p99.9 in ns", p999Ns, p99Ns, Long.MAX_VALUE);
        Require.inRange("max in ns", maxNs, p999Ns, Long.MAX_VALUE);
    }
}
