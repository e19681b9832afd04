package io.plimsoll.io;

import io.plimsoll.model.Require;
import java.util.BitSet;
import java.util.List;

/// Keeps a data thread on processors of the user's choice; fio's `cpus_allowed`.
public final class ThreadAffinity {
    /// As many processors as glibc's `cpu_set_t` has room for.
    public static final int CPUS_MAX = 1024;

    private ThreadAffinity() {}

    /// Lets the calling thread run on these processors only, and threads that it starts from then on.
    ///
    /// @param cpus their numbers, as in `/proc/cpuinfo`; empty changes nothing
    /// @throws PosixException where one of them is not there, or is kept from this process (cgroup, `taskset`)
    public static void pin(List<Integer> cpus) throws PosixException {
        if (cpus.isEmpty()) {
            return;
        }
        long[] wanted = new long[CPUS_MAX / Long.SIZE];
        for (int cpu : cpus) {
            Require.inRange("CPU number", cpu, 0, CPUS_MAX - 1);
            wanted[cpu / Long.SIZE] |= 1L << cpu;
        }
        try (Posix posix = new Posix()) {
            long[] before = posix.affinity();
            // The kernel takes the mask if one processor of it is allowed, and forgets the others without a word.
            int result = posix.setAffinity(wanted);
            long[] now = posix.affinity();
            for (int cpu : cpus) {
                if (result != 0 || (now[cpu / Long.SIZE] & 1L << cpu) == 0) {
                    posix.setAffinity(before);
                    throw new PosixException(
                            "pin",
                            "a data thread to CPU " + cpu,
                            result == 0 ? Errno.EINVAL.number : -result,
                            "this process may run on " + describe(before));
                }
            }
        }
    }

    /// `0-3,8`
    private static String describe(long[] mask) {
        StringBuilder text = new StringBuilder();
        BitSet cpus = BitSet.valueOf(mask);
        for (int from = cpus.nextSetBit(0); from >= 0; ) {
            int to = cpus.nextClearBit(from) - 1;
            text.append(text.isEmpty() ? "" : ",").append(from);
            if (to > from) {
                text.append('-').append(to);
            }
            from = cpus.nextSetBit(to + 1);
        }
        return text.toString();
    }
}
