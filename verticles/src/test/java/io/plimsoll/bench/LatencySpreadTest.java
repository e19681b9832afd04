package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.IntervalRecorder;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatencySpreadTest {
    @Test
    void eachLatencyIsInTheBucketBelowWhoseBoundItIs() {
        IntervalRecorder recorder = new IntervalRecorder();
        for (long ns : new long[] {1, 2, 999, 1000, 1999, 2000, 2_000_000_000, 3_000_000_000L}) {
            recorder.record(ns, 0);
        }
        assertEquals(
                List.of("ns<2 12.5", "ns<4 12.5", "ns<1000 12.5", "us<2 25.0", "us<4 12.5", "ms<>=2000 25.0"),
                LatencySpread.of(recorder.takeInterval().latency()).stream()
                        .filter(bucket -> bucket.percent() > 0)
                        .map(bucket -> bucket.unit() + "<" + bucket.label() + " " + bucket.percent())
                        .toList());
    }

    @Test
    void nothingIsNoShareOfAnything() {
        assertEquals(
                0,
                LatencySpread.of(Histograms.empty()).stream()
                        .mapToDouble(LatencySpread.Bucket::percent)
                        .sum());
    }
}
