package io.plimsoll.client;

import io.plimsoll.config.ClientSettings;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run on one target, from its preparation to its clean-up: deploys the writer and the watcher, takes an interval
/// each second, notices stalls, and reports all of it. Lives on the client verticle's event loop; the disk is
/// touched on threads of its own only.
final class Measurement implements WriterVerticle.Listener {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.client");
    private static final long INTERVAL_MS = 1_000;
    private static final long STOP_TIMEOUT_MS = 30_000;
    private static final long DISK_TASK_MINUTES_MAX = 60;

    /// How the run ended.
    record End(ClientState state, String reason, long bytes, int files, int rollovers, List<String> notes) {}

    private final Vertx vertx;
    private final Context context;
    private final ClientSettings settings;
    private final ChunkPlan plan;
    private final Session session;
    private final ReportSink reports;
    private final DiskSpace space;
    private final WorkerExecutor disk;
    private final IntervalRecorder recorder = new IntervalRecorder();
    private final WriterProgress progress = new WriterProgress();
    private final StallWatch stalls = new StallWatch();
    private final Promise<Void> writerEnded = Promise.promise();
    private final Promise<Void> abandoned = Promise.promise();
    private final List<String> notes = new ArrayList<>();
    private WriterVerticle writer;
    private volatile ClientPhase phase = ClientPhase.PREPARING;
    private ClientState state = ClientState.FINISHED;
    private String reason = "";
    private int intervalIndex;
    private long intervalBeginNs;
    private double bytesPerSecond;

    /// To be made on the client verticle's context.
    Measurement(Vertx vertx, ClientSettings settings, Session session, ReportSink reports) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.settings = settings;
        this.plan = settings.plan();
        this.session = session;
        this.reports = reports;
        this.space = new DiskSpace(plan, settings.reserveBytes());
        this.disk = vertx.createSharedWorkerExecutor(
                "disk-" + session.clientId(), 1, DISK_TASK_MINUTES_MAX, TimeUnit.MINUTES);
    }

    /// Completes when the run is over and its files are cleaned up, however it went; never fails.
    Future<End> run() {
        return disk.executeBlocking(() -> Preparation.make(settings, space, seed()))
                .compose(this::write)
                .recover(refused -> {
                    stopNow(
                            refused instanceof Preparation.RefusedRun ? ClientState.REJECTED : ClientState.FAILED,
                            refused.getMessage() == null ? refused.toString() : refused.getMessage());
                    return Future.succeededFuture();
                })
                .eventually(disk::close)
                .map(_ -> {
                    phase = ClientPhase.DRAINING;
                    return new End(state, reason, progress.bytes(), progress.files(), progress.rollovers(), notes);
                });
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
            vertx.setTimer(STOP_TIMEOUT_MS, _ -> abandoned.tryComplete());
        }
    }

    ClientPhase phase() {
        return phase;
    }

    long bytes() {
        return progress.bytes();
    }

    BusMessage.ClientStatus status() {
        long startedNs = progress.startedNs();
        long elapsedMs = startedNs == 0 ? 0 : (System.nanoTime() - startedNs) / 1_000_000;
        return new BusMessage.ClientStatus(
                session,
                phase,
                progress.bytes(),
                bytesPerSecond,
                progress.files(),
                progress.rollovers(),
                Math.max(0, plan.runTimeMs() - elapsedMs));
    }

    private Future<Void> write(Preparation prepared) {
        prepared.complaint().ifPresent(notes::add);
        if (state != ClientState.FINISHED) {
            return cleanUp(prepared);
        }
        reports.accept(new Report.RunStarted(System.currentTimeMillis(), prepared.calibration(), prepared.facts()));
        LOG.atInfo()
                .addKeyValue("path", prepared.facts().path())
                .addKeyValue("fileSystem", prepared.facts().fileSystem())
                .addKeyValue("calibrationMBs", Math.round(prepared.calibration().bytesPerSecond() / 1e6))
                .addKeyValue("predictedRollovers", prepared.calibration().predictedRollovers())
                .log("run-started");
        CompletableFuture<ThreadCpu> dataThread = new CompletableFuture<>();
        // Not the calibration's seed: storage that remembers blocks would know the run's first ones.
        writer = new WriterVerticle(plan, prepared.target(), ~seed(), recorder, progress, dataThread::complete, this);
        phase = ClientPhase.WRITING;
        intervalBeginNs = System.nanoTime();
        long timer = vertx.setPeriodic(INTERVAL_MS, _ -> second());
        String client = session.clientId().value();
        Future<String> writing = vertx.deployVerticle(writer, WriterVerticle.options(client));
        Future<String> watching = writing.compose(_ -> vertx.deployVerticle(
                new ResourceVerticle(
                        settings.resourceInterval().toMillis(),
                        prepared.probe(),
                        dataThread.join(),
                        new DiskGuard(space),
                        progress,
                        reports,
                        this::shortage),
                ResourceVerticle.options(client)));
        return watching.onFailure(e -> notStarted(writing, e))
                .otherwiseEmpty()
                .compose(_ -> Future.any(writerEnded.future(), abandoned.future()))
                .eventually(() -> {
                    vertx.cancelTimer(timer);
                    takeInterval();
                    return watching.compose(vertx::undeploy).timeout(INTERVAL_MS, TimeUnit.MILLISECONDS);
                })
                .compose(_ -> writerEnded.future().isComplete()
                        ? writing.compose(vertx::undeploy).otherwiseEmpty().compose(_ -> ended(prepared))
                        : leftBehind(prepared.target()));
    }

    /// Without memory for its chunk, or with nobody to watch it, the writer does not go on.
    private void notStarted(Future<String> writing, Throwable problem) {
        stopNow(ClientState.FAILED, problem.getMessage() == null ? problem.toString() : problem.getMessage());
        if (writing.failed()) {
            writerEnded.tryComplete();
        }
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

    private Future<Void> leftBehind(TargetDirectory target) {
        String stuck =
                "the disk has not answered for " + STOP_TIMEOUT_MS / 1_000 + " s; files are left in " + target.path();
        notes.add(stuck);
        happened(EventKind.IO_ERROR, stuck);
        state = ClientState.FAILED;
        reason = reason.isEmpty() ? stuck : cut(reason + "; " + stuck);
        return Future.succeededFuture();
    }

    private Future<Void> cleanUp(Preparation prepared) {
        return vertx.executeBlocking(() -> {
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
                .map(left -> {
                    notes.addAll(left);
                    return null;
                });
    }

    private void second() {
        takeInterval();
        long inFlightNs = progress.inFlight()
                .map(call -> System.nanoTime() - call.sinceNs())
                .orElse(0L);
        String what = progress.inFlight()
                .map(c -> c.operation().name().toLowerCase(Locale.ROOT))
                .orElse("");
        switch (stalls.look(inFlightNs)) {
            case STALLED ->
                happened(EventKind.WRITER_STALLED, what + " has not returned for " + inFlightNs / 1_000_000_000 + " s");
            case RESUMED -> happened(EventKind.WRITER_RESUMED, "the disk answers again");
            case NONE -> {}
        }
        phase = stalls.stalled() ? ClientPhase.STALLED : ClientPhase.WRITING;
    }

    private void takeInterval() {
        long now = System.nanoTime();
        long ns = now - intervalBeginNs;
        var taken = recorder.takeInterval();
        bytesPerSecond = taken.bytes() * 1e9 / ns;
        reports.accept(new Report.Interval(
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
    public void fileClosed(Report.FileClosed file) {
        reports.accept(file);
        LOG.atInfo()
                .addKeyValue("file", file.name())
                .addKeyValue("bytes", file.bytes())
                .addKeyValue("writeMs", file.writeNs() / 1_000_000)
                .addKeyValue("fsyncMs", file.fsyncNs() / 1_000_000)
                .log(file.complete() ? "rollover" : "file-closed");
    }

    @Override
    public void ended(Optional<Exception> failure) {
        context.runOnContext(_ -> {
            failure.ifPresent(e -> {
                String why = e.getMessage() == null ? e.toString() : e.getMessage();
                happened(EventKind.IO_ERROR, why);
                state = ClientState.FAILED;
                reason = cut(why);
            });
            writerEnded.tryComplete();
        });
    }

    private void happened(EventKind kind, String detail) {
        LOG.atWarn().addKeyValue("detail", detail).log(kind.word());
        reports.accept(new Report.Happened(System.currentTimeMillis(), kind, cut(detail)));
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
