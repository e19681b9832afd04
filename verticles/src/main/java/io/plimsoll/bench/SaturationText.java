package io.plimsoll.bench;

import io.plimsoll.bench.Quantity.TimeUnit;
import io.plimsoll.bench.SaturationChart.Shown;
import io.plimsoll.bench.SaturationStep.Latencies;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// A search as text: the answer, what it rests on, the curve as a sketch, every step.
public final class SaturationText {
    private static final int BAR = 48;
    private static final List<String> COLUMNS = List.of(
            "step", "for", "asked", "achieved", "of due", "resp p50", "p99", "p99.9", "serv p99", "MiB/s", "verdict");

    private final SaturationResult result;
    private final SaturationWords words;
    private final TimeUnit unit;
    private final StringBuilder text = new StringBuilder();

    private SaturationText(SaturationResult result) {
        this.result = result;
        words = new SaturationWords(result);
        unit = words.unit();
    }

    /// Lines, each ended by a newline; names in it are as they were given, not made harmless for a terminal.
    public static String render(SaturationResult result) {
        return new SaturationText(result).render();
    }

    /// The first line of the text.
    public static String headline(SaturationResult result) {
        return new SaturationWords(result).headline();
    }

    /// How long the search will take, before it begins.
    public static String announcement(SaturationPlan plan) {
        return "looking for the highest rate that keeps " + plan.slo() + ": about " + plan.stepsLikely() + " steps of "
                + SaturationWords.time(plan.timeNs(1)) + ", " + SaturationWords.time(plan.timeNs(plan.stepsLikely()))
                + "; at most " + plan.stepsMax() + " steps, "
                + SaturationWords.time(plan.timeNs(plan.stepsMax())) + ", if the storage contradicts itself";
    }

    /// `bisect 41,237 IOPS`
    public static String name(RateSearch.Step step) {
        return switch (step) {
            case RateSearch.Step.Closed closed -> closed.purpose().word() + " in closed loop";
            case RateSearch.Step.Open open -> open.purpose().word() + " " + Quantity.rate(open.perSecond()) + " IOPS";
        };
    }

    /// What came of a step: `resp p99 9.82 ms, kept`
    public static String outcome(SaturationStep step) {
        if (step.verdict().isEmpty()) {
            return Quantity.rate(RateSearch.rounded(step.achievedPerSecond())) + " IOPS";
        }
        return step.response()
                        .map(response -> "resp p99 " + SaturationWords.time(response.p99()) + ", ")
                        .orElse("")
                + SaturationWords.verdict(step);
    }

    private String render() {
        say(words.headline());
        words.evidence().forEach(this::say);
        words.caution().ifPresent(this::say);
        result.failure().ifPresent(why -> say("failed: " + why));
        if (result.interrupted()) {
            say("interrupted after " + result.steps().size() + " steps");
        }
        text.append('\n');
        fact("job", result.plan().job().plan().name() + ": " + words.work());
        fact("target", words.target());
        fact("engine", words.engine());
        fact("SLO", words.promise());
        fact("closed loop", words.closedLoop() + " IOPS");
        fact("method", words.method());
        sketch();
        steps();
        flags();
        return text.toString();
    }

    /// Response times by rate, on a logarithmic scale.
    private void sketch() {
        List<SaturationStep> curve = SaturationChart.nearby(result);
        if (curve.size() < 2) {
            return;
        }
        Shown shown = Shown.marked(result.plan().slo());
        Optional<Long> limit = shown.limitNs(result.plan().slo());
        long least = Math.min(
                limit.orElse(Long.MAX_VALUE),
                curve.stream().mapToLong(shown::of).min().orElseThrow());
        long most = Math.max(
                limit.orElse(0L), curve.stream().mapToLong(shown::of).max().orElseThrow());
        int width = curve.stream().mapToInt(step -> rate(step).length()).max().orElseThrow();
        text.append("\nresponse " + shown.word + " by rate in IOPS (logarithmic"
                + limit.map(_ -> ", | is the SLO").orElse("") + ")\n");
        for (SaturationStep step : curve) {
            StringBuilder bar = new StringBuilder("#".repeat(column(shown.of(step), least, most)));
            limit.ifPresent(ns -> {
                int at = column(ns, least, most);
                bar.append(" ".repeat(Math.max(0, at + 1 - bar.length())));
                bar.setCharAt(at, '|');
            });
            text.append("  " + " ".repeat(width - rate(step).length()) + rate(step) + "  "
                    + bar.append(" ".repeat(Math.max(0, BAR + 1 - bar.length())))
                    + "  " + unit.of(shown.of(step)) + " " + unit.word + (step.kept() ? "" : "  broke")
                    + (result.found()
                                    && step.requestedPerSecond()
                                            .equals(result.line().kept())
                            ? "  <- the line"
                            : "")
                    + "\n");
        }
    }

    /// The least is one character wide, so that it is seen.
    private static int column(long ns, long least, long most) {
        return most <= least
                ? 1
                : 1 + (int) Math.round((BAR - 1) * Math.log((double) ns / least) / Math.log((double) most / least));
    }

    private static String rate(SaturationStep step) {
        return Quantity.rate(step.requestedPerSecond().orElseThrow());
    }

    private void steps() {
        if (result.steps().isEmpty()) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        for (SaturationStep step : result.steps()) {
            rows.add(List.of(
                    Integer.toString(step.number()),
                    purpose(step),
                    step.requestedPerSecond().map(Quantity::rate).orElse("-"),
                    Quantity.rate(RateSearch.rounded(step.achievedPerSecond())),
                    step.achievedShare().map(Quantity::percent).orElse("-"),
                    latency(step.response(), Latencies::p50),
                    latency(step.response(), Latencies::p99),
                    latency(step.response(), Latencies::p999),
                    latency(step.service(), Latencies::p99),
                    Quantity.digits(step.bytesPerSecond() / (1 << 20), 4),
                    SaturationWords.verdict(step)));
        }
        text.append("\nsteps (rates in IOPS; resp is intended start to completed, serv start to completed, in "
                + unit.word + ")\n");
        table(rows);
    }

    private void table(List<List<String>> rows) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width =
                        rows.stream().mapToInt(r -> r.get(at).length()).max().orElseThrow();
                String blanks = " ".repeat(width - row.get(column).length());
                boolean words =
                        COLUMNS.get(column).equals("for") || COLUMNS.get(column).equals("verdict");
                line.append("  ").append(words ? row.get(column) + blanks : blanks + row.get(column));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
    }

    private void flags() {
        if (result.flags().isEmpty()) {
            return;
        }
        text.append('\n');
        for (Flag flag : result.flags()) {
            say("! " + flag.rule() + ": " + flag.evidence() + "; " + flag.remedy());
        }
    }

    private String latency(Optional<Latencies> latencies, ToLongFunction<Latencies> which) {
        return latencies.map(l -> unit.of(which.applyAsLong(l))).orElse("-");
    }

    private static String purpose(SaturationStep step) {
        return step.purpose().word();
    }

    private void fact(String name, String value) {
        say("  " + name + " ".repeat(13 - name.length()) + value);
    }

    private void say(String line) {
        text.append(line).append('\n');
    }
}
