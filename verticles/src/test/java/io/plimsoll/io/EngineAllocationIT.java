package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.SyncPolicy.OpenFlag;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Garbage of a data thread would be pauses in its latencies.
@Timeout(120)
class EngineAllocationIT {
    static final List<EngineKind> ENGINES = List.of(EngineKind.NULL, EngineKind.PSYNC, EngineKind.IO_URING);

    private static final int OPERATIONS = 1_000_000;
    private static final int BYTES = 4096;
    /// The measuring itself, and a late compilation's last interpreted calls.
    private static final long ALLOCATED_BYTES_MAX = 64 << 10;

    @ParameterizedTest
    @FieldSource("ENGINES")
    void aMillionOperationsAllocateNothing(EngineKind kind) throws PosixException {
        try (Engine engine = EngineContractIT.openOrSkip(kind, 32, BYTES)) {
            OpenMode mode = new OpenMode(true, true, false, true, OpenFlag.NONE);
            int file = engine.open(new FileRef.At(Path.of("/dev/zero")), mode);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = Long.MAX_VALUE;
            // How many rounds it takes to be compiled is the machine's affair.
            for (int round = 0; round < 20 && allocated > ALLOCATED_BYTES_MAX; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                work(engine, file);
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertTrue(allocated <= ALLOCATED_BYTES_MAX, allocated + " bytes were allocated");
        }
    }

    private static void work(Engine engine, int file) throws PosixException {
        int depth = engine.depth();
        int next = 0;
        for (int slot = 0; slot < depth; slot++) {
            engine.read(slot, file, 0, 0, BYTES);
        }
        int inFlight = depth;
        for (int done = 0; inFlight > 0; ) {
            engine.submit();
            int completed = engine.reap(1, 1_000_000_000);
            for (int i = 0; i < completed; i++) {
                assertResult(engine.result(i));
                int slot = engine.slot(i);
                inFlight--;
                if (done++ < OPERATIONS) {
                    inFlight++;
                    if ((next++ & 1) == 0) {
                        engine.write(slot, file, 0, 0, BYTES);
                    } else {
                        engine.read(slot, file, 0, 0, BYTES);
                    }
                }
            }
        }
    }

    private static void assertResult(int result) {
        if (result != BYTES) {
            assertEquals(BYTES, result);
        }
    }
}
