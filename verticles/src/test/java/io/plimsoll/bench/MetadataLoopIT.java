package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.JobRun.Outcome;
import io.plimsoll.io.MetadataTree;
import io.plimsoll.io.MetadataTrees;
import io.plimsoll.io.PosixException;
import io.plimsoll.io.TargetRefusedException;
import io.plimsoll.io.TestMounts;
import io.plimsoll.model.Direction;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.JobPlan.EngineChoice;
import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.model.Load;
import io.plimsoll.model.Work;
import io.plimsoll.stats.OpRecorder.Track;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MetadataLoopIT {
    private static final List<Direction> KINDS =
            List.of(Direction.CREATE, Direction.STAT, Direction.OPEN, Direction.RENAME, Direction.UNLINK);
    private static final Span ONE_ROUND = new Span(0, 0, false);

    @TempDir
    Path temp;

    @Test
    void aRoundDoesEachOperationOnEachFileOnceAndLeavesNothing() throws Exception {
        Outcome outcome = run(plan(new Work.Metadata(25, 10, 100), 3, ONE_ROUND), () -> false);
        assertTrue(outcome.failure().isEmpty(), outcome.failure().toString());
        long active = 0;
        for (Direction kind : KINDS) {
            assertEquals(75, outcome.totals().ops(kind.ordinal()), kind.word());
            assertEquals(
                    75, outcome.totals().histogram(kind.ordinal(), Track.LAT).count(), kind.word());
            assertTrue(outcome.activeNs()[kind.ordinal()] > 0, kind.word());
            active += outcome.activeNs()[kind.ordinal()];
        }
        assertEquals(7500, outcome.totals().bytes(Direction.CREATE.ordinal()));
        assertTrue(active <= outcome.elapsedNs(), "phases do not overlap");
        for (DirectionResult d : Results.directions(outcome)) {
            assertEquals(outcome.activeNs()[d.direction().ordinal()], d.spanNs(outcome.elapsedNs()));
            assertEquals(0, d.iops().count(), "samples of half a second would mix the phases");
        }
        assertEquals(List.of(), names(temp));
    }

    @Test
    void theResultOfTheJobHasEveryOperation() throws Exception {
        EngineChoice psync = new EngineChoice(EngineKind.PSYNC, 1, false, List.of(), List.of());
        Work.Metadata work = new Work.Metadata(50, 10, 0);
        JobPlan plan = new JobPlan("job", work, psync, 2, new Load.Closed(), ONE_ROUND, 1);
        JobRequest request = new JobRequest(plan, new JobTarget.Directory(temp), false, false);
        JobResult result = Bench.run(request, Progress.NONE, () -> false);
        assertEquals(Optional.empty(), result.failure());
        assertEquals(
                KINDS,
                result.directions().stream().map(DirectionResult::direction).toList());
        assertTrue(result.directions().stream().allMatch(d -> d.ops() == 100));
        assertEquals(List.of(), names(temp));
    }

    @Test
    void roundsGoOnUntilTheTimeIsOver() throws Exception {
        Outcome outcome = run(plan(new Work.Metadata(7, 3, 0), 2, new Span(0, 300_000_000, true)), () -> false);
        assertTrue(outcome.failure().isEmpty(), outcome.failure().toString());
        long creates = outcome.totals().ops(Direction.CREATE.ordinal());
        long unlinks = outcome.totals().ops(Direction.UNLINK.ordinal());
        assertTrue(creates > 14, creates + " files were created in 0.3 s");
        assertTrue(creates - unlinks >= 0 && creates - unlinks <= 14, creates + " created, " + unlinks + " removed");
        assertEquals(List.of(), names(temp));
    }

    @Test
    void whatIsDoneInTheRampIsNotInTheResult() throws Exception {
        Outcome outcome = run(
                plan(new Work.Metadata(1_000_000, 1000, 0), 1, new Span(100_000_000, 50_000_000, true)), () -> false);
        assertTrue(outcome.failure().isEmpty(), outcome.failure().toString());
        long active = outcome.activeNs()[Direction.CREATE.ordinal()];
        assertTrue(active <= outcome.elapsedNs() + 1_000_000, active + " ns of " + outcome.elapsedNs());
        assertEquals(List.of(), names(temp));
    }

    @Test
    void aStopRemovesWhatWasMade() throws Exception {
        Path some = temp.resolve("plimsoll-bench/job/tree-1/00000/000/f0000123");
        Outcome outcome = run(
                plan(new Work.Metadata(1_000_000, 100_000, 0), 2, new Span(0, 60_000_000_000L, true)),
                () -> Files.exists(some));
        assertTrue(outcome.interrupted());
        assertTrue(outcome.totals().ops(Direction.CREATE.ordinal()) > 0);
        assertEquals(List.of(), names(temp));
    }

    @Test
    void aStopWhileDirectoriesAreMadeRemovesThem() throws Exception {
        Path some = temp.resolve("plimsoll-bench/job/tree-1/00000/012");
        Outcome outcome = run(plan(new Work.Metadata(10_000_000, 1, 0), 2, ONE_ROUND), () -> Files.exists(some));
        assertTrue(outcome.interrupted());
        assertTrue(outcome.failure().isEmpty(), outcome.failure().toString());
        assertEquals(0, outcome.totals().ops(Direction.CREATE.ordinal()));
        assertEquals(List.of(), names(temp));
    }

    @Test
    void aFailureNamesTheOperationAndTheFileAndEndsAllThreads() throws Exception {
        JobPlan plan = plan(new Work.Metadata(20, 20, 0), 2, ONE_ROUND);
        try (MetadataTrees trees = MetadataTrees.claim(temp, "job", work(plan), 2)) {
            JobControl control = new JobControl();
            List<MetadataPreparation> preparations = MetadataPreparation.of(plan, work(plan), trees, control);
            Path victim = temp.resolve("plimsoll-bench/job/tree-1/00000/000/f0000007");
            DataThread.Preparation disturbed = () -> {
                DataLoop loop = preparations.get(1).loop();
                Files.createFile(victim);
                return loop;
            };
            Outcome outcome = new JobRun(
                            plan.span(),
                            List.of(preparations.get(0), disturbed),
                            JobRun.Listener.NONE,
                            control,
                            () -> false)
                    .run();
            PosixException e = (PosixException) outcome.failure().orElseThrow();
            assertEquals("create " + victim + ": File exists (EEXIST, errno 17)", e.getMessage());
        }
        assertEquals(List.of(), names(temp));
    }

    @Test
    void filesOfABlockJobOfTheSameNameAndFilesOfOthersStay() throws Exception {
        Path mine = temp.resolve("plimsoll-bench/job");
        Files.createDirectories(mine);
        Files.writeString(mine.resolve(".plimsoll"), marker());
        Files.writeString(mine.resolve("job.0.0"), "laid out");
        Files.createDirectories(mine.resolve("tree-9/00000/000"));
        Files.writeString(mine.resolve("tree-9/00000/000/f0000001"), "of a benchmark that was killed");
        Files.createSymbolicLink(mine.resolve("tree-9/link"), Files.createDirectory(temp.resolve("precious")));
        Files.writeString(temp.resolve("precious/thesis"), "42");
        Outcome outcome = run(plan(new Work.Metadata(5, 10, 0), 1, ONE_ROUND), () -> false);
        assertTrue(outcome.failure().isEmpty(), outcome.failure().toString());
        assertEquals(List.of(".plimsoll", "job.0.0"), names(mine));
        assertEquals("42", Files.readString(temp.resolve("precious/thesis")));
    }

    @Test
    void theTreeHasThatManyFilesInEachDirectory() throws Exception {
        try (MetadataTrees trees = MetadataTrees.claim(temp, "job", new Work.Metadata(2500, 2, 5), 1);
                MetadataTree tree = trees.tree(0, 1, () -> false)) {
            Path root = temp.resolve("plimsoll-bench/job/tree-0");
            assertEquals(List.of("00000", "00001"), names(root));
            assertEquals(1000, names(root.resolve("00000")).size());
            assertEquals(250, names(root.resolve("00001")).size());
            assertEquals(0, tree.enter(1249));
            assertEquals(0, tree.create(1));
            assertEquals(5, Files.size(root.resolve("00001/249/f0000001")));
            assertEquals(-17, tree.create(1));
            assertEquals(-2, tree.stat(0));
            assertEquals(-2, tree.open(0));
            assertEquals(-2, tree.unlink(1));
            assertEquals(0, tree.rename(1));
            assertEquals(List.of("r0000001"), names(root.resolve("00001/249")));
            assertEquals(0, tree.unlink(1));
            assertEquals(
                    "unlink " + root + "/00001/249/r0000001: No such file or directory (ENOENT, errno 2)",
                    tree.failure(Direction.UNLINK, 1, -2).getMessage());
        }
    }

    @Test
    void operationsAllocateNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (MetadataTrees trees = MetadataTrees.claim(temp, "job", new Work.Metadata(100, 10, 64), 1);
                MetadataTree tree = trees.tree(0, 1, () -> false)) {
            for (int i = 0; i < 300; i++) {
                round(tree);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20; i++) {
                round(tree);
            }
            long perOperation = (threads.getCurrentThreadAllocatedBytes() - before) / (20 * 500);
            assertTrue(perOperation <= 1, perOperation + " bytes for each operation");
        }
    }

    private static void round(MetadataTree tree) {
        for (Direction kind : KINDS) {
            for (int i = 0; i < 100; i++) {
                assertTrue(tree.enter(i / 10) == 0);
                int file = i % 10;
                int result = switch (kind) {
                    case CREATE -> tree.create(file);
                    case STAT -> tree.stat(file);
                    case OPEN -> tree.open(file);
                    case RENAME -> tree.rename(file);
                    default -> tree.unlink(file);
                };
                assertTrue(result == 0);
            }
        }
    }

    @Test
    void aDiskThatIsTooSmallIsRefused() throws IOException {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "1m")) {
            Work.Metadata work = new Work.Metadata(10_000, 100, 4096);
            TargetRefusedException e = assertThrows(
                    TargetRefusedException.class, () -> MetadataTrees.claim(temp.resolve("m"), "job", work, 2));
            assertTrue(e.getMessage().endsWith("choose a smaller --nrfiles, --filesize or --numjobs"), e.getMessage());
            assertEquals(List.of(), names(temp.resolve("m")));
        }
    }

    @Test
    void aRateAndAFileAreRefused() {
        Work.Metadata work = new Work.Metadata(1, 1, 0);
        JobPlan plan = plan(work, 1, ONE_ROUND);
        JobPlan rated = new JobPlan(
                "job",
                work,
                plan.engine(),
                1,
                new Load.Open(10, Load.Arrival.LINEAR, Load.Pacer.TIMED),
                plan.span(),
                1);
        assertThrows(
                JobRefusedException.class,
                () -> MetadataPreparation.claim(
                        new JobRequest(rated, new JobTarget.Directory(temp), false, false), work));
        assertThrows(
                JobRefusedException.class,
                () -> MetadataPreparation.claim(
                        new JobRequest(plan, new JobTarget.File(temp.resolve("f")), false, false), work));
        assertFalse(Files.exists(temp.resolve("plimsoll-bench")));
    }

    private Outcome run(JobPlan plan, BooleanSupplier stopped) throws Exception {
        JobRequest request = new JobRequest(plan, new JobTarget.Directory(temp), false, false);
        try (MetadataTrees trees = MetadataPreparation.claim(request, work(plan))) {
            JobControl control = new JobControl();
            List<MetadataPreparation> preparations = MetadataPreparation.of(plan, work(plan), trees, control);
            return new JobRun(plan.span(), preparations, JobRun.Listener.NONE, control, stopped).run();
        }
    }

    private static Work.Metadata work(JobPlan plan) {
        return (Work.Metadata) plan.work();
    }

    private static JobPlan plan(Work.Metadata work, int threads, Span span) {
        EngineChoice none = new EngineChoice(EngineKind.NULL, 1, false, List.of(), List.of());
        return new JobPlan("job", work, none, threads, new Load.Closed(), span, 1);
    }

    /// As a benchmark leaves it when it is killed.
    private String marker() throws IOException {
        Path other = temp.resolve("other");
        MetadataTrees trees = MetadataTrees.claim(other, "job", new Work.Metadata(1, 1, 0), 1);
        String marker = Files.readString(other.resolve("plimsoll-bench/job/.plimsoll"));
        trees.close();
        return marker;
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return List.copyOf(
                    new TreeSet<>(entries.map(p -> p.getFileName().toString()).toList()));
        }
    }
}
