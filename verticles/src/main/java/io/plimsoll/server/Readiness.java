package io.plimsoll.server;

import java.util.Optional;

/// Whether the server can take reports now, and if it cannot, why. Its database is asked every second: a single answer
/// that is late or missing proves nothing, silence for longer than [#SILENT_MS_MAX] does.
///
/// Safe to use from every thread; times are monotonic.
final class Readiness {
    /// Two questions in a row, with what they may wait.
    static final long SILENT_MS_MAX = 3_500;

    private String absent = "the server is starting";
    private boolean ending;
    private long answeredAtMs;
    private String failure = "";

    /// The server has opened everything, its database last.
    synchronized void working(long nowMs) {
        absent = ending ? absent : "";
        answeredAtMs = nowMs;
    }

    synchronized void ending(String reason) {
        ending = true;
        absent = "the server is ending: " + reason;
    }

    synchronized void answered(long nowMs) {
        answeredAtMs = nowMs;
        failure = "";
    }

    synchronized void failed(String reason) {
        failure = reason;
    }

    /// Why no reports are taken; empty while they are.
    synchronized Optional<String> obstacle(long nowMs) {
        if (!absent.isEmpty()) {
            return Optional.of(absent);
        }
        long silentMs = nowMs - answeredAtMs;
        return silentMs <= SILENT_MS_MAX
                ? Optional.empty()
                : Optional.of("the database has not answered for " + silentMs / 1000 + " s"
                        + (failure.isEmpty() ? "" : ": " + failure));
    }
}
