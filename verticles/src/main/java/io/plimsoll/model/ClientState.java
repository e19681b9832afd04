package io.plimsoll.model;

/// Where a client stands in its run, as the server knows it; the last one is its state in the report.
public enum ClientState {
    /// Heard of and at work.
    ALIVE,
    /// Three heartbeats in a row were missed.
    SUSPECT,
    /// Ten heartbeats in a row were missed and TCP is silent too, or the connection is gone and three were missed.
    LOST,
    /// Ended as planned.
    FINISHED,
    /// Ended early by its user (Ctrl-C, SIGTERM) or by an order; what it had measured is kept.
    INTERRUPTED,
    /// Its preflight or the server refused the run; nothing was measured.
    REJECTED,
    /// Ended by an I/O error, a full disk or an error of its own.
    FAILED;

    /// Whether the client has ended its run in an orderly way and will send nothing more.
    public boolean ended() {
        return switch (this) {
            case ALIVE, SUSPECT, LOST -> false;
            case FINISHED, INTERRUPTED, REJECTED, FAILED -> true;
        };
    }
}
