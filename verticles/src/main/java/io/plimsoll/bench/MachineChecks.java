package io.plimsoll.bench;

import static io.plimsoll.bench.TruthChecks.duration;
import static io.plimsoll.bench.TruthChecks.percent;

import io.plimsoll.io.CpuTimes;
import java.util.Optional;

/// Whether the machine was the job's own.
final class MachineChecks {
    /// Share of the processors' time that the hypervisor may give away.
    static final double STEAL_SHARE_MAX = 0.01;
    /// Share of the time in which something on this machine waited for a processor; wake-ups alone make a few per
    /// cent.
    static final double CPU_PRESSURE_SHARE_MAX = 0.1;
    /// Share of the time in which something waited for memory; without pressure there is none at all.
    static final double MEMORY_PRESSURE_SHARE_MAX = 0.01;

    private MachineChecks() {}

    static Optional<Flag> cpuSteal(JobResult job, Observation seen) {
        return seen.processors()
                .filter(_ -> seen.lengthNs() >= GeneratorChecks.PROCESSORS_NS_MIN)
                .map(CpuTimes::stolenShare)
                .filter(share -> share > STEAL_SHARE_MAX)
                .map(share -> TruthRule.CPU_STEAL.flag(
                        "the hypervisor gave " + percent(share) + " of the processors' time to other guests",
                        "measure on a machine that has its processors to itself, or at another time"));
    }

    static Optional<Flag> cpuPressure(JobResult job, Observation seen) {
        return waited(
                TruthRule.CPU_PRESSURE,
                seen,
                seen.pressure().cpuNs(),
                CPU_PRESSURE_SHARE_MAX,
                "a processor",
                "end what else runs here, or use fewer data threads (numjobs)");
    }

    static Optional<Flag> memoryPressure(JobResult job, Observation seen) {
        return waited(
                TruthRule.MEMORY_PRESSURE,
                seen,
                seen.pressure().memoryNs(),
                MEMORY_PRESSURE_SHARE_MAX,
                "memory (reclaim, swap)",
                "free memory: swapping goes to a disk, and the page cache is smaller than it seems");
    }

    private static Optional<Flag> waited(
            TruthRule rule, Observation seen, Optional<Long> waitedNs, double shareMax, String what, String remedy) {
        return waitedNs.filter(ns -> ns > shareMax * seen.lengthNs())
                .map(ns -> rule.flag(
                        "for " + duration(ns) + ", " + percent((double) ns / seen.lengthNs())
                                + " of the time, something on this machine waited for " + what,
                        remedy));
    }

    static Optional<Flag> cgroupThrottled(JobResult job, Observation seen) {
        return seen.limit()
                .filter(limit -> limit.throttledNs() > 0)
                .map(limit -> TruthRule.CGROUP_THROTTLED.flag(
                        "the CPU limit of the control group held this process back " + limit.throttles()
                                + " times, for " + duration(limit.throttledNs()) + " in all",
                        "raise or remove the limit (Kubernetes: limits.cpu; Docker: --cpus)"));
    }
}
