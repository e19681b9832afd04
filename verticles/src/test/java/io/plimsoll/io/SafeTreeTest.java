package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SafeTreeTest {
    private static final int HOSTILE_NAMES = 500;
    /// Of either kind in a race, before it is believed.
    private static final int ROUNDS_MIN = 50;
    /// Seldom on an idle machine, where the racer never stops.
    private static final int WENT_MIN = 5;

    private final PosixFiles posix = new PosixFiles();

    @TempDir
    Path temp;

    private Path root;
    private CanaryTree canary;

    @BeforeEach
    void make() throws IOException {
        canary = CanaryTree.make(temp.resolve("canary"));
        root = Files.createDirectory(temp.resolve("root"));
    }

    @AfterEach
    void close() {
        posix.close();
    }

    @Test
    void hostileNamesMakeChangeAndRemoveNothingOutside() throws IOException {
        List<String> names =
                hostileNames(RandomGeneratorFactory.of("L64X128MixRandom").create(4));
        for (String link : List.of("link", "link2")) {
            Files.createSymbolicLink(root.resolve(link), canary.root());
        }
        Files.createSymbolicLink(root.resolve("filelink"), canary.root().resolve("data-000001"));
        int did = 0;
        try (SafeTree tree = SafeTree.open(posix, root, false)) {
            for (String name : names) {
                did += tried(() -> posix.close(tree.open(name, PosixFiles.O_RDWR | PosixFiles.O_CREAT, 0644)));
                did += tried(() -> posix.close(tree.open(name, PosixFiles.O_RDWR, 0)));
                did += tried(() -> tree.make(name));
                did += tried(() -> tree.enter(name).close());
                did += tried(() -> {
                    try (SafeTree child = tree.enter(name)) {
                        child.make("job");
                        child.unlink("data-000001");
                        child.removeTree("job");
                    }
                });
                did += tried(() -> tree.removeTree(name));
                did += tried(() -> tree.removeDirectory(name));
                if (!name.contains("link")) {
                    did += tried(() -> tree.unlink(name));
                }
                canary.assertUntouched();
            }
        }
        assertEquals(List.of("canary", "root"), names(temp));
        assertEquals(HOSTILE_NAMES, names.size());
        assertTrue(did > 0, "names that are hostile and names all the same can be used");
        System.out.println(names.size() + " hostile names: 0 files made, changed or removed outside");
    }

    @Test
    void whatIsNoSingleNameIsRefusedByEveryCall() throws IOException {
        try (SafeTree tree = SafeTree.open(posix, root, false)) {
            for (String name : List.of("", ".", "..", "/", "a/b", "../canary", "a\0b", "x".repeat(256), "\uD800")) {
                assertFalse(SafeTree.isName(name));
                assertThrows(TargetRefusedException.class, () -> tree.find(name));
                assertThrows(TargetRefusedException.class, () -> tree.enter(name));
                assertThrows(TargetRefusedException.class, () -> tree.make(name));
                assertThrows(TargetRefusedException.class, () -> tree.open(name, PosixFiles.O_CREAT, 0644));
                assertThrows(TargetRefusedException.class, () -> tree.unlink(name));
                assertThrows(TargetRefusedException.class, () -> tree.removeDirectory(name));
                assertThrows(TargetRefusedException.class, () -> tree.removeTree(name));
            }
            for (String name : List.of("...", "a b", "-rf", "~", "a\nb", "x".repeat(255))) {
                assertTrue(tree.make(name), name);
                tree.enter(name).close();
                tree.removeDirectory(name);
            }
        }
        assertEquals(List.of(), names(root));
    }

    @Test
    void aLinkIsNeverFollowed() throws IOException {
        Files.createSymbolicLink(root.resolve("d"), canary.root());
        Files.createSymbolicLink(root.resolve("f"), canary.root().resolve("data-000001"));
        try (SafeTree tree = SafeTree.open(posix, root, false)) {
            refused(() -> tree.enter("d"), root + "/d is a symbolic link or no directory at all");
            refused(() -> tree.removeTree("d"), "is a symbolic link");
            assertEquals(
                    "ELOOP",
                    assertThrows(PosixException.class, () -> tree.open("f", PosixFiles.O_WRONLY, 0))
                            .errnoName()
                            .orElseThrow());
            assertFalse(tree.make("d"));
            assertFalse(tree.find("f").orElseThrow().isRegular());
            tree.unlink("f");
            tree.unlink("d");
        }
        canary.assertUntouched();
        assertEquals(List.of(), names(root));
        Path link = Files.createSymbolicLink(temp.resolve("link"), root);
        assertThrows(PosixException.class, () -> SafeTree.open(posix, link, false));
        try (SafeTree tree = SafeTree.open(posix, link, true)) {
            assertEquals(root.toRealPath(), tree.real());
        }
    }

    @Test
    void anotherFileSystemIsNotEnteredAndNotRemoved() throws IOException {
        Path tree0 = Files.createDirectory(root.resolve("tree"));
        try (TestMounts _ = TestMounts.tmpfs(tree0.resolve("mounted"), "1m");
                SafeTree tree = SafeTree.open(posix, root, false)) {
            Path foreign = Files.writeString(tree0.resolve("mounted/thesis.tex"), "42");
            try (SafeTree below = tree.enter("tree")) {
                refused(() -> below.enter("mounted"), "mounted is on another file system than");
            }
            refused(() -> tree.removeTree("tree"), "is on another file system");
            assertEquals("42", Files.readString(foreign));
        }
    }

    @Test
    void aTreeIsRemovedWithAllThatIsInItAndLinksAreNotFollowed() throws IOException {
        Path deep = Files.createDirectories(root.resolve("t/a/b/c"));
        Files.createFile(deep.resolve("file"));
        Files.createFile(root.resolve("t/file"));
        Files.createSymbolicLink(root.resolve("t/link"), canary.root());
        Files.createFile(root.resolve("other"));
        try (SafeTree tree = SafeTree.open(posix, root, false)) {
            assertEquals(3, tree.removeTree("t"));
        }
        canary.assertUntouched();
        assertEquals(List.of("other"), names(root));
    }

    @Test
    void aWayRemovesWhatWasMadeOnItAndNothingElse() throws IOException {
        Files.createDirectories(root.resolve("there"));
        List<String> left = new ArrayList<>();
        try (SafeWay way = new SafeWay(SafeTree.open(posix, root, false))) {
            for (String name : List.of("there", "a", "b")) {
                way.go(name);
            }
            assertTrue(way.isInPlace());
            assertEquals(root.resolve("there/a/b"), way.end().path());
            way.removeMade(left);
        }
        assertEquals(List.of(), left);
        assertEquals(List.of(), names(root.resolve("there")));
        try (SafeWay way = new SafeWay(SafeTree.open(posix, root, false))) {
            way.go("a");
            way.go("b");
            Files.move(root.resolve("a/b"), root.resolve("moved"));
            Files.createDirectory(root.resolve("a/b"));
            assertFalse(way.isInPlace());
            way.removeMade(left);
        }
        assertEquals(List.of(root + "/a/b is another directory by now"), left);
        assertEquals(List.of("a", "moved", "there"), names(root));
    }

    @Test
    void aRacerThatSwapsADirectoryForALinkLeadsNobodyOutside() throws Exception {
        int refused = 0;
        int went = 0;
        try (LinkRacer racer = new LinkRacer(root.resolve("d"), canary.root());
                SafeTree tree = SafeTree.open(posix, root, false)) {
            while (refused < ROUNDS_MIN || went < WENT_MIN || racer.swaps() < ROUNDS_MIN) {
                int passed = tried(() -> {
                    tree.make("d");
                    try (SafeTree d = tree.enter("d")) {
                        d.make("job");
                        posix.close(d.open("data-000001", PosixFiles.O_RDWR | PosixFiles.O_CREAT, 0644));
                        d.unlink("data-000001");
                        d.removeDirectory("empty");
                        d.removeTree("job");
                    }
                });
                passed &= tried(() -> tree.removeTree("d"));
                went += passed;
                refused += 1 - passed;
                canary.assertUntouched();
            }
            System.out.println("symlink racer: " + racer.swaps() + " swaps, " + went + " rounds went through, "
                    + refused + " were refused, 0 files made, changed or removed outside");
        }
    }

    /// What orders from outside might say: the well-known ones, and mutants of them.
    private List<String> hostileNames(RandomGenerator random) {
        Path victim = canary.root().resolve("data-000001");
        List<String> seeds = List.of(
                "",
                ".",
                "..",
                "/",
                "//",
                "../canary",
                "../canary/data-000001",
                "./../canary/job",
                "d/../../canary/client/chunkfiles",
                "..\\canary",
                "%2e%2e%2fcanary",
                "..%c0%afcanary",
                victim.toString(),
                canary.root() + "/new",
                "/etc/passwd",
                "/dev/sda",
                "/dev/null",
                "/proc/self/cwd",
                "/proc/self/root" + victim,
                "link",
                "link/data-000001",
                "link/.",
                "link2/job/..",
                "filelink",
                "filelink/",
                "a\0b",
                "../canary\0",
                "a\nb",
                "\u001b[2J",
                "-rf",
                "--",
                "*",
                "$(touch x)",
                "`id`",
                "a;b",
                "~",
                "~root",
                "CON",
                "x".repeat(255),
                "x".repeat(256),
                "x".repeat(5000),
                "é".repeat(127),
                "é".repeat(128),
                "\uD800",
                "\u202Egnp.exe",
                "．．／canary",
                "․․/canary",
                ".plimsoll",
                "data-000001",
                " ",
                ". ",
                ".. /canary");
        TreeSet<String> names = new TreeSet<>(seeds);
        while (names.size() < HOSTILE_NAMES) {
            StringBuilder name = new StringBuilder();
            for (int parts = random.nextInt(1, 6); parts > 0; parts--) {
                name.append(seeds.get(random.nextInt(seeds.size()))).append(random.nextBoolean() ? "/" : "");
            }
            int at = random.nextInt(name.length() + 1);
            name.insert(at, (char) random.nextInt(128));
            names.add(name.length() > 6000 ? name.substring(0, 6000) : name.toString());
        }
        return List.copyOf(names);
    }

    private interface Call {
        void run() throws IOException;
    }

    /// 1 where the call did what it does.
    private static int tried(Call call) {
        try {
            call.run();
            return 1;
        } catch (IOException _) {
            return 0;
        }
    }

    private static void refused(Call call, String why) {
        TargetRefusedException e = assertThrows(TargetRefusedException.class, call::run);
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }
}
