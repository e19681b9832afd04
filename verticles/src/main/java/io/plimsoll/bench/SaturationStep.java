package io.plimsoll.bench;

import io.plimsoll.stats.LatencyHistogram;
import java.util.List;
import java.util.Optional;

/// One step of a search, as it was measured.
///
/// @param number from 1, in the order of time
/// @param requestedPerSecond of all data threads; empty for the closed-loop step
/// @param response intended start to completed; of the closed-loop step empty, since nothing was intended
/// @param service start to completed
/// @param achievedShare completed operations of those that were due; empty for the closed-loop step
/// @param due operations whose intended start was within the step
/// @param missed those of them that were never begun
/// @param verdict empty for the closed-loop step
/// @param brokenBy whose limit it was that the SLO broke; empty where it was kept
/// @param notes of the job, what could not be judged among them
public record SaturationStep(
        int number,
        RateSearch.Purpose purpose,
        long startedAtMs,
        long elapsedNs,
        Optional<Double> requestedPerSecond,
        double achievedPerSecond,
        Optional<Double> achievedShare,
        double bytesPerSecond,
        Optional<Latencies> response,
        Optional<Latencies> service,
        long due,
        long missed,
        Optional<Slo.Verdict> verdict,
        Optional<SaturationLimit> brokenBy,
        List<Flag> flags,
        List<String> notes) {
    public SaturationStep {
        flags = List.copyOf(flags);
        notes = List.copyOf(notes);
        if (brokenBy.isPresent() != verdict.filter(v -> !v.kept()).isPresent()) {
            throw new IllegalArgumentException("step " + number + " has " + verdict + ", broken by " + brokenBy);
        }
    }

    /// In ns.
    public record Latencies(long count, double mean, long p50, long p90, long p99, long p999, long max) {
        static Optional<Latencies> of(LatencyHistogram histogram) {
            return histogram.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Latencies(
                            histogram.count(),
                            histogram.meanNs(),
                            histogram.percentileNs(50),
                            histogram.percentileNs(90),
                            histogram.percentileNs(99),
                            histogram.percentileNs(99.9),
                            histogram.maxNs()));
        }
    }

    public boolean kept() {
        return verdict.map(Slo.Verdict::kept).orElse(false);
    }
}
