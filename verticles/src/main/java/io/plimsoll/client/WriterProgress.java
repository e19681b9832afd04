package io.plimsoll.client;

import io.plimsoll.io.WriteObserver.Operation;
import java.util.Optional;

/// How far the writer is, for other threads to read. Written by the data thread only.
final class WriterProgress {
    /// A call into the kernel that has not come back.
    record InFlight(Operation operation, long sinceNs) {}

    private volatile long bytes;
    private volatile long bytesClosed;
    private volatile long bytesOnDisk;
    private volatile int files;
    private volatile int rollovers;
    private volatile long startedNs;
    private volatile Operation operation;
    private volatile long operationSinceNs;

    void begins(Operation begun, long nowNs) {
        operationSinceNs = nowNs;
        operation = begun;
    }

    void done() {
        operation = null;
    }

    void started(long nowNs) {
        startedNs = nowNs;
    }

    void written(long more) {
        bytes += more;
        bytesOnDisk += more;
    }

    /// What was counted as written and turned out not to be on the disk.
    void takenBack(long less) {
        bytes -= less;
    }

    void fileClosed(long fileBytes, boolean complete) {
        bytesClosed += fileBytes;
        files++;
        if (complete) {
            rollovers++;
        }
    }

    void deleted(long less) {
        bytesOnDisk -= less;
    }

    long bytes() {
        return bytes;
    }

    /// Bytes of the files that are closed: those that are known to be on the disk.
    long bytesClosed() {
        return bytesClosed;
    }

    long bytesOnDisk() {
        return bytesOnDisk;
    }

    int files() {
        return files;
    }

    int rollovers() {
        return rollovers;
    }

    /// When the first chunk began; 0 before it.
    long startedNs() {
        return startedNs;
    }

    Optional<InFlight> inFlight() {
        Operation now = operation;
        return now == null ? Optional.empty() : Optional.of(new InFlight(now, operationSinceNs));
    }
}
