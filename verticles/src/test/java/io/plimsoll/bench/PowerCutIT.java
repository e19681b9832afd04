package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.io.Engine;
import io.plimsoll.io.Engines;
import io.plimsoll.io.FileSet;
import io.plimsoll.io.PosixException;
import io.plimsoll.io.TestMounts;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.JobPlan.EngineChoice;
import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import io.plimsoll.stats.OpTotals;
import io.plimsoll.workload.BlockStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Cuts the power of a file system while a verified job writes to it: the image of its disk is copied at one instant,
/// and mounted again afterwards. What a disk loses of its own cache is not part of it.
@Timeout(300)
class PowerCutIT {
    private static final int UNIT = 4096;
    private static final long SIZE = 8 << 20;
    private static final long SEED = 7;
    private static final int SYNC_EVERY = 4;
    private static final int CUTS = 4;
    private static final BlockSizes SPLIT = new BlockSizes(List.of(
            new BlockSizes.Part(UNIT, 50), new BlockSizes.Part(4 * UNIT, 30), new BlockSizes.Part(16 * UNIT, 20)));

    @TempDir
    Path temp;

    private final Random random = new Random();

    /// A disk as a cut left it.
    ///
    /// @param acknowledged how many writes a sync had made safe before
    private record Cut(Path image, long acknowledged) {}

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs"})
    void everyBlockIsWholeAndNoneIsOlderThanTheLastSyncThatWasAcknowledged(String fileSystem) throws Exception {
        for (boolean rings : ringsAreAllowed() ? List.of(false, true) : List.of(false)) {
            for (boolean direct : List.of(false, true)) {
                EngineChoice engine = engine(rings ? EngineKind.IO_URING : EngineKind.PSYNC, 1, direct);
                JobPlan plan = plan(AccessMode.RANDWRITE, SPLIT, SIZE, engine);
                cuts(fileSystem, plan, (cut, mount) -> {
                    verified(mount, plan, SIZE);
                    ByteBuffer data = data(mount);
                    long[] safe = lastWrites((Work.Blocks) plan.work(), cut.acknowledged());
                    for (int unit = 0; unit < safe.length; unit++) {
                        long number = data.getLong(unit * UNIT + 32);
                        boolean ofTheJob = data.getLong(unit * UNIT + 24) == RUN;
                        assertTrue(
                                safe[unit] == 0 || ofTheJob && number >= safe[unit],
                                "write " + safe[unit] + " to unit " + unit + " was acknowledged, and there is "
                                        + (ofTheJob ? "write " + number : "what was laid out") + ": " + plan);
                    }
                });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs"})
    void manyWritesInFlightLeaveWholeBlocksToo(String fileSystem) throws Exception {
        assumeTrue(ringsAreAllowed(), "the system refuses io_uring");
        for (boolean direct : List.of(false, true)) {
            JobPlan plan = plan(AccessMode.RANDWRITE, SPLIT, SIZE, engine(EngineKind.IO_URING, 16, direct));
            cuts(fileSystem, plan, (_, mount) -> verified(mount, plan, SIZE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs"})
    void aFileThatGrowsEndsAfterWhatWasAcknowledgedAndIsInOrderUpToThere(String fileSystem) throws Exception {
        JobPlan plan = plan(AccessMode.WRITE, BlockSizes.of(UNIT), 16 * SIZE, engine(EngineKind.PSYNC, 1, false));
        cuts(fileSystem, plan, (cut, mount) -> {
            long bytes = Files.size(file(mount)) / UNIT * UNIT;
            assertTrue(bytes >= cut.acknowledged() * UNIT, bytes + " bytes of " + cut.acknowledged() + " blocks");
            if (bytes > 0) {
                verified(mount, plan, bytes);
            }
        });
    }

    @Test
    void aBlockTornBetweenTwoWritesIsNamedAndAnOlderWholeOneIsNot() throws Exception {
        JobPlan plan = plan(AccessMode.RANDWRITE, SPLIT, SIZE, engine(EngineKind.PSYNC, 1, false));
        List<ByteBuffer> before = new ArrayList<>();
        cuts("ext4", plan, (_, mount) -> {
            ByteBuffer now = data(mount);
            if (!before.isEmpty()) {
                int unit = changedUnit(before.getFirst(), now);
                ByteBuffer older = before.getFirst().slice(unit * UNIT, UNIT);
                write(file(mount), unit * (long) UNIT, older.slice(0, UNIT / 2));
                JobResult torn = verify(mount, plan, SIZE);
                String failure = torn.failure().orElseThrow(() -> new AssertionError("unit " + unit + " is torn"));
                assertTrue(
                        failure.startsWith(
                                "verify " + file(mount) + ": the 4096 bytes at offset " + unit * UNIT + " are damaged"),
                        failure);
                write(file(mount), unit * (long) UNIT, older);
                verified(mount, plan, SIZE);
            }
            before.add(now);
        });
        assertEquals(CUTS, before.size());
    }

    private static final long RUN = 1_800_000_000_000L;

    private interface Look {
        void at(Cut cut, Path mount) throws Exception;
    }

    /// Runs the job, cuts the power a few times, and looks at what each cut left.
    private void cuts(String fileSystem, JobPlan plan, Look look) throws Exception {
        Path disks = temp.resolve("disks");
        Path mount = temp.resolve("mount");
        try (TestMounts _ = TestMounts.made("xfs", disks, temp.resolve("disks.xfs"), "2g")) {
            Path image = disks.resolve("image");
            List<Cut> cuts;
            try (TestMounts _ = TestMounts.made(fileSystem, mount, image, "512m")) {
                cuts = cutWhileWriting(mount, image, plan);
            }
            for (Cut cut : cuts) {
                try (TestMounts _ = TestMounts.image(mount, cut.image())) {
                    look.at(cut, mount);
                }
                Files.delete(cut.image());
            }
        }
    }

    private List<Cut> cutWhileWriting(Path mount, Path image, JobPlan plan) throws Exception {
        Work.Blocks work = (Work.Blocks) plan.work();
        JobControl control = new JobControl();
        FileSet.Need need = new FileSet.Need(work, 1, plan.engine().direct(), false, false, true);
        List<Cut> cuts = new ArrayList<>();
        try (FileSet files = FileSet.inDirectory(
                mount, plan.name(), need, new LayoutContent(plan, work, RUN - 1), FileSet.Progress.NONE)) {
            BlockPreparation preparation =
                    new BlockPreparation(plan, work, plan.engine().kind(), 0, files.files(0), control, RUN);
            CompletableFuture<DataLoop> ready = new CompletableFuture<>();
            CompletableFuture<Void> ended = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> {
                try (DataLoop loop = preparation.loop()) {
                    ready.complete(loop);
                    long now = System.nanoTime();
                    loop.run(new Timeline(now, now, Long.MAX_VALUE));
                    ended.complete(null);
                } catch (IOException | RuntimeException | Error e) {
                    ready.completeExceptionally(e);
                    ended.completeExceptionally(e);
                }
            });
            try {
                OpTotals totals = new OpTotals(DataLoop.KINDS);
                for (int i = 0; i < CUTS; i++) {
                    Thread.sleep(50 + random.nextInt(300));
                    ready.get().recorder().addTo(totals);
                    Path copy = image.resolveSibling("cut-" + i);
                    TestMounts.copyAtOnce(image, copy);
                    cuts.add(new Cut(copy, totals.ops(Direction.SYNC.ordinal()) * SYNC_EVERY));
                }
                assertNotEquals(0, cuts.getLast().acknowledged(), "no sync was acknowledged: the test shows nothing");
            } finally {
                control.stop();
                ended.get();
            }
        }
        return cuts;
    }

    /// By unit, the number of the last of the first so many writes; 0 where there was none.
    private static long[] lastWrites(Work.Blocks work, long writes) {
        long[] last = new long[(int) (work.bytesPerFile() / UNIT)];
        BlockStream stream = new BlockStream(work, 0, SEED);
        for (long number = 1; number <= writes; number++) {
            if (!stream.next()) {
                stream.restart();
                stream.next();
            }
            for (int at = 0; at < stream.bytes(); at += UNIT) {
                last[(int) ((stream.offset() + at) / UNIT)] = number;
            }
        }
        return last;
    }

    private static void verified(Path mount, JobPlan plan, long bytes) throws Exception {
        JobResult result = verify(mount, plan, bytes);
        assertEquals(Optional.empty(), result.failure(), () -> plan.toString());
        assertTrue(
                result.notes().contains(bytes / UNIT + " pieces of 4096 bytes were read and verified"),
                result.notes() + "");
    }

    /// As a later process would.
    private static JobResult verify(Path mount, JobPlan plan, long bytes) throws Exception {
        Work.Blocks work = work(AccessMode.READ, BlockSizes.of(UNIT), bytes);
        JobPlan reading = new JobPlan(
                plan.name(),
                work,
                engine(EngineKind.PSYNC, 1, false),
                1,
                new Load.Closed(),
                new Span(0, 0, false),
                SEED);
        return Bench.run(
                new JobRequest(reading, new JobTarget.Directory(mount), false, false), Progress.NONE, () -> false);
    }

    private static Path file(Path mount) {
        return mount.resolve("plimsoll-bench/job/job.0.0");
    }

    private static ByteBuffer data(Path mount) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(file(mount))).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void write(Path file, long offset, ByteBuffer bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(bytes.duplicate(), offset);
        }
    }

    private static int changedUnit(ByteBuffer before, ByteBuffer now) {
        for (int unit = 0; unit < SIZE / UNIT; unit++) {
            if (!before.slice(unit * UNIT, UNIT).equals(now.slice(unit * UNIT, UNIT))) {
                return unit;
            }
        }
        throw new AssertionError("nothing was written between two cuts");
    }

    private static JobPlan plan(AccessMode mode, BlockSizes blocks, long bytes, EngineChoice engine) {
        Span endless = new Span(0, mode.random() ? Span.NS_MAX : 0, mode.random());
        return new JobPlan("job", work(mode, blocks, bytes), engine, 1, new Load.Closed(), endless, SEED);
    }

    private static Work.Blocks work(AccessMode mode, BlockSizes blocks, long bytes) {
        return new Work.Blocks(
                mode,
                mode.reads() ? 100 : 0,
                blocks,
                new Distribution.Uniform(),
                bytes,
                1,
                mode.writes() ? new SyncPolicy(SYNC_EVERY, true, SyncPolicy.OpenFlag.NONE, false) : SyncPolicy.NONE,
                new Content(0, 0, true));
    }

    private static EngineChoice engine(EngineKind kind, int depth, boolean direct) {
        return new EngineChoice(kind, depth, direct, List.of(), List.of());
    }

    private static boolean ringsAreAllowed() {
        try (Engine _ = Engines.open(EngineKind.IO_URING, 16, 16 * UNIT)) {
            return true;
        } catch (PosixException e) {
            System.out.println("without io_uring: " + e.getMessage());
            return false;
        }
    }
}
