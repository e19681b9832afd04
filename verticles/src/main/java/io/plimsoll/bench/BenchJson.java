package io.plimsoll.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.JobResult.DiskUse;
import io.plimsoll.bench.JobResult.OpenLoopResult;
import io.plimsoll.bench.JobResult.Samples;
import io.plimsoll.io.DeviceCounters;
import io.plimsoll.model.Direction;
import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// A result under the keys of fio 3.33's `json+`, in fio's units: `bw` in KiB/s, `bw_bytes` in bytes/s, `runtime` in
/// ms, times in ns. A key of fio's that we do not measure is absent, never a made-up zero; keys of our own are added.
public final class BenchJson {

    private static final Set<Direction> METADATA =
            EnumSet.complementOf(EnumSet.of(Direction.READ, Direction.WRITE, Direction.SYNC));

    private final JobResult result;
    private final Rendering how;
    private final boolean bins;

    private BenchJson(JobResult result, Rendering how, boolean bins) {
        this.result = result;
        this.how = how;
        this.bins = bins;
    }

    /// @param bins every bin of every histogram as well, which is what makes it fio's `json+`
    public static String render(JobResult result, Rendering how, boolean bins) {
        return Json.text(new BenchJson(result, how, bins).document());
    }

    /// What stands in place of a result where there is none.
    public static String error(String message, Rendering how, long nowMs) {
        ObjectNode document = head(how, nowMs);
        document.put("error", message);
        return Json.text(document);
    }

    private static ObjectNode head(Rendering how, long atMs) {
        Instant at = Instant.ofEpochMilli(atMs);
        ObjectNode document = Json.NODES.objectNode();
        document.put("plimsoll version", "plimsoll-" + how.version());
        document.put("timestamp", at.getEpochSecond());
        document.put("timestamp_ms", atMs);
        document.put("time", Rendering.time().format(at.atZone(how.zone())));
        return document;
    }

    private ObjectNode document() {
        ObjectNode document = head(how, result.startedAtMs());
        document.putArray("jobs").add(job());
        result.disk().ifPresent(disk -> document.putArray("disk_util").add(disk(disk)));
        return document;
    }

    private ObjectNode job() {
        ObjectNode job = Json.NODES.objectNode();
        job.put("jobname", result.plan().name());
        job.put("groupid", 0);
        job.put("error", result.failure().isPresent() ? 1 : 0);
        job.put("eta", 0);
        // Of later fio: when measuring began.
        job.put("job_start", result.startedAtMs());
        job.put("elapsed", Math.ceilDiv(result.elapsedNs(), 1_000_000_000L));
        ObjectNode options = job.putObject("job options");
        FioOptions.of(result.request()).forEach(options::put);
        job.set("read", direction(result.direction(Direction.READ)));
        job.set("write", direction(result.direction(Direction.WRITE)));
        job.set("trim", direction(Optional.empty()));
        job.set("sync", sync(result.direction(Direction.SYNC)));
        result.directions().stream()
                .filter(d -> METADATA.contains(d.direction()))
                .forEach(d -> job.set(d.direction().word(), metadata(d)));
        cpu(job);
        spread(job);
        ours(job);
        return job;
    }

    private ObjectNode direction(Optional<DirectionResult> measured) {
        DirectionResult d = measured.orElse(NOTHING);
        double seconds = Math.max(1, result.elapsedNs()) / 1e9;
        ObjectNode node = Json.NODES.objectNode();
        node.put("io_bytes", d.bytes());
        node.put("io_kbytes", d.bytes() >> 10);
        node.put("bw_bytes", Math.round(d.bytes() / seconds));
        node.put("bw", Math.round(d.bytes() / seconds / 1024));
        node.put("iops", number(d.ops() / seconds));
        node.put("runtime", measured.isPresent() ? result.elapsedNs() / 1_000_000 : 0);
        node.put("total_ios", d.ops());
        node.put("short_ios", d.shortOps());
        node.put("drop_ios", 0);
        node.set("slat_ns", latency(d.slat()));
        node.set("clat_ns", latency(d.clat()));
        node.set("lat_ns", latency(d.lat()));
        if (result.openLoop().isPresent()) {
            node.set("resp_ns", latency(d.resp()));
        }
        samples(node, d);
        return node;
    }

    private static void samples(ObjectNode node, DirectionResult d) {
        Samples bytes = d.bytesPerSecond();
        node.put("bw_min", Math.round(bytes.min() / 1024));
        node.put("bw_max", Math.round(bytes.max() / 1024));
        node.put("bw_agg", number(bytes.count() > 0 ? 100 : 0)); // the share of this job in its group
        node.put("bw_mean", number(bytes.mean() / 1024));
        node.put("bw_dev", number(bytes.stdDev() / 1024));
        node.put("bw_samples", bytes.count());
        iops(node, d.iops());
    }

    private static void iops(ObjectNode node, Samples iops) {
        node.put("iops_min", Math.round(iops.min()));
        node.put("iops_max", Math.round(iops.max()));
        node.put("iops_mean", number(iops.mean()));
        node.put("iops_stddev", number(iops.stdDev()));
        node.put("iops_samples", iops.count());
    }

    /// Metadata operations move no bytes, are over when their call is, and never have a rate: no `bw`, no slat, clat
    /// and resp.
    private ObjectNode metadata(DirectionResult d) {
        ObjectNode node = Json.NODES.objectNode();
        long spanNs = d.spanNs(result.elapsedNs());
        node.put("iops", number(d.ops() / (spanNs / 1e9)));
        node.put("runtime", spanNs / 1_000_000);
        node.put("total_ios", d.ops());
        node.set("lat_ns", latency(d.lat()));
        iops(node, d.iops());
        return node;
    }

    private ObjectNode sync(Optional<DirectionResult> measured) {
        ObjectNode node = Json.NODES.objectNode();
        node.put("total_ios", measured.map(DirectionResult::ops).orElse(0L));
        node.set("lat_ns", latency(measured.orElse(NOTHING).lat()));
        return node;
    }

    private ObjectNode latency(LatencyHistogram h) {
        ObjectNode node = Json.NODES.objectNode();
        node.put("min", h.minNs());
        node.put("max", h.maxNs());
        node.put("mean", number(h.isEmpty() ? 0 : h.meanNs()));
        node.put("stddev", number(h.stdDevNs()));
        node.put("N", h.count());
        if (!h.isEmpty()) {
            ObjectNode percentiles = node.putObject("percentile");
            for (double p : how.percentiles()) {
                percentiles.put(String.format(Locale.ROOT, "%.6f", p), h.percentileNs(p));
            }
            if (bins) {
                ObjectNode all = node.putObject("bins");
                h.forEachBin((ns, count) -> all.put(Long.toString(ns), count));
            }
        }
        return node;
    }

    private void cpu(ObjectNode job) {
        // As fio does: the time of all data threads, and shares of it.
        int threads = result.plan().threads();
        var cpu = result.cpu();
        job.put("job_runtime", Math.round(result.elapsedNs() / 1e6 * threads));
        job.put("usr_cpu", number(cpu.percent(cpu.userNs(), threads)));
        job.put("sys_cpu", number(cpu.percent(cpu.systemNs(), threads)));
        job.put("ctx", cpu.contextSwitches());
        job.put("majf", cpu.majorFaults());
        job.put("minf", cpu.minorFaults());
        job.put("wait_cpu", number(cpu.percent(cpu.delayNs(), threads)));
    }

    private void spread(ObjectNode job) {
        List<LatencySpread.Bucket> buckets = LatencySpread.of(Histograms.merge(result.directions().stream()
                .filter(d -> d.direction() != Direction.SYNC)
                .map(DirectionResult::lat)
                .toList()));
        for (String unit : List.of("ns", "us", "ms")) {
            ObjectNode node = job.putObject("latency_" + unit);
            buckets.stream().filter(b -> b.unit().equals(unit)).forEach(b -> node.put(b.label(), number(b.percent())));
        }
    }

    private void ours(ObjectNode job) {
        job.put("engine", result.engine().word());
        job.put("engine_iodepth", result.iodepth());
        job.put("engine_note", result.engineNote());
        result.openLoop().ifPresent(open -> rate(job, open));
        result.ownCostNs().ifPresent(cost -> job.put("own_cost_ns", cost));
        job.put("latencies_saturated", result.saturated());
        result.notes().forEach(job.putArray("notes")::add);
        job.put("interrupted", result.interrupted());
        result.failure().ifPresent(why -> job.put("failure", why));
        job.set("flags", Json.flags(result.flags()));
    }

    private void rate(ObjectNode job, OpenLoopResult open) {
        job.put("rate_requested", number(open.requestedPerSecond()));
        job.put("rate_achieved", number(open.achievedPerSecond()));
        job.put("rate_due", open.due());
        job.put("rate_missed", open.missed());
        job.set("late_ns", latency(open.lateness()));
    }

    private static ObjectNode disk(DiskUse disk) {
        DeviceCounters did = disk.did();
        return Json.NODES
                .objectNode()
                .put("name", disk.device())
                .put("read_ios", did.reads())
                .put("write_ios", did.writes())
                .put("read_merges", did.readMerges())
                .put("write_merges", did.writeMerges())
                .put("read_ticks", did.readMs())
                .put("write_ticks", did.writeMs())
                .put("in_queue", did.queueMs())
                .put("util", number(disk.utilPercent()))
                .put("read_bytes", did.readBytes())
                .put("write_bytes", did.writtenBytes())
                .put("busy_ms", did.busyMs());
    }

    /// fio's six decimals.
    private static BigDecimal number(double value) {
        return Double.isFinite(value) ? BigDecimal.valueOf(value).setScale(6, RoundingMode.HALF_UP) : null;
    }

    private static final DirectionResult NOTHING = nothing();

    private static DirectionResult nothing() {
        LatencyHistogram none = Histograms.empty();
        Samples samples = new Samples(0, 0, 0, 0, 0);
        return new DirectionResult(Direction.READ, 0, 0, 0, none, none, none, none, samples, samples);
    }
}
