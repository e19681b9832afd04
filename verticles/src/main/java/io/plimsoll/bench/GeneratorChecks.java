package io.plimsoll.bench;

import static io.plimsoll.bench.TruthChecks.duration;
import static io.plimsoll.bench.TruthChecks.percent;

import io.plimsoll.io.ThreadCpu;
import io.plimsoll.model.Direction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Whether it was the storage that was the limit, and not this program.
final class GeneratorChecks {
    /// A data thread that is on a processor for longer has no time left to wait for the storage in.
    static final double THREAD_BUSY_SHARE_MAX = 0.95;
    /// With less left, kernel threads that complete I/O and the other threads of this process have to wait.
    static final double IDLE_SHARE_MIN = 0.2;
    /// Times of processors come in steps of 10 ms: shares of a shorter time are not worth saying.
    static final long PROCESSORS_NS_MIN = 1_000_000_000L;
    /// Share of the time that a data thread may wait for a processor: at 1 % it is in the p99.
    static final double DELAY_SHARE_MAX = 0.01;
    /// Share of the median latency that may be the tool's own: what differs between repeats of a good run.
    static final double OWN_SHARE_MAX = 0.05;
    /// A pause is known to the millisecond, and one of more than that is seen in the largest latencies.
    static final long PAUSES_NS_MAX = 1_000_000;
    /// At a thousandth of the time pauses are in the p99.9.
    static final double PAUSES_SHARE_MAX = 0.001;
    /// Compiling in the first second that is more than what is left over after a warm-up.
    static final long JIT_NS_MIN = 100_000_000;
    /// The first second is slower by more than this.
    static final double COLD_RATE_SHARE_MAX = 0.9;
    /// Time after the first second that it can be compared with.
    static final long REST_NS_MIN = 1_000_000_000L;

    private GeneratorChecks() {}

    static Optional<Flag> fallbackEngine(JobResult job) {
        return job.engine() == job.plan().engine().kind()
                ? Optional.empty()
                : Optional.of(TruthRule.FALLBACK_ENGINE.flag(
                        "the engine was " + job.engineWords(),
                        "compare with results of the same engine only, or give this one what it was refused"));
    }

    /// The tool's own share of the median latency; empty where the null engine was not run, or nothing completed.
    static OptionalDouble ownShare(JobResult job) {
        OptionalLong median = medianNs(job);
        return job.ownCostNs().isEmpty() || median.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) job.ownCostNs().get() / Math.max(median.getAsLong(), 1));
    }

    /// Of reads or of writes, whichever is the shorter.
    static OptionalLong medianNs(JobResult job) {
        return job.directions().stream()
                .filter(d -> d.direction() != Direction.SYNC && !d.lat().isEmpty())
                .mapToLong(d -> d.lat().percentileNs(50))
                .min();
    }

    static Optional<Flag> ownOverhead(JobResult job, Observation seen) {
        OptionalDouble share = ownShare(job);
        return !TruthChecks.measuresStorage(job, seen) || share.isEmpty() || share.getAsDouble() <= OWN_SHARE_MAX
                ? Optional.empty()
                : Optional.of(TruthRule.OWN_OVERHEAD.flag(
                        "an operation costs this tool "
                                + duration(job.ownCostNs().orElseThrow())
                                + " without any storage, which is " + percent(share.getAsDouble())
                                + " of the median latency of "
                                + duration(medianNs(job).orElseThrow()),
                        "read latencies as the storage's and the tool's together; use io_uring, or larger blocks"));
    }

    /// A pacer that spins takes its processor by choice: only what is beyond that is work. Whether the processor was
    /// enough, the lateness tells.
    static Optional<Flag> cpuSaturated(JobResult job, Observation seen) {
        if (!TruthChecks.measuresStorage(job, seen)) {
            return Optional.empty();
        }
        double spun = job.plan().load().spinShareMax();
        List<String> evidence = new ArrayList<>();
        long busy = seen.threads().stream()
                .filter(t -> share(t.runNs(), seen) - spun > THREAD_BUSY_SHARE_MAX)
                .count();
        if (busy > 0) {
            evidence.add(busy + " of " + seen.threads().size() + " data thread(s) had a processor for more than "
                    + percent(THREAD_BUSY_SHARE_MAX) + " of the time");
        }
        seen.processors()
                .filter(times -> times.idleShare() < IDLE_SHARE_MIN && seen.lengthNs() >= PROCESSORS_NS_MIN)
                .ifPresent(times -> evidence.add("the machine's processors were idle for "
                        + percent(times.idleShare()) + " of the time"
                        + (spun > 0 ? " (data threads spin between operations, by choice)" : "")));
        return evidence.isEmpty()
                ? Optional.empty()
                : Optional.of(TruthRule.CPU_SATURATED.flag(
                        String.join("; ", evidence) + ": this machine may be the limit, not the storage",
                        "use io_uring, more data threads (numjobs) while processors are idle, or more machines; end"
                                + " what else runs here"));
    }

    static Optional<Flag> schedulingDelay(JobResult job, Observation seen) {
        return seen.threads().stream()
                .max(Comparator.comparingLong(ThreadCpu.Sample::delayNs))
                .filter(worst -> share(worst.delayNs(), seen) > DELAY_SHARE_MAX)
                .map(worst -> TruthRule.SCHEDULING_DELAY.flag(
                        "a data thread was ready to run but had no processor for " + duration(worst.delayNs()) + ", "
                                + percent(share(worst.delayNs(), seen)) + " of the time: that is part of the latencies",
                        "end what else runs here, use fewer data threads than processors, or pin them"
                                + " (cpus_allowed)"));
    }

    static Optional<Flag> jvmPauses(JobResult job, Observation seen) {
        long pauses = seen.gcPausesNs();
        return pauses <= PAUSES_NS_MAX && share(pauses, seen) <= PAUSES_SHARE_MAX
                ? Optional.empty()
                : Optional.of(TruthRule.JVM_PAUSES.flag(
                        "garbage collections stopped this program for " + duration(pauses) + ", "
                                + percent(share(pauses, seen)) + " of the time: the largest latencies may be its own",
                        "repeat the run; if it happens again, give the JVM more memory (PLIMSOLL_JAVA_OPTS=-Xmx512m)"));
    }

    static Optional<Flag> coldJit(JobResult job, Observation seen) {
        Observation.Beginning b = seen.beginning();
        if (job.plan().span().rampNs() > 0 || b.firstNs() == 0 || b.restNs() < REST_NS_MIN) {
            return Optional.empty();
        }
        double firstRate = b.firstOps() * 1e9 / b.firstNs();
        double restRate = b.restOps() * 1e9 / b.restNs();
        return b.jitNs()
                .filter(jit -> jit >= JIT_NS_MIN && firstRate < COLD_RATE_SHARE_MAX * restRate)
                .map(jit -> TruthRule.COLD_JIT.flag(
                        "in the first " + duration(b.firstNs()) + " the JVM compiled for " + duration(jit) + ", and "
                                + Math.round(firstRate) + " operations/s were done against " + Math.round(restRate)
                                + " later",
                        "let the job warm up before it is measured (ramp_time=1)"));
    }

    private static double share(long ns, Observation seen) {
        return seen.lengthNs() == 0 ? 0 : (double) ns / seen.lengthNs();
    }
}
