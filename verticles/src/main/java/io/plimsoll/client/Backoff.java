package io.plimsoll.client;

import java.util.random.RandomGenerator;

/// How long to wait before connecting again: doubles from 250 ms to 2.5 s, each with a random half, so that clients of
/// a
/// server that was restarted do not come back all at once. Pure.
final class Backoff {
    static final long FIRST_MS = 250;
    static final long LAST_MS = 2_500;

    private final RandomGenerator random;
    private int attempts;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    long nextMs() {
        long full = Math.min(LAST_MS, FIRST_MS << Math.min(attempts, 10));
        attempts++;
        return full / 2 + random.nextLong(full / 2 + 1);
    }

    void reset() {
        attempts = 0;
    }
}
