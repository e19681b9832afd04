package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.io.MountTable.Mount;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
    /// Optional fields, none, several; escapes; an over-mount; bind mounts; network, overlay and stacked file systems.
    private static final String UGLY = """
        22 1 253:0 / / rw,relatime shared:1 - ext4 /dev/root rw,discard
        23 22 0:21 / /proc rw,nosuid - proc proc rw
        40 22 259:2 / /mnt rw,noatime master:1 propagate_from:2 unbindable - xfs /dev/nvme0n1p2 rw,attr2,noatime
        41 40 0:45 / /mnt/a\\040b\\011c\\134d rw - nfs4 filer\\040one:/ex\\043port rw,vers=4.2
        42 40 0:45 /sub /mnt/a\\040b\\011c\\134d/deep ro - nfs4 filer:/export rw
        43 40 8:17 /x /mnt/over rw - ext4 /dev/sdb1 rw
        44 43 8:33 / /mnt/over rw - ext4 /dev/sdc1 rw
        45 22 0:50 / /mnt/ünï rw - tmpfs tmpfs rw,size=4k
        46 22 0:51 / /none rw - tmpfs  rw
        47 22 0:52 / /merged rw - overlay overlay rw,lowerdir=/a:/b,upperdir=/c
        garbage
        48 22 nonsense / /x rw - ext4 /dev/sda rw
        49 22 8:1 / relative rw - ext4 /dev/sda rw
        50 22 8:1 / /cut rw shared:1
        99999999999999999999 22 8:1 / /big rw - ext4 /dev/sda rw
        51 22 8:2 / /last rw -
        52 22 8:3 / /nosuper rw - ext4 /dev/sda3
        """;

    private final MountTable table = MountTable.parse(UGLY);

    @Test
    void aPathIsOnTheLongestMountAboveIt() {
        assertEquals("/dev/root", source("/home/me"));
        assertEquals("/dev/root", source("/mnt2"));
        assertEquals("/dev/nvme0n1p2", source("/mnt/dir"));
        assertEquals("/dev/nvme0n1p2", source("/mnt"));
        assertEquals("filer one:/ex#port", source("/mnt/a b\tc\\d/file"));
        assertEquals("filer:/export", source("/mnt/a b\tc\\d/deep/file"));
        assertEquals("tmpfs", source("/mnt/ünï/x"));
    }

    @Test
    void theLastOfTwoMountsOnOnePointCoversTheFirst() {
        Mount mount = table.byPath(Path.of("/mnt/over/x")).orElseThrow();
        assertEquals("/dev/sdc1", mount.source());
        assertEquals(8, mount.major());
        assertEquals(33, mount.minor());
    }

    @Test
    void theKernelsNumberOfAMountFindsTheCoveredOneToo() {
        assertEquals("/dev/sdb1", table.byId(43).orElseThrow().source());
        assertTrue(table.byId(4711).isEmpty());
    }

    @Test
    void optionsOfTheFileSystemFollowThoseOfTheMountWithoutRepetition() {
        assertEquals(
                "rw,noatime,attr2", table.byPath(Path.of("/mnt")).orElseThrow().options());
        assertEquals("ro,rw", table.byId(42).orElseThrow().options());
    }

    @Test
    void brokenLinesArePassedOverAndEmptySourcesAreKept() {
        assertEquals("", source("/none/x"));
        assertEquals("/dev/sda3", source("/nosuper"));
        assertEquals("/dev/root", source("/cut"));
        assertEquals("/dev/root", source("/last"));
        assertEquals(11, table.mounts().size());
        assertTrue(MountTable.parse("").byPath(Path.of("/")).isEmpty());
    }

    @Test
    void onlyThreeOctalDigitsAreAnEscape() {
        assertEquals("a\\04", MountTable.unescape("a\\04"));
        assertEquals("a\\", MountTable.unescape("a\\"));
        assertEquals("a\\999", MountTable.unescape("a\\999"));
        assertEquals("a b", MountTable.unescape("a\\040b"));
        assertEquals("\\040", MountTable.unescape("\\134040"));
    }

    @Test
    void thisProcessHasARootMount() throws Exception {
        assertTrue(MountTable.ofThisProcess().byPath(Path.of("/")).isPresent());
    }

    private String source(String path) {
        return table.byPath(Path.of(path)).orElseThrow().source();
    }
}
