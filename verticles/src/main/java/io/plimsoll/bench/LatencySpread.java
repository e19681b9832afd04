package io.plimsoll.bench;

import io.plimsoll.stats.LatencyHistogram;
import java.util.ArrayList;
import java.util.List;

/// How latencies spread over fio's coarse buckets, in per cent: the latencies below each bound that are not below the
/// bound before it.
final class LatencySpread {
    private static final long[] BOUNDS = {2, 4, 10, 20, 50, 100, 250, 500, 750, 1000};

    /// @param unit `ns`, `us`, `ms`
    /// @param label upper bound in that unit; `>=2000` for the last
    record Bucket(String unit, String label, long belowNs, double percent) {}

    private LatencySpread() {}

    static List<Bucket> of(LatencyHistogram latencies) {
        List<Bucket> empty = buckets();
        long[] counts = new long[empty.size()];
        latencies.forEachBin((ns, count) -> {
            int i = 0;
            while (ns >= empty.get(i).belowNs && i < counts.length - 1) {
                i++;
            }
            counts[i] += count;
        });
        double all = Math.max(1, latencies.count());
        List<Bucket> filled = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            Bucket b = empty.get(i);
            filled.add(new Bucket(b.unit, b.label, b.belowNs, 100 * counts[i] / all));
        }
        return filled;
    }

    private static List<Bucket> buckets() {
        List<Bucket> buckets = new ArrayList<>();
        long unitNs = 1;
        for (String unit : List.of("ns", "us", "ms")) {
            for (long bound : BOUNDS) {
                buckets.add(new Bucket(unit, Long.toString(bound), bound * unitNs, 0));
            }
            unitNs *= 1000;
        }
        buckets.add(new Bucket("ms", "2000", 2_000_000_000L, 0));
        buckets.add(new Bucket("ms", ">=2000", Long.MAX_VALUE, 0));
        return buckets;
    }
}
