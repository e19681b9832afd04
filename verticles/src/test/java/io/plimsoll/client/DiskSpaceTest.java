package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.io.FileSystemSpace;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.EngineKind;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DiskSpaceTest {
    private static final long MB = 1_000_000;
    /// On disk at most: two kept files and the one that is written, 300 MB.
    private final ChunkPlan plan = new ChunkPlan(10 * MB, 100 * MB, 10_000, 2, EngineKind.PSYNC, false);
    private final DiskSpace space = new DiskSpace(plan, 1_000 * MB);

    @Test
    void theReserveIsAShareOfASmallDiskAndAGigabyteOfALargeOne() {
        assertEquals(50 * MB, space.reserveBytes(disk(1_000, 0)));
        assertEquals(1_000 * MB, space.reserveBytes(disk(100_000, 0)));
    }

    @Test
    void beforeTheRunThereMustBeRoomForFootprintReserveAndSlack() {
        assertEquals(Optional.empty(), space.shortageBeforeRun(disk(1_000, 300 + 50 + 10 + 3)));
        String told = space.shortageBeforeRun(disk(1_000, 362)).orElseThrow();
        assertEquals(
                "362 MB free of 1 GB, the run still needs 313 MB and leaves 50 MB free; make room, or choose a smaller"
                        + " -f or --kept-files",
                told);
    }

    @Test
    void duringTheRunWhatIsOnTheDiskIsNeededNoMore() {
        assertEquals(Optional.empty(), space.shortage(disk(1_000, 150), 200 * MB));
        assertTrue(space.shortage(disk(1_000, 149), 200 * MB).isPresent());
        assertEquals(Optional.empty(), space.shortage(disk(1_000, 50), 300 * MB));
        assertEquals(Optional.empty(), space.shortage(disk(1_000, 50), 400 * MB));
    }

    @Test
    void aFootprintBeyondAnyNumberIsAShortageNotAnOverflow() {
        ChunkPlan vast = new ChunkPlan(1 << 30, Long.MAX_VALUE / 3, 1, 2, EngineKind.PSYNC, false);
        assertTrue(new DiskSpace(vast, Long.MAX_VALUE)
                .shortageBeforeRun(disk(1_000, 999))
                .isPresent());
    }

    @Test
    void aReadOnlyDiskHasNoRoom() {
        assertTrue(space.shortageBeforeRun(new FileSystemSpace(1 << 30, 1 << 30, true))
                .orElseThrow()
                .contains("EROFS"));
    }

    @Test
    void theGuardBelievesTheThirdLookInARow() {
        DiskGuard guard = new DiskGuard(space);
        assertEquals(Optional.empty(), guard.look(disk(1_000, 149), 200 * MB));
        assertEquals(Optional.empty(), guard.look(disk(1_000, 149), 200 * MB));
        assertEquals(Optional.empty(), guard.look(disk(1_000, 160), 200 * MB), "recovered");
        assertEquals(Optional.empty(), guard.look(disk(1_000, 149), 200 * MB));
        assertEquals(Optional.empty(), guard.look(disk(1_000, 149), 200 * MB));
        assertTrue(guard.look(disk(1_000, 149), 200 * MB).isPresent());
    }

    @Test
    void theGuardStopsAtOnceWhenHalfOfTheReserveIsGone() {
        assertFalse(new DiskGuard(space).look(disk(1_000, 25), 300 * MB).isPresent());
        assertTrue(new DiskGuard(space).look(disk(1_000, 24), 300 * MB).isPresent());
    }

    @Test
    void theGuardLeavesAReadOnlyDiskToTheWriter() {
        DiskGuard guard = new DiskGuard(space);
        for (int i = 0; i < 2 * DiskGuard.LOOKS_MAX; i++) {
            assertEquals(Optional.empty(), guard.look(new FileSystemSpace(1000 * MB, 0, true), 0));
        }
    }

    @Test
    void aRunThatMayBeginIsNotStoppedByItsOwnWriting() {
        long seed = System.nanoTime();
        System.out.println("DiskSpaceTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            long chunk = 1 + random.nextInt(1_000_000);
            long file = chunk * (1 + random.nextInt(20)) + random.nextInt(1000);
            ChunkPlan some = new ChunkPlan(chunk, file, 1, 1 + random.nextInt(4), EngineKind.PSYNC, false);
            DiskSpace limits = new DiskSpace(some, random.nextInt(100_000_000));
            long size = some.footprintBytes() * (2 + random.nextInt(9));
            long free = some.footprintBytes();
            while (limits.shortageBeforeRun(new FileSystemSpace(size, free, false))
                    .isPresent()) {
                free += 1 + free / 50;
            }
            if (free > size) {
                continue;
            }
            DiskGuard guard = new DiskGuard(limits);
            long own = 0;
            long inFile = 0;
            for (int written = 0; written < 200; written++) {
                // The disk counts the chunk in flight, and half a per cent for itself, before we count it.
                long seen = free - own - chunk - own / 200;
                assertEquals(
                        Optional.empty(), guard.look(new FileSystemSpace(size, seen, false), own), some.toString());
                own += chunk;
                inFile += chunk;
                if (inFile == some.bytesPerFile()) {
                    inFile = 0;
                    if (own > some.keptFilesMax() * some.bytesPerFile()) {
                        own -= some.bytesPerFile();
                    }
                }
            }
        }
    }

    private static FileSystemSpace disk(long sizeMb, long freeMb) {
        return new FileSystemSpace(sizeMb * MB, freeMb * MB, false);
    }
}
