package io.plimsoll.io;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What all processors of this machine together did since boot, from `/proc/stat` (proc_stat(5)), in steps of 10 ms.
///
/// @param idleNs with nothing to do, or with nothing but I/O to wait for
/// @param stolenNs wanted, but given to other guests by the hypervisor
public record CpuTimes(long busyNs, long idleNs, long stolenNs) {
    private static final Path FILE = Path.of("/proc/stat");

    public static Optional<CpuTimes> sample() {
        return ProcFile.read(FILE).flatMap(CpuTimes::parse);
    }

    public CpuTimes minus(CpuTimes earlier) {
        // Idle and iowait may step back a little between two looks.
        return new CpuTimes(
                Math.max(busyNs - earlier.busyNs, 0),
                Math.max(idleNs - earlier.idleNs, 0),
                Math.max(stolenNs - earlier.stolenNs, 0));
    }

    /// 0 to 1; 1 where no time has passed.
    public double idleShare() {
        return totalNs() == 0 ? 1 : (double) idleNs / totalNs();
    }

    /// 0 to 1; 0 where no time has passed.
    public double stolenShare() {
        return totalNs() == 0 ? 0 : (double) stolenNs / totalNs();
    }

    private long totalNs() {
        return busyNs + idleNs + stolenNs;
    }

    /// `cpu user nice system idle iowait irq softirq steal guest guest_nice`; the last two are in the first two
    /// already.
    static Optional<CpuTimes> parse(String stat) {
        int end = stat.indexOf('\n');
        List<String> f = ProcFile.words(end < 0 ? stat : stat.substring(0, end));
        if (f.size() < 9 || !f.getFirst().equals("cpu")) {
            return Optional.empty();
        }
        long[] ns = new long[9];
        for (int i = 1; i < ns.length; i++) {
            Optional<Long> ticks = ProcFile.whole(f.get(i));
            if (ticks.isEmpty()) {
                return Optional.empty();
            }
            ns[i] = ticks.get() * ThreadCpu.TICK_NS;
        }
        return Optional.of(new CpuTimes(ns[1] + ns[2] + ns[3] + ns[6] + ns[7], ns[4] + ns[5], ns[8]));
    }
}
