package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
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
}
