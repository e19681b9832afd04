package io.plimsoll.io;

/// What the calling thread has used since it began, from getrusage(2): to the microsecond, where [ThreadCpu] has steps
/// of 10 ms but can be read from any thread.
public record ThreadUsage(
        long userNs,
        long systemNs,
        long minorFaults,
        long majorFaults,
        long voluntarySwitches,
        long involuntarySwitches) {
    public static ThreadUsage ofCurrentThread() throws PosixException {
        try (Posix posix = new Posix()) {
            return posix.threadUsage();
        }
    }

    public ThreadUsage since(ThreadUsage before) {
        return new ThreadUsage(
                userNs - before.userNs,
                systemNs - before.systemNs,
                minorFaults - before.minorFaults,
                majorFaults - before.majorFaults,
                voluntarySwitches - before.voluntarySwitches,
                involuntarySwitches - before.involuntarySwitches);
    }
}
