package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.io.SameStorage.Place;
import io.plimsoll.io.SameStorage.Relation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SameStorageTest {
    @TempDir
    Path directory;

    @Test
    void whatIsBelowOneDirectoryIsOnOneFileSystemWhetherItExistsYetOrNot() throws IOException {
        Path there = Files.createDirectories(directory.resolve("a/b"));
        assertEquals(Relation.SAME_FILE_SYSTEM, relation(there, directory.resolve("not/there/yet")));
        Path link = Files.createSymbolicLink(directory.resolve("link"), there);
        assertEquals(Relation.SAME_FILE_SYSTEM, relation(link.resolve("new"), directory));
    }

    @Test
    void twoMountsOfMemoryAreSeparateThoughTheirSourceHasOneName() throws IOException {
        try (TestMounts _ = TestMounts.tmpfs(directory.resolve("a"), "1m");
                TestMounts _ = TestMounts.tmpfs(directory.resolve("b"), "1m")) {
            assertEquals(Relation.SEPARATE, relation(directory.resolve("a"), directory.resolve("b")));
            Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("a"));
            assertEquals(Relation.SAME_FILE_SYSTEM, relation(link.resolve("x/y"), directory.resolve("a")));
        }
    }

    @Test
    void aBindMountIsTheFileSystemThatItShows() throws IOException {
        Path inside = Files.createDirectories(directory.resolve("inside"));
        Path elsewhere = directory.resolve("elsewhere");
        try (TestMounts _ = TestMounts.mount(elsewhere, "mount", "--bind", inside.toString(), elsewhere.toString())) {
            assertEquals(Relation.SAME_FILE_SYSTEM, relation(elsewhere, directory));
        }
    }

    @Test
    void aFileBehindALoopDeviceIsOnTheDiskThatHoldsIt() throws IOException {
        Path point = directory.resolve("loop");
        try (TestMounts _ = TestMounts.ext4(point, directory.resolve("image"), "8m")) {
            SameStorage found = SameStorage.between(point, directory);
            assertTrue(found.first().contains("ext4 of /dev/loop"), found.first());
            MountTable mounts = MountTable.ofThisProcess();
            var below = mounts.byPath(directory.toRealPath()).flatMap(m -> TargetProbe.device(Path.of("/sys"), m));
            assertEquals(below.isPresent() ? Relation.SAME_DISK : Relation.SEPARATE, found.relation());
        }
    }

    @Test
    void subvolumesOfBtrfsAreOneFileSystemThoughTheirNumbersDiffer() throws IOException {
        Path image = directory.resolve("image");
        Path point = directory.resolve("btrfs");
        assumeTrue(TestMounts.run("truncate", "-s", "128m", image.toString()) == 0, "no image");
        assumeTrue(Files.exists(Path.of("/usr/sbin/mkfs.btrfs")) || Files.exists(Path.of("/sbin/mkfs.btrfs")));
        assumeTrue(TestMounts.run("mkfs.btrfs", "-q", image.toString()) == 0, "no btrfs");
        try (TestMounts _ = TestMounts.mount(point, "mount", "-o", "loop", image.toString(), point.toString())) {
            Path one = point.resolve("one");
            Path two = point.resolve("two");
            assumeTrue(TestMounts.run("btrfs", "-q", "subvolume", "create", one.toString()) == 0);
            assumeTrue(TestMounts.run("btrfs", "-q", "subvolume", "create", two.toString()) == 0);
            assertTrue(!Files.getAttribute(one, "unix:dev").equals(Files.getAttribute(two, "unix:dev")));
            assertEquals(Relation.SAME_FILE_SYSTEM, relation(one, two));
        }
    }

    @Test
    void exportsOfOneFileServerAreOneAndDatasetsOfOnePoolShareIt() {
        MountTable mounts = MountTable.parse("""
            1 0 0:50 / / rw - ext4 /dev/none rw
            2 1 0:51 / /n1 rw - nfs4 box:/export/a rw
            3 1 0:52 / /n2 rw - nfs box:/export/b rw
            4 1 0:53 / /n3 rw - nfs4 other:/export/a rw
            5 1 0:54 / /z1 rw - zfs tank/a rw
            6 1 0:55 / /z2 rw - zfs tank/b rw
            7 1 0:56 / /z3 rw - zfs pond rw
            8 1 0:57 / /w1 rw - cifs //box/share rw
            9 1 0:58 / /w2 rw - cifs //box/share/deep rw
            """);
        assertEquals(Relation.SAME_FILE_SYSTEM, relation(mounts, "/n1", "/n2"));
        assertEquals(Relation.SEPARATE, relation(mounts, "/n1", "/n3"));
        assertEquals(Relation.SAME_DISK, relation(mounts, "/z1", "/z2"));
        assertEquals(Relation.SEPARATE, relation(mounts, "/z1", "/z3"));
        assertEquals(Relation.SAME_FILE_SYSTEM, relation(mounts, "/w1", "/w2"));
        assertEquals(Relation.SEPARATE, relation(mounts, "/", "/n1"));
    }

    private Relation relation(MountTable mounts, String a, String b) {
        return SameStorage.between(directory, mounts, place(mounts, a), place(mounts, b))
                .relation();
    }

    private static Place place(MountTable mounts, String point) {
        return new Place(Path.of(point), point.hashCode(), mounts.byPath(Path.of(point)));
    }

    private static Relation relation(Path a, Path b) throws IOException {
        return SameStorage.between(a, b).relation();
    }
}
