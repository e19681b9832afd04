package io.plimsoll.report;

import java.util.List;
import java.util.Optional;

/// Sets clients of one run against each other.
final class SideBySide {
    private SideBySide() {}

    /// The clients with `ratioToFastest`, each mean throughput over the highest one; empty where a client has none.
    static List<ClientReport> withRatios(List<ClientReport> clients) {
        double best = clients.stream()
                .flatMap(c -> c.throughput().meanMbPerSecond().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
        return clients.stream().map(c -> c.withRatio(ratio(c, best))).toList();
    }

    private static Optional<Double> ratio(ClientReport client, double best) {
        return best > 0 ? client.throughput().meanMbPerSecond().map(mean -> mean / best) : Optional.empty();
    }

    /// Sums of what clients claim must not wrap around.
    static long saturatedSum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
