package io.plimsoll.workload;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.BlockSizes.Part;
import io.plimsoll.model.Content;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockVerifierTest {
    private static final int SECTOR_BYTES = 512;
    private static final long SEED = 7;
    private static final long RUN = 1_800_000_000_000L;
    private static final BlockSizes LARGE =
            new BlockSizes(List.of(new Part(4096, 50), new Part(8192, 30), new Part(65_536, 20)));
    private static final BlockSizes SMALL =
            new BlockSizes(List.of(new Part(512, 50), new Part(1536, 30), new Part(4096, 20)));

    /// A writer of one block at a time, and a reader of another process with the same plan.
    private static final class Pair {
        final int bytes;
        final MemorySegment memory;
        final BlockVerifier writer;
        final BlockVerifier reader;
        private final BlockContent content;

        Pair(int bytes, int thread, long seed, long run) {
            this.bytes = bytes;
            memory = Arena.ofAuto().allocate(bytes);
            BlockSizes blocks = BlockSizes.of(bytes);
            writer = new BlockVerifier(work(AccessMode.RANDWRITE, 0, blocks, 1 << 20, 2), thread, seed, run);
            reader = new BlockVerifier(work(AccessMode.READ, 100, blocks, 1 << 20, 2), thread, seed, run + 1);
            content = new BlockContent(new Content(0, 0, true), thread, seed, writer);
            content.fill(memory);
        }

        Pair(int bytes) {
            this(bytes, 0, SEED, RUN);
        }

        void write(int file, long offset) {
            content.next(memory, bytes, file, offset);
        }

        byte[] written(int file, long offset) {
            write(file, offset);
            return memory.toArray(JAVA_BYTE);
        }

        void set(byte[] data) {
            MemorySegment.copy(data, 0, memory, JAVA_BYTE, 0, data.length);
        }

        void assertBoth(Finding expected, int file, long offset, String... words) {
            for (BlockVerifier verifier : List.of(writer, reader)) {
                assertEquals(expected, verifier.check(memory, bytes, file, offset));
                String sentence = verifier.describe(memory, bytes, file, offset);
                for (String word : words) {
                    assertTrue(sentence.contains(word), sentence);
                }
            }
        }
    }

    @Test
    void whatIsReadAsItWasWrittenIsInOrder() {
        for (int bytes : new int[] {512, 1024, 4096, 65_536}) {
            Pair pair = new Pair(bytes);
            pair.write(1, 3L * bytes);
            pair.assertBoth(Finding.OK, 1, 3L * bytes);
            assertEquals(Math.max(1, bytes / 4096) * (bytes == 1024 ? 2 : 1), pair.reader.unitsInOrder());
        }
    }

    @Test
    void aUnitIsCountedAsInOrderOrAsBrokenAndNeverAsBoth() {
        Pair pair = new Pair(4 * 4096);
        pair.write(0, 0);
        flip(pair.memory, 8 * (2 * 4096 + 100));
        for (BlockVerifier verifier : List.of(pair.writer, pair.reader)) {
            assertEquals(Finding.DAMAGED, verifier.check(pair.memory, 4 * 4096, 0, 0));
            assertEquals(List.of(2L, 1L), List.of(verifier.unitsInOrder(), verifier.unitsBroken()));
        }
    }

    @Test
    void everySingleBitThatFlipsIsFound() {
        for (int bytes : new int[] {512, 4096, 8192}) {
            Pair pair = new Pair(bytes);
            pair.write(0, bytes);
            for (int bit = 0; bit < bytes * 8; bit++) {
                flip(pair.memory, bit);
                assertNotEquals(Finding.OK, pair.reader.check(pair.memory, bytes, 0, bytes), "bit " + bit);
                assertNotEquals(Finding.OK, pair.writer.check(pair.memory, bytes, 0, bytes), "bit " + bit);
                flip(pair.memory, bit);
            }
            pair.assertBoth(Finding.OK, 0, bytes);
        }
    }

    @Test
    void damagedBytesAreFoundWhereverTheyAre() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Pair pair = new Pair(16_384);
        byte[] good = pair.written(0, 0);
        for (int i = 0; i < 20_000; i++) {
            int from = random.nextInt(good.length);
            int length = 1 + random.nextInt(good.length - from);
            byte[] bad = good.clone();
            byte[] noise = new byte[length];
            random.nextBytes(noise);
            System.arraycopy(noise, 0, bad, from, length);
            if (!Arrays.equals(bad, good)) {
                pair.set(bad);
                assertNotEquals(Finding.OK, pair.reader.check(pair.memory, bad.length, 0, 0), "seed " + seed);
            }
        }
        pair.set(good);
        flip(pair.memory, 8 * (4096 + 1000));
        pair.assertBoth(
                Finding.DAMAGED, 0, 0, "offset 4096", "damaged", "checksum", "write 1 of the run of 2027-01-15");
    }

    @Test
    void aBlockOfAnotherPlaceFileThreadOrSeedIsMisplaced() {
        Pair pair = new Pair(4096);
        byte[] there = pair.written(0, 8192);
        byte[] otherFile = pair.written(1, 4096);
        pair.write(0, 4096);
        pair.set(there);
        pair.assertBoth(Finding.MISPLACED, 0, 4096, "offset 8192 of file 0", "expected offset 4096 of file 0");
        pair.set(otherFile);
        pair.assertBoth(Finding.MISPLACED, 0, 4096, "offset 4096 of file 1");
        pair.set(new Pair(4096, 5, SEED, RUN).written(0, 4096));
        pair.assertBoth(Finding.MISPLACED, 0, 4096, "of thread 5");
        pair.set(new Pair(4096, 0, 99, RUN).written(0, 4096));
        pair.assertBoth(Finding.MISPLACED, 0, 4096, "with seed 99");
    }

    @Test
    void unitsOfABlockThatChangedPlacesAreMisplaced() {
        Pair pair = new Pair(8192);
        byte[] good = pair.written(0, 0);
        byte[] swapped = new byte[8192];
        System.arraycopy(good, 0, swapped, 4096, 4096);
        System.arraycopy(good, 4096, swapped, 0, 4096);
        pair.set(swapped);
        pair.assertBoth(Finding.MISPLACED, 0, 0);
    }

    @Test
    void zerosAreToldAsUnwrittenAndAnythingElseAsForeign() {
        Pair pair = new Pair(4096);
        pair.write(0, 0);
        pair.memory.fill((byte) 0);
        pair.assertBoth(Finding.UNWRITTEN, 0, 0, "zeros");
        pair.memory.set(JAVA_BYTE, 4000, (byte) 1);
        pair.assertBoth(Finding.FOREIGN, 0, 0, "do not begin as a verified block");
    }

    @Test
    void aUnitOfTwoWritesIsDamagedWhereverItIsTorn() {
        for (int bytes : new int[] {4096, 65_536}) {
            Pair pair = new Pair(bytes);
            byte[] first = pair.written(0, 0);
            byte[] second = pair.written(0, 0); // out of the same memory, as with a queue of one
            for (int sector = 1; sector < bytes / SECTOR_BYTES; sector++) {
                boolean withinUnit = sector * SECTOR_BYTES % 4096 != 0;
                int tear = sector * SECTOR_BYTES;
                pair.set(join(first, second, tear));
                assertEquals(withinUnit ? Finding.DAMAGED : Finding.OK, pair.reader.check(pair.memory, bytes, 0, 0));
                assertNotEquals(Finding.OK, pair.writer.check(pair.memory, bytes, 0, 0), "torn at " + tear);
                pair.set(join(second, first, tear));
                assertNotEquals(Finding.OK, pair.writer.check(pair.memory, bytes, 0, 0), "torn at " + tear);
            }
            for (int sector = 0; sector < bytes / SECTOR_BYTES; sector++) {
                byte[] oneOld = second.clone();
                System.arraycopy(first, sector * SECTOR_BYTES, oneOld, sector * SECTOR_BYTES, SECTOR_BYTES);
                pair.set(oneOld);
                assertEquals(Finding.DAMAGED, pair.reader.check(pair.memory, bytes, 0, 0), "old sector " + sector);
            }
        }
    }

    @Test
    void anOlderWriteIsStaleForTheWriterOnly() {
        Pair pair = new Pair(4096);
        byte[] first = pair.written(0, 0);
        pair.write(0, 0);
        pair.set(first);
        assertEquals(Finding.STALE, pair.writer.check(pair.memory, 4096, 0, 0));
        String sentence = pair.writer.describe(pair.memory, 4096, 0, 0);
        assertTrue(sentence.contains("write 1 of the run of 2027-01-15"), sentence);
        assertTrue(sentence.contains("expected write 2"), sentence);
        assertEquals(Finding.OK, pair.reader.check(pair.memory, 4096, 0, 0));
    }

    @Test
    void theSameWriteOfAnEarlierRunIsStale() {
        Pair pair = new Pair(4096);
        pair.write(0, 0);
        byte[] earlier = new Pair(4096, 0, SEED, RUN - 1000).written(0, 0);
        pair.set(earlier);
        assertEquals(Finding.STALE, pair.writer.check(pair.memory, 4096, 0, 0));
    }

    @Test
    void theWriterDoesNotJudgeWhatItNeverWrote() {
        Pair pair = new Pair(4096);
        assertEquals(Finding.OK, pair.writer.check(pair.memory, 4096, 0, 0));
        assertEquals(1, pair.writer.unitsNotJudged());
        assertEquals(0, pair.writer.unitsInOrder());
        assertEquals(Finding.FOREIGN, pair.reader.check(pair.memory, 4096, 0, 0));
    }

    @Test
    void whatTheVerifierOfAReaderSealsBeforehandItFindsInOrder() {
        Pair pair = new Pair(4096);
        BlockContent before = new BlockContent(new Content(0, 0, true), 0, SEED, pair.reader);
        before.fill(pair.memory);
        before.next(pair.memory, 4096, 1, 8192);
        assertEquals(Finding.OK, pair.reader.check(pair.memory, 4096, 1, 8192));
        assertEquals(Finding.MISPLACED, pair.reader.check(pair.memory, 4096, 0, 8192));
    }

    @Test
    void whatALayoutSealsIsFoundInOrderAndNotRemembered() {
        Pair pair = new Pair(4096);
        Work.Blocks work = work(AccessMode.RANDWRITE, 0, BlockSizes.of(4096), 1 << 20, 2);
        BlockVerifier layout = BlockVerifier.ofLayout(work, 0, SEED, RUN - 1);
        BlockContent before = new BlockContent(work.content(), 0, SEED, layout);
        before.fill(pair.memory);
        before.next(pair.memory, 4096, 1, 8192);
        assertEquals(Finding.OK, layout.check(pair.memory, 4096, 1, 8192));
        assertEquals(Finding.MISPLACED, layout.check(pair.memory, 4096, 1, 4096));
        assertEquals(Finding.OK, pair.reader.check(pair.memory, 4096, 1, 8192));
        assertEquals((1 << 20) / 2 / 4096 * 2, BlockVerifier.rememberedUnits(work));
        assertEquals(0, BlockVerifier.rememberedUnits(work(AccessMode.READ, 100, BlockSizes.of(4096), 1 << 20, 2)));
    }

    @Test
    void theWriterKnowsOfWhichBlocksItWroteAnything() {
        Pair pair = new Pair(4096);
        pair.write(1, 12_288);
        assertTrue(pair.writer.sealedAny(4096, 1, 12_288));
        assertTrue(pair.writer.sealedAny(16_384, 1, 0));
        assertFalse(pair.writer.sealedAny(12_288, 1, 0));
        assertFalse(pair.writer.sealedAny(16_384, 0, 0));
    }

    @Test
    void compressibleBlocksAreVerifiedToo() {
        Work.Blocks work = new Work.Blocks(
                AccessMode.WRITE,
                0,
                BlockSizes.of(65_536),
                new Distribution.Uniform(),
                1 << 20,
                1,
                SyncPolicy.NONE,
                new Content(80, 0, true));
        BlockVerifier verifier = new BlockVerifier(work, 0, SEED, RUN);
        BlockContent content = new BlockContent(work.content(), 0, SEED, verifier);
        MemorySegment memory = Arena.ofAuto().allocate(65_536);
        content.fill(memory);
        content.next(memory, 65_536, 0, 0);
        assertEquals(Finding.OK, verifier.check(memory, 65_536, 0, 0));
        int zeros = 0;
        for (byte each : memory.toArray(JAVA_BYTE)) {
            zeros += each == 0 ? 1 : 0;
        }
        assertEquals(0.8, zeros / 65_536.0, 0.03);
    }

    @Test
    void otherBlockSizesReadTheSameUnits() {
        Pair small = new Pair(4096);
        byte[] file = new byte[65_536];
        for (int at = 0; at < file.length; at += 4096) {
            System.arraycopy(small.written(0, at), 0, file, at, 4096);
        }
        Pair large = new Pair(65_536);
        large.set(file);
        assertEquals(Finding.OK, large.reader.check(large.memory, 65_536, 0, 0));
    }

    @Test
    void unitsOfAnotherSizeAreToldWithTheRemedy() {
        byte[] sectors = new Pair(1536).written(0, 0);
        Pair pair = new Pair(512);
        pair.set(Arrays.copyOf(new Pair(4096).written(0, 0), 512));
        assertEquals(Finding.OTHER_UNIT, pair.reader.check(pair.memory, 512, 0, 0));
        Pair large = new Pair(4096);
        large.set(sectors);
        assertEquals(Finding.OTHER_UNIT, large.reader.check(large.memory, 4096, 0, 0));
        assertTrue(large.reader.describe(large.memory, 4096, 0, 0).contains("bssplit"));
    }

    @Test
    void workThatIsNotVerifiedOrTooLargeToRememberIsRefused() {
        Work.Blocks tooLarge = work(AccessMode.RANDWRITE, 0, BlockSizes.of(4096), 129L << 30, 1);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new BlockVerifier(tooLarge, 0, 1, RUN))
                .getMessage()
                .contains("33554432 units"));
        assertThrows(IllegalArgumentException.class, () -> work(AccessMode.WRITE, 0, BlockSizes.of(1000), 1 << 20, 1));
        Work.Blocks plain = new Work.Blocks(
                AccessMode.WRITE,
                0,
                BlockSizes.of(4096),
                new Distribution.Uniform(),
                1 << 20,
                1,
                SyncPolicy.NONE,
                Content.RANDOM);
        assertThrows(IllegalArgumentException.class, () -> new BlockVerifier(plain, 0, 1, RUN));
    }

    /// A storage that carries out what is in flight sector by sector, in any order.
    private static final class Storage {
        final byte[][] files;
        final Random random;
        final BlockVerifier verifier;
        final BlockContent content;
        final BlockStream stream;
        final InFlight inFlight;
        final List<Op> ops = new ArrayList<>();
        final MemorySegment[] slots;
        final int[] readBytes;
        boolean waits = true;
        int verified;
        int waited;
        Finding worst = Finding.OK;
        String sentence;

        private static final class Op {
            boolean read;
            int slot;
            int file;
            long offset;
            int bytes;
            List<Integer> sectors;
        }

        Storage(Work.Blocks work, int depth, long seed) {
            files = new byte[work.files()][(int) work.bytesPerFile()];
            random = new Random(seed);
            for (byte[] file : files) {
                random.nextBytes(file); // what was there before, and is not judged
            }
            verifier = new BlockVerifier(work, 0, seed, RUN);
            content = new BlockContent(work.content(), 0, seed, verifier);
            stream = new BlockStream(work, 0, seed);
            inFlight = new InFlight(depth, work.blocks().maxBytes());
            slots = new MemorySegment[depth];
            readBytes = new int[depth];
            for (int i = 0; i < depth; i++) {
                slots[i] = Arena.ofAuto().allocate(work.blocks().maxBytes());
                content.fill(slots[i]);
            }
        }

        void run(int operations) {
            boolean pending = false;
            for (int done = 0; done < operations; ) {
                int slot = freeSlot();
                if (slot >= 0 && !pending) {
                    if (!stream.next()) {
                        stream.restart();
                        stream.next();
                    }
                    pending = true;
                }
                if (slot >= 0 && begin(slot)) {
                    pending = false;
                    done++;
                } else {
                    waited++;
                    turn();
                }
                for (int i = random.nextInt(2 * stream.bytes() / SECTOR_BYTES + 1); i > 0 && !ops.isEmpty(); i--) {
                    turn();
                }
            }
        }

        private boolean begin(int slot) {
            if (waits && !inFlight.tryAdd(slot, !stream.reads(), stream.file(), stream.offset(), stream.bytes())) {
                return false;
            }
            Op op = new Op();
            op.read = stream.reads();
            op.slot = slot;
            op.file = stream.file();
            op.offset = stream.offset();
            op.bytes = stream.bytes();
            op.sectors = new ArrayList<>();
            for (int i = 0; i < op.bytes / SECTOR_BYTES; i++) {
                op.sectors.add(i);
            }
            if (op.read) {
                readBytes[slot] = Math.max(readBytes[slot], op.bytes);
            } else {
                content.fill(slots[slot], readBytes[slot]);
                readBytes[slot] = 0;
                content.next(slots[slot], op.bytes, op.file, op.offset);
            }
            ops.add(op);
            return true;
        }

        void turn() {
            Op op = ops.get(random.nextInt(ops.size()));
            int sector = op.sectors.remove(random.nextInt(op.sectors.size())) * SECTOR_BYTES;
            int at = (int) op.offset + sector;
            if (op.read) {
                MemorySegment.copy(files[op.file], at, slots[op.slot], JAVA_BYTE, sector, SECTOR_BYTES);
            } else {
                MemorySegment.copy(slots[op.slot], JAVA_BYTE, sector, files[op.file], at, SECTOR_BYTES);
            }
            if (op.sectors.isEmpty()) {
                ops.remove(op);
                if (waits) {
                    inFlight.remove(op.slot);
                }
                if (op.read) {
                    found(verifier, slots[op.slot], op.bytes, op.file, op.offset);
                }
            }
        }

        private void found(BlockVerifier by, MemorySegment memory, int bytes, int file, long offset) {
            verified++;
            Finding finding = by.check(memory, bytes, file, offset);
            if (finding != Finding.OK && worst == Finding.OK) {
                worst = finding;
                sentence = by.describe(memory, bytes, file, offset);
            }
        }

        void readBack(int bytes) {
            while (!ops.isEmpty()) {
                turn();
            }
            MemorySegment memory = Arena.ofAuto().allocate(bytes);
            for (int file = 0; file < files.length; file++) {
                for (int at = 0; at + bytes <= files[file].length; at += bytes) {
                    MemorySegment.copy(files[file], at, memory, JAVA_BYTE, 0, bytes);
                    found(verifier, memory, bytes, file, at);
                }
            }
        }

        private int freeSlot() {
            for (int slot = 0; slot < slots.length; slot++) {
                int each = slot;
                if (ops.stream().noneMatch(op -> op.slot == each)) {
                    return slot;
                }
            }
            return -1;
        }
    }

    @Test
    void noFalseAlarmOverMixedOverlappingWorkInAnyOrderOfCompletion() {
        long seed = new Random().nextLong();
        for (int i = 0; i < 20; i++) {
            for (BlockSizes blocks : List.of(LARGE, SMALL)) {
                for (AccessMode mode : List.of(AccessMode.RANDRW, AccessMode.RW)) {
                    Work.Blocks work = work(mode, 50, blocks, 2 * 10 * blocks.maxBytes(), 2);
                    Storage storage = new Storage(work, 32, seed + i);
                    storage.run(1000);
                    storage.readBack(blocks.minBytes());
                    storage.readBack(blocks.maxBytes());
                    assertEquals(Finding.OK, storage.worst, "seed " + (seed + i) + ": " + storage.sentence);
                    assertTrue(storage.verifier.unitsInOrder() > 500, "" + storage.verifier.unitsInOrder());
                    assertTrue(mode == AccessMode.RW || storage.waited > 0, "nothing overlapped");
                }
            }
        }
    }

    @Test
    void overlappingWorkThatDoesNotWaitWouldAlarm() {
        Storage storage = new Storage(work(AccessMode.RANDRW, 50, LARGE, 4 * 65_536, 1), 32, 3);
        storage.waits = false;
        storage.run(2000);
        assertNotEquals(Finding.OK, storage.worst);
    }

    @Test
    void afterACrashOnlyUnitsInFlightCanBeTorn() {
        long seed = new Random().nextLong();
        int torn = 0;
        for (int i = 0; i < 20; i++) {
            Work.Blocks fill = work(AccessMode.WRITE, 0, LARGE, 20 * 65_536, 1);
            Storage storage = new Storage(work(AccessMode.RANDWRITE, 0, LARGE, 20 * 65_536, 1), 16, seed + i);
            BlockVerifier filler = new BlockVerifier(fill, 0, seed + i, RUN - 1);
            BlockContent content = new BlockContent(fill.content(), 0, seed + i, filler);
            MemorySegment block = Arena.ofAuto().allocate(4096);
            content.fill(block);
            for (int at = 0; at < storage.files[0].length; at += 4096) {
                content.next(block, 4096, 0, at);
                MemorySegment.copy(block, JAVA_BYTE, 0, storage.files[0], at, 4096);
            }
            storage.run(300);
            BlockVerifier afterwards =
                    new BlockVerifier(work(AccessMode.READ, 100, LARGE, 20 * 65_536, 1), 0, seed + i, RUN + 1);
            for (int at = 0; at < storage.files[0].length; at += 4096) {
                MemorySegment.copy(storage.files[0], at, block, JAVA_BYTE, 0, 4096);
                Finding finding = afterwards.check(block, 4096, 0, at);
                int unit = at;
                boolean inFlight =
                        storage.ops.stream().anyMatch(op -> op.offset <= unit && unit < op.offset + op.bytes);
                assertTrue(
                        finding == Finding.OK || inFlight && finding == Finding.DAMAGED,
                        () -> "seed " + seed + ": " + afterwards.describe(block, 4096, 0, unit));
                torn += finding == Finding.OK ? 0 : 1;
            }
        }
        assertTrue(torn > 0, "the storage tore nothing: the test shows nothing");
    }

    @Test
    void whatAStorageLosesSwapsOrPutsElsewhereIsFound() {
        int bytes = 8192;
        int blocks = 100;
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            for (int fault = 0; fault < 3; fault++) {
                Storage storage = new Storage(
                        work(AccessMode.RANDWRITE, 0, BlockSizes.of(bytes), blocks * bytes, 1), 8, seed + i);
                storage.run(2000);
                storage.readBack(bytes);
                assertEquals(Finding.OK, storage.worst);
                byte[] file = storage.files[0];
                int one = random.nextInt(blocks) * bytes;
                int other = (one + bytes * (1 + random.nextInt(blocks - 1))) % (blocks * bytes);
                byte[] ofOne = Arrays.copyOfRange(file, one, one + bytes);
                storage.content.next(storage.slots[0], bytes, 0, one);
                byte[] next = storage.slots[0].asSlice(0, bytes).toArray(JAVA_BYTE);
                switch (fault) {
                    case 0 -> {} // lost
                    case 1 -> { // exchanged
                        System.arraycopy(file, other, file, one, bytes);
                        System.arraycopy(next, 0, file, other, bytes);
                    }
                    default -> { // written elsewhere
                        System.arraycopy(next, 0, file, other, bytes);
                        System.arraycopy(ofOne, 0, file, one, bytes);
                    }
                }
                storage.readBack(bytes);
                assertNotEquals(Finding.OK, storage.worst, "fault " + fault + ", seed " + seed);
            }
        }
    }

    private static byte[] join(byte[] first, byte[] second, int at) {
        byte[] torn = first.clone();
        System.arraycopy(second, at, torn, at, torn.length - at);
        return torn;
    }

    private static void flip(MemorySegment memory, int bit) {
        byte before = memory.get(JAVA_BYTE, bit / 8);
        memory.set(JAVA_BYTE, bit / 8, (byte) (before ^ 1 << bit % 8));
    }

    private static Work.Blocks work(AccessMode mode, int readPercent, BlockSizes blocks, long bytes, int files) {
        return new Work.Blocks(
                mode,
                readPercent,
                blocks,
                new Distribution.Uniform(),
                bytes,
                files,
                SyncPolicy.NONE,
                new Content(0, 0, true));
    }
}
