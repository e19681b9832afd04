package io.plimsoll.client;

import io.plimsoll.io.ChunkFiles;
import io.plimsoll.io.RollingWriter;
import io.plimsoll.io.TargetDirectory;
import io.plimsoll.io.ThreadCpu;
import io.plimsoll.io.WriteObserver;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.Report;
import io.plimsoll.stats.IntervalRecorder;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Writes chunks for the plan's time, on a thread that does nothing else.
///
/// A worker verticle with a pool of one thread: deploy it with [#options]. It works in slices, so that its thread is
/// free now and then to be stopped; nothing of it sends or logs within a slice. Latencies go into the recorder and
/// figures into the progress, which other threads read; closed files and the end are told to the listener, on this
/// thread.
final class WriterVerticle extends VerticleBase implements WriteObserver {
    private static final long SLICE_NS = 50_000_000L;
    /// A slice is as long as the disk lets it be; the stall watch, not the blocked-thread checker, judges that.
    private static final long SLICE_MINUTES_MAX = 60;

    /// Told on the data thread, between chunks.
    interface Listener {
        void fileClosed(Report.FileClosed file);

        /// Another chunk would be more than may be written; the end follows.
        void bytesUsedUp();

        /// Always comes, and comes last.
        ///
        /// @param failure the disk's error that ended the writing, or one of our own; empty when the time was
        ///     over or a stop was asked for
        void ended(Optional<Throwable> failure);
    }

    private final ChunkPlan plan;
    private final TargetDirectory target;
    private final long seed;
    private final long bytesMax;
    private final IntervalRecorder recorder;
    private final WriterProgress progress;
    private final Consumer<ThreadCpu> dataThread;
    private final Listener listener;
    private ChunkFiles files;
    private RollingWriter writer;
    private volatile boolean stopAsked;
    private boolean ended;
    private long openFileBytes;
    private long writtenBytes;

    /// @param seed of the data, no two clients' alike
    /// @param bytesMax that are written at most
    /// @param dataThread told which thread to watch, before the first chunk
    WriterVerticle(
            ChunkPlan plan,
            TargetDirectory target,
            long seed,
            long bytesMax,
            IntervalRecorder recorder,
            WriterProgress progress,
            Consumer<ThreadCpu> dataThread,
            Listener listener) {
        this.plan = plan;
        this.target = target;
        this.seed = seed;
        this.bytesMax = bytesMax;
        this.recorder = recorder;
        this.progress = progress;
        this.dataThread = dataThread;
        this.listener = listener;
    }

    static DeploymentOptions options(String client) {
        return new DeploymentOptions()
                .setThreadingModel(ThreadingModel.WORKER)
                .setWorkerPoolName("writer-" + client)
                .setWorkerPoolSize(1)
                .setMaxWorkerExecuteTime(SLICE_MINUTES_MAX)
                .setMaxWorkerExecuteTimeUnit(TimeUnit.MINUTES);
    }

    @Override
    public Future<?> start() throws Exception {
        files = ChunkFiles.in(target, plan.engine(), plan.chunkBytes(), false, seed);
        writer = new RollingWriter(plan, files, this, System::nanoTime, System::currentTimeMillis);
        dataThread.accept(ThreadCpu.ofCurrentThread());
        return Future.succeededFuture();
    }

    /// Begins to write; any thread, once, after the deployment. Not part of it: that would be known only after the
    /// first slice, which a disk may hold for ever.
    void begin() {
        context.runOnContext(_ -> slice());
    }

    /// Ends after the chunk that is under way; any thread.
    void askToStop() {
        stopAsked = true;
    }

    @Override
    public Future<?> stop() throws Exception {
        stopAsked = true;
        if (!ended) {
            end(Optional.empty());
        }
        files.close();
        Promise<Void> lastTask = Promise.promise();
        // A slice that is due already stands behind this, and would find the pool of the thread shut down.
        context.runOnContext(_ -> lastTask.complete());
        return lastTask.future();
    }

    private void slice() {
        if (ended) {
            return;
        }
        long runNs = TimeUnit.MILLISECONDS.toNanos(plan.runTimeMs());
        long sliceBegin = System.nanoTime();
        try {
            do {
                if (stopAsked || writer.elapsedNs() >= runNs) {
                    end(Optional.empty());
                    return;
                }
                if (writtenBytes > bytesMax - plan.chunkBytes()) {
                    listener.bytesUsedUp();
                    end(Optional.empty());
                    return;
                }
                writer.step();
            } while (System.nanoTime() - sliceBegin < SLICE_NS);
        } catch (Throwable e) {
            // Also an Error, such as Java's for a fault in mapped memory: nobody else would end the run.
            end(Optional.of(e));
            return;
        }
        context.runOnContext(_ -> slice());
    }

    private void end(Optional<Throwable> failure) {
        ended = true;
        Optional<Throwable> first = failure;
        try {
            writer.finish();
        } catch (Throwable e) {
            first = failure.or(() -> Optional.of(e));
        }
        listener.ended(first);
    }

    @Override
    public void begins(Operation operation, long nowNs) {
        if (progress.startedNs() == 0 && operation == Operation.WRITE) {
            progress.started(nowNs);
        }
        progress.begins(operation, nowNs);
    }

    @Override
    public void done() {
        progress.done();
    }

    @Override
    public void chunkWritten(long latencyNs, long bytes) {
        recorder.record(latencyNs, bytes);
        progress.written(bytes);
        openFileBytes += bytes;
        writtenBytes += bytes;
    }

    @Override
    public void fileClosed(Report.FileClosed file) {
        // A file whose fsync failed reports nothing, and what was counted chunk by chunk was too much.
        progress.takenBack(openFileBytes - file.bytes());
        openFileBytes = 0;
        progress.fileClosed(file.bytes(), file.complete());
        listener.fileClosed(file);
    }

    @Override
    public void fileDeleted(long bytes) {
        progress.deleted(bytes);
    }
}
