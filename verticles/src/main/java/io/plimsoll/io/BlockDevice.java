package io.plimsoll.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A block device as sysfs shows it.
///
/// @param name of the partition, where it is one: `nvme0n1p2`
/// @param model of the whole disk; empty where the kernel knows none (virtual disks)
/// @param scheduler the active one of the whole disk
/// @param directory of the partition in sysfs, without symbolic links
record BlockDevice(String name, String model, String scheduler, Path directory) {
    private static final long SECTOR_BYTES = 512; // in this file always, whatever the device has

    /// @param sys `/sys`, or its likeness in a test
    static Optional<BlockDevice> of(Path sys, int major, int minor) {
        try {
            return Optional.of(at(sys.resolve("dev/block/" + major + ":" + minor)));
        } catch (IOException e) {
            return Optional.empty(); // tmpfs, overlay, NFS: nothing in sysfs
        }
    }

    /// @param directory of a device, or a link to it
    static BlockDevice at(Path directory) throws IOException {
        Path device = directory.toRealPath();
        Path disk = isPartition(device) ? device.getParent() : device;
        return new BlockDevice(
                device.getFileName().toString(),
                read(disk.resolve("device/model")),
                active(read(disk.resolve("queue/scheduler"))),
                device);
    }

    private static boolean isPartition(Path device) {
        return Files.exists(device.resolve("partition"));
    }

    /// The whole disk that this is a partition of.
    Optional<BlockDevice> disk() throws IOException {
        return isPartition(directory) ? Optional.of(at(directory.getParent())) : Optional.empty();
    }

    /// The devices that this one is made of: of dm and md.
    List<BlockDevice> parts() throws IOException {
        return listed("slaves");
    }

    /// The dm and md devices that are made of this one.
    List<BlockDevice> users() throws IOException {
        return listed("holders");
    }

    /// What a loop device is in, as the kernel names it.
    Optional<Path> backingFile() {
        return ProcFile.read(directory.resolve("loop/backing_file"))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .map(Path::of);
    }

    private List<BlockDevice> listed(String links) throws IOException {
        Path all = directory.resolve(links);
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        List<BlockDevice> devices = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(all)) {
            for (Path entry : entries) {
                devices.add(at(entry));
            }
        }
        return devices;
    }

    /// The counters since boot; empty where the device is gone.
    Optional<DeviceCounters> counters() {
        List<String> f = ProcFile.words(read(directory.resolve("stat")));
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
