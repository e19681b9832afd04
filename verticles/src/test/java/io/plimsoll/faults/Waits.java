package io.plimsoll.faults;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Waiting in a thread of a test, with an end.
final class Waits {
    private Waits() {}

    static void ms(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// Returns how long it took, in ms.
    static long until(BooleanSupplier condition, long secondsMax, String what) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > TimeUnit.SECONDS.toNanos(secondsMax)) {
                throw new AssertionError("not within " + secondsMax + " s: " + what);
            }
            ms(10);
        }
        return (System.nanoTime() - startNs) / 1_000_000;
    }
}
