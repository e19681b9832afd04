package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.plimsoll.bench.JobResult.OpenLoopResult;
import io.plimsoll.bench.JobRun.Outcome;
import io.plimsoll.io.FileRef;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import io.plimsoll.stats.OpRecorder.Track;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The loop of a data thread on the engine that does nothing.
final class BlockLoopTest {
    private static final int BLOCK = 4096;
    private static final Span UNTIL_DONE = new Span(0, 0, false);
    private static final Span BRIEF = new Span(0, 50_000_000, true);

    @Test
    void everyBlockOfTheSizeIsDoneOnceAndNoMore() throws InterruptedException {
        for (int depth : new int[] {1, 7, 64}) {
            Outcome outcome =
                    run(plan(work(AccessMode.RANDRW, 1000, SyncPolicy.NONE), depth, 1, new Load.Closed(), UNTIL_DONE));
            assertEquals(1000, ops(outcome, Direction.READ) + ops(outcome, Direction.WRITE));
            assertEquals(1000L * BLOCK, bytes(outcome));
            assertEquals(
                    ops(outcome, Direction.READ),
                    outcome.totals()
                            .histogram(Direction.READ.ordinal(), Track.LAT)
                            .count());
        }
    }

    @Test
    void aSyncFollowsEachSoManyWritesAndOneEndsTheJob() throws InterruptedException {
        SyncPolicy policy = new SyncPolicy(10, true, SyncPolicy.OpenFlag.NONE, true);
        Outcome outcome = run(plan(work(AccessMode.WRITE, 105, policy), 4, 1, new Load.Closed(), UNTIL_DONE));
        assertEquals(105, ops(outcome, Direction.WRITE));
        assertEquals(10 + 1, ops(outcome, Direction.SYNC));
    }

    @Test
    void dataThreadsAddUp() throws InterruptedException {
        Outcome outcome = run(plan(work(AccessMode.READ, 500, SyncPolicy.NONE), 2, 3, new Load.Closed(), UNTIL_DONE));
        assertEquals(1500, ops(outcome, Direction.READ));
    }

    /// What completes at once is handed over by ever more; one by one where nothing is due together.
    @Test
    void howManyWereHandedOverAtOnceIsToldOnAverage() throws InterruptedException {
        Work.Blocks work = work(AccessMode.RANDREAD, 1 << 20, SyncPolicy.NONE);
        assertTrue(run(plan(work, 32, 1, new Load.Closed(), BRIEF)).batch() > 24);
        assertEquals(1, run(plan(work, 1, 2, new Load.Closed(), BRIEF)).batch());
        Load seldom = new Load.Open(1_000, Load.Arrival.LINEAR, Load.Pacer.HYBRID);
        assertTrue(run(plan(work, 32, 1, seldom, BRIEF)).batch() < 8);
    }

    @Test
    void anOpenLoadAccountsForEveryIntendedStart() throws InterruptedException {
        for (Load.Pacer pacer : Load.Pacer.values()) {
            for (Load.Arrival arrival : Load.Arrival.values()) {
                Load.Open load = new Load.Open(20_000, arrival, pacer);
                JobPlan plan = plan(work(AccessMode.RANDREAD, 1 << 20, SyncPolicy.NONE), 4, 1, load, BRIEF);
                Outcome outcome = run(plan);
                OpenLoopResult open = Results.openLoop(plan, outcome).orElseThrow();
                assertTrue(open.due() > 500, pacer + " " + arrival + ": " + open.due() + " due in 50 ms at 20,000/s");
                assertEquals(open.due(), ops(outcome, Direction.READ) + open.missed(), pacer + " " + arrival);
                assertEquals(
                        open.due(),
                        outcome.totals()
                                .histogram(Direction.READ.ordinal(), Track.RESP)
                                .count());
            }
        }
    }

    @Test
    void moreThanCanBeDoneIsMissedAndItsWaitingIsInTheResponseTimes() throws InterruptedException {
        Load.Open load = new Load.Open(Load.Open.PER_SECOND_MAX, Load.Arrival.LINEAR, Load.Pacer.SPIN);
        JobPlan plan =
                plan(work(AccessMode.RANDREAD, 1 << 20, SyncPolicy.NONE), 1, 1, load, new Span(0, 20_000_000, true));
        Outcome outcome = run(plan);
        OpenLoopResult open = Results.openLoop(plan, outcome).orElseThrow();
        assertEquals(2_000_000, open.due());
        assertEquals(open.due(), ops(outcome, Direction.READ) + open.missed());
        assertEquals(
                open.due(),
                outcome.totals().histogram(Direction.READ.ordinal(), Track.RESP).count());
    }

    @Test
    void whatCompletesBeforeTheRampIsOverIsNotInTheResult() throws InterruptedException {
        Load.Open load = new Load.Open(10_000, Load.Arrival.LINEAR, Load.Pacer.HYBRID);
        JobPlan plan = plan(
                work(AccessMode.RANDREAD, 1 << 20, SyncPolicy.NONE),
                8,
                1,
                load,
                new Span(40_000_000, 40_000_000, true));
        Outcome outcome = run(plan);
        OpenLoopResult open = Results.openLoop(plan, outcome).orElseThrow();
        assertEquals(400, open.due());
        assertEquals(open.due(), ops(outcome, Direction.READ) + open.missed());
    }

    @Test
    void aStreamThatIsDoneLaterThanItWasDueHasNotAchievedItsRate() throws InterruptedException {
        Load.Open load = new Load.Open(Load.Open.PER_SECOND_MAX, Load.Arrival.LINEAR, Load.Pacer.SPIN);
        for (Span span : List.of(UNTIL_DONE, new Span(0, 3_600_000_000_000L, false))) {
            JobPlan plan = plan(work(AccessMode.RANDREAD, 1_000_000, SyncPolicy.NONE), 1, 1, load, span);
            Outcome outcome = run(plan);
            OpenLoopResult open = Results.openLoop(plan, outcome).orElseThrow();
            assertEquals(1_000_000, open.due());
            assertEquals(0, open.missed());
            assertEquals(10_000_000, outcome.scheduledNs(), "a hundredth of a second");
            double share = 10_000_000.0 / outcome.elapsedNs();
            assertTrue(share < 0.9, outcome.elapsedNs() + " ns, too fast for this test");
            assertEquals(share, open.achievedShare(), 1e-6);
            assertEquals(share, open.achievedPerSecond() / open.requestedPerSecond(), 1e-6);
        }
    }

    @Test
    void aStreamThatIsDoneInTimeHasAchievedItsRate() throws InterruptedException {
        for (Load.Arrival arrival : Load.Arrival.values()) {
            Load.Open load = new Load.Open(2_000, arrival, Load.Pacer.HYBRID);
            JobPlan plan = plan(work(AccessMode.RANDREAD, 400, SyncPolicy.NONE), 1, 2, load, UNTIL_DONE);
            OpenLoopResult open = Results.openLoop(plan, run(plan)).orElseThrow();
            assertEquals(800, open.due());
            assertEquals(1, open.achievedShare(), 0.1, arrival + ": " + open);
        }
    }

    /// At more than can be done, operations of the ramp are left when it is over.
    @Test
    void theBacklogOfTheRampIsASignOfLifeAndInNoResult() throws InterruptedException {
        Load.Open load = new Load.Open(20_000_000, Load.Arrival.LINEAR, Load.Pacer.SPIN);
        Span span = new Span(600_000_000, 20_000_000, true);
        JobPlan plan = plan(work(AccessMode.RANDREAD, 1 << 20, SyncPolicy.NONE), 1, 1, load, span);
        List<JobRun.Moment> moments = new ArrayList<>();
        JobRun.Listener listener = new JobRun.Listener() {
            @Override
            public void sampled(JobRun.Moment moment) {
                moments.add(moment);
            }
        };
        Outcome outcome = run(plan, listener, () -> false);
        assertEquals(Optional.empty(), outcome.failure());
        JobRun.Moment ramp = moments.getFirst();
        assertTrue(!ramp.measuring() && ramp.ops()[Direction.READ.ordinal()] > 0, "the ramp's rate is told");
        assertEquals(0, ops(outcome, Direction.READ), "all that was begun was due in the ramp");
        assertTrue(moments.stream().anyMatch(m -> m.measuring() && m.rampOps() > 0), moments.toString());
        OpenLoopResult open = Results.openLoop(plan, outcome).orElseThrow();
        assertEquals(400_000, open.due());
        assertEquals(open.due(), open.missed());
    }

    @Test
    void aStopEndsTheJobAndKeepsWhatWasDone() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        BooleanSupplier stopped = () -> stop.getAndSet(true);
        Outcome outcome = run(
                plan(
                        work(AccessMode.RANDREAD, 1 << 20, SyncPolicy.NONE),
                        4,
                        2,
                        new Load.Closed(),
                        new Span(0, 3_600_000_000_000L, true)),
                stopped);
        assertTrue(outcome.interrupted());
        assertTrue(outcome.failure().isEmpty());
        assertTrue(ops(outcome, Direction.READ) > 0);
    }

    @Test
    void aWarmLoopAllocatesNothing() throws InterruptedException {
        Work.Blocks work =
                work(AccessMode.RANDRW, 3_000_000, new SyncPolicy(100, true, SyncPolicy.OpenFlag.NONE, false));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] allocated = new long[2];
        JobPlan plan = plan(work, 32, 1, new Load.Closed(), UNTIL_DONE);
        JobControl control = new JobControl();
        BlockPreparation preparation = preparation(plan, work, control);
        Thread thread = Thread.ofPlatform().start(() -> {
            // The first million warms up, the third is looked at.
            for (int i = 0; i < 2; i++) {
                try (DataLoop loop = preparation.loop()) {
                    long before = threads.getThreadAllocatedBytes(
                            Thread.currentThread().threadId());
                    long now = System.nanoTime();
                    loop.run(new Timeline(now, now, Long.MAX_VALUE));
                    allocated[i] = threads.getThreadAllocatedBytes(
                                    Thread.currentThread().threadId())
                            - before;
                } catch (java.io.IOException e) {
                    allocated[1] = Long.MAX_VALUE;
                }
            }
        });
        thread.join();
        assertTrue(allocated[1] < 64 * 1024, allocated[1] + " bytes allocated in 3,000,000 operations");
    }

    private static long ops(Outcome outcome, Direction direction) {
        return outcome.totals().ops(direction.ordinal());
    }

    private static long bytes(Outcome outcome) {
        return IntStream.range(0, DataLoop.KINDS)
                .mapToLong(outcome.totals()::bytes)
                .sum();
    }

    private static Work.Blocks work(AccessMode mode, long blocks, SyncPolicy sync) {
        int readPercent = mode.reads() && mode.writes() ? 70 : mode.reads() ? 100 : 0;
        return new Work.Blocks(
                mode,
                readPercent,
                BlockSizes.of(BLOCK),
                new Distribution.Uniform(),
                blocks * BLOCK,
                1,
                sync,
                Content.RANDOM);
    }

    private static JobPlan plan(Work.Blocks work, int depth, int threads, Load load, Span span) {
        JobPlan.EngineChoice engine = new JobPlan.EngineChoice(EngineKind.NULL, depth, false, List.of(), List.of());
        return new JobPlan("test", work, engine, threads, load, span, 42);
    }

    private static Outcome run(JobPlan plan) throws InterruptedException {
        Outcome outcome = run(plan, () -> false);
        assertTrue(outcome.failure().isEmpty(), () -> String.valueOf(outcome.failure()));
        return outcome;
    }

    private static Outcome run(JobPlan plan, BooleanSupplier stopped) throws InterruptedException {
        return run(plan, JobRun.Listener.NONE, stopped);
    }

    private static Outcome run(JobPlan plan, JobRun.Listener listener, BooleanSupplier stopped)
            throws InterruptedException {
        JobControl control = new JobControl();
        Work.Blocks work = (Work.Blocks) plan.work();
        List<BlockPreparation> preparations = IntStream.range(0, plan.threads())
                .mapToObj(i -> preparation(plan, work, control))
                .toList();
        return new JobRun(plan.span(), preparations, listener, control, stopped).run();
    }

    private static BlockPreparation preparation(JobPlan plan, Work.Blocks work, JobControl control) {
        List<FileRef> files = List.of(new FileRef.At(Path.of("none")));
        return new BlockPreparation(plan, work, EngineKind.NULL, 0, files, control, 0);
    }
}
