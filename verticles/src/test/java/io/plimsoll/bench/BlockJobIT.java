package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.plimsoll.bench.JobRun.Outcome;
import io.plimsoll.io.FileRef;
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
import io.plimsoll.stats.OpRecorder.Track;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BlockJobIT {
    private static final long SIZE = 1 << 20;
    private static final int BLOCK = 1 << 14;

    @TempDir
    Path temp;

    @Test
    void everyEngineFindsTheFilesOfEveryModeAsItNeedsThem() throws Exception {
        for (EngineKind kind : List.of(EngineKind.PSYNC, EngineKind.FILECHANNEL, EngineKind.MMAP, EngineKind.DD)) {
            for (AccessMode mode : AccessMode.values()) {
                JobResult result = run(mode, kind);
                String which = mode.word() + " with " + kind.word();
                assertEquals(Optional.empty(), result.failure(), which);
                assertEquals(kind, result.engine(), which);
                long bytes = result.directions().stream()
                        .filter(d -> d.direction() != Direction.SYNC)
                        .mapToLong(JobResult.DirectionResult::bytes)
                        .sum();
                assertEquals(2 * SIZE, bytes, which);
                for (int thread = 0; thread < 2; thread++) {
                    Path file = temp.resolve("plimsoll-bench/job/job." + thread + ".0");
                    assertEquals(SIZE, Files.size(file), which);
                }
            }
        }
    }

    @Test
    void whatWasWrittenToTheEndIsReadWithoutBeingFilledFirst() throws Exception {
        assertTrue(note(run(AccessMode.WRITE, EngineKind.PSYNC)).contains("2 new and empty"));
        assertTrue(note(run(AccessMode.RANDREAD, EngineKind.PSYNC)).contains("2 reused"));
        assertTrue(note(run(AccessMode.RANDWRITE, EngineKind.PSYNC)).contains("2 reused"));
        assertTrue(note(run(AccessMode.WRITE, EngineKind.PSYNC)).contains("2 new and empty"));
    }

    @Test
    void aJobThatIsDoneBeforeTheRampIsOverHasFailed() throws Exception {
        JobResult result = run(AccessMode.READ, EngineKind.PSYNC, new Span(2_000_000_000L, 0, false));
        assertTrue(result.failure().orElseThrow().contains("--ramp_time"), result.toString());
    }

    @Test
    void whatWasDueBeforeAFailureAndNeverBegunIsMissed() throws Exception {
        Work.Blocks work = new Work.Blocks(
                AccessMode.READ,
                100,
                BlockSizes.of(BLOCK),
                new Distribution.Uniform(),
                1L << 30,
                1,
                SyncPolicy.NONE,
                Content.RANDOM);
        EngineChoice engine = new EngineChoice(EngineKind.PSYNC, 1, false, List.of(), List.of());
        Load.Open load = new Load.Open(Load.Open.PER_SECOND_MAX, Load.Arrival.LINEAR, Load.Pacer.SPIN);
        JobPlan plan = new JobPlan("job", work, engine, 1, load, new Span(0, 3_600_000_000_000L, true), 7);
        Path shorter = Files.write(temp.resolve("shorter"), new byte[100 * BLOCK]);
        JobControl control = new JobControl();
        BlockPreparation preparation =
                new BlockPreparation(plan, work, EngineKind.PSYNC, 0, List.of(new FileRef.At(shorter)), control, 0);
        Outcome outcome =
                new JobRun(plan.span(), List.of(preparation), JobRun.Listener.NONE, control, () -> false).run();
        assertTrue(outcome.failure().orElseThrow().getMessage().contains("the file ends"), outcome + "");
        assertEquals(100, outcome.totals().ops(Direction.READ.ordinal()));
        assertEquals(outcome.elapsedNs() / 10, outcome.due(), 1, "one each 10 ns until the failure");
        assertEquals(outcome.due(), 100 + 1 + outcome.missed(), "done, failed, never begun");
        assertEquals(
                100 + outcome.missed(),
                outcome.totals().histogram(Direction.READ.ordinal(), Track.RESP).count());
    }

    @Test
    void noTwoRunsWriteTheSameBytesNorWhatWasLaidOut() throws Exception {
        Path file = temp.resolve("plimsoll-bench/job/job.0.0");
        run(AccessMode.RANDREAD, EngineKind.PSYNC);
        byte[] laidOut = Files.readAllBytes(file);
        run(AccessMode.WRITE, EngineKind.PSYNC);
        byte[] first = Files.readAllBytes(file);
        run(AccessMode.WRITE, EngineKind.PSYNC);
        byte[] second = Files.readAllBytes(file);
        byte[] otherThread = Files.readAllBytes(temp.resolve("plimsoll-bench/job/job.1.0"));
        Set<ByteBuffer> pieces = new HashSet<>();
        for (byte[] bytes : List.of(laidOut, first, second, otherThread)) {
            for (int at = 0; at < SIZE; at += 4096) {
                assertTrue(pieces.add(ByteBuffer.wrap(bytes, at, 4096)), "a piece at " + at + " was there before");
            }
        }
    }

    @Test
    void tooManyFilesToBeLookedAtAreSaid() throws Exception {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory), "no /dev/shm here, and ten thousand files on a disk take long");
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        assumeTrue(system.getMaxFileDescriptorCount() > 12_000, "so many files cannot be open at once here");
        Path directory = Files.createTempDirectory(memory, "plimsoll-files-");
        try {
            assertFalse(notesOfWriting(directory, 5_000).contains("sparse-file"));
            assertTrue(notesOfWriting(directory, 5_001).contains("more than 10000 files are not looked at one by one"));
        } finally {
            Files.deleteIfExists(directory.resolve("plimsoll-bench"));
            Files.delete(directory);
        }
    }

    /// Of two data threads with so many files each.
    private static String notesOfWriting(Path directory, int files) throws Exception {
        Work.Blocks work = new Work.Blocks(
                AccessMode.WRITE,
                0,
                BlockSizes.of(512),
                new Distribution.Uniform(),
                512L * files,
                files,
                SyncPolicy.NONE,
                Content.RANDOM);
        EngineChoice engine = new EngineChoice(EngineKind.PSYNC, 1, false, List.of(), List.of());
        JobPlan plan = new JobPlan("files", work, engine, 2, new Load.Closed(), new Span(0, 0, false), 7);
        JobRequest request = new JobRequest(plan, new JobTarget.Directory(directory), false, true);
        JobResult result = Bench.run(request, Progress.NONE, () -> false);
        assertEquals(Optional.empty(), result.failure());
        return result.notes().toString();
    }

    private static String note(JobResult result) {
        return result.notes().getFirst();
    }

    private JobResult run(AccessMode mode, EngineKind kind) throws Exception {
        return run(mode, kind, new Span(0, 0, false));
    }

    private JobResult run(AccessMode mode, EngineKind kind, Span span) throws Exception {
        int percent = mode.reads() ? mode.writes() ? 50 : 100 : 0;
        Work.Blocks work = new Work.Blocks(
                mode,
                percent,
                BlockSizes.of(BLOCK),
                new Distribution.Uniform(),
                SIZE,
                1,
                SyncPolicy.NONE,
                Content.RANDOM);
        EngineChoice engine = new EngineChoice(kind, 1, false, List.of(), List.of());
        JobPlan plan = new JobPlan("job", work, engine, 2, new Load.Closed(), span, 7);
        JobRequest request = new JobRequest(plan, new JobTarget.Directory(temp), false, false);
        return Bench.run(request, Progress.NONE, () -> false);
    }
}
