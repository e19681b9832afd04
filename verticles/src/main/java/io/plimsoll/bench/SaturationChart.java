package io.plimsoll.bench;

import io.plimsoll.bench.Chart.Axis;
import io.plimsoll.bench.Chart.Point;
import io.plimsoll.bench.Chart.Scale;
import io.plimsoll.bench.Chart.Tone;
import io.plimsoll.bench.SaturationStep.Latencies;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/// The rate/latency curve of a search: rate to the right, latencies upward on a logarithmic scale.
final class SaturationChart {
    /// How far beyond the interval the chart reaches: what breaks far above says nothing about the line.
    private static final double BEYOND = 1.3;
    private static final double MARGIN = 1.4;
    /// Highest rate over the lowest: the curve of a line that was found spans somewhat more than a decade, and shows
    /// its knee best on a linear scale. A search without a line halves its rates ten times: on a linear scale most
    /// of them would stand on one spot.
    private static final double LINEAR_SPAN_MAX = 20;

    /// A line of response times, and the one that carries the marks of the steps.
    enum Shown {
        P50("p50", 50, Tone.FIRST, Latencies::p50),
        P99("p99", 99, Tone.SECOND, Latencies::p99),
        P999("p99.9", 99.9, Tone.THIRD, Latencies::p999);

        final String word;
        final Tone tone;
        private final SloTerm.Measure measure;
        private final ToLongFunction<Latencies> which;

        Shown(String word, double percentile, Tone tone, ToLongFunction<Latencies> which) {
            this.word = word;
            this.tone = tone;
            this.which = which;
            measure = new SloTerm.Measure.Percentile(percentile);
        }

        /// That of the first promise that has a line; the p99 where none has.
        static Shown marked(Slo slo) {
            return slo.terms().stream()
                    .flatMap(term -> Arrays.stream(values()).filter(shown -> shown.measure.equals(term.measure())))
                    .findFirst()
                    .orElse(P99);
        }

        long of(SaturationStep step) {
            return which.applyAsLong(step.response().orElseThrow());
        }

        Optional<Long> limitNs(Slo slo) {
            return slo.terms().stream()
                    .filter(term -> term.measure().equals(measure))
                    .map(SloTerm::limitNs)
                    .findFirst();
        }
    }

    private final SaturationResult result;
    private final List<SaturationStep> curve;
    private final List<SaturationStep> shown;
    private final double ratesMax;

    private SaturationChart(SaturationResult result, double ratesMax) {
        this.result = result;
        this.ratesMax = ratesMax;
        curve = result.curve().stream()
                .filter(step -> step.response().isPresent())
                .toList();
        shown = result.steps().stream()
                .filter(step -> step.response().isPresent() && rate(step) <= ratesMax)
                .toList();
    }

    /// One step for each rate that tells of the line, ascending; those far above it do not.
    static List<SaturationStep> nearby(SaturationResult result) {
        double max = ratesMax(result);
        return result.curve().stream()
                .filter(step -> step.response().isPresent() && rate(step) <= max)
                .toList();
    }

    private static double ratesMax(SaturationResult result) {
        double highest =
                result.curve().stream().mapToDouble(SaturationChart::rate).max().orElse(0);
        return result.line()
                .broken()
                .filter(_ -> result.found())
                .map(broken -> Math.min(highest, broken * BEYOND))
                .orElse(highest);
    }

    /// A chart and what it leaves out.
    ///
    /// @param beyond steps at rates too high for it
    record Drawn(Chart chart, long beyond) {}

    /// Empty where fewer than two rates were measured.
    static Optional<Drawn> of(SaturationResult result) {
        if (nearby(result).size() < 2) {
            return Optional.empty();
        }
        SaturationChart drawing = new SaturationChart(result, ratesMax(result));
        long beyond = result.steps().stream()
                .filter(step -> step.requestedPerSecond().isPresent() && rate(step) > drawing.ratesMax)
                .count();
        return Optional.of(new Drawn(drawing.draw(), beyond));
    }

    private Chart draw() {
        double[] latencies = DoubleStream.concat(
                        shown.stream()
                                .flatMap(step -> Stream.concat(step.response().stream(), step.service().stream()))
                                .flatMapToDouble(l -> DoubleStream.of(l.p50(), l.p99())),
                        DoubleStream.concat(
                                shown.stream()
                                        .mapToDouble(step ->
                                                step.response().orElseThrow().p999()),
                                result.plan().slo().terms().stream().mapToDouble(SloTerm::limitNs)))
                .sorted()
                .toArray();
        Axis y = new Axis(
                "latency (logarithmic)",
                Scale.LOG,
                Math.max(1, latencies[0]) / MARGIN,
                latencies[latencies.length - 1] * MARGIN,
                ns -> shortTime(Math.round(ns)));
        SaturationWords words = new SaturationWords(result);
        Chart chart = new Chart(rates(), y, "Latency by rate. " + words.headline());
        if (result.found()) {
            result.line()
                    .broken()
                    .ifPresent(
                            broken -> chart.band(Tone.MARK, result.line().kept().orElseThrow(), broken));
        }
        chart.line(Tone.MUTED, true, service());
        for (Shown line : List.of(Shown.P50, Shown.P999, Shown.P99)) {
            chart.line(
                    line.tone,
                    false,
                    curve.stream().map(step -> point(line, step)).toList());
        }
        for (SloTerm term : result.plan().slo().terms()) {
            chart.level(Tone.LIMIT, term.limitNs(), "SLO " + term);
        }
        if (result.found()) {
            double line = result.line().kept().orElseThrow();
            chart.plimsollLine(
                    line,
                    Quantity.rate(line) + " IOPS"
                            + (result.limitedBy().equals(Optional.of(SaturationLimit.CLIENT))
                                    ? ", this client's"
                                    : ""));
        }
        Shown marked = Shown.marked(result.plan().slo());
        for (SaturationStep step : shown) {
            chart.mark(
                    step.brokenBy().equals(Optional.of(SaturationLimit.CLIENT)) ? Tone.MUTED : marked.tone,
                    !step.kept(),
                    point(marked, step),
                    "step " + step.number() + ", " + Quantity.rate(rate(step)) + " IOPS: "
                            + SaturationText.outcome(step));
        }
        return chart;
    }

    private Axis rates() {
        String label = "rate asked for, IOPS";
        double lowest = shown.stream().mapToDouble(SaturationChart::rate).min().orElseThrow();
        return ratesMax <= LINEAR_SPAN_MAX * lowest
                ? new Axis(label, Scale.LINEAR, 0, ratesMax * 1.04, SaturationChart::shortRate)
                : new Axis(
                        label + " (logarithmic)",
                        Scale.LOG,
                        lowest / MARGIN,
                        ratesMax * MARGIN,
                        SaturationChart::shortRate);
    }

    private List<Point> service() {
        return curve.stream()
                .flatMap(step -> step.service().stream().map(l -> new Point(rate(step), l.p99())))
                .toList();
    }

    private static Point point(Shown line, SaturationStep step) {
        return new Point(rate(step), line.of(step));
    }

    private static double rate(SaturationStep step) {
        return step.requestedPerSecond().orElseThrow();
    }

    /// `500`, `2.5k`, `50k`, `1.5M`
    private static String shortRate(double rate) {
        if (rate >= 1e6) {
            return trimmed(rate / 1e6) + "M";
        }
        return rate >= 1_000 ? trimmed(rate / 1e3) + "k" : trimmed(rate);
    }

    /// `200 µs`, `1 ms`, `2 s`
    private static String shortTime(long ns) {
        if (ns >= 1_000_000_000) {
            return trimmed(ns / 1e9) + " s";
        }
        if (ns >= 1_000_000) {
            return trimmed(ns / 1e6) + " ms";
        }
        return ns >= 1_000 ? trimmed(ns / 1e3) + " µs" : ns + " ns";
    }

    private static String trimmed(double value) {
        return Quantity.rate(Math.rint(value * 1e6) / 1e6);
    }
}
