package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.plimsoll.model.TargetFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TargetDirectoryIT {
    /// Of either kind, before a race is believed.
    private static final int RACE_ROUNDS = 10;

    @TempDir
    Path temp;

    @Test
    void whatWasMadeIsRemovedAndWhatWasThereStays() throws IOException {
        Path there = Files.createDirectory(temp.resolve("there"));
        TargetDirectory target = TargetDirectory.claim(there.resolve("a/b/c"), "me");
        Files.createFile(target.path().resolve("data-000001"));
        TargetDirectory.CleanUp done = target.cleanUp();
        assertEquals(new TargetDirectory.CleanUp(1, List.of()), done);
        assertTrue(Files.isDirectory(there));
        assertEquals(List.of(), names(there));
        assertEquals(0, target.cleanUp().filesRemoved(), "a second time there is nothing to do");
    }

    @Test
    void anEmptyDirectoryThatWasThereStaysEmpty() throws IOException {
        Path there = Files.createDirectory(temp.resolve("there"));
        TargetDirectory.claim(there, "me").cleanUp();
        assertEquals(List.of(), names(there));
    }

    @Test
    void cleaningUpTouchesNothingThatIsNotOurs() throws IOException {
        TargetDirectory target = TargetDirectory.claim(temp.resolve("d"), "me");
        for (String foreign : List.of("data-1", "data-0000001", "data-00000a", "notes.txt")) {
            Files.createFile(target.path().resolve(foreign));
        }
        Files.createDirectory(target.path().resolve("data-000002"));
        Files.createFile(temp.resolve("victim"));
        Files.createSymbolicLink(target.path().resolve("data-000003"), temp.resolve("victim"));
        TargetDirectory.CleanUp done = target.cleanUp();
        assertEquals(0, done.filesRemoved());
        assertTrue(done.left().getFirst().contains("ENOTEMPTY"), done.left().toString());
        assertEquals(
                List.of("data-0000001", "data-000002", "data-000003", "data-00000a", "data-1", "notes.txt"),
                names(target.path()));
        assertTrue(Files.exists(temp.resolve("victim")));
    }

    @Test
    void aDirectoryThatWasSwappedIsNotTouched() throws IOException {
        TargetDirectory target = TargetDirectory.claim(temp.resolve("d"), "me");
        Files.move(target.path(), temp.resolve("moved"));
        Files.createDirectory(target.path());
        Files.createFile(target.path().resolve("data-000001"));
        assertTrue(target.cleanUp().left().getFirst().contains("another directory"));
        assertTrue(Files.exists(target.path().resolve("data-000001")));
    }

    @Test
    void aRacerThatSwapsTheWayForALinkLeadsNoBenchmarkOutside() throws Exception {
        race("plimsoll-bench", root -> TargetDirectory.claimForBench(root, "job"));
    }

    @Test
    void aRacerThatSwapsTheWayForALinkLeadsNoClientOutsideOfWhatItsOwnerAllows() throws Exception {
        race("a", root -> TargetDirectory.claimWithin(root, root.resolve("a/client/chunkfiles"), "me"));
    }

    private interface Claim {
        TargetDirectory in(Path root) throws IOException;
    }

    private void race(String swapped, Claim claim) throws Exception {
        CanaryTree canary = CanaryTree.make(temp.resolve("canary"));
        Path root = Files.createDirectory(temp.resolve("root"));
        int cleaned = 0;
        int refused = 0;
        try (LinkRacer _ = new LinkRacer(root.resolve(swapped), canary.root())) {
            while (cleaned < RACE_ROUNDS || refused < RACE_ROUNDS) {
                try (TargetDirectory target = claim.in(root)) {
                    cleaned += target.cleanUp().left().isEmpty() ? 1 : 0;
                } catch (IOException _) {
                    refused++;
                }
                canary.assertUntouched();
            }
        }
    }

    @Test
    void whatIsAllowedIsNotLeftByAWordALinkOrAMount() throws IOException {
        Path root = Files.createDirectory(temp.resolve("root"));
        assertThrows(
                IllegalArgumentException.class,
                () -> TargetDirectory.claimWithin(root, root.resolve("../canary"), "me"));
        assertThrows(
                IllegalArgumentException.class, () -> TargetDirectory.claimWithin(root, temp.resolve("root2"), "me"));
        CanaryTree canary = CanaryTree.make(temp.resolve("canary"));
        Files.createSymbolicLink(root.resolve("link"), canary.root());
        withinRefused(root, "link", "is a symbolic link to");
        withinRefused(root, "link/new", "no link is followed");
        withinRefused(root, "link/client/chunkfiles", "no link is followed");
        canary.assertUntouched();
        withinRefused(
                temp.resolve("unmounted"), "d", "is allowed, and is not a directory that is there; mount its disk");
        assertEquals(List.of("canary", "root"), names(temp));
        try (TestMounts _ = TestMounts.tmpfs(root.resolve("mounted"), "1m")) {
            withinRefused(root, "mounted/d", "mounted is on another file system than " + root);
            assertEquals(List.of(), names(root.resolve("mounted")));
        }
    }

    private static void withinRefused(Path root, String below, String why) {
        TargetRefusedException e = assertThrows(
                TargetRefusedException.class, () -> TargetDirectory.claimWithin(root, root.resolve(below), "intruder"));
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    @Test
    void aMarkerThatIsAlsoAFileElsewhereIsNotWrittenTo() throws IOException {
        Path there = Files.createDirectory(temp.resolve("d"));
        Path elsewhere = Files.createFile(temp.resolve("elsewhere"));
        Files.createLink(there.resolve(".plimsoll"), elsewhere);
        refused(there, "was not made by Plimsoll");
        assertEquals(0, Files.size(elsewhere));
    }

    @Test
    void foreignFilesAreRefusedAndNamed() throws IOException {
        Path there = Files.createDirectory(temp.resolve("photos"));
        for (int i = 1; i <= 5; i++) {
            Files.createFile(there.resolve("data-00000" + i)); // looks like ours, but there is no marker
        }
        refused(there, "holds files that are not Plimsoll's: ");
        refused(there, " and 2 more; name an empty or new directory, for example " + there.resolve("plimsoll"));
        assertEquals(5, names(there).size());
    }

    @Test
    void foreignFilesBesideAMarkerAreRefusedToo() throws IOException {
        dead(temp.resolve("d"));
        Files.createFile(temp.resolve("d/thesis.tex"));
        refused(temp.resolve("d"), "thesis.tex");
        assertTrue(Files.exists(temp.resolve("d/data-000007")), "a refused directory is not cleaned");
    }

    @Test
    void aMarkerThatIsNotOursIsRefused() throws IOException {
        Path there = Files.createDirectory(temp.resolve("d"));
        Files.writeString(there.resolve(".plimsoll"), "the name of my cat");
        refused(there, "was not made by Plimsoll");
        assertEquals("the name of my cat", Files.readString(there.resolve(".plimsoll")));
    }

    @Test
    void whatADeadClientLeftIsRemoved() throws IOException {
        dead(temp.resolve("d"));
        try (TargetDirectory target = TargetDirectory.claim(temp.resolve("d"), "heir")) {
            assertEquals(1, target.leftoversRemoved());
            assertEquals(List.of(".plimsoll"), names(target.path()));
            assertTrue(Files.readString(target.path().resolve(".plimsoll")).contains("owner=heir"));
        }
    }

    @Test
    void keptFilesAreNotTakenForADeadClients() throws IOException {
        TargetDirectory target = TargetDirectory.claim(temp.resolve("d"), "me");
        Files.createFile(target.path().resolve("data-000001"));
        target.keep();
        refused(target.path(), "holds the files that an earlier run kept (--keep-files)");
        assertTrue(Files.exists(target.path().resolve("data-000001")));
    }

    @Test
    void aDirectoryInUseIsRefusedInThisProcessAndInAnother() throws Exception {
        Path there = temp.resolve("d");
        TargetDirectory mine = TargetDirectory.claim(there, "me");
        refused(there, "is in use by another client");
        refused(there, "is in use by another client"); // and refusing did not lose the lock
        Process refused = other(there);
        try {
            assertEquals("TargetRefusedException", answer(refused));
        } finally {
            refused.destroyForcibly();
        }
        mine.cleanUp();

        Process other = other(there);
        try {
            assertEquals("claimed", answer(other));
            refused(there, "is in use by another client (client other, process " + other.pid() + ")");
        } finally {
            other.destroyForcibly().waitFor(); // SIGKILL: the kernel gives the lock back
        }
        try (TargetDirectory heir = TargetDirectory.claim(there, "heir")) {
            assertEquals(1, heir.leftoversRemoved());
        }
    }

    /// Run as another process: claims a directory, writes a file into it, says so, and waits to be killed.
    static final class Other {
        public static void main(String[] args) throws Exception {
            TargetDirectory target;
            try {
                target = TargetDirectory.claim(Path.of(args[0]), "other");
            } catch (TargetRefusedException e) {
                System.out.println(e.getClass().getSimpleName());
                return;
            }
            Files.createFile(target.path().resolve("data-000001"));
            System.out.println("claimed");
            System.in.read();
            target.cleanUp();
        }
    }

    @Test
    void pathsOfTheSystemAreRefused() throws IOException {
        for (String path : List.of("/", "/dev", "/dev/x", "/dev/shm", "/proc/self", "/sys/x/y", "/tmp/../proc/x")) {
            refused(Path.of(path), "belongs to the system");
        }
        Path link = Files.createSymbolicLink(temp.resolve("link"), Path.of("/proc"));
        refused(link.resolve("x"), "");
    }

    @Test
    void whatIsNoDirectoryIsRefused() throws IOException {
        Path file = Files.createFile(temp.resolve("file"));
        refused(file, "is not a directory");
        refused(file.resolve("below"), "is not a directory");
        Path link = Files.createSymbolicLink(temp.resolve("link"), Files.createDirectory(temp.resolve("real")));
        refused(link, "is a symbolic link to " + temp.resolve("real"));
        refused(Files.createSymbolicLink(temp.resolve("dangling"), temp.resolve("nowhere")), "is a symbolic link");
        try (TargetDirectory throughALink = TargetDirectory.claim(link.resolve("d"), "me")) {
            assertTrue(Files.isDirectory(temp.resolve("real/d")), "a link further up is the user's wish");
            throughALink.cleanUp();
        }
    }

    @Test
    void aReadOnlyDiskIsRefusedBeforeAnythingIsMade() throws IOException {
        try (TestMounts disk = TestMounts.tmpfs(temp.resolve("m"), "1m")) {
            disk.remountReadOnly();
            refused(temp.resolve("m/a/b"), "Read-only file system (EROFS, errno 30); mount it read-write");
        }
    }

    @Test
    void aFullDiskIsRefusedAndNothingStays() throws IOException {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "16k")) {
            Files.write(temp.resolve("m/filler"), new byte[16384]);
            refused(temp.resolve("m/d"), "No space left on device (ENOSPC, errno 28)");
            assertEquals(List.of("filler"), names(temp.resolve("m")));
        }
    }

    @Test
    void aDirectoryWithoutPermissionIsRefused() throws IOException {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may write everywhere");
        Path there = Files.createDirectory(temp.resolve("locked"));
        Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("r-xr-xr-x"));
        refused(there.resolve("d"), "may not write there");
    }

    @Test
    void factsSayWhatTheDirectoryLiesOn() throws IOException {
        try (TargetDirectory target = TargetDirectory.claim(temp.resolve("d"), "me");
                TargetProbe probe = new TargetProbe(target)) {
            TargetFacts facts = probe.facts();
            assertEquals(target.path().toString(), facts.path());
            assertTrue(target.path().toRealPath().startsWith(facts.mountPoint()), facts.mountPoint());
            assertEquals(Files.getFileStore(target.path()).type(), facts.fileSystem());
            assertEquals(Files.getFileStore(target.path()).getTotalSpace(), facts.sizeBytes());
            assertTrue(facts.freeBytes() > 0 && facts.freeBytes() <= facts.sizeBytes());
            assertFalse(facts.mountOptions().isEmpty());
        }
    }

    @Test
    void aMountWithoutADeviceHasEmptyFacts() throws IOException {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m m"), "1m");
                TargetDirectory target = TargetDirectory.claim(temp.resolve("m m/d"), "me");
                TargetProbe probe = new TargetProbe(target)) {
            TargetFacts facts = probe.facts();
            assertEquals(temp.resolve("m m").toRealPath().toString(), facts.mountPoint());
            assertEquals("tmpfs", facts.fileSystem());
            assertEquals("", facts.device());
            assertEquals("", facts.scheduler());
            assertEquals(1 << 20, facts.sizeBytes());
            assertTrue(probe.counters().isEmpty());
        }
    }

    private static void dead(Path directory) throws IOException {
        TargetDirectory target = TargetDirectory.claim(directory, "dead");
        Files.createFile(target.path().resolve("data-000007"));
        target.close();
    }

    private static String answer(Process other) throws IOException {
        return other.inputReader().readLine();
    }

    private static Process other(Path directory) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
    }

    private static void refused(Path path, String why) {
        TargetRefusedException e =
                assertThrows(TargetRefusedException.class, () -> TargetDirectory.claim(path, "intruder"));
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }
}
