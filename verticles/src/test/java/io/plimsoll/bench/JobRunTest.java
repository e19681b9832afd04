package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.Direction;
import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.stats.OpRecorder;
import io.plimsoll.stats.OpRecorder.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JobRunTest {
    private static final int MEASURED = 1000;
    private static final int BYTES = 4096;

    @Test
    void theRateOfTheRampIsToldAndIsInNoResult() throws Exception {
        List<JobRun.Moment> moments = new ArrayList<>();
        JobRun.Listener listener = new JobRun.Listener() {
            @Override
            public void sampled(JobRun.Moment moment) {
                moments.add(moment);
            }
        };
        Span span = new Span(2_000_000_000L, 0, false);
        JobRun.Outcome outcome =
                new JobRun(span, List.of(Counting::new, Counting::new), listener, new JobControl(), () -> false).run();

        assertEquals(Optional.empty(), outcome.failure());
        List<JobRun.Moment> ramp =
                moments.stream().filter(moment -> !moment.measuring()).toList();
        assertTrue(!ramp.isEmpty() && ops(ramp) > 0, ramp::toString);
        assertTrue(sum(ramp.stream().map(JobRun.Moment::bytes)) > 0, ramp::toString);
        List<JobRun.Moment> measured =
                moments.stream().filter(JobRun.Moment::measuring).toList();
        assertEquals(2 * MEASURED, ops(measured));
        assertEquals(2 * MEASURED, outcome.totals().ops(Direction.READ.ordinal()));
        assertEquals(
                2 * MEASURED,
                outcome.totals().histogram(Direction.READ.ordinal(), Track.LAT).count());
    }

    private static long ops(List<JobRun.Moment> moments) {
        return sum(moments.stream().map(JobRun.Moment::ops));
    }

    private static long sum(Stream<long[]> counts) {
        return counts.flatMapToLong(LongStream::of).sum();
    }

    /// Works through the ramp as fast as it can, and then does so many operations as are measured.
    private static final class Counting implements DataLoop {
        private final OpRecorder recorder = new OpRecorder(Stream.of(Direction.values())
                .map(direction -> direction == Direction.READ ? Set.of(Track.LAT) : Set.<Track>of())
                .toList());
        private volatile boolean measuring;
        private volatile long lastCompletedNs;

        @Override
        public void run(Timeline line) {
            line.awaitStart();
            while (System.nanoTime() < line.measureNs()) {
                complete();
            }
            recorder.restart();
            measuring = true;
            for (int i = 0; i < MEASURED; i++) {
                complete();
            }
        }

        private void complete() {
            recorder.count(Direction.READ.ordinal(), 1, BYTES);
            recorder.record(Direction.READ.ordinal(), Track.LAT, 1000);
            lastCompletedNs = System.nanoTime();
        }

        @Override
        public OpRecorder recorder() {
            return recorder;
        }

        @Override
        public boolean measuring() {
            return measuring;
        }

        @Override
        public int inFlight() {
            return 0;
        }

        @Override
        public long endedNs() {
            return lastCompletedNs;
        }

        @Override
        public Optional<Unanswered> takeOver(long endNs) {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
