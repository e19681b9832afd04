package io.plimsoll.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What the processors did for one thread, from procfs. [#ofCurrentThread] is called on that thread, [#sample]
/// anywhere.
///
/// @param thread kernel's number of the thread
public record ThreadCpu(long thread) {
    /// Of all that procfs shows to programs, on every architecture.
    private static final long TICK_NS = 10_000_000;

    /// Totals since the thread began, of the thread and of the processes (`dd`) that this process ran and waited for.
    ///
    /// @param userNs in steps of 10 ms
    /// @param systemNs in steps of 10 ms
    /// @param delayNs runnable without a processor; 0 where the kernel does not count it
    public record Sample(long userNs, long systemNs, long delayNs) {}

    public static ThreadCpu ofCurrentThread() throws IOException {
        // `1234/task/1240`
        Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
        return new ThreadCpu(Long.parseLong(self.getFileName().toString()));
    }

    /// Empty when the thread has ended.
    public Optional<Sample> sample() {
        Path task = Path.of("/proc/self/task/" + thread);
        try {
            return parse(Files.readString(task.resolve("stat")), schedstat(task));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String schedstat(Path task) {
        try {
            return Files.readString(task.resolve("schedstat"));
        } catch (IOException e) {
            return ""; // a kernel without CONFIG_SCHED_INFO
        }
    }

    /// @param stat proc_pid_stat(5): the name in parentheses may hold anything, also blanks and parentheses
    /// @param schedstat time on a processor, time waiting for one, time slices
    static Optional<Sample> parse(String stat, String schedstat) {
        String[] f = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        if (f.length < 15) {
            return Optional.empty();
        }
        String[] delays = schedstat.strip().split(" ");
        // Field 3 of the manual page is f[0]: 14 utime, 15 stime, 16 cutime, 17 cstime.
        return Optional.of(new Sample(
                (Long.parseLong(f[11]) + Long.parseLong(f[13])) * TICK_NS,
                (Long.parseLong(f[12]) + Long.parseLong(f[14])) * TICK_NS,
                delays.length >= 2 ? Long.parseLong(delays[1]) : 0));
    }
}
