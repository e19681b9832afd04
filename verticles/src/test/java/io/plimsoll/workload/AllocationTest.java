package io.plimsoll.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.BlockSizes.Part;
import io.plimsoll.model.Content;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private static final int OPERATIONS = 100_000;
    private static final BlockSizes SIZES = new BlockSizes(List.of(new Part(4096, 70), new Part(16_384, 30)));

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void whatIsCalledForEveryOperationAllocatesNothing() {
        for (Content plan : List.of(Content.RANDOM, new Content(50, 30, false), new Content(0, 0, true))) {
            for (Distribution distribution :
                    List.of(new Distribution.Uniform(), new Distribution.Zipf(1.2), new Distribution.Pareto(0.2))) {
                Work.Blocks work = new Work.Blocks(
                        AccessMode.RANDRW, 50, SIZES, distribution, 256 << 20, 3, SyncPolicy.NONE, plan);
                Loop loop = new Loop(work);
                loop.run();
                long before = threads.getCurrentThreadAllocatedBytes();
                loop.run();
                long bytes = threads.getCurrentThreadAllocatedBytes() - before;
                // An allocation in each operation would be 1,600,000 bytes at least.
                assertTrue(bytes < OPERATIONS / 4, bytes + " bytes for " + work);
            }
        }
    }

    private static final class Loop {
        private final BlockStream stream;
        private final ArrivalSchedule linear;
        private final ArrivalSchedule poisson;
        private final BlockContent content;
        private final BlockVerifier verifier;
        private final InFlight inFlight = new InFlight(1, SIZES.maxBytes());
        private final MemorySegment memory = Arena.ofAuto().allocate(SIZES.maxBytes());

        Loop(Work.Blocks work) {
            stream = new BlockStream(work, 0, 1);
            linear = new ArrivalSchedule(new Load.Open(33_333.3, Load.Arrival.LINEAR, Load.Pacer.SPIN), 0, 1);
            poisson = new ArrivalSchedule(new Load.Open(33_333.3, Load.Arrival.POISSON, Load.Pacer.SPIN), 0, 1);
            verifier = work.content().verify() ? new BlockVerifier(work, 0, 1, 1) : null;
            content = new BlockContent(work.content(), 0, 1, verifier);
            content.fill(memory);
        }

        void run() {
            for (int i = 0; i < OPERATIONS; i++) {
                if (!stream.next()) {
                    stream.restart();
                    stream.next();
                }
                assertTrue(linear.nextNs() >= 0 && poisson.nextNs() >= 0);
                assertTrue(inFlight.tryAdd(0, true, stream.file(), stream.offset(), stream.bytes()));
                content.fill(memory, 4096);
                content.next(memory, stream.bytes(), stream.file(), stream.offset());
                if (verifier != null) {
                    assertEquals(Finding.OK, verifier.check(memory, stream.bytes(), stream.file(), stream.offset()));
                }
                inFlight.remove(0);
            }
        }
    }
}
