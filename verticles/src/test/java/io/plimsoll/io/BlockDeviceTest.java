package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.io.MountTable.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockDeviceTest {
    private static final String STAT =
            "   97683     9871  4120136    26531   262421   160862 23041200   182430        1    93070   221380  0 0 0"
                    + " 0 1 2\n";

    @TempDir
    Path sys;

    @Test
    void aPartitionHasItsOwnCountersAndItsDisksModelAndScheduler() throws IOException {
        Path disk = sys.resolve("devices/pci/nvme0n1");
        write(disk.resolve("device/model"), "Samsung SSD 990 PRO 2TB   \n");
        write(disk.resolve("queue/scheduler"), "none [mq-deadline] kyber\n");
        write(disk.resolve("nvme0n1p2/partition"), "2\n");
        write(disk.resolve("nvme0n1p2/stat"), STAT);
        link("259:2", disk.resolve("nvme0n1p2"));

        BlockDevice device = BlockDevice.of(sys, 259, 2).orElseThrow();

        assertEquals("nvme0n1p2", device.name());
        assertEquals("Samsung SSD 990 PRO 2TB", device.model());
        assertEquals("mq-deadline", device.scheduler());
        assertEquals(
                new DeviceCounters(
                        97683, 9871, 4120136L * 512, 26531, 262421, 160862, 23041200L * 512, 182430, 93070, 221380),
                device.counters().orElseThrow());
    }

    @Test
    void whatSysfsDoesNotTellIsEmpty() throws IOException {
        Path disk = sys.resolve("devices/virtual/vda");
        write(disk.resolve("queue/scheduler"), "none\n");
        write(disk.resolve("stat"), "1 2 3 4 5 6 garbage 8 9 10 11\n");
        link("253:0", disk);

        BlockDevice device = BlockDevice.of(sys, 253, 0).orElseThrow();

        assertEquals("", device.model());
        assertEquals("none", device.scheduler());
        assertTrue(device.counters().isEmpty());
        assertTrue(BlockDevice.of(sys, 0, 45).isEmpty(), "tmpfs and NFS have no device");
    }

    @Test
    void aMountWithANumberOfItsOwnIsFoundByItsSource() throws IOException {
        Path disk = sys.resolve("devices/virtual/null");
        write(disk.resolve("stat"), STAT);
        write(sys.resolve("class/block/null/dev"), "7:3\n");
        link("7:3", disk);
        Mount btrfs = new Mount(1, 0, 77, Path.of("/data"), "btrfs", "/dev/null", "rw");
        Mount nfs = new Mount(1, 0, 78, Path.of("/data"), "nfs4", "filer:/export", "rw");
        Mount gone = new Mount(1, 0, 79, Path.of("/data"), "btrfs", "/dev/no-such-device", "rw");

        assertEquals("null", TargetProbe.device(sys, btrfs).orElseThrow().name());
        assertTrue(TargetProbe.device(sys, nfs).isEmpty());
        assertTrue(TargetProbe.device(sys, gone).isEmpty());
    }

    private void link(String number, Path device) throws IOException {
        Files.createDirectories(sys.resolve("dev/block"));
        Files.createSymbolicLink(sys.resolve("dev/block").resolve(number), device);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
