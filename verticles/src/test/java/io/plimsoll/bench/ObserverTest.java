package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ObserverTest {
    private static final long HALF_SECOND = 500_000_000;

    private final Observer observer = new Observer(Path.of("/dev/null"), Optional.empty());

    @Test
    void theLongestSilenceOfOperationsInFlightIsFound() {
        observer.measuring(List.of());
        observe(true, 10, 1);
        observe(true, 0, 1);
        observe(true, 3, 1);
        observe(true, 0, 4);
        observe(true, 0, 4);
        observe(true, 0, 4);
        observe(true, 5, 4);
        for (int i = 0; i < 10; i++) {
            observe(true, 0, 0); // nothing due
        }
        for (int i = 0; i < 10; i++) {
            observe(true, 0, 4, 1); // still at what was due in the ramp
        }
        observer.finished();

        assertEquals(3 * HALF_SECOND, observer.observation().orElseThrow().silentNs());
    }

    @Test
    void theFirstSecondIsKeptApartAndTheRampIsNotCounted() {
        observe(false, 1_000_000, 1);
        observer.measuring(List.of());
        observe(true, 10, 1);
        observe(true, 20, 1);
        observe(true, 40, 1);
        observe(true, 50, 1);
        observe(true, 60, 1);
        observer.finished();

        Observation.Beginning beginning = observer.observation().orElseThrow().beginning();
        assertEquals(2 * HALF_SECOND, beginning.firstNs());
        assertEquals(30, beginning.firstOps());
        assertEquals(3 * HALF_SECOND, beginning.restNs());
        assertEquals(150, beginning.restOps());
    }

    @Test
    void withoutABeginningOrAnEndThereIsNoObservation() {
        observe(false, 1, 1);
        observer.finished();
        assertTrue(observer.observation().isEmpty(), "measuring has not begun");
        observer.measuring(List.of());
        assertTrue(observer.observation().isEmpty(), "it has not ended");
        observer.finished();
        assertTrue(observer.observation().isPresent());
    }

    private void observe(boolean measuring, long writes, int inFlight) {
        observe(measuring, writes, inFlight, 0);
    }

    private void observe(boolean measuring, long writes, int inFlight, long rampOps) {
        observer.sampled(new JobRun.Moment(
                System.nanoTime(), HALF_SECOND, measuring, new long[] {0, writes, 0}, new long[3], rampOps, inFlight));
    }
}
