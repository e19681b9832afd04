package io.plimsoll.io;

import io.plimsoll.model.Report;
import java.util.ArrayList;
import java.util.List;

/// Keeps what a writer said. Others may look at how many chunks there are, and at what has begun and is done.
class Recording implements WriteObserver {
    final List<Report.FileClosed> files = new ArrayList<>();
    volatile long chunks;
    long bytes;
    long latencyNs;
    long deletedBytes;
    volatile int begun;
    volatile int done;

    @Override
    public void begins(Operation operation, long nowNs) {
        begun++;
    }

    @Override
    public void done() {
        done++;
    }

    @Override
    public void chunkWritten(long ns, long chunkBytes) {
        chunks++;
        bytes += chunkBytes;
        latencyNs += ns;
    }

    @Override
    public void fileClosed(Report.FileClosed file) {
        files.add(file);
    }

    @Override
    public void fileDeleted(long fileBytes) {
        deletedBytes += fileBytes;
    }
}
