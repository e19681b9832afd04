package io.plimsoll.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What the processors and the memory did for one thread, from procfs. [#ofCurrentThread] is called on that thread,
/// [#sample] anywhere.
///
/// @param thread kernel's number of the thread
public record ThreadCpu(long thread) {
    /// Of all that procfs shows to programs, on every architecture.
    static final long TICK_NS = 10_000_000;

    /// Totals since the thread began. Times are in steps of 10 ms where nothing else is said.
    ///
    /// @param childUserNs of the processes (`dd`) that this process ran and waited for, whichever thread did
    /// @param childSystemNs likewise
    /// @param runNs on a processor, to the nanosecond; user and system time where the kernel does not count it
    /// @param delayNs runnable without a processor, to the nanosecond; 0 where the kernel does not count it
    /// @param contextSwitches of its own will and not
    /// @param majorFaults with I/O
    public record Sample(
            long userNs,
            long systemNs,
            long childUserNs,
            long childSystemNs,
            long runNs,
            long delayNs,
            long contextSwitches,
            long majorFaults,
            long minorFaults) {
        /// What it has done since then.
        public Sample minus(Sample earlier) {
            return new Sample(
                    userNs - earlier.userNs,
                    systemNs - earlier.systemNs,
                    childUserNs - earlier.childUserNs,
                    childSystemNs - earlier.childSystemNs,
                    runNs - earlier.runNs,
                    delayNs - earlier.delayNs,
                    contextSwitches - earlier.contextSwitches,
                    majorFaults - earlier.majorFaults,
                    minorFaults - earlier.minorFaults);
        }
    }

    public static ThreadCpu ofCurrentThread() throws IOException {
        // `1234/task/1240`
        Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
        return new ThreadCpu(Long.parseLong(self.getFileName().toString()));
    }

    /// Empty when the thread has ended.
    public Optional<Sample> sample() {
        Path task = Path.of("/proc/self/task/" + thread);
        return ProcFile.read(task.resolve("stat"))
                .flatMap(stat -> parse(
                        stat,
                        ProcFile.read(task.resolve("schedstat")).orElse(""), // a kernel without CONFIG_SCHED_INFO
                        ProcFile.read(task.resolve("status")).orElse("")));
    }

    /// @param stat proc_pid_stat(5): the name in parentheses may hold anything, also blanks and parentheses
    /// @param schedstat time on a processor, time waiting for one, time slices
    /// @param status lines of `key: value`
    static Optional<Sample> parse(String stat, String schedstat, String status) {
        String[] f = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        if (f.length < 15) {
            return Optional.empty();
        }
        // Field 3 of the manual page is f[0]: 10 minflt, 12 majflt, 14 utime, 15 stime, 16 cutime, 17 cstime.
        long userNs = Long.parseLong(f[11]) * TICK_NS;
        long systemNs = Long.parseLong(f[12]) * TICK_NS;
        String[] times = schedstat.strip().split(" ");
        boolean counted = times.length >= 2;
        return Optional.of(new Sample(
                userNs,
                systemNs,
                Long.parseLong(f[13]) * TICK_NS,
                Long.parseLong(f[14]) * TICK_NS,
                counted ? Long.parseLong(times[0]) : userNs + systemNs,
                counted ? Long.parseLong(times[1]) : 0,
                ProcFile.number(status, "voluntary_ctxt_switches").orElse(0L)
                        + ProcFile.number(status, "nonvoluntary_ctxt_switches").orElse(0L),
                Long.parseLong(f[9]),
                Long.parseLong(f[7])));
    }
}
