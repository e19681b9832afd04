package io.plimsoll.bench;

import io.plimsoll.bench.SloTerm.Measure;
import io.plimsoll.model.EngineKind;
import io.plimsoll.stats.LatencyHistogram;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Whose limit it is that a step broke the SLO.
///
/// A response time is what an operation waited until it was begun, and its service time. It waits for the storage only
/// where the queue is full; otherwise it waits for a thread of ours that was late, and the storage was not asked.
public enum SaturationLimit {
    STORAGE,
    /// It was not the storage that broke it, or that cannot be told, because this client was held back as well.
    CLIENT;

    /// Share of the queue that is in use on average: below it, there is nearly always a free slot for what is due.
    static final double QUEUE_USED_SHARE_MAX = 0.5;

    /// What says that our threads did not get the processors they needed. Pressure is not among them: that others
    /// waited for a processor says nothing of us.
    private static final Set<String> HELD_BACK = List.of(
                    TruthRule.CPU_SATURATED,
                    TruthRule.SCHEDULING_DELAY,
                    TruthRule.CPU_STEAL,
                    TruthRule.CGROUP_THROTTLED)
            .stream()
            .map(TruthRule::id)
            .collect(Collectors.toUnmodifiableSet());

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @param job of a step that broke the SLO
    /// @param service service times of reads and writes together
    /// @param rateFollowed enough of what was due was achieved, without a backlog
    static SaturationLimit of(JobResult job, Slo slo, LatencyHistogram service, boolean rateFollowed) {
        if (job.engine() == EngineKind.NULL || neverWaited(job, rateFollowed)) {
            return CLIENT;
        }
        if (queueUsedShare(job) >= QUEUE_USED_SHARE_MAX) {
            return STORAGE;
        }
        boolean stalled = job.flags().stream().anyMatch(flag -> flag.rule().equals(TruthRule.STALL.id()));
        return !stalled
                        && job.flags().stream().anyMatch(SaturationLimit::heldBack)
                        && explainedByDelay(job, slo, service)
                ? CLIENT
                : STORAGE;
    }

    static boolean heldBack(Flag flag) {
        return HELD_BACK.contains(flag.rule());
    }

    /// Whether the data threads were at work all the time. While a rate is followed, pacers that spin between
    /// operations have their processors by choice; behind it nobody spins: threads work, or sleep because the queue
    /// is full.
    private static boolean neverWaited(JobResult job, boolean rateFollowed) {
        double spun = rateFollowed ? job.plan().load().spinShareMax() : 0;
        return cpuShare(job, job.cpu().userNs() + job.cpu().systemNs()) - spun > GeneratorChecks.THREAD_BUSY_SHARE_MAX;
    }

    /// Operations in flight on average, of those that may be (Little's law).
    private static double queueUsedShare(JobResult job) {
        double inFlightNs = job.directions().stream()
                .filter(direction -> !direction.lat().isEmpty())
                .mapToDouble(direction -> direction.ops() * direction.lat().meanNs())
                .sum();
        return inFlightNs / ((double) Math.max(1, job.elapsedNs()) * job.queue());
    }

    /// Where service times keep the SLO the storage kept it. Where they do not, they have our own delays in them,
    /// since what completes while we have no processor is seen late: those may be all that is above a
    /// percentile, if they are as large a share of the time.
    private static boolean explainedByDelay(JobResult job, Slo slo, LatencyHistogram service) {
        double delayShare = cpuShare(job, job.cpu().delayNs());
        return slo.terms().stream().filter(term -> !term.keptBy(service)).allMatch(term -> switch (term.measure()) {
            case Measure.Percentile percentile -> delayShare >= percentile.shareAbove();
            case Measure.Max _ -> true;
            case Measure.Mean _ -> false;
        });
    }

    private static double cpuShare(JobResult job, long ns) {
        return job.cpu().percent(ns, job.plan().threads()) / 100;
    }
}
