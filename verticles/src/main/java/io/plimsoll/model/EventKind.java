package io.plimsoll.model;

/// What can happen to a client or a run; stored in `events.kind` in lower case with dashes.
public enum EventKind {
    // told by clients
    RUN_STARTED(Severity.INFO),
    RUN_ENDED(Severity.INFO),
    FEW_ROLLOVERS(Severity.WARNING),
    HEARTBEATS_UNICAST(Severity.WARNING),
    WRITER_STALLED(Severity.WARNING),
    WRITER_RESUMED(Severity.INFO),
    DISK_GUARD(Severity.ERROR),
    IO_ERROR(Severity.ERROR),
    SPOOL_PLACE(Severity.INFO),
    SPOOL_SLOW(Severity.WARNING),
    SPOOL_FAILED(Severity.ERROR),
    // noticed by the server
    RUN_OPENED(Severity.INFO),
    CLIENT_CONNECTED(Severity.INFO),
    CLIENT_DISCONNECTED(Severity.WARNING),
    CLIENT_SUSPECT(Severity.WARNING),
    CLIENT_LOST(Severity.ERROR),
    CLIENT_BACK(Severity.INFO),
    CLIENT_ENDED(Severity.INFO),
    CLIENT_REJECTED(Severity.WARNING),
    CLIENT_FENCED(Severity.WARNING),
    REPORTS_MISSING(Severity.ERROR),
    REPORT_ALTERED(Severity.ERROR),
    REPORT_UNSTORABLE(Severity.ERROR);

    private final Severity severity;

    EventKind(Severity severity) {
        this.severity = severity;
    }

    public Severity severity() {
        return severity;
    }

    /// `client-lost` for CLIENT_LOST: as stored, logged and shown.
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
