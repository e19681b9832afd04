package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import io.plimsoll.stats.TestHistograms;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatencySpreadTest {
    @Test
    void eachLatencyIsInTheBucketBelowWhoseBoundItIs() {
        LatencyHistogram latencies = TestHistograms.of(1, 2, 999, 1000, 1999, 2000, 2_000_000_000, 3_000_000_000L);
        assertEquals(
                List.of("ns<2 12.5", "ns<4 12.5", "ns<1000 12.5", "us<2 25.0", "us<4 12.5", "ms<>=2000 25.0"),
                LatencySpread.of(latencies).stream()
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
