package io.plimsoll.io;

import io.plimsoll.io.MountTable.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a path lies on, and what that has done since boot. What is unknown is empty, never guessed and never a
/// failure.
public final class Storage {
    private static final Path SYS = Path.of("/sys");
    private static final Path MOUNTSTATS = Path.of("/proc/self/mountstats");
    private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs", "devtmpfs", "hugetlbfs");
    private static final Set<String> POOLS = Set.of("btrfs", "zfs", "bcachefs");

    /// How the way of a byte to the storage can be followed.
    public enum Kind {
        /// One block device, or a file system on one.
        DEVICE,
        /// A file system that may spread over several devices, of which the mount table names one or none.
        POOL,
        /// A file system over another one of this machine, as containers have it.
        OVERLAY,
        /// Nothing but memory.
        MEMORY,
        NFS,
        /// `/dev/zero`, `/dev/null`: no storage at all, good for calibration.
        CHARACTERS,
        /// File systems whose I/O the kernel may or may not count: FUSE, Ceph, SMB.
        OTHER
    }

    /// What NFS servers were asked for, by the client's account.
    public record ServerBytes(long read, long written) {
        public ServerBytes minus(ServerBytes earlier) {
            return new ServerBytes(read - earlier.read, written - earlier.written);
        }
    }

    /// What others on the disks below had them do since boot, or between two looks.
    ///
    /// @param name the kernel's of a disk that did it, or of another device of dm or md on the same disk
    /// @param loop whether it has a file system of its own below ours, with the file of a loop device in it
    public record Neighbour(String name, boolean loop, long readBytes, long writtenBytes) {
        public Neighbour minus(Neighbour earlier) {
            return new Neighbour(name, loop, readBytes - earlier.readBytes, writtenBytes - earlier.writtenBytes);
        }
    }

    private final Kind kind;
    private final String fileSystem;
    private final Optional<Path> mountPoint;
    private final Optional<BlockDevice> device;
    private final Optional<DiskNeighbours> neighbours;

    private Storage(Kind kind, String fileSystem, Optional<Path> mountPoint, Optional<BlockDevice> device) {
        this(kind, fileSystem, mountPoint, device, Optional.empty());
    }

    private Storage(
            Kind kind,
            String fileSystem,
            Optional<Path> mountPoint,
            Optional<BlockDevice> device,
            Optional<DiskNeighbours> neighbours) {
        this.kind = kind;
        this.fileSystem = fileSystem;
        this.mountPoint = mountPoint;
        this.device = device;
        this.neighbours = neighbours;
    }

    /// @param path a file, a directory, or a device, that is there
    public static Storage of(Path path) {
        try {
            MountTable mounts = MountTable.ofThisProcess();
            Storage alone = of(SYS, mounts, path.toRealPath());
            return new Storage(
                    alone.kind,
                    alone.fileSystem,
                    alone.mountPoint,
                    alone.device,
                    alone.device.map(device -> DiskNeighbours.of(SYS, mounts, device)));
        } catch (IOException e) {
            return new Storage(Kind.OTHER, "", Optional.empty(), Optional.empty());
        }
    }

    private static Storage of(Path sys, MountTable mounts, Path real) throws IOException {
        int mode = (Integer) Files.getAttribute(real, "unix:mode") & 0xf000;
        if (mode == 0x2000) {
            return new Storage(Kind.CHARACTERS, "", Optional.empty(), Optional.empty());
        }
        if (mode == 0x6000) {
            long number = (Long) Files.getAttribute(real, "unix:rdev");
            Optional<BlockDevice> device = BlockDevice.of(sys, major(number), minor(number));
            return new Storage(device.isPresent() ? Kind.DEVICE : Kind.OTHER, "", Optional.empty(), device);
        }
        return mounts.byPath(real)
                .map(mount -> mounted(sys, mount))
                .orElseGet(() -> new Storage(Kind.OTHER, "", Optional.empty(), Optional.empty()));
    }

    static Storage mounted(Path sys, Mount mount) {
        Optional<BlockDevice> device = TargetProbe.device(sys, mount);
        String type = mount.fileSystem();
        Kind kind;
        if (MEMORY.contains(type)) {
            kind = Kind.MEMORY;
        } else if (POOLS.contains(type)) {
            kind = Kind.POOL;
        } else if (type.equals("overlay")) {
            kind = Kind.OVERLAY;
        } else if (type.equals("nfs") || type.equals("nfs4")) {
            kind = Kind.NFS;
        } else if (type.equals("fuseblk")) {
            kind = Kind.OTHER; // a disk, which another process reads and writes for us
        } else {
            kind = device.isPresent() ? Kind.DEVICE : Kind.OTHER;
        }
        return new Storage(kind, type, Optional.of(mount.mountPoint()), device);
    }

    public Kind kind() {
        return kind;
    }

    /// As in the mount table: `ext4`, `nfs4`; empty for a device itself and where unknown.
    public String fileSystem() {
        return fileSystem;
    }

    /// The kernel's name of the block device, `nvme0n1p2`.
    public Optional<String> device() {
        return device.map(BlockDevice::name);
    }

    public Optional<DeviceCounters> counters() {
        return device.flatMap(BlockDevice::counters);
    }

    /// What others had the disks below the device do beside it; see [DiskNeighbours].
    public List<Neighbour> neighbours() {
        return neighbours.map(DiskNeighbours::sample).orElse(List.of());
    }

    /// Empty where it is no NFS.
    public Optional<ServerBytes> serverBytes() {
        return kind == Kind.NFS
                ? mountPoint.flatMap(point -> ProcFile.read(MOUNTSTATS).flatMap(text -> nfs(text, point)))
                : Optional.empty();
    }

    /// `device filer:/export mounted on /mnt with fstype nfs4 statvers=1.1`, then among the lines up to the next such
    /// `bytes: normalRead normalWrite directRead directWrite serverRead serverWritten …`.
    static Optional<ServerBytes> nfs(String mountstats, Path mountPoint) {
        Optional<ServerBytes> found = Optional.empty();
        boolean ours = false;
        for (String line : mountstats.split("\n")) {
            List<String> f = ProcFile.words(line);
            if (f.size() >= 5 && f.getFirst().equals("device")) {
                ours = MountTable.unescape(f.get(4)).equals(mountPoint.toString());
            } else if (ours && f.size() >= 7 && f.getFirst().equals("bytes:")) {
                Optional<Long> written = ProcFile.whole(f.get(6));
                // The last one covers those mounted on the same place before it.
                found = ProcFile.whole(f.get(5)).flatMap(read -> written.map(w -> new ServerBytes(read, w)));
            }
        }
        return found;
    }

    /// As glibc's gnu_dev_major: 12 bits and 20 bits above 32.
    static int major(long number) {
        return (int) (number >>> 8 & 0xfff | number >>> 32 & 0xfffff000L);
    }

    static int minor(long number) {
        return (int) (number & 0xff | number >>> 12 & 0xffffff00L);
    }
}
