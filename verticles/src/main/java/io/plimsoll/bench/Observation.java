package io.plimsoll.bench;

import io.plimsoll.bench.JobResult.CpuUse;
import io.plimsoll.bench.JobResult.DiskUse;
import io.plimsoll.io.CpuLimit;
import io.plimsoll.io.CpuTimes;
import io.plimsoll.io.DeviceCounters;
import io.plimsoll.io.Pressure;
import io.plimsoll.io.ProcessIo;
import io.plimsoll.io.Storage;
import io.plimsoll.io.ThreadCpu;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// What this machine did while a job was measured, by accounts that are not ours. Everything that counts is the
/// difference from the beginning of measuring to its end; what the machine does not tell is empty.
///
/// @param lengthNs from the first look to the last
/// @param fileSystem of the target; empty for a device itself, and where unknown
/// @param device below the target, for everyone's I/O
/// @param neighbours what others had the disks below the device do; less than nothing where I/O was merged or
///     cached
/// @param unwritten what waited in memory to be written; empty where the machine does not tell
/// @param server what the target's NFS server was asked for, by everyone on this machine
/// @param threads the data threads
/// @param processors all of the machine
/// @param limit by which a control group held the process back
/// @param gcPausesNs garbage collections that stopped every thread
/// @param ramBytes of the machine
/// @param files before measuring; empty where the target has no files, or nobody has looked
/// @param silentNs the longest time without any completion while operations were in flight, by looks every half
///     second: it was at least as long
record Observation(
        long lengthNs,
        Storage.Kind storage,
        String fileSystem,
        Optional<Device> device,
        List<Storage.Neighbour> neighbours,
        Optional<ProcessIo> process,
        Optional<Unwritten> unwritten,
        Optional<Storage.ServerBytes> server,
        List<ThreadCpu.Sample> threads,
        Optional<CpuTimes> processors,
        Pressure pressure,
        Optional<CpuLimit.Sample> limit,
        long gcPausesNs,
        Optional<Long> ramBytes,
        Optional<DataFiles> files,
        long silentNs,
        Beginning beginning) {

    record Device(String name, DeviceCounters did) {}

    /// Bytes in the page cache that are not on the storage.
    ///
    /// @param oursBefore when measuring began, of this process's, at most
    /// @param after when it ended, of everyone's
    record Unwritten(long oursBefore, long after) {}

    /// The first second of measuring, and all that came after it.
    ///
    /// @param jitNs compiling in the first second; empty without a compiler
    record Beginning(long firstNs, long firstOps, Optional<Long> jitNs, long restNs, long restOps) {}

    Observation {
        neighbours = List.copyOf(neighbours);
        threads = List.copyOf(threads);
    }

    /// Of the data threads together, and of the processes that they ran.
    ///
    /// Ticks of 10 ms tell only how the threads' time is divided between user and system, the scheduler how long it
    /// was: of a short run, ticks alone could be more than all of it. Without any tick it is all the user's, as the
    /// kernel counts it then.
    CpuUse cpu() {
        long runNs = sum(ThreadCpu.Sample::runNs);
        long userTicksNs = sum(ThreadCpu.Sample::userNs);
        long ticksNs = userTicksNs + sum(ThreadCpu.Sample::systemNs);
        long userNs = ticksNs == 0 ? runNs : Math.round((double) runNs * userTicksNs / ticksNs);
        return new CpuUse(
                lengthNs,
                userNs + max(ThreadCpu.Sample::childUserNs),
                runNs - userNs + max(ThreadCpu.Sample::childSystemNs),
                sum(ThreadCpu.Sample::delayNs),
                sum(ThreadCpu.Sample::contextSwitches),
                sum(ThreadCpu.Sample::majorFaults),
                sum(ThreadCpu.Sample::minorFaults));
    }

    Optional<DiskUse> disk() {
        return device.map(d -> new DiskUse(
                d.name(), d.did(), lengthNs == 0 ? 0 : Math.min(d.did().busyMs() * 1e6 / lengthNs, 1) * 100));
    }

    /// What this machine does not tell, so that the checks that need it could not be made.
    List<String> unknown() {
        List<String> unknown = new ArrayList<>();
        if (process.isEmpty()) {
            unknown.add("bytes of the process at the storage (/proc/self/io)");
        }
        if (device.isEmpty() && storage != Storage.Kind.CHARACTERS && storage != Storage.Kind.MEMORY) {
            unknown.add("the block device below the target" + (fileSystem.isEmpty() ? "" : " (" + fileSystem + ")"));
        }
        if (threads.isEmpty()) {
            unknown.add("CPU time of the data threads (/proc/self/task)");
        }
        if (processors.isEmpty()) {
            unknown.add("times of the processors (/proc/stat)");
        }
        if (pressure.cpuNs().isEmpty() || pressure.memoryNs().isEmpty()) {
            unknown.add("pressure (/proc/pressure)");
        }
        return unknown;
    }

    private long sum(ToLongFunction<ThreadCpu.Sample> value) {
        return threads.stream().mapToLong(value).sum();
    }

    private long max(ToLongFunction<ThreadCpu.Sample> value) {
        return threads.stream().mapToLong(value).max().orElse(0);
    }
}
