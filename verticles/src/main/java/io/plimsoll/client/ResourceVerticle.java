package io.plimsoll.client;

import io.plimsoll.io.DeviceCounters;
import io.plimsoll.io.PosixException;
import io.plimsoll.io.TargetProbe;
import io.plimsoll.io.ThreadCpu;
import io.plimsoll.model.Report;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import oshi.SystemInfo;
import oshi.software.os.OSProcess;

/// Watches what the measurement costs: CPU of the data thread, CPU and memory of the process, the target's device; and,
/// once a second, the free space. A worker verticle with a thread of its own, because all of these may block: deploy it
/// with [#options].
final class ResourceVerticle extends VerticleBase {
    private static final long GUARD_INTERVAL_MS = 1_000;
    /// Processor time comes in ticks of 10 ms: over less than this they say nothing.
    private static final long SHORTEST_NS = 500_000_000;

    private record Sample(
            long atNs,
            Optional<ThreadCpu.Sample> thread,
            long processCpuMs,
            long rssBytes,
            Optional<DeviceCounters> device) {}

    private final long intervalMs;
    private final TargetProbe probe;
    private final ThreadCpu dataThread;
    private final DiskGuard guard;
    private final WriterProgress progress;
    private final ReportSink reports;
    private final Consumer<String> shortage;
    private final SystemInfo system = new SystemInfo();
    private Sample last;
    private long sampling;
    private long guarding;
    private boolean ended;

    /// @param shortage told once, when the run must end for want of space
    ResourceVerticle(
            long intervalMs,
            TargetProbe probe,
            ThreadCpu dataThread,
            DiskGuard guard,
            WriterProgress progress,
            ReportSink reports,
            Consumer<String> shortage) {
        this.intervalMs = intervalMs;
        this.probe = probe;
        this.dataThread = dataThread;
        this.guard = guard;
        this.progress = progress;
        this.reports = reports;
        this.shortage = shortage;
    }

    static DeploymentOptions options(String client) {
        return new DeploymentOptions()
                .setThreadingModel(ThreadingModel.WORKER)
                .setWorkerPoolName("resources-" + client)
                .setWorkerPoolSize(1)
                .setMaxWorkerExecuteTime(60)
                .setMaxWorkerExecuteTimeUnit(TimeUnit.MINUTES);
    }

    @Override
    public Future<?> start() {
        last = sample();
        sampling = vertx.setPeriodic(intervalMs, _ -> {
            if (!ended) {
                report();
            }
        });
        guarding = vertx.setPeriodic(GUARD_INTERVAL_MS, this::guard);
        return Future.succeededFuture();
    }

    /// The time since the last sample is reported too, so that a short run has its figures.
    @Override
    public Future<?> stop() {
        ended = true;
        vertx.cancelTimer(sampling);
        vertx.cancelTimer(guarding);
        if (System.nanoTime() - last.atNs >= SHORTEST_NS) {
            report();
        }
        probe.close();
        Promise<Void> lastTask = Promise.promise();
        // A timer that has fired already stands behind this, and would find the pool of the thread shut down.
        context.runOnContext(_ -> lastTask.complete());
        return lastTask.future();
    }

    private void guard(long timer) {
        if (ended) {
            return;
        }
        try {
            guard.look(probe.space(), progress.bytesOnDisk()).ifPresent(why -> {
                vertx.cancelTimer(timer);
                shortage.accept(why);
            });
        } catch (PosixException e) {
            vertx.cancelTimer(timer);
            shortage.accept(e.getMessage());
        }
    }

    private void report() {
        Sample now = sample();
        long ns = now.atNs - last.atNs;
        Optional<ThreadCpu.Sample> a = last.thread;
        Optional<ThreadCpu.Sample> b = now.thread.or(() -> a);
        reports.accept(new Report.Resources(
                System.currentTimeMillis(),
                ns,
                percent(difference(a, b, s -> s.userNs() + s.childUserNs()), ns),
                percent(difference(a, b, s -> s.systemNs() + s.childSystemNs()), ns),
                percent(TimeUnit.MILLISECONDS.toNanos(now.processCpuMs - last.processCpuMs), ns),
                now.rssBytes,
                difference(a, b, ThreadCpu.Sample::delayNs),
                device(now, DeviceCounters::readBytes),
                device(now, DeviceCounters::writtenBytes),
                device(now, DeviceCounters::busyMs)
                        .map(ms -> Math.min(percent(TimeUnit.MILLISECONDS.toNanos(ms), ns), 100))));
        last = now;
    }

    private Sample sample() {
        OSProcess process = system.getOperatingSystem().getCurrentProcess();
        return new Sample(
                System.nanoTime(),
                dataThread.sample(),
                process.getKernelTime() + process.getUserTime(),
                Math.max(0, process.getResidentMemory()),
                probe.counters());
    }

    private static long difference(
            Optional<ThreadCpu.Sample> a, Optional<ThreadCpu.Sample> b, ToLongFunction<ThreadCpu.Sample> value) {
        return a.isEmpty() || b.isEmpty() ? 0 : Math.max(0, value.applyAsLong(b.get()) - value.applyAsLong(a.get()));
    }

    private Optional<Long> device(Sample now, Function<DeviceCounters, Long> value) {
        // A counter that went back is that of another device, put in its place: no figure, rather than a wrong one.
        return last.device.flatMap(before -> now.device
                .map(after -> value.apply(after) - value.apply(before))
                .filter(grown -> grown >= 0));
    }

    private static double percent(long busyNs, long ns) {
        return Math.max(0, busyNs) * 100.0 / ns;
    }
}
