package io.plimsoll.bench;

import java.io.IOException;
import java.util.Optional;

/// Ends the data threads of a job early. For any thread.
final class JobControl {
    private volatile boolean stopped;
    private volatile IOException givenUp;

    void stop() {
        stopped = true;
    }

    boolean stopped() {
        return stopped;
    }

    /// The data threads are not waited for any longer.
    void giveUp(String why) {
        givenUp = givenUp == null ? new IOException(why) : givenUp;
        stopped = true;
    }

    Optional<Exception> givenUp() {
        return Optional.ofNullable(givenUp);
    }
}
