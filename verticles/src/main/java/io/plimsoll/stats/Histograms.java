package io.plimsoll.stats;

import io.plimsoll.model.Report;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// Reads, writes and merges histograms of latency. The bytes may come from anyone: [#decode] spends bounded memory and
/// time on them and accepts only our range and digits. Safe for any thread.
public final class Histograms {
    static final int SIGNIFICANT_DIGITS = 3;
    static final long LOWEST_NS = 1;
    static final long HIGHEST_NS = 3_600_000_000_000L;

    private static final int COMPRESSED_COOKIE = 0x1c849304 | 0x10;
    private static final int PLAIN_COOKIE = 0x1c849303 | 0x10;
    private static final int HEADER_BYTES = 40;
    /// A count takes at most 9 bytes.
    private static final int INFLATED_BYTES_MAX = HEADER_BYTES + 9 * buckets();
    private static final int INFLATED_FACTOR = 4;

    private static final LatencyHistogram EMPTY = new LatencyHistogram(newCounts());

    private Histograms() {}

    public static LatencyHistogram empty() {
        return EMPTY;
    }

    /// The sum of histograms: as if all had been recorded into one. Nothing is lost and the order does not matter.
    public static LatencyHistogram merge(Iterable<LatencyHistogram> parts) {
        Histogram sum = newCounts();
        long total = 0;
        for (LatencyHistogram part : parts) {
            total = Math.addExact(total, part.count());
            part.addTo(sum);
        }
        return new LatencyHistogram(sum);
    }

    public static LatencyHistogram merge(LatencyHistogram... parts) {
        return merge(Arrays.asList(parts));
    }

    /// Reads HdrHistogram's V2 compressed encoding.
    ///
    /// @throws IllegalArgumentException with what is wrong, for bytes that are no histogram of ours: too many,
    ///     another cookie, other digits or range, damaged or excessive content
    public static LatencyHistogram decode(byte[] encoded) {
        if (encoded.length > Report.Interval.HISTOGRAM_BYTES_MAX) {
            throw refused(encoded.length + " bytes, allowed: " + Report.Interval.HISTOGRAM_BYTES_MAX);
        }
        ByteBuffer plain = inflate(encoded);
        checkHeader(plain);
        Histogram counts;
        try {
            counts = Histogram.decodeFromByteBuffer(plain, HIGHEST_NS);
        } catch (RuntimeException e) {
            // The library meets damage with whatever its buffers and arrays throw.
            throw new IllegalArgumentException("histogram refused: damaged content", e);
        }
        checkCounts(counts);
        counts.setAutoResize(false);
        return new LatencyHistogram(counts);
    }

    static Histogram newCounts() {
        return new Histogram(LOWEST_NS, HIGHEST_NS, SIGNIFICANT_DIGITS);
    }

    static byte[] encode(Histogram counts) {
        ByteBuffer buffer = ByteBuffer.allocate(counts.getNeededByteBufferCapacity());
        int length = counts.encodeIntoCompressedByteBuffer(buffer);
        return Arrays.copyOf(buffer.array(), length);
    }

    private static ByteBuffer inflate(byte[] encoded) {
        if (encoded.length < 8) {
            throw refused(encoded.length + " bytes are too few");
        }
        ByteBuffer outer = ByteBuffer.wrap(encoded);
        int cookie = outer.getInt();
        if (cookie != COMPRESSED_COOKIE) {
            throw refused("cookie 0x" + Integer.toHexString(cookie) + " instead of 0x"
                    + Integer.toHexString(COMPRESSED_COOKIE));
        }
        int length = outer.getInt();
        if (length != outer.remaining()) {
            throw refused("it says " + length + " compressed bytes and has " + outer.remaining());
        }
        // Most are short: what the longest one needs would cost more than all the rest.
        byte[] content = new byte[Math.min(INFLATED_FACTOR * encoded.length, INFLATED_BYTES_MAX)];
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(outer);
            int inflated = 0;
            while (!inflater.finished()) {
                if (inflated == INFLATED_BYTES_MAX) {
                    throw refused("more than " + INFLATED_BYTES_MAX + " inflated bytes");
                }
                if (inflated == content.length) {
                    content = Arrays.copyOf(content, Math.min(2 * content.length, INFLATED_BYTES_MAX));
                }
                int n = inflater.inflate(content, inflated, content.length - inflated);
                if (n == 0 && !inflater.finished()) {
                    throw refused("cut short");
                }
                inflated += n;
            }
            return ByteBuffer.wrap(content, 0, inflated);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("histogram refused: not zlib data", e);
        }
    }

    private static void checkHeader(ByteBuffer plain) {
        if (plain.remaining() < HEADER_BYTES) {
            throw refused(plain.remaining() + " inflated bytes are too few");
        }
        ByteBuffer header = plain.duplicate();
        int cookie = header.getInt();
        int payloadBytes = header.getInt();
        int shift = header.getInt();
        int digits = header.getInt();
        long lowest = header.getLong();
        long highest = header.getLong();
        double ratio = header.getDouble();
        if (cookie != PLAIN_COOKIE) {
            throw refused("inner cookie 0x" + Integer.toHexString(cookie));
        }
        if (payloadBytes != header.remaining()) {
            throw refused("it says " + payloadBytes + " bytes of counts and has " + header.remaining());
        }
        if (shift != 0
                || ratio != 1.0
                || digits != SIGNIFICANT_DIGITS
                || lowest != LOWEST_NS
                || highest != HIGHEST_NS) {
            throw refused(
                    "range " + lowest + " to " + highest + " with " + digits + " digits, shift " + shift + ", ratio "
                            + ratio + "; ours is " + LOWEST_NS + " to " + HIGHEST_NS + " with " + SIGNIFICANT_DIGITS);
        }
    }

    /// Counts of a hostile sender may be negative by overflow, or add up to more than a long holds.
    private static void checkCounts(Histogram counts) {
        long total = 0;
        try {
            for (HistogramIterationValue value : counts.recordedValues()) {
                if (value.getCountAtValueIteratedTo() < 0) {
                    throw refused("a negative count");
                }
                total = Math.addExact(total, value.getCountAtValueIteratedTo());
            }
        } catch (ArithmeticException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("histogram refused: counts overflow", e);
        }
        if (total != counts.getTotalCount()) {
            throw refused("counts overflow");
        }
    }

    private static int buckets() {
        int subBuckets = 2048; // the power of two above 2 · 10^digits
        int halves = 1;
        for (long reach = subBuckets; reach <= HIGHEST_NS; reach <<= 1) {
            halves++;
        }
        return (halves + 1) * (subBuckets / 2);
    }

    private static IllegalArgumentException refused(String why) {
        return new IllegalArgumentException("histogram refused: " + why);
    }
}
