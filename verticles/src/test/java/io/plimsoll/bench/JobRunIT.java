package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.bench.JobRun.Outcome;
import io.plimsoll.bench.JobRun.Patience;
import io.plimsoll.io.PosixException;
import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.stats.OpRecorder;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Jobs of which a data thread never comes back from the kernel.
@Timeout(60)
class JobRunIT {
    private static final long SECOND = 1_000_000_000L;
    private static final Span AN_HOUR = new Span(0, 3_600 * SECOND, true);
    private static final Span UNTIL_DONE = new Span(0, 0, false);
    private static final BooleanSupplier NEVER = () -> false;
    /// Of a test that is about one of the three.
    private static final long LONG = 3_600 * SECOND;

    private static final String NO_ANSWER = "1 operation(s) in flight have not completed; the storage does not answer";

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);

    @AfterEach
    void answer() {
        answer.countDown();
    }

    /// A user has pressed Ctrl-C.
    @Test
    void aStorageThatDoesNotAnswerHoldsAnInterruptedJobForLessThanTenSeconds() throws InterruptedException {
        JobRun run = new JobRun(
                AN_HOUR, List.of(Stuck::new), JobRun.Listener.NONE, new JobControl(), () -> begun.getCount() == 0);
        long beganNs = System.nanoTime();
        Outcome outcome = run.run();
        long tookMs = (System.nanoTime() - beganNs) / 1_000_000;
        assertTrue(outcome.interrupted());
        assertEquals(NO_ANSWER, outcome.failure().orElseThrow().getMessage());
        assertEquals(new Unanswered(1, SECOND), outcome.unanswered());
        assertTrue(tookMs < 10_000, "it took " + tookMs + " ms");
        assertTrue(outcome.elapsedNs() <= 2 * SECOND, "to the stop, not to where it was given up: " + outcome);
    }

    @Test
    void aFailureOfOneDataThreadIsToldThoughAnotherNeverComesBack() throws InterruptedException {
        for (Span span : List.of(UNTIL_DONE, AN_HOUR)) {
            Outcome outcome =
                    run(span, new Patience(LONG, SECOND, LONG), List.of(Stuck::new, () -> new Failing(() -> {})));
            assertFalse(outcome.interrupted());
            assertEquals("write x: Input/output error (EIO, errno 5)", message(outcome));
            assertEquals(1, outcome.unanswered().operations());
        }
    }

    @Test
    void aFailureIsHeardBeforeTheThreadHasClosedWhatItHad() throws InterruptedException {
        JobControl control = new JobControl();
        CountDownLatch heard = new CountDownLatch(1);
        Outcome outcome = run(
                UNTIL_DONE,
                new Patience(LONG, 20 * SECOND, LONG),
                control,
                List.of(() -> new Failing(() -> waitFor(heard)), () -> new Listening(control, heard)));
        assertEquals("write x: Input/output error (EIO, errno 5)", message(outcome));
        assertEquals(Unanswered.NONE, outcome.unanswered());
    }

    @Test
    void aFailureOfAPreparationIsToldThoughAnotherNeverEnds() throws InterruptedException {
        DataThread.Preparation stuck = () -> {
            waitFor(answer);
            return new Stuck();
        };
        DataThread.Preparation failing = () -> {
            throw error();
        };
        Outcome outcome = run(UNTIL_DONE, new Patience(LONG, SECOND, LONG), List.of(stuck, failing));
        assertFalse(outcome.began());
        assertEquals("write x: Input/output error (EIO, errno 5)", message(outcome));
    }

    @Test
    void whatDoesNotCompleteLongAfterTheEndIsGivenUp() throws InterruptedException {
        Outcome outcome = run(new Span(0, SECOND / 10, true), new Patience(LONG, LONG, SECOND), List.of(Stuck::new));
        assertFalse(outcome.interrupted());
        assertEquals(NO_ANSWER, message(outcome));
        assertEquals(SECOND / 10, outcome.elapsedNs());
    }

    /// Such as a thread that gets no processor.
    @Test
    void aThreadThatIsNotAtTheStorageAndDoesNotEndIsNotWaitedForEither() throws InterruptedException {
        DataThread.Preparation busy = () -> new Quiet() {
            @Override
            public void run(Timeline line) {
                waitFor(answer);
            }
        };
        Outcome outcome = run(new Span(0, SECOND / 10, true), new Patience(LONG, LONG, SECOND), List.of(busy));
        assertEquals(
                "the data threads have not ended; the storage does not answer; what 1 data thread(s) did"
                        + " last is not known",
                message(outcome));
        assertEquals(SECOND / 10, outcome.elapsedNs());
    }

    @Test
    void readingBackIsWaitedForAsLongAsItGoesOn() throws InterruptedException {
        Quiet slow = new Quiet() {
            /// Of looks at a tenth of a second each: half as long again as the patience.
            private final CountDownLatch looks = new CountDownLatch(15);

            @Override
            public void run(Timeline line) {}

            @Override
            public void afterwards() {
                waitFor(looks);
            }

            @Override
            public long readBackSteps() {
                looks.countDown();
                return 15 - looks.getCount();
            }
        };
        Outcome outcome = run(UNTIL_DONE, new Patience(LONG, LONG, SECOND), List.of(() -> slow));
        assertEquals(Optional.empty(), outcome.failure());
    }

    @Test
    void readingBackThatStandsStillIsGivenUp() throws InterruptedException {
        DataThread.Preparation stuck = () -> new Quiet() {
            @Override
            public void run(Timeline line) {}

            @Override
            public void afterwards() {
                waitFor(answer);
            }

            @Override
            public long readBackSteps() {
                return 3;
            }

            @Override
            public Optional<ReadBack.Done> readBack() {
                return Optional.of(new ReadBack.Done(3 * 4096, OptionalLong.empty()));
            }
        };
        Outcome outcome = run(UNTIL_DONE, new Patience(LONG, LONG, SECOND), List.of(stuck));
        assertEquals("the data threads have not ended; the storage does not answer", message(outcome));
        assertEquals(Optional.empty(), outcome.readBack(), "of a thread that has not ended nothing is known");
    }

    @Test
    void aFailureIsToldThoughClosingNeverEnds() throws InterruptedException {
        Outcome outcome =
                run(UNTIL_DONE, new Patience(LONG, SECOND, LONG), List.of(() -> new Failing(() -> waitFor(answer))));
        assertEquals("write x: Input/output error (EIO, errno 5)", message(outcome));
    }

    private static Outcome run(Span span, Patience patience, List<DataThread.Preparation> preparations)
            throws InterruptedException {
        return run(span, patience, new JobControl(), preparations);
    }

    private static Outcome run(
            Span span, Patience patience, JobControl control, List<DataThread.Preparation> preparations)
            throws InterruptedException {
        return new JobRun(span, preparations, JobRun.Listener.NONE, control, NEVER, patience).run();
    }

    private static String message(Outcome outcome) {
        return outcome.failure().orElseThrow().getMessage();
    }

    private static PosixException error() {
        return new PosixException("write", "x", 5, "");
    }

    /// As in the kernel, where an interrupt changes nothing.
    private static void waitFor(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException _) {
                Thread.onSpinWait();
            }
        }
    }

    private abstract static class Quiet implements DataLoop {
        @Override
        public Optional<Supplier<Unanswered>> takeOver(long endNs) {
            return Optional.empty();
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
            return 0;
        }

        @Override
        public long endedNs() {
            return 0;
        }

        @Override
        public void close() {}
    }

    /// Is at an operation, and does not hear that the job was stopped.
    private final class Stuck extends Quiet {
        @Override
        public void run(Timeline line) {
            begun.countDown();
            waitFor(answer);
        }

        @Override
        public Optional<Supplier<Unanswered>> takeOver(long endNs) {
            return Optional.of(() -> new Unanswered(1, SECOND));
        }

        @Override
        public int inFlight() {
            return 1;
        }
    }

    /// Fails at once, and closing takes what it takes.
    private static final class Failing extends Quiet {
        private final Runnable closing;

        Failing(Runnable closing) {
            this.closing = closing;
        }

        @Override
        public void run(Timeline line) throws PosixException {
            throw error();
        }

        @Override
        public void close() {
            closing.run();
        }
    }

    /// Ends when the job is stopped.
    private static final class Listening extends Quiet {
        private final JobControl control;
        private final CountDownLatch heard;

        Listening(JobControl control, CountDownLatch heard) {
            this.control = control;
            this.heard = heard;
        }

        @Override
        public void run(Timeline line) {
            while (!control.stopped()) {
                Thread.onSpinWait();
            }
            heard.countDown();
        }
    }
}
