package io.plimsoll.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the reader of a search must know before believing it: of the search itself, and of its steps.
final class SaturationFlags {
    /// In a search a rate that is not achieved is a verdict like any other.
    private static final String RATE_NOT_ACHIEVED = "rate-not-achieved";
    /// Ends that are so much farther apart than was asked for say that the storage contradicts itself.
    private static final double WIDE = 3;

    private SaturationFlags() {}

    static List<Flag> of(SaturationResult result) {
        List<Flag> flags = new ArrayList<>();
        fewOperations(result, flags);
        wideInterval(result, flags);
        flags.addAll(ofSteps(result.steps()));
        return flags;
    }

    private static void fewOperations(SaturationResult result, List<Flag> flags) {
        Optional<Double> rate = result.line().kept().or(() -> result.line().broken());
        rate.map(result::at).filter(steps -> !steps.isEmpty()).ifPresent(steps -> {
            long operations = steps.stream()
                    .mapToLong(step ->
                            step.response().map(SaturationStep.Latencies::count).orElse(0L))
                    .min()
                    .orElse(0);
            List<String> unsupported = result.plan().slo().unsupportedBy(operations);
            if (!unsupported.isEmpty()) {
                flags.add(new Flag(
                        "few-operations",
                        "a step at " + Quantity.rate(rate.get()) + " IOPS has " + operations
                                + " operations, too few for " + String.join(", ", unsupported),
                        "make --step_time longer, until at least 10 operations lie above the percentile"));
            }
        });
    }

    private static void wideInterval(SaturationResult result, List<Flag> flags) {
        if (result.line().standing() != RateSearch.Line.Standing.FOUND
                || !result.limitedBy().equals(Optional.of(SaturationLimit.STORAGE))) {
            return; // without both ends, or where this client made them, it says nothing of the storage
        }
        double ratio =
                result.line().broken().orElseThrow() / result.line().kept().orElseThrow();
        double asked = 1 + result.plan().search().precision();
        if (Math.log(ratio) > WIDE * Math.log(asked)) {
            flags.add(new Flag(
                    "storage-unsteady",
                    "the upper end of the interval is " + Quantity.digits(ratio, 3) + " times the lower, asked for: "
                            + Quantity.digits(asked, 3) + " times",
                    "the storage contradicted itself; make --step_time longer, or look for what else uses it"));
        }
    }

    /// Each rule once, with the evidence of its first step and the numbers of all.
    private static List<Flag> ofSteps(List<SaturationStep> steps) {
        Map<String, Flag> first = new LinkedHashMap<>();
        Map<String, List<Integer>> seen = new LinkedHashMap<>();
        for (SaturationStep step : steps) {
            for (Flag flag : step.flags()) {
                if (!flag.rule().equals(RATE_NOT_ACHIEVED)) {
                    first.putIfAbsent(flag.rule(), flag);
                    seen.computeIfAbsent(flag.rule(), _ -> new ArrayList<>()).add(step.number());
                }
            }
        }
        return first.values().stream()
                .map(flag -> new Flag(
                        flag.rule(),
                        flag.evidence() + " (" + inSteps(seen.get(flag.rule()), steps.size()) + ")",
                        flag.remedy()))
                .toList();
    }

    private static String inSteps(List<Integer> numbers, int of) {
        if (numbers.size() == of) {
            return "all steps";
        }
        if (numbers.size() == 1) {
            return "step " + numbers.getFirst();
        }
        return "the first of steps " + ranges(numbers);
    }

    /// `2, 5-9, 12` of ascending numbers.
    static String ranges(List<Integer> numbers) {
        List<String> ranges = new ArrayList<>();
        for (int from = 0, to; from < numbers.size(); from = to + 1) {
            to = from;
            while (to + 1 < numbers.size() && numbers.get(to + 1) == numbers.get(to) + 1) {
                to++;
            }
            ranges.add(from == to ? "" + numbers.get(from) : numbers.get(from) + "-" + numbers.get(to));
        }
        return String.join(", ", ranges);
    }
}
