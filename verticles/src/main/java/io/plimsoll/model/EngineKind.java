package io.plimsoll.model;

/// How bytes reach the disk.
public enum EngineKind {
    /// `pwrite`, `fsync` and `close` called on the data thread.
    PSYNC,
    /// The system's `dd`, one process for each chunk.
    DD
}
