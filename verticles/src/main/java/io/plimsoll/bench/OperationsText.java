package io.plimsoll.bench;

import static io.plimsoll.bench.FioNumbers.binaryBytes;
import static io.plimsoll.bench.FioNumbers.count;
import static io.plimsoll.bench.FioNumbers.decimalBytes;
import static io.plimsoll.bench.FioNumbers.fixed;

import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.JobResult.Samples;
import io.plimsoll.model.Direction;
import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The operations of a result as fio would print them: of each kind its rate, its latencies and how steady it was; the
/// spread of all latencies; syncs.
final class OperationsText {
    private static final int PERCENTILE_COLUMNS_CHARS = 73;

    private final JobResult result;
    private final Rendering how;
    private final StringBuilder text = new StringBuilder();

    private OperationsText(JobResult result, Rendering how) {
        this.result = result;
        this.how = how;
    }

    static String render(JobResult result, Rendering how) {
        OperationsText lines = new OperationsText(result, how);
        result.directions().forEach(lines::operations);
        lines.spread();
        result.direction(Direction.SYNC).ifPresent(lines::sync);
        return lines.text.toString();
    }

    /// `145MiB/s (152MB/s)`
    static String bandwidth(JobResult result, DirectionResult d) {
        double bytes = perSecond(result, d.bytes());
        return binaryBytes(bytes) + "/s (" + decimalBytes(bytes) + "/s)";
    }

    private static double perSecond(JobResult result, long amount) {
        return amount * 1e9 / Math.max(1, result.elapsedNs());
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
                d.direction().word(),
                count(perSecond(result, d.ops())),
                bandwidth(result, d),
                binaryBytes(d.bytes()),
                result.elapsedNs() / 1_000_000);
        latency("slat", d.slat());
        latency("clat", d.clat());
        latency(" lat", d.lat());
        latency("resp", d.resp());
        percentiles("resp", d.resp());
        percentiles("clat", d.clat());
        samples(d);
    }

    /// Metadata operations move no bytes, are over when their call is, and never have a rate.
    private void metadata(DirectionResult d) {
        long spanNs = d.spanNs(result.elapsedNs());
        line(
                "  %s: IOPS=%s (%d/%dmsec)",
                d.direction().word(), count(d.ops() * 1e9 / spanNs), d.ops(), spanNs / 1_000_000);
        latency(" lat", d.lat());
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
