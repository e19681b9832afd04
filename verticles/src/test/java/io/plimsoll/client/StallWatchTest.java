package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.plimsoll.client.StallWatch.Change;
import org.junit.jupiter.api.Test;

class StallWatchTest {
    @Test
    void aStallIsToldOnceAndSoIsItsEnd() {
        StallWatch watch = new StallWatch();
        assertEquals(Change.NONE, watch.look(0));
        assertEquals(Change.NONE, watch.look(StallWatch.STALL_NS - 1));
        assertEquals(Change.STALLED, watch.look(StallWatch.STALL_NS));
        assertEquals(Change.NONE, watch.look(2 * StallWatch.STALL_NS));
        assertEquals(Change.RESUMED, watch.look(7));
        assertEquals(Change.NONE, watch.look(0));
        assertEquals(Change.STALLED, watch.look(StallWatch.STALL_NS));
    }
}
