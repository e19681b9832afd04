package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.JobPlan;
import io.plimsoll.stats.OpRecorder;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JobRunIT {
    /// A user has pressed Ctrl-C: there is a result soon, though a data thread never comes back from the kernel.
    @Test
    @Timeout(60)
    void aStorageThatDoesNotAnswerHoldsAnInterruptedJobForLessThanTenSeconds() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try {
            JobRun run = new JobRun(
                    new JobPlan.Span(0, 3_600_000_000_000L, true),
                    List.of(() -> new Stuck(begun, answer)),
                    JobRun.Listener.NONE,
                    new JobControl(),
                    () -> begun.getCount() == 0);
            long began = System.nanoTime();
            JobRun.Outcome outcome = run.run();
            long tookMs = (System.nanoTime() - began) / 1_000_000;
            assertTrue(outcome.interrupted());
            assertEquals(
                    "1 operation(s) in flight have not completed; the storage does not answer",
                    outcome.failure().orElseThrow().getMessage());
            assertTrue(tookMs < 10_000, "it took " + tookMs + " ms");
        } finally {
            answer.countDown();
        }
    }

    /// Is at an operation, and does not hear that the job was stopped.
    private record Stuck(CountDownLatch begun, CountDownLatch answer) implements DataLoop {
        @Override
        public void run(Timeline line) {
            begun.countDown();
            while (answer.getCount() > 0) {
                try {
                    answer.await();
                } catch (InterruptedException _) {
                    // As in the kernel, where an interrupt changes nothing.
                }
            }
        }

        @Override
        public OpRecorder recorder() {
            return new OpRecorder(Collections.nCopies(KINDS, Set.of()));
        }

        @Override
        public boolean measuring() {
            return false;
        }

        @Override
        public int inFlight() {
            return 1;
        }

        @Override
        public long lastCompletedNs() {
            return System.nanoTime();
        }

        @Override
        public void close() {}
    }
}
