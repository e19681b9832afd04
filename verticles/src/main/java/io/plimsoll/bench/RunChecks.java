package io.plimsoll.bench;

import static io.plimsoll.bench.TruthChecks.duration;
import static io.plimsoll.bench.TruthChecks.percent;

import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.JobResult.OpenLoopResult;
import io.plimsoll.model.Direction;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// Whether the job did what was asked of it, for long enough.
final class RunChecks {
    /// Of what was due.
    static final double ACHIEVED_SHARE_MIN = 0.99;
    /// Disks flush, networks resend, processors change their speed: at shorter times a run sees one state of each.
    static final long MEASURED_NS_MIN = 5_000_000_000L;
    /// Operations beyond a percentile that it takes to know it.
    static final long OPS_BEYOND_MIN = 10;
    /// Enough for p99.
    static final long OPS_MIN = 1_000;
    static final long SILENT_NS_MAX = 1_000_000_000L;
    /// Silence that is no more than a few operations long is how long operations take.
    static final long SILENT_MEDIANS_MIN = 10;

    private static final double[] PERCENTILES = {99.999, 99.99, 99.9, 99, 95, 90, 50};

    private RunChecks() {}

    /// How many were due is known, so that chance has no part in it.
    static Optional<Flag> rateNotAchieved(JobResult job) {
        return job.openLoop()
                .filter(open -> doneShare(job, open) < ACHIEVED_SHARE_MIN)
                .map(open -> TruthRule.RATE_NOT_ACHIEVED.flag(
                        String.format(
                                Locale.ROOT,
                                "%,.1f operations/s were due (requested: %,.1f) and %,.1f achieved (%s)",
                                open.scheduledPerSecond(),
                                open.requestedPerSecond(),
                                open.achievedPerSecond(),
                                percent(open.achievedShare())),
                        "ask for less, or find what holds it back: more operations in flight (iodepth), more data"
                                + " threads (numjobs), or it is the storage"));
    }

    /// Share of what was due that was done in the time of the schedule. What was in flight at its end may take as long
    /// after it as an operation takes: so long it is open, and not behind.
    static double doneShare(JobResult job, OpenLoopResult open) {
        if (open.due() == 0) {
            return 1;
        }
        double scheduleNs = open.due() * 1e9 / open.scheduledPerSecond();
        double openNs = Math.clamp(job.elapsedNs() - scheduleNs, 0, longestMedianNs(job));
        return open.achievedShare() * job.elapsedNs() / (job.elapsedNs() - openNs);
    }

    private static double longestMedianNs(JobResult job) {
        return job.directions().stream()
                .filter(d -> d.direction() != Direction.SYNC && !d.lat().isEmpty())
                .mapToDouble(d -> d.lat().percentileNs(50))
                .max()
                .orElse(0);
    }

    static Optional<Flag> scheduleMissed(JobResult job) {
        return job.openLoop()
                .filter(open -> open.missed() > 0)
                .map(open -> TruthRule.SCHEDULE_MISSED.flag(
                        String.format(
                                Locale.ROOT,
                                "%,d of %,d operations that were due had not begun at the end (%s); they count with"
                                        + " what they had waited until then",
                                open.missed(),
                                open.due(),
                                percent((double) open.missed() / Math.max(open.due(), 1))),
                        "the storage cannot do this rate with so many operations in flight: ask for less, or raise"
                                + " iodepth or numjobs"));
    }

    static Optional<Flag> stall(JobResult job, Observation seen) {
        long allowedNs = Math.max(
                SILENT_NS_MAX,
                SILENT_MEDIANS_MIN * GeneratorChecks.medianNs(job).orElse(0));
        return seen.silentNs() < allowedNs
                ? Optional.empty()
                : Optional.of(TruthRule.STALL.flag(
                        "nothing completed for at least " + duration(seen.silentNs())
                                + " while operations were in flight",
                        "look for what the storage did then (kernel log, failover, frozen file system); without a rate"
                                + " the percentiles hide it: repeat with rate_iops and read the response times"));
    }

    static Optional<Flag> shortRun(JobResult job) {
        Optional<DirectionResult> fewest = job.directions().stream()
                .filter(d -> d.direction() != Direction.SYNC)
                .min(Comparator.comparingLong(DirectionResult::ops));
        long ops = fewest.map(DirectionResult::ops).orElse(0L);
        boolean few = ops < OPS_MIN;
        return job.elapsedNs() >= MEASURED_NS_MIN && !few
                ? Optional.empty()
                : Optional.of(TruthRule.SHORT_RUN.flag(
                        String.format(
                                Locale.ROOT,
                                "measured for %s, %,d operation(s)%s; %s",
                                duration(job.elapsedNs()),
                                ops,
                                fewest.map(d -> " (" + d.direction().name().toLowerCase(Locale.ROOT) + ")")
                                        .orElse(""),
                                known(ops)),
                        "measure for longer (runtime=30, time_based)"));
    }

    private static String known(long ops) {
        OptionalDouble highest = highestPercentile(ops);
        return highest.isEmpty()
                ? "too few for any percentile"
                : "enough for percentiles up to p"
                        + String.valueOf(highest.getAsDouble()).replaceFirst("\\.0$", "");
    }

    /// The highest of the usual percentiles that so many operations tell: at least ten are beyond it. Empty where they
    /// do not tell even the median.
    static OptionalDouble highestPercentile(long ops) {
        for (double percentile : PERCENTILES) {
            if (ops * (100 - percentile) / 100 >= OPS_BEYOND_MIN * (1 - 1e-9)) {
                return OptionalDouble.of(percentile);
            }
        }
        return OptionalDouble.empty();
    }
}
