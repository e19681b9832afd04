package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.io.MountTable.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The probes of the truth checks, on texts as kernels write them.
class ProbesTest {
    @TempDir
    Path root;

    @Test
    void theProcessesBytesAreThoseOfTheStorageNotThoseOfTheCalls() {
        String io = "rchar: 9000\nwchar: 8000\nsyscr: 10\nsyscw: 9\nread_bytes: 4096\nwrite_bytes: 12288\n"
                + "cancelled_write_bytes: 1\n";
        ProcessIo parsed = ProcessIo.parse(io).orElseThrow();
        assertEquals(new ProcessIo(4096, 12288), parsed);
        assertEquals(new ProcessIo(4000, 12000), parsed.minus(new ProcessIo(96, 288)));
        assertTrue(ProcessIo.parse("rchar: 9000\nwchar: 8000\n").isEmpty());
    }

    @Test
    void pressureIsTheTotalOfTheLineForSome() throws IOException {
        write("cpu", "some avg10=0.32 avg60=0.85 avg300=1.57 total=3424972989\nfull avg10=0.00 total=7\n");
        write("memory", "full avg10=0.00 avg60=0.00 avg300=0.00 total=5\n");

        Pressure pressure = Pressure.sample(root);

        assertEquals(Optional.of(3_424_972_989_000L), pressure.cpuNs());
        assertEquals(Optional.empty(), pressure.memoryNs(), "no line for some");
        assertEquals(Optional.empty(), Pressure.sample(root.resolve("none")).cpuNs(), "no file");
        Pressure later = new Pressure(Optional.of(3_424_972_990_000L), Optional.of(1L));
        assertEquals(new Pressure(Optional.of(1_000L), Optional.empty()), later.minus(pressure));
    }

    @Test
    void processorsAreBusyIdleOrStolen() {
        CpuTimes times = CpuTimes.parse("cpu  100 1 50 800 20 2 3 24 60 1\ncpu0 100 1 50 800\n")
                .orElseThrow();
        assertEquals(new CpuTimes(1_560_000_000L, 8_200_000_000L, 240_000_000L), times);
        assertEquals(0.82, times.idleShare(), 1e-9);
        assertEquals(0.024, times.stolenShare(), 1e-9);
        CpuTimes nothing = times.minus(times);
        assertEquals(1, nothing.idleShare());
        assertEquals(0, nothing.stolenShare());
        assertEquals(0, times.minus(new CpuTimes(0, Long.MAX_VALUE, 0)).idleNs(), "idle may step back");
        assertTrue(CpuTimes.parse("cpu  100 1 50 800\n").isEmpty());
        assertTrue(CpuTimes.parse("").isEmpty());
    }

    @Test
    void everyGroupUpToTheMountPointMayHoldBack() throws IOException {
        write("pods/pod1/app/cpu.stat", "usage_usec 9\nnr_periods 100\nnr_throttled 3\nthrottled_usec 70\n");
        write("pods/pod1/cpu.stat", "usage_usec 9\nnr_periods 100\nnr_throttled 2\nthrottled_usec 30\n");
        write("pods/cpu.stat", "usage_usec 9\n");
        MountTable mounts = new MountTable(List.of(
                new Mount(1, 0, 20, root, "cgroup2", "cgroup2", "rw"),
                new Mount(2, 0, 21, root.resolve("v1"), "cgroup", "cgroup", "rw,cpuset")));

        CpuLimit limit = CpuLimit.of(mounts, "3:cpuset:/elsewhere\n0::/pods/pod1/app\n");

        assertEquals(Optional.of(new CpuLimit.Sample(5, 100_000)), limit.sample());
        assertEquals(
                new CpuLimit.Sample(1, 60_000),
                new CpuLimit.Sample(6, 160_000).minus(limit.sample().orElseThrow()));
    }

    @Test
    void aContainersGroupIsWhatIsMountedWhereTheHostsPathIsNotThere() throws IOException {
        write("cpu.stat", "nr_periods 100\nnr_throttled 4\nthrottled_time 123456\n");
        MountTable mounts =
                new MountTable(List.of(new Mount(1, 0, 20, root, "cgroup", "cgroup", "rw,relatime,cpu,cpuacct")));

        assertEquals(
                Optional.of(new CpuLimit.Sample(4, 123_456)),
                CpuLimit.of(mounts, "4:cpu,cpuacct:/docker/0123456789ab\n").sample());
        assertTrue(CpuLimit.of(mounts, "0::/\n").sample().isEmpty(), "no group of version 2 is mounted");
        assertTrue(CpuLimit.of(mounts, "").sample().isEmpty());
    }

    @Test
    void memoryIsToldInKibibytes() {
        assertEquals(
                Optional.of(16_000L * 1024), Memory.bytes("MemTotal:       16000 kB\nMemFree: 5 kB\n", "MemTotal"));
        assertTrue(Memory.bytes("MemFree: 5 kB\n", "MemTotal").isEmpty());
        assertEquals(
                Optional.of(11L * 1024), Memory.unwritten("Dirty:  8 kB\nWriteback:  3 kB\nWritebackTmp:  9 kB\n"));
        assertTrue(Memory.unwritten("Dirty:  8 kB\n").isEmpty());
    }

    @Test
    void nfsBytesAreThoseOfTheServerAndOfTheMountOnTop() {
        String stats = """
            device /dev/sda1 mounted on / with fstype ext4
            device filer:/a mounted on /mnt/my\\040files with fstype nfs4 statvers=1.1
            \topts:\trw,vers=4.2
            \tbytes:\t1 2 3 4 500 600 7 8
            device filer:/b mounted on /mnt/b with fstype nfs statvers=1.1
            \tbytes:\t1 2 3 4 900 800 7 8
            """;
        assertEquals(Optional.of(new Storage.ServerBytes(500, 600)), Storage.nfs(stats, Path.of("/mnt/my files")));
        assertEquals(Optional.of(new Storage.ServerBytes(900, 800)), Storage.nfs(stats, Path.of("/mnt/b")));
        assertTrue(Storage.nfs(stats, Path.of("/")).isEmpty());
        assertTrue(Storage.nfs("device", Path.of("/")).isEmpty());
    }

    @Test
    void fileSystemsAreToldApartByHowABytesWayCanBeFollowed() {
        assertEquals(Storage.Kind.MEMORY, kind("tmpfs", "tmpfs"));
        assertEquals(Storage.Kind.POOL, kind("btrfs", "/dev/no-such-device"));
        assertEquals(Storage.Kind.OVERLAY, kind("overlay", "overlay"));
        assertEquals(Storage.Kind.NFS, kind("nfs4", "filer:/export"));
        assertEquals(Storage.Kind.OTHER, kind("ceph", "10.0.0.1:/"));
        assertEquals(Storage.Kind.OTHER, kind("ext4", "/dev/no-such-device"), "a device that sysfs does not show");
    }

    @Test
    void deviceNumbersHaveTwoPartsInTwoPiecesEach() {
        assertEquals(259, Storage.major(0x10305L));
        assertEquals(5, Storage.minor(0x10305L));
        assertEquals(0x12345, Storage.major(0x12345_00L & 0xfff00L | 0x12000L << 32));
        assertEquals(0x45678, Storage.minor(0x45600L << 12 | 0x78L));
    }

    private Storage.Kind kind(String fileSystem, String source) {
        Mount mount = new Mount(1, 0, 77, Path.of("/data"), fileSystem, source, "rw");
        return Storage.mounted(root, mount).kind();
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }
}
