package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.plimsoll.io.MountTable.Mount;
import io.plimsoll.io.Storage.Neighbour;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On trees of files as sysfs has them; sectors are of 512 bytes.
class DiskNeighboursTest {
    @TempDir
    Path root;

    private MountTable mounts = new MountTable(List.of());

    @Test
    void ofADiskWithPartitionsIsSeenWhatTheOthersDo() throws IOException {
        device("sda", 1000, 500);
        Path mine = partition("sda", "sda2", 300, 100);
        partition("sda", "sda1", 700, 400);

        assertEquals(List.of(new Neighbour("sda", false, 700 * 512, 400 * 512)), neighbours(mine));
    }

    @Test
    void aDiskOfItsOwnHasNoNeighbours() throws IOException {
        assertEquals(List.of(), neighbours(device("vda", 1000, 500)));
    }

    @Test
    void aVolumesNeighboursAreTheOtherUsersOfItsParts() throws IOException {
        device("sda", 1000, 500);
        Path part = partition("sda", "sda2", 900, 300);
        Path disk = device("sdb", 50, 60);
        Path mine = device("dm-0", 300, 100);
        Path other = device("dm-1", 7, 8);
        Path both = device("dm-2", 1, 2);
        uses(mine, part, disk);
        uses(other, part);
        uses(both, part, disk);

        assertEquals(
                List.of(
                        new Neighbour("dm-1", false, 7 * 512, 8 * 512),
                        new Neighbour("dm-2", false, 512, 2 * 512),
                        new Neighbour("sda", false, 100 * 512, 200 * 512)),
                sorted(neighbours(mine)));
    }

    @Test
    void whatAMirrorWritesTwiceIsNobodyElses() throws IOException {
        Path md = device("md0", 100, 100);
        for (String disk : List.of("sda", "sdb")) {
            device(disk, 50, 110);
            uses(md, partition(disk, disk + "1", 50, 100));
        }
        assertEquals(
                List.of(new Neighbour("sda", false, 0, 10 * 512), new Neighbour("sdb", false, 0, 10 * 512)),
                sorted(neighbours(md)));
    }

    @Test
    void aLoopDevicesNeighboursAreOnTheDiskOfItsFile() throws IOException {
        device("sda", 1000, 500);
        Path below = partition("sda", "sda1", 400, 300);
        Path image = Files.createFile(root.resolve("image")).toRealPath();
        Path loop = device("loop0", 100, 50);
        write(loop.resolve("loop/backing_file"), image + "\n");
        Path mine = partition("loop0", "loop0p1", 90, 50);
        number("8:1", below);
        mounts = new MountTable(List.of(new Mount(1, 8, 1, image.getParent(), "ext4", "/dev/sda1", "rw")));

        assertEquals(
                List.of(
                        new Neighbour("loop0", false, 10 * 512, 0),
                        new Neighbour("sda", false, 600 * 512, 200 * 512),
                        new Neighbour("sda1", true, 300 * 512, 250 * 512)),
                sorted(neighbours(mine)));

        write(loop.resolve("loop/backing_file"), image + " (deleted)\n");
        assertEquals(List.of(new Neighbour("loop0", false, 10 * 512, 0)), neighbours(mine));
    }

    private List<Neighbour> neighbours(Path device) throws IOException {
        return DiskNeighbours.of(root, mounts, BlockDevice.at(device)).sample();
    }

    private static List<Neighbour> sorted(List<Neighbour> found) {
        return found.stream()
                .sorted(java.util.Comparator.comparing(Neighbour::name))
                .toList();
    }

    private Path device(String name, long readSectors, long writtenSectors) throws IOException {
        return made(root.resolve("devices").resolve(name), readSectors, writtenSectors);
    }

    private Path partition(String disk, String name, long readSectors, long writtenSectors) throws IOException {
        Path device = root.resolve("devices").resolve(disk).resolve(name);
        write(device.resolve("partition"), "1\n");
        return made(device, readSectors, writtenSectors);
    }

    private static Path made(Path device, long readSectors, long writtenSectors) throws IOException {
        write(device.resolve("stat"), "1 0 " + readSectors + " 1 1 0 " + writtenSectors + " 1 0 1 1\n");
        Files.createDirectories(device.resolve("slaves"));
        Files.createDirectories(device.resolve("holders"));
        return device;
    }

    private static void uses(Path device, Path... parts) throws IOException {
        for (Path part : parts) {
            Files.createSymbolicLink(device.resolve("slaves").resolve(part.getFileName()), part);
            Files.createSymbolicLink(part.resolve("holders").resolve(device.getFileName()), device);
        }
    }

    private void number(String number, Path device) throws IOException {
        Files.createDirectories(root.resolve("dev/block"));
        Files.createSymbolicLink(root.resolve("dev/block").resolve(number), device);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
