package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import org.junit.jupiter.api.Test;

class HeapRoomTest {
    /// What `launcher/plimsoll` gives a benchmark, less what the collector keeps free.
    private static final long HEAP_BYTES = (384 - 5) << 20;

    @Test
    void asManyDataThreadsAsAJobMayHaveFitWhateverTheyRecord() {
        long bytes = heapBytesOfThread(32);
        assertDoesNotThrow(() -> HeapRoom.check(JobPlan.THREADS_MAX, bytes, HEAP_BYTES));
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheHeapThatItNeeds() {
        long bytes = heapBytesOfThread(4096);
        String refusal = assertThrows(
                        JobRefusedException.class, () -> HeapRoom.check(JobPlan.THREADS_MAX, bytes, HEAP_BYTES))
                .getMessage();
        long needed = Long.parseLong(refusal.replaceAll(".*=-Xmx([0-9]+)m", "$1"));
        assertTrue(refusal.startsWith("512 data threads need "), refusal);
        assertDoesNotThrow(() -> HeapRoom.check(JobPlan.THREADS_MAX, bytes, (needed - 5) << 20), refusal);
    }

    private static long heapBytesOfThread(int iodepth) {
        Work.Blocks work = new Work.Blocks(
                AccessMode.RANDRW,
                50,
                BlockSizes.of(4096),
                new Distribution.Uniform(),
                1 << 20,
                1,
                new SyncPolicy(1, true, SyncPolicy.OpenFlag.NONE, false),
                Content.RANDOM);
        JobPlan plan = new JobPlan(
                "x",
                work,
                new JobPlan.EngineChoice(EngineKind.IO_URING, iodepth, true, List.of(), List.of()),
                JobPlan.THREADS_MAX,
                new Load.Open(100, Load.Arrival.POISSON, Load.Pacer.SPIN),
                new JobPlan.Span(1_000_000_000L, 1_000_000_000L, true),
                1);
        return BlockJob.heapBytesOfThread(plan, work);
    }
}
