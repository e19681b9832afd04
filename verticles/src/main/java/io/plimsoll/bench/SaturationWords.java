package io.plimsoll.bench;

import io.plimsoll.bench.Quantity.TimeUnit;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Durations;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Work;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a search found out, in sentences: the same in text and on a page.
final class SaturationWords {
    private final SaturationResult result;
    private final SaturationPlan plan;

    SaturationWords(SaturationResult result) {
        this.result = result;
        plan = result.plan();
    }

    /// The answer in one line.
    String headline() {
        return switch (result.line().standing()) {
            case FOUND, NO_UPPER_END ->
                (ofClient() ? "Plimsoll line of this client, not of the storage: " : "Plimsoll line: ")
                        + Quantity.rate(result.line().kept().orElseThrow()) + " IOPS"
                        + bandwidth().map(text -> " (" + text + ")").orElse("");
            case NONE_KEEPS ->
                ofClient()
                        ? "No Plimsoll line: this client broke " + plan.slo() + " itself, at whatever rate"
                        : "No Plimsoll line: no rate keeps " + plan.slo();
            case UNFINISHED ->
                result.failure().isPresent()
                        ? "Plimsoll line unknown: the search failed"
                        : "Plimsoll line unknown: the search was interrupted";
        };
    }

    /// What the answer rests on, a sentence each.
    List<String> evidence() {
        String rates = result.line().kept().map(Quantity::rate).orElse("");
        String above = result.line().broken().map(Quantity::rate).orElse("");
        String repeats = plan.search().repeats() + " of " + plan.search().repeats() + " steps";
        return switch (result.line().standing()) {
            case FOUND -> found(rates, above, repeats);
            case NO_UPPER_END ->
                List.of(
                        plan.slo() + " was kept in " + repeats + " at " + rates + " IOPS.",
                        "There is no upper end: "
                                + (result.steps().stream().anyMatch(this::brokeOpenLoop)
                                        ? "no rate above broke it in " + repeats
                                                + ", so the storage contradicts itself; longer steps (--step_time)"
                                                + " tell more."
                                        : "not even the highest rate that was tried broke it."));
            case NONE_KEEPS ->
                List.of(
                        result.steps().stream().anyMatch(SaturationStep::kept)
                                ? "Some steps kept it, but no rate did in all of "
                                        + plan.search().repeats() + "; the lowest that was repeated is " + above
                                        + " IOPS."
                                : "The lowest rate that was tried is " + above + " IOPS, of " + closedLoop()
                                        + " IOPS in closed loop; even there it broke.");
            case UNFINISHED -> unfinished(rates, above);
        };
    }

    /// What takes the answer away from the storage: that it was this client that broke the SLO.
    Optional<String> caution() {
        if (!ofClient()) {
            return Optional.empty();
        }
        List<SaturationStep> deciding = result.deciding();
        String rules = deciding.stream()
                .flatMap(step -> step.flags().stream())
                .filter(SaturationLimit::heldBack)
                .map(Flag::rule)
                .distinct()
                .collect(Collectors.joining(", "));
        return Optional.of("It was this client that broke it, in "
                + (deciding.size() == 1
                        ? "the step at "
                        : result.decidedByClient() + " of " + deciding.size() + " steps at ")
                + Quantity.rate(result.line().broken().orElseThrow()) + " IOPS: its own threads were late"
                + (rules.isEmpty() ? "" : " (" + rules + ")") + ". "
                + result.line()
                        .kept()
                        .map(kept -> "The line of the storage is not known; it is not below " + Quantity.rate(kept)
                                + " IOPS.")
                        .orElse("What the storage keeps is not known."));
    }

    private boolean ofClient() {
        return result.limitedBy().equals(Optional.of(SaturationLimit.CLIENT));
    }

    private List<String> found(String kept, String broken, String repeats) {
        String interval = "Interval " + kept + " to " + broken + " IOPS: " + plan.slo() + " was kept in " + repeats
                + " at its lower end and broken in " + repeats + " at its upper end.";
        return result.limitedByThroughput() && !ofClient()
                ? List.of(
                        interval,
                        "The SLO is too loose to decide: at the upper end latencies kept it, and the storage did not"
                                + " follow the rate.")
                : List.of(interval);
    }

    private List<String> unfinished(String kept, String broken) {
        if (kept.isEmpty() && broken.isEmpty()) {
            return List.of("No rate was judged by then.");
        }
        return List.of("By then "
                + (kept.isEmpty() ? "no rate had kept " + plan.slo() : kept + " IOPS had kept " + plan.slo())
                + (broken.isEmpty() ? ", and none had broken it." : ", and " + broken + " IOPS had broken it.")
                + " These are no ends of an interval: too few repeats.");
    }

    private boolean brokeOpenLoop(SaturationStep step) {
        return step.verdict().isPresent() && !step.kept();
    }

    /// Operations per second of the closed-loop step; `?` before it has ended.
    String closedLoop() {
        return result.closedLoop()
                .map(step -> Quantity.rate(RateSearch.rounded(step.achievedPerSecond())))
                .orElse("?");
    }

    /// Of the line, where all operations have the same size.
    private Optional<String> bandwidth() {
        return lineBytesPerSecond(result).map(Quantity::mebibytes);
    }

    static Optional<Double> lineBytesPerSecond(SaturationResult result) {
        BlockSizes blocks = result.plan().work().blocks();
        return result.found() && blocks.uniform()
                ? result.line().kept().map(rate -> rate * blocks.maxBytes())
                : Optional.empty();
    }

    /// `randread, 4 KiB, 2 threads, iodepth 16, direct`
    String work() {
        JobPlan job = plan.job().plan();
        Work.Blocks blocks = plan.work();
        String work = blocks.mode().word()
                + (blocks.mode().reads() && blocks.mode().writes() ? " with " + blocks.readPercent() + " % reads" : "")
                + ", blocks of "
                + (blocks.blocks().uniform() ? bytes(blocks.blocks().maxBytes()) : FioOptions.split(blocks.blocks()));
        return work + ", " + job.threads() + (job.threads() == 1 ? " data thread" : " data threads") + ", iodepth "
                + job.engine().iodepth() + (job.engine().direct() ? ", direct" : ", through the page cache");
    }

    /// `/mnt/storage (directory)`
    String target() {
        return switch (plan.job().target()) {
            case JobTarget.Directory(var path) -> path + " (directory)";
            case JobTarget.File(var path) -> path + " (file)";
        };
    }

    String engine() {
        return result.engine().orElse(plan.job().plan().engine().kind().word());
    }

    /// `p99<10ms of response times, at least 99 % of what was due achieved, no backlog`
    String promise() {
        return plan.slo() + " of response times, at least 99 % of what was due achieved, no backlog";
    }

    /// `24 steps of 10 s after 2 s of ramp, poisson arrivals, pacer hybrid, precision 5 %, seed 42`
    String method() {
        return result.steps().size() + " steps of " + time(plan.stepNs())
                + (plan.rampNs() > 0 ? " after " + time(plan.rampNs()) + " of ramp" : "") + ", "
                + plan.arrival().name().toLowerCase(Locale.ROOT) + " arrivals, pacer "
                + plan.pacer().name().toLowerCase(Locale.ROOT) + ", precision "
                + Quantity.percent(plan.search().precision()) + ", seed "
                + plan.job().plan().seed();
    }

    /// `kept`, or what broke.
    static String verdict(SaturationStep step) {
        return step.verdict()
                .map(verdict -> verdict.kept()
                        ? "kept"
                        : "broke: " + String.join(", ", verdict.broken())
                                + (step.brokenBy().equals(Optional.of(SaturationLimit.CLIENT)) ? " (this client)" : ""))
                .orElse("-");
    }

    /// One unit for all latencies: that of the strictest limit.
    TimeUnit unit() {
        return TimeUnit.forLimit(
                plan.slo().terms().stream().mapToLong(SloTerm::limitNs).min().orElseThrow());
    }

    /// `10 s`, `1.5 s`, `462 ms`
    static String time(long ns) {
        return Durations.format(Duration.ofNanos(ns))
                .replaceFirst("(\\.[0-9]*?)0+ ", "$1 ")
                .replace(". ", " ");
    }

    /// `4 KiB`, `1 MiB`, `500 B`: exact, as sizes of blocks are.
    private static String bytes(long bytes) {
        if (bytes % (1 << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        return bytes % 1024 == 0 ? (bytes >> 10) + " KiB" : bytes + " B";
    }
}
