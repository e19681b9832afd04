package io.plimsoll.bench;

import static io.plimsoll.bench.FioNumbers.binaryBytes;
import static io.plimsoll.bench.FioNumbers.decimalBytes;
import static io.plimsoll.bench.FioNumbers.fixed;

import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.JobResult.DiskUse;
import io.plimsoll.bench.JobResult.OpenLoopResult;
import io.plimsoll.io.DeviceCounters;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Durations;
import io.plimsoll.model.JobPlan.EngineChoice;
import io.plimsoll.model.Work;
import io.plimsoll.stats.LatencyHistogram;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/// A result as fio would print it, so that who knows one can read the other; lines of our own follow where fio has
/// none: resp, rate, own cost, flags. Numbers that were not measured have no line.
public final class BenchText {
    private final JobResult result;
    private final Rendering how;
    private final StringBuilder text = new StringBuilder();

    private BenchText(JobResult result, Rendering how) {
        this.result = result;
        this.how = how;
    }

    public static String render(JobResult result, Rendering how) {
        BenchText page = new BenchText(result, how);
        page.head();
        page.text.append(OperationsText.render(result, how));
        page.cpu();
        page.issued();
        result.openLoop().ifPresent(page::rate);
        page.engine();
        page.ownCost();
        page.notes();
        page.groupStatus();
        result.disk().ifPresent(page::disk);
        page.flags();
        return page.text.toString();
    }

    private void head() {
        var plan = result.plan();
        line("%s: (g=0): %s", plan.name(), metadata() ? work(plan.work()) : work(plan.work()) + engine(plan.engine()));
        if (plan.threads() > 1) {
            line("...");
        }
        line("plimsoll-%s; k, m, g, t of sizes are powers of two, as in fio", how.version());
        line("");
        line(
                "%s: (groupid=0, jobs=%d): err=%2d: %s",
                plan.name(),
                plan.threads(),
                result.failure().isPresent() ? 1 : 0,
                Rendering.time()
                        .format(Instant.ofEpochMilli(result.startedAtMs()).atZone(how.zone())));
        result.failure().ifPresent(why -> line("  failed: %s; the numbers below are of the time before", why));
        if (result.interrupted()) {
            line("  interrupted: the numbers below are of the time before");
        }
    }

    private static String engine(EngineChoice engine) {
        return ", ioengine=" + engine.kind().word() + ", iodepth=" + engine.iodepth();
    }

    /// Such work goes past engines.
    private boolean metadata() {
        return result.plan().work() instanceof Work.Metadata;
    }

    private static String work(Work work) {
        return switch (work) {
            case Work.Blocks blocks ->
                "rw=%s, bs=%s"
                        .formatted(
                                blocks.mode().word(),
                                sizes(
                                        blocks.blocks(),
                                        blocks.mode().reads(),
                                        blocks.mode().writes()));
            case Work.Chunks chunks ->
                "rw=chunks, bs=%s, filesize=%s, kept_files=%d"
                        .formatted(
                                binaryBytes(chunks.chunkBytes()),
                                binaryBytes(chunks.fileBytes()),
                                chunks.keptFilesMax());
            case Work.Metadata metadata ->
                "rw=metadata, nrfiles=%d, files_per_dir=%d, filesize=%s"
                        .formatted(metadata.files(), metadata.filesPerDirectory(), binaryBytes(metadata.fileBytes()));
        };
    }

    private static String sizes(BlockSizes sizes, boolean reads, boolean writes) {
        String range = binaryBytes(sizes.minBytes()) + "-" + binaryBytes(sizes.maxBytes());
        return (reads ? "(R) " + range : "") + (reads && writes ? ", " : "") + (writes ? "(W) " + range : "");
    }

    private void cpu() {
        int threads = result.plan().threads();
        var cpu = result.cpu();
        line(
                "  cpu          : usr=%s%%, sys=%s%%, ctx=%d, majf=%d, minf=%d, waited=%s%%",
                fixed(cpu.percent(cpu.userNs(), threads), 2),
                fixed(cpu.percent(cpu.systemNs(), threads), 2),
                cpu.contextSwitches(),
                cpu.majorFaults(),
                cpu.minorFaults(),
                fixed(cpu.percent(cpu.delayNs(), threads), 2));
    }

    /// Reads, writes, trims (none, ever) and syncs, as fio counts them.
    private void issued() {
        if (metadata()) {
            return;
        }
        line(
                "  issued rwts  : total=%d,%d,0,%d short=%d,%d,0,0",
                issued(Direction.READ, DirectionResult::ops),
                issued(Direction.WRITE, DirectionResult::ops),
                issued(Direction.SYNC, DirectionResult::ops),
                issued(Direction.READ, DirectionResult::shortOps),
                issued(Direction.WRITE, DirectionResult::shortOps));
    }

    private long issued(Direction direction, ToLongFunction<DirectionResult> amount) {
        return result.direction(direction).map(amount::applyAsLong).orElse(0L);
    }

    private void rate(OpenLoopResult open) {
        line(
                "  rate         : requested %s/s, achieved %s/s (%s %%; %s %% of what was due), due %d, missed %d",
                fixed(open.requestedPerSecond(), 1),
                fixed(open.achievedPerSecond(), 1),
                fixed(100 * open.achievedPerSecond() / open.requestedPerSecond(), 2),
                fixed(100 * open.achievedShare(), 2),
                open.due(),
                open.missed());
        LatencyHistogram late = open.lateness();
        if (!late.isEmpty()) {
            line(
                    "  lateness     : p50=%s, p99=%s, max=%s (intended start to start)",
                    time(late.percentileNs(50)), time(late.percentileNs(99)), time(late.maxNs()));
        }
    }

    private void engine() {
        if (metadata()) {
            return;
        }
        line("  engine       : %s", result.engineWords());
    }

    private void ownCost() {
        if (result.ownCostNs().isEmpty()) {
            return;
        }
        long cost = result.ownCostNs().get();
        String share = result.directions().stream()
                .filter(d -> d.direction() != Direction.SYNC && !d.lat().isEmpty())
                .map(d -> "%s %% of the median %s of %s"
                        .formatted(
                                fixed(100.0 * cost / Math.max(1, d.lat().percentileNs(50)), 2),
                                d.direction().word(),
                                time(d.lat().percentileNs(50))))
                .collect(Collectors.joining(", "));
        line("  own cost     : %s an operation on the null engine%s", time(cost), share.isEmpty() ? "" : ": " + share);
    }

    private void notes() {
        result.notes().forEach(note -> line("  note         : %s", note));
    }

    private void groupStatus() {
        if (metadata()) {
            return;
        }
        line("");
        line("Run status group 0 (all jobs):");
        for (DirectionResult d : result.directions()) {
            if (d.direction() != Direction.SYNC) {
                line(
                        "%7s: bw=%s, io=%s (%s), run=%d-%dmsec",
                        d.direction().name(),
                        OperationsText.bandwidth(result, d),
                        binaryBytes(d.bytes()),
                        decimalBytes(d.bytes()),
                        elapsedMs(),
                        elapsedMs());
            }
        }
    }

    private void disk(DiskUse disk) {
        line("");
        line("Disk stats (read/write):");
        DeviceCounters did = disk.did();
        line(
                "  %s: ios=%d/%d, merge=%d/%d, ticks=%d/%d, in_queue=%d, bytes=%s/%s, busy=%dmsec, util=%s%%",
                disk.device(),
                did.reads(),
                did.writes(),
                did.readMerges(),
                did.writeMerges(),
                did.readMs(),
                did.writeMs(),
                did.queueMs(),
                binaryBytes(did.readBytes()),
                binaryBytes(did.writtenBytes()),
                did.busyMs(),
                fixed(disk.utilPercent(), 2));
    }

    private void flags() {
        if (!result.flags().isEmpty()) {
            line("");
        }
        result.flags().forEach(flag -> line("%s", flag.words()));
    }

    private long elapsedMs() {
        return result.elapsedNs() / 1_000_000;
    }

    private static String time(long ns) {
        return Durations.format(Duration.ofNanos(ns));
    }

    private void line(String form, Object... values) {
        text.append(String.format(Locale.ROOT, form, values)).append('\n');
    }
}
