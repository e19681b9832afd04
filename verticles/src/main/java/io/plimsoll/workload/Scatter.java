package io.plimsoll.workload;

import io.plimsoll.workload.Xoshiro256.Purpose;

/// A one-to-one map of ranks to places, which looks like chance: hot ranks are no neighbours, and no two of them meet.
///
/// Steps that can each be undone (times an odd number, plus a key, xor with the own upper bits) mix the numbers below
/// the next power of two; what lies outside is mixed again until it lies inside ("cycle walking", Black and Rogaway
/// 2002): fewer than two turns on average, since more than half lie inside. Any thread; allocates nothing.
final class Scatter {
    private static final int ROUNDS = 3;

    private final long places;
    private final long mask;
    private final int shift;
    private final long[] factors = new long[ROUNDS];
    private final long[] keys = new long[ROUNDS];

    Scatter(long places, long seed) {
        this.places = places;
        int bits = Long.SIZE - Long.numberOfLeadingZeros(places - 1);
        mask = (1L << bits) - 1;
        shift = Math.max(1, (bits + 1) / 2);
        Xoshiro256 random = new Xoshiro256(seed, 0, Purpose.SCATTER);
        for (int round = 0; round < ROUNDS; round++) {
            factors[round] = random.next() | 1;
            keys[round] = random.next();
        }
    }

    long place(long rank) {
        long x = rank;
        do {
            for (int round = 0; round < ROUNDS; round++) {
                x = (x * factors[round] + keys[round]) & mask;
                x ^= x >>> shift;
            }
        } while (x >= places);
        return x;
    }
}
