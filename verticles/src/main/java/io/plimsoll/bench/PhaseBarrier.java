package io.plimsoll.bench;

import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Where data threads wait for each other between two phases, so that all begin the next one at the same
/// instant.
final class PhaseBarrier {
    /// From the arrival of the last one to the common start, so that every thread is awake.
    private static final long START_DELAY_NS = 200_000;
    private static final long STOP_CHECK_MS = 100;

    private final JobControl control;
    private final Phaser phaser;
    private volatile long arrivedNs;

    PhaseBarrier(int threads, JobControl control) {
        this.control = control;
        phaser = new Phaser(threads) {
            @Override
            protected boolean onAdvance(int phase, int registered) {
                arrivedNs = System.nanoTime();
                return registered == 0;
            }
        };
    }

    /// Waits until all that have not left are here, and for the common start. Returns that instant; negative
    /// where the job was stopped before.
    long await() {
        int phase = phaser.arrive();
        while (true) {
            try {
                phaser.awaitAdvanceInterruptibly(phase, STOP_CHECK_MS, TimeUnit.MILLISECONDS);
                break;
            } catch (TimeoutException _) {
                if (control.stopped()) {
                    return -1;
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return -1;
            }
        }
        long startNs = arrivedNs + START_DELAY_NS;
        while (System.nanoTime() < startNs) {
            Thread.onSpinWait();
        }
        return startNs;
    }

    /// When the last one came, of the latest time that all were here: the end of the phase before.
    long arrivedNs() {
        return arrivedNs;
    }

    /// Is not waited for any more.
    void leave() {
        phaser.arriveAndDeregister();
    }
}
