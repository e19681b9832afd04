package io.plimsoll.io;

import io.plimsoll.model.Report;

/// Hears what a [RollingWriter] does, on the writing thread: whatever it does there is done between two chunks and must
/// be short. Times are of the writer's monotonic clock.
public interface WriteObserver {
    /// What the data thread may be held up by.
    enum Operation {
        OPEN,
        WRITE,
        FSYNC,
        CLOSE,
        DELETE
    }

    /// A call into the kernel begins; it has not come back as long as [#done] is not called.
    void begins(Operation operation, long nowNs);

    /// The call came back, well or not.
    void done();

    /// A chunk was written as a whole.
    void chunkWritten(long latencyNs, long bytes);

    /// A file was closed, or given up after an error (see [RollingWriter]).
    void fileClosed(Report.FileClosed file);

    /// A finished file was deleted, and `bytes` of the disk are free again.
    void fileDeleted(long bytes);
}
