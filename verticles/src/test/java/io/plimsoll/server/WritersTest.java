package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.server.Writers.Action;
import io.plimsoll.server.Writers.Event;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WritersTest {
    private static final int WRITERS = 2;
    private static final Report REPORT = new Report.Happened(1_795_000_000_000L, EventKind.IO_ERROR, "x");

    private final List<WriteQueue.Batch<Integer>> writing = new ArrayList<>();
    private final Set<Integer> open = new HashSet<>();
    private final Set<Integer> failed = new HashSet<>();
    private Writers<Integer> writers;
    private long wakeAt = Long.MAX_VALUE;
    private long now;
    private String story;

    /// A database that is away half of the time: every request is answered once, and no wake-up is lost.
    @Test
    void everyRequestIsAnsweredOnceAndNoneIsForgotten() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            begin("seed " + seed);
            for (int step = 0; step < 300; step++) {
                pass(random.nextInt(300));
                if (random.nextBoolean()) {
                    ask(step, 1 + random.nextInt(30));
                }
                if (!writing.isEmpty() && random.nextBoolean()) {
                    WriteQueue.Batch<Integer> batch = writing.remove(random.nextInt(writing.size()));
                    on(
                            switch (random.nextInt(4)) {
                                case 0 -> new Event.Failed<>(batch, Persist.UNAVAILABLE, "away");
                                case 1 -> new Event.Failed<>(batch, Persist.UNSTORABLE, "bad");
                                default -> new Event.Written<>(batch, Persist.Stored.ALL);
                            });
                }
            }
            for (int step = 0; step < 5_000 && !writers.idle(); step++) {
                pass(100);
                if (!writing.isEmpty()) {
                    on(new Event.Written<>(writing.removeFirst(), Persist.Stored.ALL));
                }
            }
            assertTrue(writers.idle() && open.isEmpty(), story + ": unanswered " + open);
        }
    }

    @Test
    void whatIsGivenUpFailsAtOnceAndWhatIsBeingWrittenIsAnswered() {
        begin("give up");
        for (int i = 0; i < 5; i++) {
            ask(i, 1_500);
        }
        on(new Event.GiveUp<>());
        assertEquals(Set.of(2, 3, 4), failed);
        on(new Event.Written<>(writing.removeFirst(), Persist.Stored.ALL));
        on(new Event.Failed<>(writing.removeFirst(), Persist.UNAVAILABLE, "away"));
        assertEquals(Set.of(1, 2, 3, 4), failed);
        assertTrue(writers.idle() && open.isEmpty());
    }

    private void begin(String name) {
        writers = new Writers<>(new WriteQueue<>(2_000_000, 1 << 30, 10_000), WRITERS);
        writing.clear();
        open.clear();
        failed.clear();
        wakeAt = Long.MAX_VALUE;
        now = 0;
        story = name;
    }

    private void pass(long ms) {
        now += ms;
        if (now >= wakeAt) {
            wakeAt = Long.MAX_VALUE;
            on(new Event.Wake<>());
        }
    }

    private void ask(int ticket, int reports) {
        open.add(ticket);
        List<Persist.Numbered> numbered = new ArrayList<>();
        for (int i = 1; i <= reports; i++) {
            numbered.add(new Persist.Numbered(1, 1, i, i, false, REPORT));
        }
        on(new Event.Ask<>(ticket, numbered));
    }

    private void on(Event<Integer> event) {
        writers.on(event, now, this::carryOut);
    }

    private void carryOut(Action<Integer> action) {
        switch (action) {
            case Action.Write<Integer> a -> {
                writing.add(a.batch());
                assertTrue(writing.size() <= WRITERS, story);
            }
            case Action.Reply<Integer> a -> assertTrue(open.remove(a.ticket()), story + ": answered twice");
            case Action.Fail<Integer> a -> {
                assertTrue(open.remove(a.ticket()), story + ": answered twice");
                failed.add(a.ticket());
            }
            case Action.WakeAt<Integer> a -> {
                assertTrue(wakeAt == Long.MAX_VALUE, story + ": two wake-ups");
                wakeAt = a.ms();
            }
        }
    }
}
