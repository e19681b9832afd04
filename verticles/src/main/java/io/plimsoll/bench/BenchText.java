package io.plimsoll.bench;

import static io.plimsoll.bench.FioNumbers.binaryBytes;
import static io.plimsoll.bench.FioNumbers.count;
import static io.plimsoll.bench.FioNumbers.decimalBytes;
import static io.plimsoll.bench.FioNumbers.fixed;

import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.JobResult.DiskUse;
import io.plimsoll.bench.JobResult.OpenLoopResult;
import io.plimsoll.bench.JobResult.Samples;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Durations;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan.EngineChoice;
import io.plimsoll.model.Work;
import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/// A result as fio would print it, so that who knows one can read the other; lines of our own follow where fio has
/// none: resp, rate, own cost, flags. Numbers that were not measured have no line.
public final class BenchText {
    private static final int PERCENTILE_COLUMNS_CHARS = 73;

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
        result.directions().forEach(page::operations);
        page.spread();
        result.direction(Direction.SYNC).ifPresent(page::sync);
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

    /// Where a job is, in a line for people: `run 42 %  521k IOPS  2034MiB/s (2132MB/s)  6 s left`.
    public static String line(Progress.State now) {
        StringBuilder line = new StringBuilder(now.phase());
        if (Double.isFinite(now.share())) {
            line.append(' ')
                    .append(Math.clamp((long) (100 * now.share()), 0, 100))
                    .append(" %");
        }
        if (now.opsPerSecond() > 0) {
            line.append("  ").append(count(now.opsPerSecond())).append(" IOPS");
        }
        if (now.bytesPerSecond() > 0) {
            line.append("  ").append(binaryBytes(now.bytesPerSecond())).append("/s (");
            line.append(decimalBytes(now.bytesPerSecond())).append("/s)");
        }
        if (now.leftNs() >= 0) {
            line.append("  ").append(Math.ceilDiv(now.leftNs(), 1_000_000_000L)).append(" s left");
        }
        return line.toString();
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

    private void operations(DirectionResult d) {
        switch (d.direction()) {
            case READ, WRITE -> direction(d);
            case SYNC -> {} // below what syncs make durable, as in fio
            case CREATE, STAT, OPEN, RENAME, UNLINK -> metadata(d);
        }
    }

    private void direction(DirectionResult d) {
        line(
                "  %s: IOPS=%s, BW=%s(%s/%dmsec)",
                d.direction().word(), count(perSecond(d.ops())), bandwidth(d), binaryBytes(d.bytes()), elapsedMs());
        latency("slat", d.slat());
        latency("clat", d.clat());
        latency(" lat", d.lat());
        latency("resp", d.resp());
        percentiles("resp", d.resp());
        percentiles("clat", d.clat());
        samples(d);
    }

    /// Metadata operations move no bytes, and are over when their call is.
    private void metadata(DirectionResult d) {
        long spanNs = d.spanNs(result.elapsedNs());
        line(
                "  %s: IOPS=%s (%d/%dmsec)",
                d.direction().word(), count(d.ops() * 1e9 / spanNs), d.ops(), spanNs / 1_000_000);
        latency(" lat", d.lat());
        latency("resp", d.resp());
        percentiles("resp", d.resp());
        percentiles("lat", d.lat());
        samples(d);
    }

    private void latency(String name, LatencyHistogram h) {
        if (h.isEmpty()) {
            return;
        }
        LatencyUnit unit = LatencyUnit.ofLine(h);
        line(
                "    %s (%s): min=%s, max=%s, avg=%s, stdev=%s",
                name,
                unit.word,
                FioNumbers.latency(unit.of(h.minNs())),
                FioNumbers.latency(unit.of(h.maxNs())),
                padded(unit.of(h.meanNs())),
                padded(unit.of(h.stdDevNs())));
    }

    private void percentiles(String name, LatencyHistogram h) {
        if (h.isEmpty()) {
            return;
        }
        long first = h.percentileNs(how.percentiles().getFirst());
        long last = h.percentileNs(how.percentiles().getLast());
        LatencyUnit unit = LatencyUnit.ofRange(first, last);
        line("    %s percentiles (%s):", name, unit.word);
        int digits = Math.max(5, Long.toString(Math.round(unit.of(last))).length());
        int columns = Math.max(1, PERCENTILE_COLUMNS_CHARS / (digits + 13));
        List<String> cells = new ArrayList<>();
        for (double percentile : how.percentiles()) {
            cells.add("%sth=[%s]"
                    .formatted(
                            padLeft(fixed(percentile, 2), 5),
                            padLeft(Long.toString(Math.round(unit.of(h.percentileNs(percentile)))), digits)));
        }
        for (int from = 0; from < cells.size(); from += columns) {
            List<String> row = cells.subList(from, Math.min(cells.size(), from + columns));
            line("     | %s%s", String.join(", ", row), from + columns < cells.size() ? "," : "");
        }
    }

    private void samples(DirectionResult d) {
        Samples bytes = d.bytesPerSecond();
        if (bytes.count() > 0 && d.bytes() > 0) {
            boolean large = bytes.mean() >= 1L << 30;
            double unit = large ? 1 << 20 : 1 << 10;
            line(
                    "   bw (  %s/s): min=%s, max=%s, per=100.00%%, avg=%s, stdev=%s, samples=%d",
                    large ? "MiB" : "KiB",
                    padLeft(FioNumbers.latency(bytes.min() / unit), 5),
                    padLeft(FioNumbers.latency(bytes.max() / unit), 5),
                    padded(bytes.mean() / unit),
                    padded(bytes.stdDev() / unit),
                    bytes.count());
        }
        Samples iops = d.iops();
        if (iops.count() > 0) {
            line(
                    "   iops        : min=%s, max=%s, avg=%s, stdev=%s, samples=%d",
                    padLeft(FioNumbers.latency(iops.min()), 5),
                    padLeft(FioNumbers.latency(iops.max()), 5),
                    padded(iops.mean()),
                    padded(iops.stdDev()),
                    iops.count());
        }
    }

    /// Of reads and writes together.
    private void spread() {
        LatencyHistogram all = Histograms.merge(result.directions().stream()
                .filter(d -> d.direction() != Direction.SYNC)
                .map(DirectionResult::lat)
                .toList());
        List<LatencySpread.Bucket> seen =
                LatencySpread.of(all).stream().filter(b -> b.percent() > 0).toList();
        for (String unit : List.of("ns", "us", "ms")) {
            List<String> cells = seen.stream()
                    .filter(b -> b.unit().equals(unit))
                    .map(b -> b.label() + "=" + fixed(Math.max(0.01, b.percent()), 2) + "%")
                    .toList();
            for (int from = 0; from < cells.size(); from += 5) {
                line(
                        "  lat (%ssec)   : %s",
                        unit.substring(0, 1), String.join(", ", cells.subList(from, Math.min(cells.size(), from + 5))));
            }
        }
    }

    private void sync(DirectionResult d) {
        line("  fsync/fdatasync:");
        latency("sync", d.lat());
        percentiles("sync", d.lat());
    }

    private void cpu() {
        double threadNs =
                Math.max(1, (double) result.elapsedNs() * result.plan().threads());
        var cpu = result.cpu();
        line(
                "  cpu          : usr=%s%%, sys=%s%%, ctx=%d, majf=%d, minf=%d, waited=%s%%",
                fixed(100 * cpu.userNs() / threadNs, 2),
                fixed(100 * cpu.systemNs() / threadNs, 2),
                cpu.contextSwitches(),
                cpu.majorFaults(),
                cpu.minorFaults(),
                fixed(100 * cpu.delayNs() / threadNs, 2));
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
        EngineKind asked = result.plan().engine().kind();
        String instead = asked == result.engine() ? "" : ", instead of " + asked.word();
        line(
                "  engine       : %s%s%s",
                result.engine().word(), instead, result.engineNote().isEmpty() ? "" : "; " + result.engineNote());
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
                        bandwidth(d),
                        binaryBytes(d.bytes()),
                        decimalBytes(d.bytes()),
                        elapsedMs(),
                        elapsedMs());
            }
        }
    }

    /// `145MiB/s (152MB/s)`
    private String bandwidth(DirectionResult d) {
        double bytes = perSecond(d.bytes());
        return binaryBytes(bytes) + "/s (" + decimalBytes(bytes) + "/s)";
    }

    private double perSecond(long amount) {
        return amount * 1e9 / Math.max(1, result.elapsedNs());
    }

    private void disk(DiskUse disk) {
        line("");
        line("Disk stats (read/write):");
        line(
                "  %s: ios=%d/%d, bytes=%s/%s, busy=%dmsec, util=%s%%",
                disk.device(),
                disk.readOps(),
                disk.writeOps(),
                binaryBytes(disk.readBytes()),
                binaryBytes(disk.writtenBytes()),
                disk.busyMs(),
                fixed(disk.utilPercent(), 2));
    }

    private void flags() {
        if (!result.flags().isEmpty()) {
            line("");
        }
        result.flags().forEach(flag -> line("flag %s: %s; %s", flag.rule(), flag.evidence(), flag.remedy()));
    }

    private long elapsedMs() {
        return result.elapsedNs() / 1_000_000;
    }

    private static String time(long ns) {
        return Durations.format(Duration.ofNanos(ns));
    }

    /// fio's `%5.02f`.
    private static String padded(double value) {
        return padLeft(fixed(value, 2), 5);
    }

    private static String padLeft(String text, int chars) {
        return " ".repeat(Math.max(0, chars - text.length())) + text;
    }

    private void line(String form, Object... values) {
        text.append(String.format(Locale.ROOT, form, values)).append('\n');
    }
}
