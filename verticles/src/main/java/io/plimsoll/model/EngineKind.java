package io.plimsoll.model;

import java.util.Locale;

/// How operations reach the storage.
public enum EngineKind {
    /// No operation at all: what the tool itself costs.
    NULL,
    /// `pread` and `pwrite` called on the data thread, one at a time.
    PSYNC,
    /// Linux's submission and completion rings, many operations in flight.
    IO_URING,
    /// `java.nio.channels.FileChannel`, one at a time; makes no native calls. Laying out and locking files does,
    /// whatever the engine.
    FILECHANNEL,
    /// Loads and stores in a mapping of the file, one at a time.
    MMAP,
    /// The system's `dd`, one process for each operation, one at a time.
    DD;

    /// Whether it can have more than one operation in flight.
    public boolean queues() {
        return this == IO_URING || this == NULL;
    }

    /// As flags and results say it: `io_uring`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
