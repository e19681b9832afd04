package io.plimsoll.workload;

/// Random numbers for the data path: xoshiro256++ 1.0 by Blackman and Vigna ("Scrambled linear pseudorandom number
/// generators", ACM TOMS 2021), seeded by SplitMix64 as they advise. One thread; allocates nothing.
final class Xoshiro256 {
    /// What numbers are drawn for: each purpose has its own sequence, so that a change of one share (the mix of reads,
    /// say) leaves all others as they were.
    enum Purpose {
        OFFSET(1),
        SIZE(2),
        DIRECTION(3),
        ARRIVAL(4),
        CONTENT(5),
        DUPLICATE(6),
        SCATTER(7);

        private final int number;

        Purpose(int number) {
            this.number = number;
        }
    }

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long s0;
    private long s1;
    private long s2;
    private long s3;

    Xoshiro256(long seed, int thread, Purpose purpose) {
        long start = mix(mix(mix(seed) + thread) + purpose.number);
        s0 = mix(start + GOLDEN);
        s1 = mix(start + 2 * GOLDEN);
        s2 = mix(start + 3 * GOLDEN);
        s3 = mix(start + 4 * GOLDEN); // mix is one-to-one: the four are never all zero
    }

    long next() {
        long result = Long.rotateLeft(s0 + s3, 23) + s0;
        long t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = Long.rotateLeft(s3, 45);
        return result;
    }

    /// Uniform from 0 to `bound`-1, without bias: the upper half of a product, as in Lemire, "Fast random integer
    /// generation in an interval", ACM TOMACS 2019.
    long below(long bound) {
        long x = next();
        long low = x * bound;
        if (Long.compareUnsigned(low, bound) < 0) {
            long rejected = Long.remainderUnsigned(-bound, bound);
            while (Long.compareUnsigned(low, rejected) < 0) {
                x = next();
                low = x * bound;
            }
        }
        return Math.unsignedMultiplyHigh(x, bound);
    }

    boolean percent(int share) {
        return below(100) < share;
    }

    /// Uniform from 0 up to but without 1, in steps of 2^-53.
    double fraction() {
        return (next() >>> 11) * 0x1p-53;
    }

    /// Uniform above 0 up to and with 1: its logarithm is finite.
    double positiveFraction() {
        return ((next() >>> 11) + 1) * 0x1p-53;
    }

    /// The output function of SplitMix64 (Steele, Lea, Flood 2014): one-to-one over all 64 bits.
    static long mix(long x) {
        x += GOLDEN;
        x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
