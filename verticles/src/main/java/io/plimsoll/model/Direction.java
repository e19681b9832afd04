package io.plimsoll.model;

/// What an operation does; results are kept apart by it.
public enum Direction {
    READ,
    WRITE,
    /// fsync or fdatasync as an operation of its own.
    SYNC
}
