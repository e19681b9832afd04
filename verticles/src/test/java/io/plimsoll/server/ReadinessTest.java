package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ReadinessTest {
    private final Readiness readiness = new Readiness();

    @Test
    void isReadyFromStartToEnd() {
        assertEquals(Optional.of("the server is starting"), readiness.obstacle(0));
        readiness.working(1_000);
        assertEquals(Optional.empty(), readiness.obstacle(1_000));
        readiness.ending("idle");
        assertEquals(Optional.of("the server is ending: idle"), readiness.obstacle(1_001));
    }

    @Test
    void whoIsToldToEndWhileItStartsIsNotReadyWhenItHasStarted() {
        readiness.ending("asked to end");
        readiness.working(1_000);
        assertEquals(Optional.of("the server is ending: asked to end"), readiness.obstacle(1_000));
    }

    @Test
    void oneAnswerMayBeMissingAndTwoMayNot() {
        readiness.working(0);
        // asked at 1 s, cut at 3 s, asked again
        readiness.failed("did not answer within 2000 ms");
        assertEquals(Optional.empty(), readiness.obstacle(3_000));
        readiness.answered(3_100);
        assertEquals(Optional.empty(), readiness.obstacle(6_000));
        readiness.failed("did not answer within 2000 ms");
        assertEquals(
                Optional.of("the database has not answered for 3 s: did not answer within 2000 ms"),
                readiness.obstacle(6_601));
        readiness.answered(7_000);
        assertEquals(Optional.empty(), readiness.obstacle(7_000));
    }

    @Test
    void aHangIsKnownWithinFiveSecondsWhateverTheProbesDo() {
        readiness.working(0);
        assertTrue(readiness.obstacle(5_000).isPresent());
    }
}
