package io.plimsoll.bench;

import io.plimsoll.model.Require;
import io.plimsoll.stats.LatencyHistogram;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What a storage promises at a rate: every term, at least 99 % of the rate achieved, and no schedule left behind.
public record Slo(List<SloTerm> terms) {
    /// Of the operations that were due within the step.
    public static final double ACHIEVED_SHARE_MIN = 0.99;
    /// Operations that are due and not begun when a step ends are its backlog. Random arrivals leave some at any
    /// instant, so that none at all would be a matter of chance; a backlog grows beyond a queue full and this share
    /// of the schedule only where the storage falls behind.
    public static final double BACKLOG_SHARE_MAX = 0.001;
    /// A percentile rests on at least so many operations above it.
    static final long OPERATIONS_ABOVE_MIN = 10;

    private static final int TERMS_MAX = 16;

    /// @param broken what did not hold, in words with numbers; empty: all kept
    /// @param latencyKept all terms
    /// @param rateFollowed enough of what was due was achieved, without a backlog
    public record Verdict(List<String> broken, boolean latencyKept, boolean rateFollowed) {
        public Verdict {
            broken = List.copyOf(broken);
        }

        public boolean kept() {
            return broken.isEmpty();
        }
    }

    public Slo {
        terms = List.copyOf(terms);
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("no SLO; write one like --slo 'p99<10ms'");
        }
        Require.inRange("number of SLO terms", terms.size(), 1, TERMS_MAX);
        Set<SloTerm.Measure> seen = new HashSet<>();
        for (SloTerm term : terms) {
            if (!seen.add(term.measure())) {
                throw new IllegalArgumentException(
                        "SLO has " + term.measure().word() + " twice; one of them says nothing, so leave it out");
            }
        }
    }

    public static Slo parse(List<String> texts) {
        return new Slo(texts.stream().map(SloTerm::parse).toList());
    }

    /// @param achievedShare of the operations that were due; of the rate it would be a matter of chance, since random
    /// arrivals are by chance more or fewer than the rate says
    /// @param queue operations that all data threads together have in flight at most
    Verdict judge(LatencyHistogram responses, double achievedShare, long due, long missed, long queue) {
        List<String> broken = new ArrayList<>();
        if (responses.isEmpty()) {
            broken.add("nothing completed");
        }
        for (SloTerm term : terms) {
            if (!responses.isEmpty() && !term.keptBy(responses)) {
                broken.add(term.measure().word() + " "
                        + SaturationWords.time(Math.round(term.measure().ofNs(responses))));
            }
        }
        int latencies = broken.size();
        if (achievedShare < ACHIEVED_SHARE_MIN) {
            broken.add(String.format(Locale.ROOT, "achieved %.1f %%", Math.floor(achievedShare * 1000) / 10));
        }
        if (missed > Math.max(queue, BACKLOG_SHARE_MAX * due)) {
            broken.add(String.format(Locale.ROOT, "%,d of %,d never begun", missed, due));
        }
        return new Verdict(broken, latencies == 0, broken.size() == latencies);
    }

    /// The percentiles that `operations` of a step cannot carry, as words.
    List<String> unsupportedBy(long operations) {
        return terms.stream()
                .map(SloTerm::measure)
                .filter(m -> m instanceof SloTerm.Measure.Percentile p
                        && Math.round(operations * p.shareAbove()) < OPERATIONS_ABOVE_MIN)
                .map(SloTerm.Measure::word)
                .toList();
    }

    @Override
    public String toString() {
        return terms.stream().map(SloTerm::toString).collect(Collectors.joining(", "));
    }
}
