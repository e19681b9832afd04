package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InterruptsTest {
    private static final String STOPPING = "plimsoll: stopping; interrupt again to quit at once\n";

    private final StringWriter err = new StringWriter();
    private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 1);
    private final AtomicInteger stops = new AtomicInteger();
    private final AtomicInteger quits = new AtomicInteger();
    private final Interrupts interrupts = new Interrupts(
            new Console(new PrintWriter(err, true), new PrintWriter(err, true), false),
            stops::incrementAndGet,
            () -> "two files are left",
            nowNs::get,
            quits::incrementAndGet);

    @Test
    void theFirstSignalAsksForAGracefulStop() {
        assertFalse(interrupts.happened());
        interrupts.signalled();
        assertTrue(interrupts.happened());
        assertEquals(1, stops.get());
        assertEquals(STOPPING, err.toString());
    }

    @Test
    void signalsThatComeTogetherAreOneWish() {
        interrupts.signalled();
        nowNs.addAndGet(Duration.ofMillis(199).toNanos());
        interrupts.signalled();
        assertEquals(1, stops.get());
        assertEquals(0, quits.get());
        assertEquals(STOPPING, err.toString());
    }

    @Test
    void aSecondWishQuitsAndSaysWhatIsLeft() {
        interrupts.signalled();
        nowNs.addAndGet(Duration.ofMillis(200).toNanos());
        interrupts.signalled();
        assertEquals(1, stops.get());
        assertEquals(1, quits.get());
        assertEquals(STOPPING + "plimsoll: quit; two files are left\n", err.toString());
    }

    @Test
    void signalsOnSeveralThreadsAtOnceAreOneWish() throws Exception {
        Thread[] threads = new Thread[8];
        CyclicBarrier together = new CyclicBarrier(threads.length);
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofPlatform().start(() -> {
                try {
                    together.await();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                interrupts.signalled();
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(1, stops.get());
        assertEquals(0, quits.get());
    }

    @Test
    void whatCameBeforeTheRunStopsItAtOnce() {
        StringWriter itsErr = new StringWriter();
        Console its = new Console(new PrintWriter(itsErr, true), new PrintWriter(itsErr, true), false);
        AtomicInteger itsStops = new AtomicInteger();
        interrupts.signalled();
        interrupts.handedTo(its, itsStops::incrementAndGet, () -> "a job is left");
        assertEquals(1, itsStops.get());
        assertTrue(interrupts.happened());
        nowNs.addAndGet(Duration.ofMillis(200).toNanos());
        interrupts.signalled();
        assertEquals(1, quits.get());
        assertEquals("plimsoll: quit; a job is left\n", itsErr.toString());
        assertEquals(STOPPING, err.toString());
    }

    @Test
    void whatComesAfterwardsIsForTheRunAlone() {
        AtomicInteger itsStops = new AtomicInteger();
        interrupts.handedTo(
                new Console(new PrintWriter(err, true), new PrintWriter(err, true), false),
                itsStops::incrementAndGet,
                () -> "");
        assertEquals(0, itsStops.get());
        interrupts.signalled();
        assertEquals(1, itsStops.get());
        assertEquals(0, stops.get());
    }
}
