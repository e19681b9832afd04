package io.plimsoll.model;

/// What an operation does; results are kept apart by it.
public enum Direction {
    READ,
    WRITE,
    /// fsync or fdatasync as an operation of its own.
    SYNC,
    /// Metadata: a file is made, and filled and closed where it is to have bytes.
    CREATE,
    STAT,
    /// A file is opened and closed.
    OPEN,
    RENAME,
    UNLINK;

    /// As results say it: `unlink`.
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
