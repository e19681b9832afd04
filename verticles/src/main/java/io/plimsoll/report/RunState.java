package io.plimsoll.report;

import java.util.Locale;

/// Where a run stands, as its row says (`runs.state`).
public enum RunState {
    /// Clients are at work, or the server died before it closed the run.
    OPEN,
    /// All clients ended as planned and every report is here.
    COMPLETE,
    /// Nobody was lost or failed, but reports are missing, a client was interrupted, or none took part.
    INCOMPLETE,
    /// A client was lost, rejected, or ended by an error.
    FAILED;

    /// `complete` for COMPLETE: as stored and shown.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static RunState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
