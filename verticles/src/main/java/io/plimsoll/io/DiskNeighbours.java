package io.plimsoll.io;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who else is on the disks below a block device, down through partitions, dm, md and loop.
///
/// What comes by way of the device itself is taken off. A disk with partitions, or with the file of a loop device on
/// it, did for others what it did beside ours. A part of dm or md belongs to its users alone: others are those that
/// are not on our way; so that what a RAID or a snapshot writes more than once is nobody else's.
final class DiskNeighbours {
    /// Ours, by what they are on; in the order of the way down.
    private final Map<BlockDevice, Set<BlockDevice>> shared = new LinkedHashMap<>();

    private final Set<BlockDevice> way = new LinkedHashSet<>();
    private final Set<BlockDevice> users = new LinkedHashSet<>();
    private final Path sys;
    private final MountTable mounts;

    private DiskNeighbours(Path sys, MountTable mounts) {
        this.sys = sys;
        this.mounts = mounts;
    }

    /// Nobody is seen where sysfs does not tell.
    static DiskNeighbours of(Path sys, MountTable mounts, BlockDevice device) {
        DiskNeighbours found = new DiskNeighbours(sys, mounts);
        try {
            found.goDown(device);
            for (BlockDevice below : found.way) {
                if (!below.equals(device)) {
                    found.users.addAll(below.users());
                }
            }
            found.users.removeAll(found.way);
            return found;
        } catch (IOException | DirectoryIteratorException | InvalidPathException e) {
            return new DiskNeighbours(sys, mounts); // a device that was there a moment before
        }
    }

    private void goDown(BlockDevice device) throws IOException {
        if (!way.add(device)) {
            return;
        }
        Optional<BlockDevice> disk = device.disk();
        Optional<BlockDevice> below =
                disk.isPresent() ? disk : device.backingFile().flatMap(this::under);
        if (below.isPresent()) {
            shared.computeIfAbsent(below.get(), _ -> new LinkedHashSet<>()).add(device);
            goDown(below.get());
        }
        for (BlockDevice part : device.parts()) {
            goDown(part);
        }
    }

    /// Empty where the file is in another mount namespace, or on no device.
    private Optional<BlockDevice> under(Path file) {
        return Files.exists(file)
                ? mounts.byPath(file).flatMap(mount -> TargetProbe.device(sys, mount))
                : Optional.empty();
    }

    /// Whether both ways down lead to the same device.
    boolean meets(DiskNeighbours other) {
        return !Collections.disjoint(way, other.way);
    }

    List<Storage.Neighbour> sample() {
        List<Storage.Neighbour> traffic = new ArrayList<>();
        shared.forEach((below, ours) -> below.counters().ifPresent(all -> {
            long read = all.readBytes();
            long written = all.writtenBytes();
            for (BlockDevice mine : ours) {
                Optional<DeviceCounters> did = mine.counters();
                if (did.isEmpty()) {
                    return;
                }
                read -= did.get().readBytes();
                written -= did.get().writtenBytes();
            }
            boolean loop = ours.stream().anyMatch(mine -> mine.backingFile().isPresent());
            traffic.add(new Storage.Neighbour(below.name(), loop, read, written));
        }));
        users.forEach(user -> user.counters()
                .ifPresent(did ->
                        traffic.add(new Storage.Neighbour(user.name(), false, did.readBytes(), did.writtenBytes()))));
        return traffic;
    }
}
