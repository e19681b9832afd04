package io.plimsoll.model;

/// What a client is doing at this moment; carried by heartbeats and live status.
public enum ClientPhase {
    /// Connected; preflight and calibration.
    PREPARING,
    WRITING,
    /// Writing, but the disk has not answered for a while.
    STALLED,
    /// Writing is over; the last reports are on their way.
    DRAINING,
    /// All is delivered.
    ENDED
}
