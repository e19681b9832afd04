package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WriteQueueTest {
    private static final long AT_MS = 1_750_000_000_000L;
    private static final long RETRY_MS_MAX = 10_000;
    private long sequence;

    @Test
    void takesTogetherWhatIsThereUpToTheBatchLimit() {
        WriteQueue<Integer> queue = new WriteQueue<>(100_000, 1 << 30, RETRY_MS_MAX);
        for (int i = 0; i < 5; i++) {
            assertTrue(queue.offer(i, happened(900), 0));
        }
        assertEquals(List.of(0, 1), queue.take(0).orElseThrow().tickets());
        assertEquals(List.of(2, 3), queue.take(0).orElseThrow().tickets());
        assertEquals(List.of(4), queue.take(0).orElseThrow().tickets());
        assertTrue(queue.take(0).isEmpty());
        assertFalse(queue.idle(), "three batches are being written");
    }

    @Test
    void boundsBatchesInBytesToo() {
        WriteQueue<Integer> queue = new WriteQueue<>(100_000, 1 << 30, RETRY_MS_MAX);
        int fits = (int) (WriteQueue.BATCH_BYTES_MAX / Report.Interval.HISTOGRAM_BYTES_MAX);
        for (int i = 0; i < fits; i++) {
            queue.offer(i, List.of(interval(Report.Interval.HISTOGRAM_BYTES_MAX)), 0);
        }
        assertEquals(fits - 1, queue.take(0).orElseThrow().requests().size());
    }

    @Test
    void refusesWhatIsBeyondItsBoundsAndTakesItOnceThereIsRoom() {
        WriteQueue<Integer> queue = new WriteQueue<>(1_000, 1 << 30, RETRY_MS_MAX);
        assertTrue(queue.offer(1, happened(600), 0));
        assertFalse(queue.offer(2, happened(600), 0));
        WriteQueue.Batch<Integer> batch = queue.take(0).orElseThrow();
        assertFalse(queue.offer(2, happened(600), 0), "what is being written counts");
        queue.committed(batch);
        assertTrue(queue.offer(2, happened(600), 0));

        WriteQueue<Integer> small = new WriteQueue<>(1_000, 1_000, RETRY_MS_MAX);
        assertTrue(small.offer(1, List.of(interval(5_000)), 0), "an empty queue takes any request");
        assertFalse(small.offer(2, List.of(interval(10)), 0));
    }

    @Test
    void triesAFailedBatchFirstAndAfterAGrowingWhile() {
        WriteQueue<Integer> queue = new WriteQueue<>(100_000, 1 << 30, RETRY_MS_MAX);
        queue.offer(1, happened(2_000), 0);
        queue.offer(2, happened(2_000), 0);
        long now = 0;
        for (long backoff : List.of(100L, 200L, 400L, 800L, 1_600L, 2_000L, 2_000L)) {
            WriteQueue.Batch<Integer> batch = queue.take(now).orElseThrow();
            assertEquals(List.of(1), batch.tickets());
            assertEquals(List.of(), queue.failed(batch, now));
            assertTrue(queue.take(now + backoff - 1).isEmpty());
            now += backoff;
            assertEquals(now, queue.notBeforeMs());
        }
        queue.committed(queue.take(now).orElseThrow());
        assertEquals(List.of(2), queue.take(now).orElseThrow().tickets());
    }

    @Test
    void failsRequestsThatWereTriedForTooLongWaitingOnesIncluded() {
        WriteQueue<Integer> queue = new WriteQueue<>(100_000, 1 << 30, RETRY_MS_MAX);
        queue.offer(1, happened(2_000), 0);
        queue.offer(2, happened(2_000), 1);
        queue.offer(3, happened(2_000), 5_000);
        WriteQueue.Batch<Integer> first = queue.take(5_000).orElseThrow();
        assertEquals(List.of(1, 2), queue.failed(first, RETRY_MS_MAX + 1));
        assertEquals(List.of(3), queue.take(RETRY_MS_MAX + 5_000).orElseThrow().tickets());
    }

    @Test
    void halvesAPoisonedBatchUntilTheOneAtFaultStandsAlone() {
        WriteQueue<Integer> queue = new WriteQueue<>(100_000, 1 << 30, RETRY_MS_MAX);
        for (int i = 0; i < 100; i++) {
            queue.offer(i, happened(10), 0);
        }
        List<Integer> failed = new ArrayList<>();
        List<Integer> committed = new ArrayList<>();
        int attempts = 0;
        for (Optional<WriteQueue.Batch<Integer>> batch = queue.take(0); batch.isPresent(); batch = queue.take(0)) {
            attempts++;
            if (batch.get().tickets().contains(37)) {
                failed.addAll(queue.poisoned(batch.get()));
            } else {
                committed.addAll(batch.get().tickets());
                queue.committed(batch.get());
            }
        }
        assertEquals(List.of(37), failed);
        assertEquals(99, committed.size());
        assertEquals(committed.stream().sorted().toList(), committed, "the order is kept");
        assertTrue(attempts <= 15, attempts + " attempts");
        assertTrue(queue.idle());
    }

    @Test
    void answersEveryRequestExactlyOnceWhateverHappens() {
        for (long seed = 0; seed < 300; seed++) {
            answersEveryRequestExactlyOnce(seed);
        }
    }

    private void answersEveryRequestExactlyOnce(long seed) {
        Random random = new Random(seed);
        long bound = 1 + random.nextInt(5_000);
        WriteQueue<Integer> queue = new WriteQueue<>(bound, 1 << 20, RETRY_MS_MAX);
        List<WriteQueue.Batch<Integer>> writing = new ArrayList<>();
        Set<Integer> open = new HashSet<>();
        String story = "seed " + seed;
        long now = 0;
        for (int step = 0; step < 400; step++) {
            now += random.nextInt(500);
            if (random.nextBoolean() && queue.offer(step, happened(1 + random.nextInt(40)), now)) {
                open.add(step);
            }
            assertTrue(queue.reports() <= Math.max(bound, 40), story);
            if (writing.size() < 2) {
                queue.take(now).ifPresent(writing::add);
            }
            if (!writing.isEmpty() && random.nextInt(3) == 0) {
                WriteQueue.Batch<Integer> batch = writing.remove(random.nextInt(writing.size()));
                List<Integer> answered = switch (random.nextInt(3)) {
                    case 0 -> queue.failed(batch, now);
                    case 1 -> queue.poisoned(batch);
                    default -> {
                        queue.committed(batch);
                        yield batch.tickets();
                    }
                };
                answered.forEach(ticket -> assertTrue(open.remove(ticket), story + ": answered twice " + ticket));
            }
        }
        for (WriteQueue.Batch<Integer> batch : writing) {
            queue.committed(batch);
            batch.tickets().forEach(ticket -> assertTrue(open.remove(ticket), story));
        }
        queue.abandon().forEach(ticket -> assertTrue(open.remove(ticket), story));
        assertEquals(Set.of(), open, story);
        assertTrue(queue.idle(), story);
    }

    private List<Persist.Numbered> happened(int n) {
        List<Persist.Numbered> reports = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            reports.add(numbered(new Report.Happened(AT_MS, EventKind.WRITER_STALLED, "x")));
        }
        return reports;
    }

    private Persist.Numbered interval(int histogramBytes) {
        return numbered(new Report.Interval(AT_MS, 0, 1, 0, 0, 0, new byte[histogramBytes]));
    }

    private Persist.Numbered numbered(Report report) {
        return new Persist.Numbered(1, 1, ++sequence, 1, false, report);
    }
}
