package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnCostIT {
    private static final int MIB = 1 << 20;
    private static final long OPERATIONS = 1_000_000;

    /// Of a block of 1 MiB every byte goes into a checksum, and without sealing one in 512 is touched.
    @Test
    void sealingIsTheToolsOwnCost() throws InterruptedException {
        long plain = measured(work(AccessMode.WRITE, false)).orElseThrow();
        long sealed = measured(work(AccessMode.WRITE, true)).orElseThrow();
        assertTrue(sealed > 2 * plain, sealed + " ns sealed, " + plain + " ns without");
    }

    @Test
    void aResultSaysWhatIsLeftOut() {
        Optional<String> checking = Optional.of("own cost leaves out checking what was read");
        assertEquals(checking, OwnCost.leavesOut(work(AccessMode.READ, true)));
        assertEquals(checking, OwnCost.leavesOut(work(AccessMode.RANDRW, true)));
        assertEquals(Optional.empty(), OwnCost.leavesOut(work(AccessMode.WRITE, true)));
        assertEquals(Optional.empty(), OwnCost.leavesOut(work(AccessMode.READ, false)));
    }

    private static Optional<Long> measured(Work.Blocks work) throws InterruptedException {
        JobPlan plan = new JobPlan(
                "own",
                work,
                new JobPlan.EngineChoice(EngineKind.PSYNC, 1, false, List.of(), List.of()),
                1,
                new Load.Closed(),
                new JobPlan.Span(0, 1_000_000_000L, true),
                1);
        return OwnCost.measure(plan, work, OPERATIONS);
    }

    private static Work.Blocks work(AccessMode mode, boolean verify) {
        return new Work.Blocks(
                mode,
                mode.writes() ? mode.reads() ? 50 : 0 : 100,
                BlockSizes.of(MIB),
                new Distribution.Uniform(),
                64L * MIB,
                1,
                SyncPolicy.NONE,
                new Content(0, 0, verify));
    }
}
