package io.plimsoll.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class LatencyMergeTest {
    @Test
    void mergedHistogramsGiveThePercentilesOfAllValues() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        LatencyMerge merge = new LatencyMerge();
        Histogram everything = new Histogram(1, 3_600_000_000_000L, 3);
        long max = 0;
        for (long client = 1; client <= 3; client++) {
            for (int interval = 0; interval < 75; interval++) {
                List<Long> values = new ArrayList<>();
                for (int i = 1 + random.nextInt(20); i > 0; i--) {
                    values.add(1L + (long) Math.exp(random.nextDouble() * 25));
                }
                values.forEach(everything::recordValue);
                long intervalMax = values.stream().mapToLong(v -> v).max().orElseThrow();
                max = Math.max(max, intervalMax);
                merge.add(client, intervalMax, Seed.encoded(values));
            }
        }
        Latency total = merge.total().orElseThrow();
        assertEquals(everything.getTotalCount(), total.count(), "seed " + seed);
        assertEquals(everything.getValueAtPercentile(50), total.p50Ns(), "seed " + seed);
        assertEquals(Math.min(max, everything.getValueAtPercentile(99)), total.p99Ns(), "seed " + seed);
        assertEquals(max, total.maxNs(), "seed " + seed);
        assertEquals(
                total.count(),
                merge.byClient().values().stream()
                        .mapToLong(m -> m.latency().orElseThrow().count())
                        .sum());
    }

    @Test
    void whatCannotBeReadIsCountedAndSpoilsNothing() {
        LatencyMerge merge = new LatencyMerge();
        merge.add(1, 5, new byte[] {1, 2, 3});
        merge.add(1, 1000, Seed.encoded(List.of(1000L)));
        merge.add(2, 7, new byte[0]);
        assertEquals(1, merge.byClient().get(1L).unreadable());
        assertEquals(1000, merge.byClient().get(1L).latency().orElseThrow().maxNs());
        assertEquals(
                new LatencyMerge.Merged(Optional.empty(), 1), merge.byClient().get(2L));
        assertEquals(1, merge.total().orElseThrow().count());
    }

    @Test
    void rowsOfAClientThatAreNotTogetherAreAnError() {
        LatencyMerge merge = new LatencyMerge();
        merge.add(1, 5, Seed.encoded(List.of(5L)));
        merge.add(2, 5, Seed.encoded(List.of(5L)));
        assertThrows(IllegalStateException.class, () -> merge.add(1, 5, Seed.encoded(List.of(5L))));
    }

    @Test
    void nothingGivesNothing() {
        assertEquals(Optional.empty(), new LatencyMerge().total());
    }
}
