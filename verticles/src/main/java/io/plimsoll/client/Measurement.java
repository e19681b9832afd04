package io.plimsoll.client;

import io.plimsoll.config.ClientSettings;
import io.plimsoll.io.PosixException;
import io.plimsoll.io.TargetDirectory;
import io.plimsoll.io.ThreadCpu;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.Durations;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.stats.IntervalRecorder;
import io.plimsoll.wire.bus.BusMessage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// One run on one target, from its preparation to its clean-up: deploys the writer and the watcher, takes an interval
/// each second, notices stalls, and reports all of it. Lives on the client verticle's event loop; the disk is
/// touched on threads of its own only.
final class Measurement implements WriterVerticle.Listener {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.client");
    private static final long INTERVAL_MS = 1_000;
    static final long STOP_TIMEOUT_MS = 30_000;
    private static final long CLEAN_UP_TIMEOUT_MS = 120_000;
    /// Over less than this a rate says nothing.
    private static final long RATE_NS_MIN = 100_000_000;
    private static final long DISK_TASK_MINUTES_MAX = 60;

    /// How the run ended.
    record End(ClientState state, String reason, long bytes, int files, int rollovers, List<String> notes) {}

    private final Vertx vertx;
    private final Context context;
    private final ClientSettings settings;
    private final ChunkPlan plan;
    private final Session session;
    private final ReportSink reports;
    private final long stopTimeoutMs;
    private final DiskSpace space;
    private final Quota quota;
    private final WorkerExecutor disk;
    private final IntervalRecorder recorder = new IntervalRecorder();
    private final WriterProgress progress = new WriterProgress();
    private final StallWatch stalls = new StallWatch();
    private final Promise<Void> writerEnded = Promise.promise();
    private final Promise<Void> abandoned = Promise.promise();
    private final List<String> notes = new ArrayList<>();
    private final Object gate = new Object();
    private boolean over;
    private WriterVerticle writer;
    private volatile ClientPhase phase = ClientPhase.PREPARING;
    private ClientState state = ClientState.FINISHED;
    private String reason = "";
    private int intervalIndex;
    private long intervalBeginNs;
    private double bytesPerSecond;

    /// To be made on the client verticle's context.
    ///
    /// @param stopTimeoutMs how long a stop waits for a disk that does not answer
    Measurement(Vertx vertx, ClientSettings settings, Session session, ReportSink reports, long stopTimeoutMs) {
        this.stopTimeoutMs = stopTimeoutMs;
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.settings = settings;
        this.plan = settings.plan();
        this.session = session;
        this.reports = reports;
        this.space = new DiskSpace(plan, settings.reserveBytes());
        this.quota = new Quota(settings.quota());
        this.disk = vertx.createSharedWorkerExecutor(
                "disk-" + session.clientId(), 1, DISK_TASK_MINUTES_MAX, TimeUnit.MINUTES);
    }

    /// Completes when the run is over and its files are cleaned up, however it went; never fails.
    Future<End> run() {
        Optional<Long> timer =
                settings.quota().time().map(max -> vertx.setTimer(max.toMillis(), _ -> shortage(quota.timeUsedUp())));
        return prepared()
                .compose(this::write)
                .recover(refused -> {
                    stopNow(
                            refused instanceof Preparation.RefusedRun ? ClientState.REJECTED : ClientState.FAILED,
                            refused.getMessage() == null ? refused.toString() : refused.getMessage());
                    return Future.succeededFuture();
                })
                .eventually(disk::close)
                .map(_ -> {
                    timer.ifPresent(vertx::cancelTimer);
                    phase = ClientPhase.DRAINING;
                    synchronized (gate) {
                        over = true;
                    }
                    return new End(
                            state, reason, progress.bytesClosed(), progress.files(), progress.rollovers(), notes);
                });
    }

    /// A disk may hold the preparation too, and a stop does not wait for it longer than for the writer.
    private Future<Preparation> prepared() {
        Promise<Preparation> prepared = Promise.promise();
        disk.executeBlocking(() -> Preparation.make(settings, space, seed()))
                .onSuccess(late -> {
                    if (!prepared.tryComplete(late)) {
                        cleanUp(late);
                    }
                })
                .onFailure(e -> {
                    if (e instanceof Preparation.BrokenDisk) {
                        happened(EventKind.IO_ERROR, e.getMessage());
                    }
                    prepared.tryFail(e);
                });
        abandoned.future().onSuccess(_ -> {
            if (!prepared.future().isComplete()) {
                leftBehind(settings.path());
                prepared.fail(reason);
            }
        });
        return prepared.future();
    }

    /// For anything that belongs to this run; any thread. After the end nothing is reported any more: what a disk has
    /// held until then would come after the last number.
    void report(Report report) {
        synchronized (gate) {
            if (!over) {
                reports.accept(report);
                return;
            }
        }
        LOG.atWarn().addKeyValue("report", report.getClass().getSimpleName()).log("report-too-late");
    }

    /// Asks for an orderly end; the first reason counts. Any thread.
    void stop(ClientState how, String why) {
        context.runOnContext(_ -> stopNow(how, why));
    }

    /// On the context only. What fails the run calls this one, as its end is read off the state right after.
    private void stopNow(ClientState how, String why) {
        if (state != ClientState.FINISHED || phase == ClientPhase.DRAINING) {
            return;
        }
        state = how;
        reason = cut(why);
        LOG.atInfo().addKeyValue("state", how).addKeyValue("reason", why).log("run-stopping");
        if (writer != null) {
            writer.askToStop();
        }
        vertx.setTimer(stopTimeoutMs, _ -> abandoned.tryComplete());
    }

    ClientPhase phase() {
        return phase;
    }

    long bytes() {
        return progress.bytes();
    }

    BusMessage.ClientStatus status() {
        return new BusMessage.ClientStatus(
                session,
                phase,
                progress.bytes(),
                bytesPerSecond,
                progress.files(),
                progress.rollovers(),
                remainingMs());
    }

    private long remainingMs() {
        long startedNs = progress.startedNs();
        long elapsedMs = startedNs == 0 ? 0 : (System.nanoTime() - startedNs) / 1_000_000;
        return Math.max(0, plan.runTimeMs() - elapsedMs);
    }

    private Future<Void> write(Preparation prepared) {
        prepared.complaint().ifPresent(notes::add);
        if (state != ClientState.FINISHED) {
            return cleanUp(prepared);
        }
        report(new Report.RunStarted(System.currentTimeMillis(), prepared.calibration(), prepared.facts()));
        LOG.atInfo()
                .addKeyValue("path", prepared.facts().path())
                .addKeyValue("fileSystem", prepared.facts().fileSystem())
                .addKeyValue("calibrationMBs", Math.round(prepared.calibration().bytesPerSecond() / 1e6))
                .addKeyValue(
                        "predictedRollovers", Math.round(prepared.calibration().predictedRollovers()))
                .log("run-started");
        CompletableFuture<ThreadCpu> dataThread = new CompletableFuture<>();
        // Not the calibration's seed: storage that remembers blocks would know the run's first ones.
        long bytesMax = quota.bytesLeft(prepared.calibration());
        writer = new WriterVerticle(
                plan, prepared.target(), ~seed(), bytesMax, recorder, progress, dataThread::complete, this);
        phase = ClientPhase.WRITING;
        long timer = vertx.setPeriodic(INTERVAL_MS, _ -> second());
        String client = session.clientId().value();
        Future<String> writing = vertx.deployVerticle(writer, WriterVerticle.options(client));
        Future<String> watching = writing.compose(_ -> {
            ResourceVerticle watcher = new ResourceVerticle(
                    settings.resourceInterval().toMillis(),
                    prepared.probe(),
                    dataThread.join(),
                    new DiskGuard(space),
                    progress,
                    this::report,
                    this::shortage);
            return vertx.deployVerticle(watcher, ResourceVerticle.options(client));
        });
        watching.onSuccess(_ -> writer.begin()).onFailure(this::notStarted);
        return Future.any(writerEnded.future(), abandoned.future())
                .eventually(() -> {
                    vertx.cancelTimer(timer);
                    takeInterval();
                    return watching.compose(vertx::undeploy).timeout(INTERVAL_MS, TimeUnit.MILLISECONDS);
                })
                .compose(_ -> writerEnded.future().isComplete()
                        ? writing.compose(vertx::undeploy).otherwiseEmpty().compose(_ -> ended(prepared))
                        : leftBehind(prepared.target().path()));
    }

    /// Without memory for its chunk, or with nobody to watch it, the writer does not begin.
    private void notStarted(Throwable problem) {
        stopNow(ClientState.FAILED, problem.getMessage() == null ? problem.toString() : problem.getMessage());
        writerEnded.tryComplete();
    }

    private Future<Void> ended(Preparation prepared) {
        if (state == ClientState.FINISHED && progress.rollovers() < ChunkPlan.ROLLOVERS_MIN) {
            String few = "only " + progress.rollovers() + " rollovers in "
                    + Durations.format(Duration.ofMillis(plan.runTimeMs())) + ", " + ChunkPlan.ROLLOVERS_MIN
                    + " are the least; the result is flagged";
            notes.add(few);
            happened(EventKind.FEW_ROLLOVERS, few);
        }
        return cleanUp(prepared);
    }

    private String stuck(Path path) {
        return "the disk has not answered for " + Durations.format(Duration.ofMillis(stopTimeoutMs))
                + "; files may be left in " + path;
    }

    private Future<Void> leftBehind(Path path) {
        String stuck = stuck(path);
        notes.add(stuck);
        happened(EventKind.IO_ERROR, stuck);
        state = ClientState.FAILED;
        reason = reason.isEmpty() ? stuck : cut(reason + "; " + stuck);
        return Future.succeededFuture();
    }

    private Future<Void> cleanUp(Preparation prepared) {
        return vertx.executeBlocking(() -> {
                    prepared.close();
                    try (TargetDirectory target = prepared.target()) {
                        if (settings.keepFiles()) {
                            target.keep();
                            return List.of("the data files are in " + target.path());
                        }
                        return target.cleanUp().left();
                    } catch (IOException e) {
                        return List.of("not cleaned up: " + e.getMessage());
                    }
                })
                .timeout(CLEAN_UP_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .otherwise(e -> List.of("not cleaned up, files may be left in "
                        + prepared.target().path() + ": " + e.getMessage()))
                .map(left -> {
                    notes.addAll(left);
                    return null;
                });
    }

    private void second() {
        takeInterval();
        Optional<WriterProgress.InFlight> call = progress.inFlight();
        long inFlightNs = call.map(c -> System.nanoTime() - c.sinceNs()).orElse(0L);
        String what =
                call.map(c -> c.operation().name().toLowerCase(Locale.ROOT)).orElse("");
        switch (stalls.look(inFlightNs)) {
            case STALLED ->
                happened(EventKind.WRITER_STALLED, what + " has not returned for " + inFlightNs / 1_000_000_000 + " s");
            case RESUMED -> happened(EventKind.WRITER_RESUMED, "the disk answers again");
            case NONE -> {}
        }
        phase = stalls.stalled() ? ClientPhase.STALLED : ClientPhase.WRITING;
    }

    /// The first one begins with the first chunk, not with the making of its data.
    private void takeInterval() {
        if (intervalIndex == 0) {
            intervalBeginNs = progress.startedNs();
            if (intervalBeginNs == 0) {
                return;
            }
        }
        long now = System.nanoTime();
        long ns = Math.max(1, now - intervalBeginNs);
        var taken = recorder.takeInterval();
        if (taken.saturated() > 0) {
            happened(
                    EventKind.WRITER_STALLED,
                    taken.saturated() + " writes took more than an hour: the histogram counts them as one hour");
        }
        if (ns >= RATE_NS_MIN) {
            bytesPerSecond = taken.bytes() * 1e9 / ns;
        }
        report(new Report.Interval(
                System.currentTimeMillis() - ns / 1_000_000,
                intervalIndex++,
                ns,
                taken.bytes(),
                taken.ops(),
                taken.maxNs(),
                taken.encodedLatency()));
        intervalBeginNs = now;
    }

    private void shortage(String why) {
        happened(EventKind.DISK_GUARD, why);
        stop(ClientState.FAILED, "disk guard: " + why);
    }

    @Override
    public void bytesUsedUp() {
        shortage(quota.bytesUsedUp());
    }

    @Override
    public void fileClosed(Report.FileClosed file) {
        report(file);
        LOG.atInfo()
                .addKeyValue("file", file.name())
                .addKeyValue("bytes", file.bytes())
                .addKeyValue("writeMs", file.writeNs() / 1_000_000)
                .addKeyValue("fsyncMs", file.fsyncNs() / 1_000_000)
                .log(file.complete() ? "rollover" : "file-closed");
    }

    @Override
    public void ended(Optional<Throwable> failure) {
        context.runOnContext(_ -> {
            failure.ifPresent(e -> {
                String why = e instanceof PosixException ? e.getMessage() : "internal error: " + e;
                LOG.atDebug().setCause(e).log("writer-failed");
                happened(EventKind.IO_ERROR, why);
                state = ClientState.FAILED;
                reason = cut(why);
            });
            if (remainingMs() > 0) {
                // Undeployed before its time, and nobody has said why yet.
                stopNow(ClientState.INTERRUPTED, "stopped by its user");
            }
            writerEnded.tryComplete();
        });
    }

    /// Logs and reports; any thread.
    void happened(EventKind kind, String detail) {
        Level level = switch (kind.severity()) {
            case INFO -> Level.INFO;
            case WARNING -> Level.WARN;
            case ERROR -> Level.ERROR;
        };
        LOG.atLevel(level).addKeyValue("detail", detail).log(kind.word());
        report(new Report.Happened(System.currentTimeMillis(), kind, cut(detail)));
    }

    private long seed() {
        return session.bootEpoch() ^ (long) session.clientId().hashCode() << 32;
    }

    private static String cut(String text) {
        return text.length() > Report.Happened.DETAIL_CHARS_MAX
                ? text.substring(0, Report.Happened.DETAIL_CHARS_MAX)
                : text;
    }
}
