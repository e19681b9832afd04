package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.io.TestMounts;
import io.plimsoll.model.ClientId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpoolPlaceTest {
    @TempDir
    Path directory;

    @Test
    void aDirectoryOnTheFileSystemUnderTestIsRefusedWithBothMountsNamed() {
        Path target = directory.resolve("disk/chunkfiles");
        RefusedException e = assertThrows(
                RefusedException.class,
                () -> SpoolPlace.choose(Optional.of(directory.resolve("spool")), target, Map.of()));
        assertTrue(e.getMessage().contains("is on the file system under test"), e.getMessage());
        assertEquals(3, e.getMessage().split(" on /", -1).length, e.getMessage());
        assertFalse(Files.exists(directory.resolve("spool")), "nothing was made");
    }

    @Test
    void aDirectoryOnAnotherFileSystemIsTakenAsItIs() throws Exception {
        try (TestMounts _ = TestMounts.tmpfs(directory.resolve("other"), "1m")) {
            Path given = directory.resolve("other/spool");
            assertEquals(
                    new SpoolPlace(given, Optional.empty()),
                    SpoolPlace.choose(Optional.of(given), directory.resolve("target"), Map.of()));
            assertTrue(Files.isDirectory(given));
        }
    }

    @Test
    void withoutOneItIsTheUsersStateAndMemoryWhereThatIsUnderTest() throws Exception {
        try (TestMounts _ = TestMounts.tmpfs(directory.resolve("home"), "1m");
                TestMounts _ = TestMounts.tmpfs(directory.resolve("run"), "1m")) {
            Map<String, String> environment = Map.of(
                    "HOME", directory.resolve("home").toString(),
                    "XDG_RUNTIME_DIR", directory.resolve("run").toString());
            Path state = directory.resolve("home/.local/state/plimsoll/spool");
            assertEquals(
                    new SpoolPlace(state, Optional.empty()),
                    SpoolPlace.choose(Optional.empty(), directory.resolve("disk"), environment));
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(state)));
            SpoolPlace memory =
                    SpoolPlace.choose(Optional.empty(), directory.resolve("home/client/chunkfiles"), environment);
            assertEquals(directory.resolve("run/plimsoll"), memory.directory());
            assertTrue(memory.note().orElseThrow().contains("a reboot leaves nothing"), memory.note()::toString);
            Path mine = Files.createFile(state.resolve("plimsoll-spool-a.b-1-000001.frames"));
            Files.createFile(state.resolve("plimsoll-spool-axb-1-000001.frames"));
            Path unsent = Files.createFile(memory.directory().resolve("plimsoll-unsent-a.b-2.frames"));
            assertEquals(List.of(mine, unsent), SpoolPlace.leftOf(new ClientId("a.b"), Optional.empty(), environment));
        }
    }

    @Test
    void aDirectoryThatOthersMadeOrMayWriteToIsPassedOver() throws Exception {
        try (TestMounts _ = TestMounts.tmpfs(directory.resolve("state"), "1m");
                TestMounts _ = TestMounts.tmpfs(directory.resolve("run"), "1m")) {
            Map<String, String> environment = Map.of(
                    "XDG_STATE_HOME", directory.resolve("state").toString(),
                    "XDG_RUNTIME_DIR", directory.resolve("run").toString());
            Path open = Files.createDirectories(directory.resolve("state/plimsoll/spool"));
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
            Path real = Files.createDirectories(directory.resolve("run/elsewhere"));
            Files.createSymbolicLink(directory.resolve("run/plimsoll"), real);
            SpoolPlace place = SpoolPlace.choose(Optional.empty(), directory.resolve("disk"), environment);
            assertTrue(place.directory().startsWith("/dev/shm"), place.toString());
        }
    }
}
