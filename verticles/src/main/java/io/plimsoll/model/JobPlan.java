package io.plimsoll.model;

import java.util.List;
import java.util.regex.Pattern;

/// One job of a benchmark, complete: the same plan and seed touch the same blocks in the same order.
///
/// @param threads data threads, each with its own engine, queue and files; fio's `numjobs`
/// @param seed fio's `randseed`
public record JobPlan(String name, Work work, EngineChoice engine, int threads, Load load, Span span, long seed) {
    public static final int THREADS_MAX = 512;
    /// Of its name, which its files have, too.
    public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    public JobPlan {
        Require.text("job name", name, 200);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("job name '" + name
                    + "' must be of letters, digits, '.', '_', '-', and begin with a letter or digit");
        }
        Require.present("work", work);
        Require.present("engine", engine);
        Require.inRange("number of data threads", threads, 1, THREADS_MAX);
        Require.present("load", load);
        Require.present("span", span);
    }

    /// @param iodepth operations in flight of one data thread
    /// @param direct past the page cache (`O_DIRECT`)
    /// @param fallbacks engines that may run instead where this one is refused, in order; empty: refuse the job
    /// @param cpus that data threads may run on; empty: all
    public record EngineChoice(
            EngineKind kind, int iodepth, boolean direct, List<EngineKind> fallbacks, List<Integer> cpus) {
        public static final int IODEPTH_MAX = 4096;
        public static final int CPU_MAX = 1023;

        public EngineChoice {
            Require.present("engine", kind);
            Require.inRange("iodepth", iodepth, 1, IODEPTH_MAX);
            fallbacks = List.copyOf(fallbacks);
            cpus = List.copyOf(cpus);
            cpus.forEach(cpu -> Require.inRange("CPU number", cpu, 0, CPU_MAX));
            if (iodepth > 1 && !kind.queues()) {
                throw new IllegalArgumentException("engine " + kind.word() + " has one operation in flight, so iodepth "
                        + iodepth + " cannot be had; use io_uring, or more data threads (numjobs)");
            }
        }

        /// Operations in flight of one data thread where that engine runs, be it a fallback.
        public int iodepthWith(EngineKind ran) {
            return ran.queues() ? iodepth : 1;
        }
    }

    /// @param rampNs before measuring begins; its operations are not in the result
    /// @param runtimeNs of measuring; 0: until all bytes are done
    /// @param timeBased begins from the start when all bytes are done, until the time is over
    public record Span(long rampNs, long runtimeNs, boolean timeBased) {
        public static final long NS_MAX = 366L * 24 * 3600 * 1_000_000_000L;

        public Span {
            Require.inRange("ramp time in ns", rampNs, 0, NS_MAX);
            Require.inRange("run time in ns", runtimeNs, 0, NS_MAX);
            if (timeBased && runtimeNs == 0) {
                throw new IllegalArgumentException("time_based needs a runtime");
            }
        }
    }
}
