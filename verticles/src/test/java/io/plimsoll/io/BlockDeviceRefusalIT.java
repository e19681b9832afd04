package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.io.FileSet.Need;
import io.plimsoll.io.FileSet.Progress;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A disk itself is nobody's target, mounted or not, with somebody's data on it or without: neither a benchmark's
/// (`--filename`, `--directory`) nor a client's (`-path`), under no name.
@Timeout(120)
class BlockDeviceRefusalIT {
    private static final long IMAGE_BYTES = 16 << 20;

    @TempDir
    Path temp;

    @Test
    void noBlockDeviceOfThisMachineIsTaken() throws IOException {
        List<Path> devices;
        try (Stream<Path> all = Files.list(Path.of("/sys/class/block"))) {
            devices = all.map(entry -> Path.of("/dev").resolve(entry.getFileName()))
                    .filter(Files::exists)
                    .toList();
        }
        assumeTrue(!devices.isEmpty(), "no block devices");
        for (Path device : devices) {
            refusedEverywhere(device, "belongs to the system");
        }
        System.out.println(devices.size() + " block devices: all refused");
    }

    @Test
    void aDiskWithASignatureIsNotTakenUnderAnotherName() throws IOException {
        Path image = temp.resolve("image");
        assumeTrue(TestMounts.run("truncate", "-s", IMAGE_BYTES + "", image.toString()) == 0, "no image");
        assumeTrue(TestMounts.run("mkfs.ext4", "-q", "-F", image.toString()) == 0, "no ext4");
        byte[] before = Files.readAllBytes(image);
        try (TestMounts.Device device = TestMounts.Device.of(image)) {
            refusedEverywhere(device.path(), "belongs to the system");
            Path link = Files.createSymbolicLink(temp.resolve("link"), device.path());
            refusedEverywhere(link, "");
            long number = (long) Files.getAttribute(device.path(), "unix:rdev");
            Path node = temp.resolve("node");
            assumeTrue(
                    TestMounts.run(
                                    "mknod",
                                    node.toString(),
                                    "b",
                                    Storage.major(number) + "",
                                    Storage.minor(number) + "")
                            == 0,
                    "no device nodes");
            refusedEverywhere(node, "not a");
        }
        assertArrayEquals(before, Files.readAllBytes(image));
        assertEquals(List.of("image", "link", "node"), names(temp));
    }

    @Test
    void aDiskThatIsMountedIsNotTaken() throws IOException {
        try (TestMounts _ = TestMounts.made("ext4", temp.resolve("m"), temp.resolve("image"), "16m")) {
            Path device = Path.of(MountTable.ofThisProcess()
                    .byPath(temp.resolve("m").toRealPath())
                    .orElseThrow()
                    .source());
            refusedEverywhere(device, "belongs to the system");
            assertEquals(List.of("lost+found"), names(temp.resolve("m")));
        }
    }

    @Test
    void theSystemsDirectoriesAreNotTakenInASecondPlaceEither() throws IOException {
        for (String tree : List.of("/dev", "/proc", "/sys")) {
            if (SafeTree.device(Path.of(tree)) == SafeTree.device(Path.of("/"))) {
                continue; // nothing is mounted there
            }
            Path there = temp.resolve("second" + tree);
            try (TestMounts _ = TestMounts.bind(Path.of(tree), there)) {
                for (Path path : List.of(there, there.resolve("new"), there.resolve("new/d"))) {
                    refused(() -> TargetDirectory.claim(path, "me"), "belongs to the system");
                    refused(() -> TargetDirectory.claimWithin(there, path, "me"), "belongs to the system");
                    refused(() -> TargetDirectory.claimForBench(path, "job"), "belongs to the system");
                }
            }
        }
    }

    private interface Call {
        AutoCloseable run() throws IOException;
    }

    private static void refusedEverywhere(Path device, String why) {
        for (AccessMode mode : List.of(AccessMode.READ, AccessMode.WRITE, AccessMode.RANDRW)) {
            refused(() -> FileSet.ofFile(device, need(mode), NOTHING, Progress.NONE), why);
        }
        refused(() -> FileSet.inDirectory(device, "job", need(AccessMode.WRITE), NOTHING, Progress.NONE), why);
        refused(() -> TargetDirectory.claim(device, "me"), why);
        refused(() -> TargetDirectory.claim(device.resolve("d"), "me"), why);
    }

    private static void refused(Call call, String why) {
        TargetRefusedException e =
                assertThrows(TargetRefusedException.class, () -> call.run().close());
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    private static Need need(AccessMode mode) {
        int percent = mode.reads() ? mode.writes() ? 50 : 100 : 0;
        Work.Blocks work = new Work.Blocks(
                mode,
                percent,
                BlockSizes.of(4096),
                new Distribution.Uniform(),
                1 << 20,
                1,
                SyncPolicy.NONE,
                new Content(0, 0, false));
        return new Need(work, 1, false, true, false, false);
    }

    private static final FileSet.Content NOTHING = new FileSet.Content() {
        @Override
        public FileSet.Shape shape() {
            return new FileSet.Shape("zeros", "");
        }

        @Override
        public void fill(MemorySegment memory, int thread, int file, long offset) {
            memory.fill((byte) 0);
        }
    };

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }
}
