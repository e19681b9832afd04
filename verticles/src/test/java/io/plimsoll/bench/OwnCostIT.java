package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.bench.JobRun.Outcome;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import io.plimsoll.stats.OpRecorder.Track;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnCostIT {
    private static final int BLOCK = 4096;
    private static final int MIB = 1 << 20;
    private static final long OPERATIONS = 1_000_000;
    private static final Load CLOSED = new Load.Closed();
    private static final Load POISSON = new Load.Open(1_000, Load.Arrival.POISSON, Load.Pacer.HYBRID);

    /// Of a block of 1 MiB every byte goes into a checksum, and without sealing one in 512 is touched.
    @Test
    void sealingIsTheToolsOwnCost() throws InterruptedException {
        long plain = ns(work(AccessMode.WRITE, MIB, false), EngineKind.PSYNC, 1, CLOSED);
        long sealed = ns(work(AccessMode.WRITE, MIB, true), EngineKind.PSYNC, 1, CLOSED);
        assertTrue(sealed > 2 * plain, sealed + " ns sealed, " + plain + " ns without");
    }

    /// The clock is read for each batch: what a device turns one by one has all readings in each operation.
    @Test
    void clockReadingsAreSpreadOverAsManyOperationsAsTheJobHandedOver() throws Exception {
        assertEquals(1, slice(EngineKind.IO_URING, 1, CLOSED).batch());
        assertEquals(1, slice(EngineKind.IO_URING, 1.4, POISSON).batch());
        assertTrue(slice(EngineKind.IO_URING, 32, CLOSED).batch() > 24);
        assertEquals(1, slice(EngineKind.PSYNC, 32, CLOSED).batch(), "it has no queue");
    }

    @Test
    void theSameTimesAreTakenAsOfTheJob() throws Exception {
        assertEquals(EnumSet.of(Track.LAT), tracks(EngineKind.PSYNC, CLOSED));
        assertEquals(EnumSet.of(Track.LAT, Track.SLAT, Track.CLAT), tracks(EngineKind.IO_URING, CLOSED));
        assertEquals(EnumSet.of(Track.LAT, Track.RESP, Track.LATE), tracks(EngineKind.PSYNC, POISSON));
        assertEquals(EnumSet.allOf(Track.class), tracks(EngineKind.IO_URING, POISSON));
    }

    /// At the job's own rate a gap of a millisecond would be the cost.
    @Test
    void withARateNothingIsWaitedFor() throws InterruptedException {
        long paced = ns(work(AccessMode.RANDREAD, BLOCK, false), EngineKind.IO_URING, 1, POISSON);
        assertTrue(paced < 100_000, paced + " ns");
    }

    @Test
    void moreMemoryThanTheJvmHasIsNotNeeded() throws InterruptedException {
        ns(work(AccessMode.RANDREAD, 64 * MIB, false), EngineKind.IO_URING, 32, CLOSED);
    }

    @Test
    void aResultSaysWhatIsLeftOut() throws InterruptedException {
        Optional<String> checking = Optional.of("own cost leaves out checking what was read");
        assertEquals(checking, note(work(AccessMode.READ, BLOCK, true)));
        assertEquals(checking, note(work(AccessMode.RANDRW, BLOCK, true)));
        assertEquals(Optional.empty(), note(work(AccessMode.WRITE, BLOCK, true)));
        assertEquals(Optional.empty(), note(work(AccessMode.READ, BLOCK, false)));
    }

    @Test
    void aResultWithoutItSaysWhy() throws InterruptedException {
        Work.Blocks work = work(AccessMode.READ, BLOCK, false);
        JobPlan plan = plan(work, CLOSED);
        OwnCost.Measured few = OwnCost.of(plan, work, EngineKind.PSYNC, 1, 9_999);
        assertEquals(Optional.empty(), few.ns());
        assertTrue(few.note().orElseThrow().startsWith("own cost not measured: of fewer than 10000 operations"));
        OwnCost.Measured idle = OwnCost.of(plan, work, EngineKind.NULL, 1, OPERATIONS);
        assertEquals(Optional.empty(), idle.ns());
        assertTrue(idle.note().orElseThrow().startsWith("own cost not measured: on the null engine"));
    }

    private static Outcome slice(EngineKind ran, double batch, Load load) throws Exception {
        Work.Blocks work = work(AccessMode.RANDREAD, BLOCK, false);
        return new OwnCost(plan(work, load), work, ran, batch)
                .slice(load, 10_000_000)
                .outcome();
    }

    private static EnumSet<Track> tracks(EngineKind ran, Load load) throws Exception {
        Outcome outcome = slice(ran, 1, load);
        EnumSet<Track> tracks = EnumSet.noneOf(Track.class);
        for (Track track : Track.values()) {
            if (!outcome.totals().histogram(Direction.READ.ordinal(), track).isEmpty()) {
                tracks.add(track);
            }
        }
        return tracks;
    }

    private static Optional<String> note(Work.Blocks work) throws InterruptedException {
        return OwnCost.of(plan(work, CLOSED), work, EngineKind.PSYNC, 1, OPERATIONS)
                .note();
    }

    private static long ns(Work.Blocks work, EngineKind ran, double batch, Load load) throws InterruptedException {
        OwnCost.Measured measured = OwnCost.of(plan(work, load), work, ran, batch, OPERATIONS);
        return measured.ns().orElseThrow(() -> new AssertionError(measured.note()));
    }

    private static JobPlan plan(Work.Blocks work, Load load) {
        return new JobPlan(
                "own",
                work,
                new JobPlan.EngineChoice(EngineKind.IO_URING, 32, false, List.of(), List.of()),
                1,
                load,
                new JobPlan.Span(0, 1_000_000_000L, true),
                1);
    }

    private static Work.Blocks work(AccessMode mode, int blockBytes, boolean verify) {
        return new Work.Blocks(
                mode,
                mode.writes() ? mode.reads() ? 50 : 0 : 100,
                BlockSizes.of(blockBytes),
                new Distribution.Uniform(),
                64L * MIB,
                1,
                SyncPolicy.NONE,
                new Content(0, 0, verify));
    }
}
