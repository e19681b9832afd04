package io.plimsoll.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.Report;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.zip.Deflater;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class HistogramsTest {
    private static final int ROUNDS = 200;

    @Test
    void mergingIsAssociativeAndCommutativeAndLosesNothing() {
        Random random = seeded();
        for (int round = 0; round < ROUNDS; round++) {
            LatencyHistogram a = TestHistograms.of(values(random));
            LatencyHistogram b = TestHistograms.of(values(random));
            LatencyHistogram c = TestHistograms.of(values(random));
            LatencyHistogram left = Histograms.merge(Histograms.merge(a, b), c);
            assertEquals(left, Histograms.merge(a, Histograms.merge(b, c)));
            assertEquals(left, Histograms.merge(c, a, b));
            assertEquals(left, Histograms.merge(left, Histograms.empty()));
            assertEquals(a.count() + b.count() + c.count(), left.count());
        }
    }

    @Test
    void mergedPercentilesAreThoseOfAllValuesTogether() {
        Random random = seeded();
        for (int round = 0; round < ROUNDS; round++) {
            long[] first = values(random);
            long[] second = values(random);
            long[] sorted = LongStream.concat(Arrays.stream(first), Arrays.stream(second))
                    .sorted()
                    .toArray();
            LatencyHistogram merged = Histograms.merge(TestHistograms.of(first), TestHistograms.of(second));
            for (double p : new double[] {0, 10, 50, 90, 99, 99.9, 100}) {
                long exact = sorted[Math.max((int) Math.ceil(p / 100 * sorted.length) - 1, 0)];
                assertEquals(exact, merged.percentileNs(p), exact * 0.001 + 1, "p" + p);
            }
        }
    }

    @Test
    void decodesWhatWasEncoded() {
        Random random = seeded();
        for (int round = 0; round < ROUNDS; round++) {
            LatencyHistogram original = TestHistograms.of(values(random));
            LatencyHistogram decoded = Histograms.decode(original.encoded());
            assertEquals(original, decoded);
            assertEquals(original.count(), decoded.count());
            assertEquals(original.maxNs(), decoded.maxNs());
            assertEquals(original.minNs(), decoded.minNs());
        }
        assertEquals(0, Histograms.decode(Histograms.empty().encoded()).percentileNs(99));
    }

    @Test
    void aHistogramWithEveryBucketInUseStillFitsIntoAReport() {
        Random random = seeded();
        Histogram counts = Histograms.newCounts();
        for (long v = 1; v < Histograms.HIGHEST_NS; v = counts.nextNonEquivalentValue(v)) {
            counts.recordValueWithCount(v, 1 + random.nextInt(1_000));
        }
        byte[] encoded = Histograms.encode(counts);
        assertTrue(encoded.length <= Report.Interval.HISTOGRAM_BYTES_MAX, encoded.length + " bytes");
        assertEquals(counts.getTotalCount(), Histograms.decode(encoded).count());
    }

    @Test
    void damagedBytesAreRefusedAndNeverAnythingElse() {
        Random random = seeded();
        byte[] good = TestHistograms.of(values(random)).encoded();
        for (int round = 0; round < 5_000; round++) {
            byte[] bad = good.clone();
            if (random.nextBoolean()) {
                bad = Arrays.copyOf(bad, random.nextInt(bad.length));
            }
            for (int i = 0; i < 3 && bad.length > 0; i++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            decodesOrRefuses(bad);
        }
    }

    @Test
    void damagedContentInAValidEnvelopeIsRefusedAndNeverAnythingElse() {
        Random random = seeded();
        for (int round = 0; round < 5_000; round++) {
            byte[] payload = new byte[random.nextInt(40)];
            random.nextBytes(payload);
            decodesOrRefuses(envelope(plain(3, 1, Histograms.HIGHEST_NS, payload)));
        }
    }

    @Test
    void refusesWhatAskedForTooMuchMemory() {
        refused("allowed", new byte[Report.Interval.HISTOGRAM_BYTES_MAX + 1]);
        refused("inflated", envelope(new byte[50_000_000]));
        refused("digits", envelope(plain(5, 1, Histograms.HIGHEST_NS, new byte[] {2})));
        refused("range", envelope(plain(3, 1, Long.MAX_VALUE / 2, new byte[] {2})));
    }

    @Test
    void refusesAnotherFormat() {
        refused("too few", new byte[0]);
        refused("cookie", new byte[64]);
        byte[] otherVersion = Histograms.empty().encoded();
        otherVersion[3] = 0x01;
        refused("cookie", otherVersion);
    }

    private static void decodesOrRefuses(byte[] bytes) {
        try {
            assertTrue(Histograms.decode(bytes).count() >= 0);
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage().startsWith("histogram refused: "), e.getMessage());
        }
    }

    private static void refused(String why, byte[] bytes) {
        String message = assertThrows(IllegalArgumentException.class, () -> Histograms.decode(bytes))
                .getMessage();
        assertTrue(message.contains(why), message);
    }

    private static byte[] plain(int digits, long lowest, long highest, byte[] payload) {
        return ByteBuffer.allocate(40 + payload.length)
                .putInt(0x1c849313)
                .putInt(payload.length)
                .putInt(0)
                .putInt(digits)
                .putLong(lowest)
                .putLong(highest)
                .putDouble(1.0)
                .put(payload)
                .array();
    }

    private static byte[] envelope(byte[] content) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (Deflater deflater = new Deflater()) {
            deflater.setInput(content);
            deflater.finish();
            byte[] part = new byte[8192];
            while (!deflater.finished()) {
                compressed.write(part, 0, deflater.deflate(part));
            }
        }
        return ByteBuffer.allocate(8 + compressed.size())
                .putInt(0x1c849314)
                .putInt(compressed.size())
                .put(compressed.toByteArray())
                .array();
    }

    private static long[] values(Random random) {
        int spread = 1 + random.nextInt(41);
        return random.longs(1 + random.nextInt(300), 1, Math.min((1L << spread) + 1, Histograms.HIGHEST_NS))
                .toArray();
    }

    private static Random seeded() {
        long seed = System.nanoTime();
        System.out.println("HistogramsTest seed " + seed);
        return new Random(seed);
    }
}
