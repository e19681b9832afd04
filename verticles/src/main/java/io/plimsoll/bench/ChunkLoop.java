package io.plimsoll.bench;

import io.plimsoll.io.ChunkFiles;
import io.plimsoll.io.PosixException;
import io.plimsoll.io.RollingWriter;
import io.plimsoll.io.WriteObserver;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Report;
import io.plimsoll.stats.OpRecorder;
import io.plimsoll.stats.OpRecorder.Track;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The main job as a data thread of a bench: chunks into files that roll over. A chunk counts when it is written, a
/// sync is the fsync at the end of each file.
final class ChunkLoop implements DataLoop, WriteObserver {
    private final ChunkFiles files;
    private final RollingWriter writer;
    private final JobControl control;
    private final Baton baton = new Baton();
    private final OpRecorder recorder = new OpRecorder(Stream.of(Direction.values())
            .map(direction -> switch (direction) {
                case WRITE, SYNC -> Set.of(Track.LAT);
                case READ, CREATE, STAT, OPEN, RENAME, UNLINK -> Set.<Track>of();
            })
            .toList());
    private volatile boolean measuring;
    private volatile int inFlight;
    private long begunNs;
    private long lastCompletedNs;

    ChunkLoop(ChunkPlan plan, ChunkFiles files, JobControl control) {
        this.files = files;
        this.control = control;
        writer = new RollingWriter(plan, files, this, System::nanoTime, System::currentTimeMillis);
    }

    @Override
    public void run(Timeline line) throws PosixException {
        line.awaitStart();
        lastCompletedNs = System.nanoTime();
        while (!control.stopped() && lastCompletedNs < line.endNs()) {
            if (!measuring && lastCompletedNs >= line.measureNs()) {
                recorder.restart();
                measuring = true;
            }
            writer.step();
        }
        writer.finish();
    }

    @Override
    public Optional<Unanswered> takeOver(long endNs) {
        return baton.takeAway() ? Optional.of(new Unanswered(1, System.nanoTime() - begunNs)) : Optional.empty();
    }

    @Override
    public void begins(Operation begun, long nowNs) {
        inFlight = 1;
        begunNs = nowNs;
        baton.layDown();
    }

    @Override
    public void done() {
        baton.takeUp();
        inFlight = 0;
        lastCompletedNs = System.nanoTime();
    }

    @Override
    public void chunkWritten(long latencyNs, long bytes) {
        record(Direction.WRITE, latencyNs, bytes);
    }

    private void record(Direction direction, long latencyNs, long bytes) {
        recorder.count(direction.ordinal(), 1, bytes);
        recorder.record(direction.ordinal(), Track.LAT, latencyNs);
    }

    @Override
    public void fileClosed(Report.FileClosed file) {
        // No chunk of a file counts there whose fsync has failed.
        if (file.chunks() > 0) {
            record(Direction.SYNC, file.fsyncNs(), 0);
        }
    }

    @Override
    public void fileDeleted(long bytes) {}

    @Override
    public OpRecorder recorder() {
        return recorder;
    }

    @Override
    public boolean measuring() {
        return measuring;
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public long endedNs() {
        return lastCompletedNs;
    }

    @Override
    public void close() throws PosixException {
        files.close();
    }
}
