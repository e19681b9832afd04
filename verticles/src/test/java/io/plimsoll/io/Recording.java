package io.plimsoll.io;

import io.plimsoll.model.Report;
import java.util.ArrayList;
import java.util.List;

/// Keeps what a writer said.
final class Recording implements WriteObserver {
    final List<Report.FileClosed> files = new ArrayList<>();
    long chunks;
    long bytes;
    long latencyNs;
    long deletedBytes;
    int begun;
    int done;

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
