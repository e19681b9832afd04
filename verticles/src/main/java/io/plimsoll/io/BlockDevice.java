package io.plimsoll.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A block device as sysfs shows it.
///
/// @param name of the partition, where it is one: `nvme0n1p2`
/// @param model of the whole disk; empty where the kernel knows none (virtual disks)
/// @param scheduler the active one of the whole disk
/// @param statistics file with the counters of the partition
record BlockDevice(String name, String model, String scheduler, Path statistics) {
    private static final long SECTOR_BYTES = 512; // in this file always, whatever the device has

    /// @param sys `/sys`, or its likeness in a test
    static Optional<BlockDevice> of(Path sys, int major, int minor) {
        try {
            Path device = sys.resolve("dev/block/" + major + ":" + minor).toRealPath();
            boolean partition = Files.exists(device.resolve("partition"));
            Path disk = partition ? device.getParent() : device;
            return Optional.of(new BlockDevice(
                    device.getFileName().toString(),
                    read(disk.resolve("device/model")),
                    active(read(disk.resolve("queue/scheduler"))),
                    device.resolve("stat")));
        } catch (IOException e) {
            return Optional.empty(); // tmpfs, overlay, NFS: nothing in sysfs
        }
    }

    /// The counters since boot; empty where the device is gone.
    Optional<DeviceCounters> counters() {
        List<String> f = ProcFile.words(read(statistics));
        // Reads, merged, sectors, ms; writes, merged, sectors, ms; in flight, busy ms, weighed ms; since Linux 4.18
        // more.
        if (f.size() < 11) {
            return Optional.empty();
        }
        long[] n = new long[11];
        for (int i = 0; i < n.length; i++) {
            Optional<Long> number = ProcFile.whole(f.get(i));
            if (number.isEmpty()) {
                return Optional.empty();
            }
            n[i] = number.get();
        }
        return Optional.of(new DeviceCounters(
                n[0], n[1], n[2] * SECTOR_BYTES, n[3], n[4], n[5], n[6] * SECTOR_BYTES, n[7], n[9], n[10]));
    }

    /// `none [mq-deadline] kyber` → `mq-deadline`; `none` alone has no brackets.
    private static String active(String schedulers) {
        int open = schedulers.indexOf('[');
        int close = schedulers.indexOf(']', open + 1);
        return open >= 0 && close >= 0 ? schedulers.substring(open + 1, close) : schedulers;
    }

    private static String read(Path file) {
        return ProcFile.read(file).orElse("").strip();
    }
}
