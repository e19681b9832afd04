package io.plimsoll.bench;

import java.io.IOException;
import java.util.Optional;

/// Ends the data threads of a job early. For any thread.
final class JobControl {
    private volatile long stoppedNs = Long.MAX_VALUE;
    private volatile Exception failure;
    private volatile IOException givenUp;

    /// The first time counts.
    synchronized void stop() {
        if (!stopped()) {
            stoppedNs = System.nanoTime();
        }
    }

    boolean stopped() {
        return stoppedNs != Long.MAX_VALUE;
    }

    /// When that was, on the monotonic clock; `Long.MAX_VALUE` while it was not.
    long stoppedNs() {
        return stoppedNs;
    }

    /// Whether that is at least so long ago.
    boolean stoppedFor(long ns) {
        return stopped() && System.nanoTime() - stoppedNs >= ns;
    }

    /// A data thread has failed, which ends the others; the first failure counts.
    synchronized void failed(Exception e) {
        failure = failure == null ? e : failure;
        stop();
    }

    /// The data threads are not waited for any longer.
    synchronized void giveUp(String why) {
        givenUp = givenUp == null ? new IOException(why) : givenUp;
        stop();
    }

    Optional<Exception> givenUp() {
        return Optional.ofNullable(givenUp);
    }

    /// Why the job has failed: what a data thread met with, or else that it was given up.
    Optional<Exception> failure() {
        return Optional.ofNullable(failure).or(this::givenUp);
    }
}
