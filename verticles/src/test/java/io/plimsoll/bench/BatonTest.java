package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class BatonTest {
    private final Baton baton = new Baton();

    @Test
    void isTakenAwayOnlyWhereItWasLaidDownAndForGood() {
        assertFalse(baton.takeAway());
        baton.layDown();
        baton.takeUp();
        assertFalse(baton.takeAway());
        baton.layDown();
        assertTrue(baton.takeAway());
        assertFalse(baton.takeAway());
        assertThrows(CancellationException.class, baton::takeUp);
    }

    /// Both add to a count that nothing else guards: the one again and again, the other once. Whoever gets the baton
    /// sees what the other has added, and is alone with it.
    @Test
    void oneAtATimeHasItAndSeesWhatTheOtherDid() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            Baton contested = new Baton();
            long[] count = new long[1];
            long[] added = new long[1];
            AtomicBoolean lost = new AtomicBoolean();
            Thread worker = Thread.ofPlatform().start(() -> {
                try {
                    while (true) {
                        count[0]++;
                        added[0]++;
                        contested.layDown();
                        contested.takeUp();
                    }
                } catch (CancellationException _) {
                    lost.set(true);
                }
            });
            while (!contested.takeAway()) {
                Thread.onSpinWait();
            }
            count[0]++;
            long seen = count[0];
            worker.join();
            assertTrue(lost.get());
            assertEquals(seen, count[0]);
            assertEquals(added[0] + 1, count[0]);
        }
    }
}
