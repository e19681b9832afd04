package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.model.Direction;
import io.plimsoll.model.EngineKind;
import io.plimsoll.stats.OpRecorder;
import io.plimsoll.stats.OpRecorder.Track;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JobTest {
    private static final JobResult SAMPLE = SampleResults.plainResult();
    private static final Closeable BROKEN = () -> {
        throw new IOException("fsync: Input/output error");
    };

    @Test
    void whatGivingBackFindsOutIsTheFailureOfTheResult() throws Exception {
        JobResult result = Job.holding(BROKEN, new JobControl(), () -> SAMPLE);
        assertEquals(Optional.of("fsync: Input/output error"), result.failure());
        assertEquals(SAMPLE.directions(), result.directions());
    }

    @Test
    void aFailureOfTheJobComesFirst() {
        IOException first = new IOException("first");
        IOException thrown = assertThrows(
                IOException.class,
                () -> Job.holding(BROKEN, new JobControl(), () -> {
                    throw first;
                }));
        assertSame(first, thrown);
        assertEquals(1, thrown.getSuppressed().length);
    }

    @Test
    void aStorageThatDoesNotAnswerIsNotWaitedForAgain() throws Exception {
        AtomicBoolean closed = new AtomicBoolean();
        JobControl control = new JobControl();
        control.giveUp("the storage does not answer");
        assertSame(SAMPLE, Job.holding(() -> closed.set(true), control, () -> SAMPLE));
        assertTrue(!closed.get(), "it was closed");
        IOException refused = new IOException("refused");
        IOException thrown = assertThrows(
                IOException.class,
                () -> Job.holding(() -> closed.set(true), control, () -> {
                    throw refused;
                }));
        assertSame(refused, thrown);
        assertTrue(!closed.get(), "it was closed");
    }

    @Test
    void latenciesOfMoreThanAnHourAreNotCutOffInSilence() throws Exception {
        JobResult result = run(7_200_000_000_000L, 3_600_000_000_000L, 7_200_000_000_000L);
        assertEquals(2, result.saturated());
        List<String> notes =
                result.notes().stream().filter(note -> note.contains("hour")).toList();
        assertEquals(List.of("2 recorded time(s) of more than an hour count as one hour"), notes);
        assertTrue(BenchText.render(result, SampleResults.RENDERING).contains("note         : " + notes.getFirst()));
        String json = BenchJson.render(result, SampleResults.RENDERING, false);
        assertEquals(
                2,
                new ObjectMapper()
                        .readTree(json)
                        .at("/jobs/0/latencies_saturated")
                        .asInt());

        JobResult ordinary = run(1_000);
        assertEquals(0, ordinary.saturated());
        assertTrue(ordinary.notes().stream().noneMatch(note -> note.contains("hour")), ordinary.notes() + "");
    }

    /// A job whose reads took so long, as they say.
    private static JobResult run(long... latenciesNs) throws Exception {
        return Job.run(
                new JobRequest(SAMPLE.plan(), new JobTarget.File(Path.of("/dev/null")), false, false),
                new EngineSelection(EngineKind.PSYNC, "", List.of()),
                List.of(() -> new Told(latenciesNs)),
                Optional.empty(),
                List.of(),
                new JobControl(),
                Progress.NONE,
                () -> false);
    }

    private record Told(OpRecorder recorder, long[] latenciesNs) implements DataLoop {
        Told(long... latenciesNs) {
            this(
                    new OpRecorder(Stream.of(Direction.values())
                            .map(direction -> direction == Direction.READ ? Set.of(Track.LAT) : Set.<Track>of())
                            .toList()),
                    latenciesNs);
        }

        @Override
        public void run(Timeline line) {
            for (long ns : latenciesNs) {
                recorder.count(Direction.READ.ordinal(), 1, 4096);
                recorder.record(Direction.READ.ordinal(), Track.LAT, ns);
            }
        }

        @Override
        public Optional<Unanswered> takeOver(long endNs) {
            return Optional.empty();
        }

        @Override
        public boolean measuring() {
            return true;
        }

        @Override
        public int inFlight() {
            return 0;
        }

        @Override
        public long endedNs() {
            return System.nanoTime();
        }

        @Override
        public void close() {}
    }
}
