package io.plimsoll.io;

/// What a block device has done since boot, for anyone (Documentation/block/stat.rst).
///
/// @param reads completed, after merging
/// @param readMerges reads that became part of another one
/// @param readMs sum of the times of all reads, in the queue and in the device
/// @param busyMs time with I/O in flight
/// @param queueMs `busyMs`, each weighed with how many were in flight
public record DeviceCounters(
        long reads,
        long readMerges,
        long readBytes,
        long readMs,
        long writes,
        long writeMerges,
        long writtenBytes,
        long writeMs,
        long busyMs,
        long queueMs) {

    /// What it has done since then.
    public DeviceCounters minus(DeviceCounters earlier) {
        return new DeviceCounters(
                reads - earlier.reads,
                readMerges - earlier.readMerges,
                readBytes - earlier.readBytes,
                readMs - earlier.readMs,
                writes - earlier.writes,
                writeMerges - earlier.writeMerges,
                writtenBytes - earlier.writtenBytes,
                writeMs - earlier.writeMs,
                busyMs - earlier.busyMs,
                queueMs - earlier.queueMs);
    }
}
