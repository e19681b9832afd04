package io.plimsoll.security;

import static io.plimsoll.security.ReplayGuard.Verdict.FRESH;
import static io.plimsoll.security.ReplayGuard.Verdict.FULL;
import static io.plimsoll.security.ReplayGuard.Verdict.SEEN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.Session;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ReplayGuardTest {
    private static final long FORGET_MS = 1_000;

    private final ReplayGuard guard = new ReplayGuard(3, FORGET_MS);

    @Test
    void judgesAsASetOfAllCountersWouldWithinItsWindow() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ReplayGuard tried = new ReplayGuard(1, FORGET_MS);
            Set<Long> seen = new HashSet<>();
            long highest = 0;
            for (int i = 0; i < 500; i++) {
                long counter = Math.max(1, highest + random.nextInt(-80, random.nextInt(10) == 0 ? 200 : 5));
                boolean fresh = highest - counter < 64 && seen.add(counter);
                assertEquals(fresh ? FRESH : SEEN, tried.judge(session("a"), counter, 0), "seed " + seed);
                highest = Math.max(highest, counter);
            }
        }
    }

    @Test
    void theHighestCounterOfAllIsACounterLikeOthers() {
        assertEquals(FRESH, guard.judge(session("a"), 1, 0));
        assertEquals(FRESH, guard.judge(session("a"), Long.MAX_VALUE, 0));
        assertEquals(SEEN, guard.judge(session("a"), Long.MAX_VALUE, 0));
        assertEquals(FRESH, guard.judge(session("a"), Long.MAX_VALUE - 63, 0));
        assertEquals(SEEN, guard.judge(session("a"), Long.MAX_VALUE - 64, 0));
    }

    @Test
    void remembersSoManySessionsAndForgetsTheSilentOnes() {
        for (String id : new String[] {"a", "b", "c"}) {
            assertEquals(FRESH, guard.judge(session(id), 1, 0));
        }
        assertEquals(FULL, guard.judge(session("d"), 1, 0));
        assertEquals(FRESH, guard.judge(session("a"), 2, FORGET_MS));
        assertEquals(FULL, guard.judge(session("d"), 1, FORGET_MS), "silent for just so long, not longer");
        assertEquals(FRESH, guard.judge(session("d"), 1, 2 * FORGET_MS));
        assertEquals(2, guard.sessions());
        assertEquals(SEEN, guard.judge(session("a"), 2, 2 * FORGET_MS));
    }

    private static Session session(String id) {
        return new Session(new ClientId(id), 1_800_000_000_000L);
    }
}
