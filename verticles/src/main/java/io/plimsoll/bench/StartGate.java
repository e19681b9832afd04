package io.plimsoll.bench;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Where the data threads of a job wait for each other, so that all begin at the same instant.
final class StartGate {
    private final CountDownLatch unready;
    private final CompletableFuture<Timeline> line = new CompletableFuture<>();

    StartGate(int threads) {
        unready = new CountDownLatch(threads);
    }

    /// Called by a data thread that is ready, or will never be.
    void arrive() {
        unready.countDown();
    }

    boolean awaitArrivals(long timeoutMs) throws InterruptedException {
        return unready.await(timeoutMs, TimeUnit.MILLISECONDS);
    }

    void open(Timeline timeline) {
        line.complete(timeline);
    }

    /// The job does not take place: whoever waits, or comes, leaves.
    void cancel() {
        line.cancel(false);
    }

    /// Waits for [#open].
    ///
    /// @throws java.util.concurrent.CancellationException where the job does not take place
    Timeline await() {
        return line.join();
    }
}
