package io.plimsoll.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.BlockSizes.Part;
import io.plimsoll.model.Content;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockStreamTest {
    private static final BlockSizes SPLIT =
            new BlockSizes(List.of(new Part(4096, 60), new Part(16_384, 30), new Part(65_536, 10)));

    private record Op(boolean reads, int file, long offset, int bytes) {}

    @Test
    void aSequentialJobGoesThroughItsFileOnce() {
        List<Op> ops = round(stream(AccessMode.WRITE, 0, BlockSizes.of(4096), 10 * 4096, 1));
        assertEquals(10, ops.size());
        for (int i = 0; i < 10; i++) {
            assertEquals(new Op(false, 0, i * 4096L, 4096), ops.get(i));
        }
    }

    @Test
    void filesTakeTurnsAndEachIsGoneThroughFromItsBeginning() {
        List<Op> ops = round(stream(AccessMode.READ, 100, BlockSizes.of(4096), 6 * 4096, 3));
        assertEquals(
                List.of(
                        new Op(true, 0, 0, 4096),
                        new Op(true, 1, 0, 4096),
                        new Op(true, 2, 0, 4096),
                        new Op(true, 0, 4096, 4096),
                        new Op(true, 1, 4096, 4096),
                        new Op(true, 2, 4096, 4096)),
                ops);
    }

    @Test
    void aSequentialMixHasACursorForReadsAndOneForWrites() {
        List<Op> ops = round(stream(AccessMode.RW, 50, BlockSizes.of(512), 1000 * 512, 1));
        assertEquals(1000, ops.size());
        long[] expected = new long[2];
        for (Op op : ops) {
            int direction = op.reads() ? 1 : 0;
            assertEquals(expected[direction], op.offset());
            expected[direction] += op.bytes();
        }
        assertTrue(expected[0] > 0 && expected[1] > 0);
    }

    @Test
    void everyOperationIsAlignedAndInsideItsFileWhateverThePlan() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int[] sizes = {512, 1000, 1024, 4096, 6144, 65_536};
        for (int i = 0; i < 500; i++) {
            BlockSizes blocks = new BlockSizes(List.of(
                    new Part(sizes[random.nextInt(sizes.length)], 50),
                    new Part(sizes[random.nextInt(sizes.length)], 50),
                    new Part(sizes[random.nextInt(sizes.length)], 0)));
            AccessMode mode = AccessMode.values()[random.nextInt(AccessMode.values().length)];
            int files = 1 + random.nextInt(5);
            long bytes = files * (long) blocks.maxBytes() * (1 + random.nextInt(20)) + random.nextInt(1000);
            Distribution distribution = switch (random.nextInt(3)) {
                case 0 -> new Distribution.Uniform();
                case 1 -> new Distribution.Zipf(0.5 + random.nextDouble());
                default -> new Distribution.Pareto(0.1 + 0.8 * random.nextDouble());
            };
            Work.Blocks work =
                    new Work.Blocks(mode, 50, blocks, distribution, bytes, files, SyncPolicy.NONE, Content.RANDOM);
            int smallest = blocks.parts().stream()
                    .filter(part -> part.percent() > 0)
                    .mapToInt(Part::bytes)
                    .min()
                    .orElseThrow();
            BlockStream stream = new BlockStream(work, 0, seed);
            String what = "seed " + seed + ", plan " + i + ": " + work;
            for (int pass = 0; pass < 2; pass++) {
                long[] issued = new long[files];
                for (Op op : round(stream)) {
                    assertTrue(op.offset() >= 0 && op.offset() + op.bytes() <= work.bytesPerFile(), what + op);
                    assertTrue(!mode.random() || op.offset() % smallest == 0, what + op);
                    assertTrue(op.reads() ? mode.reads() : mode.writes(), what + op);
                    issued[op.file()] += op.bytes();
                }
                for (long each : issued) {
                    assertTrue(each <= work.bytesPerFile() && each > work.bytesPerFile() - smallest, what + each);
                }
                stream.restart();
            }
        }
    }

    @Test
    void uniformOffsetsFallOnEveryBlockAlike() {
        int blocks = 256;
        BlockStream stream = stream(AccessMode.RANDREAD, 100, BlockSizes.of(4096), blocks * 4096L, 1);
        long[] counts = new long[blocks];
        for (int i = 0; i < 2_000; i++) {
            stream.restart();
            while (stream.next()) {
                counts[(int) (stream.offset() / 4096)]++;
            }
        }
        double[] alike = new double[blocks];
        Arrays.fill(alike, 1.0 / blocks);
        Fit.chiSquare("blocks of a file", counts, alike);
    }

    @Test
    void sharesOfReadsAndOfSizesAreThoseOfThePlan() {
        for (int percent : new int[] {1, 30, 50, 70, 99}) {
            BlockStream stream = stream(AccessMode.RANDRW, percent, SPLIT, 1L << 40, 1);
            int draws = 1_000_000;
            long reads = 0;
            long[] counts = new long[3];
            for (int i = 0; i < draws; i++) {
                assertTrue(stream.next());
                reads += stream.reads() ? 1 : 0;
                counts[stream.bytes() == 4096 ? 0 : stream.bytes() == 16_384 ? 1 : 2]++;
            }
            Fit.share("reads", reads, draws, percent / 100.0);
            Fit.chiSquare("sizes", counts, new double[] {0.6, 0.3, 0.1});
        }
    }

    @Test
    void aMixOfNoReadsOrOnlyReadsIsExact() {
        assertTrue(round(stream(AccessMode.RANDRW, 0, BlockSizes.of(512), 1 << 20, 1)).stream()
                .noneMatch(Op::reads));
        assertTrue(round(stream(AccessMode.RANDRW, 100, BlockSizes.of(512), 1 << 20, 1)).stream()
                .allMatch(Op::reads));
    }

    @Test
    void theSamePlanThreadAndSeedMakeTheSameSequenceAndOtherThreadsAnother() {
        for (Distribution distribution :
                List.of(new Distribution.Uniform(), new Distribution.Zipf(1.1), new Distribution.Pareto(0.2))) {
            Work.Blocks work = new Work.Blocks(
                    AccessMode.RANDRW, 60, SPLIT, distribution, 64 << 20, 2, SyncPolicy.NONE, Content.RANDOM);
            List<Op> ops = round(new BlockStream(work, 3, 77));
            assertEquals(ops, round(new BlockStream(work, 3, 77)));
            assertNotEquals(ops, round(new BlockStream(work, 4, 77)));
            assertNotEquals(ops, round(new BlockStream(work, 3, 78)));
        }
    }

    @Test
    void theMixOfReadsLeavesTheOffsetsAsTheyAre() {
        List<Op> few = round(stream(AccessMode.RANDRW, 10, SPLIT, 64 << 20, 1));
        List<Op> many = round(stream(AccessMode.RANDRW, 90, SPLIT, 64 << 20, 1));
        assertEquals(
                few.stream().map(Op::offset).toList(),
                many.stream().map(Op::offset).toList());
    }

    @Test
    void restartBeginsASequentialJobAnewAndGoesOnWithRandomPlaces() {
        BlockStream sequential = stream(AccessMode.READ, 100, BlockSizes.of(4096), 1 << 20, 2);
        List<Op> first = round(sequential);
        assertFalse(sequential.next());
        sequential.restart();
        assertEquals(first, round(sequential));
        BlockStream random = stream(AccessMode.RANDREAD, 100, BlockSizes.of(4096), 1 << 20, 2);
        List<Op> firstRandom = round(random);
        random.restart();
        List<Op> secondRandom = round(random);
        assertEquals(firstRandom.size(), secondRandom.size());
        assertNotEquals(firstRandom, secondRandom);
    }

    @Test
    void threadsOfOneSeedShareTheirHotBlocks() {
        Work.Blocks work = new Work.Blocks(
                AccessMode.RANDREAD,
                100,
                BlockSizes.of(4096),
                new Distribution.Zipf(1.3),
                4096L << 16,
                1,
                SyncPolicy.NONE,
                Content.RANDOM);
        assertEquals(hottest(new BlockStream(work, 0, 5)), hottest(new BlockStream(work, 1, 5)));
        assertNotEquals(hottest(new BlockStream(work, 0, 5)), hottest(new BlockStream(work, 0, 6)));
    }

    private static long hottest(BlockStream stream) {
        int[] counts = new int[1 << 16];
        while (stream.next()) {
            counts[(int) (stream.offset() / 4096)]++;
        }
        int hottest = 0;
        for (int i = 0; i < counts.length; i++) {
            hottest = counts[i] > counts[hottest] ? i : hottest;
        }
        return hottest;
    }

    private static BlockStream stream(AccessMode mode, int readPercent, BlockSizes blocks, long bytes, int files) {
        return new BlockStream(
                new Work.Blocks(
                        mode,
                        readPercent,
                        blocks,
                        new Distribution.Uniform(),
                        bytes,
                        files,
                        SyncPolicy.NONE,
                        Content.RANDOM),
                0,
                1);
    }

    private static List<Op> round(BlockStream stream) {
        List<Op> ops = new ArrayList<>();
        while (stream.next()) {
            ops.add(new Op(stream.reads(), stream.file(), stream.offset(), stream.bytes()));
        }
        return ops;
    }
}
