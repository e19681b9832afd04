package io.plimsoll.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private record Range(boolean write, int file, long from, long to) {
        boolean meets(Range other) {
            return (write || other.write) && file == other.file && from < other.to && other.from < to;
        }
    }

    @Test
    void aWriteWaitsForWhatIsInFlightAndAReadForWrites() {
        InFlight inFlight = new InFlight(4, 4096);
        assertTrue(inFlight.tryAdd(0, true, 0, 0, 4096));
        assertFalse(inFlight.tryAdd(1, true, 0, 0, 4096));
        assertFalse(inFlight.tryAdd(1, false, 0, 2048, 512));
        assertTrue(inFlight.tryAdd(1, true, 1, 0, 4096), "another file");
        assertTrue(inFlight.tryAdd(2, false, 0, 4096, 4096), "the block behind");
        assertTrue(inFlight.tryAdd(3, false, 0, 4096, 4096), "reads meet");
        inFlight.remove(0);
        assertTrue(inFlight.tryAdd(0, true, 0, 0, 4096));
        inFlight.remove(2);
        assertFalse(inFlight.tryAdd(2, true, 0, 4096, 4096), "the other read is still in flight");
        inFlight.remove(3);
        assertTrue(inFlight.tryAdd(2, true, 0, 4096, 4096));
    }

    @Test
    void decidesAsAListOfAllRangesDoes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int depth = 1 + random.nextInt(64);
            int bytesMax = 1 + random.nextInt(100_000);
            InFlight inFlight = new InFlight(depth, bytesMax);
            Range[] slots = new Range[depth];
            int added = 0;
            for (int step = 0; step < 2000; step++) {
                int slot = random.nextInt(depth);
                if (slots[slot] != null) {
                    inFlight.remove(slot);
                    slots[slot] = null;
                    continue;
                }
                int bytes = 1 + random.nextInt(bytesMax);
                long offset = (1L << 40) * random.nextInt(2) + random.nextInt(20 * bytesMax);
                Range range = new Range(random.nextBoolean(), random.nextInt(3), offset, offset + bytes);
                boolean free = true;
                for (Range other : slots) {
                    free &= other == null || !other.meets(range);
                }
                assertEquals(
                        free,
                        inFlight.tryAdd(slot, range.write(), range.file(), offset, bytes),
                        () -> "seed " + seed + ": " + range);
                if (free) {
                    slots[slot] = range;
                    added++;
                }
            }
            assertTrue(added > 100);
        }
    }
}
