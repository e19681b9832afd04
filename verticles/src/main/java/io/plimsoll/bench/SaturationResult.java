package io.plimsoll.bench;

import io.plimsoll.bench.RateSearch.Line.Standing;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What came of a search for the Plimsoll line.
///
/// @param engine that ran and how it was set up, in words; empty before the first step has ended
/// @param steps in the order of time; one that was cut short is not among them
/// @param failure why the search ended early
/// @param interrupted it was stopped from outside
public record SaturationResult(
        SaturationPlan plan,
        Optional<String> engine,
        RateSearch.Line line,
        List<SaturationStep> steps,
        List<Flag> flags,
        Optional<String> failure,
        boolean interrupted) {
    public SaturationResult {
        steps = List.copyOf(steps);
        flags = List.copyOf(flags);
    }

    /// Whether there is a line, whatever its upper end.
    public boolean found() {
        return line.standing() == Standing.FOUND || line.standing() == Standing.NO_UPPER_END;
    }

    /// Whether the search came to its own end, curve and all.
    public boolean complete() {
        return failure.isEmpty() && !interrupted;
    }

    public Optional<SaturationStep> closedLoop() {
        return steps.stream().filter(step -> step.verdict().isEmpty()).findFirst();
    }

    /// The steps at a rate.
    public List<SaturationStep> at(double perSecond) {
        return steps.stream()
                .filter(step -> step.requestedPerSecond().equals(Optional.of(perSecond)))
                .toList();
    }

    /// One step for each rate, ascending. Of several at a rate the one in the middle by its p99: a step that was
    /// measured, since percentiles are never averaged.
    public List<SaturationStep> curve() {
        TreeMap<Double, List<SaturationStep>> byRate = steps.stream()
                .filter(step -> step.requestedPerSecond().isPresent())
                .collect(Collectors.groupingBy(
                        step -> step.requestedPerSecond().get(), TreeMap::new, Collectors.toList()));
        return byRate.values().stream().map(SaturationResult::middle).toList();
    }

    private static SaturationStep middle(List<SaturationStep> repeats) {
        List<SaturationStep> ascending = repeats.stream()
                .sorted(Comparator.comparing(step ->
                        step.response().map(SaturationStep.Latencies::p99).orElse(Long.MAX_VALUE)))
                .toList();
        return ascending.get((ascending.size() - 1) / 2);
    }

    /// The highest rates kept all latencies and broke only because the rate was not followed: the SLO says nothing
    /// there.
    public boolean limitedByThroughput() {
        return !deciding().isEmpty()
                && deciding().stream()
                        .allMatch(step -> step.verdict().orElseThrow().latencyKept());
    }

    /// Those that broke at the upper end, beyond which there is no line; what was measured before the repeats chose
    /// them, and does not count.
    public List<SaturationStep> deciding() {
        List<SaturationStep> broke = line.broken().map(this::at).orElse(List.of()).stream()
                .filter(step -> !step.kept())
                .toList();
        List<SaturationStep> repeats = broke.stream()
                .filter(step -> step.purpose() == RateSearch.Purpose.REPEAT)
                .toList();
        return repeats.isEmpty() ? broke : repeats;
    }

    /// Whose line it is: of the client where at least half of the deciding steps were broken by it. Empty where
    /// nothing has been decided.
    public Optional<SaturationLimit> limitedBy() {
        if (line.standing() == Standing.UNFINISHED || deciding().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                2 * decidedByClient() >= deciding().size() ? SaturationLimit.CLIENT : SaturationLimit.STORAGE);
    }

    /// How many of the deciding steps were broken by the client.
    long decidedByClient() {
        return deciding().stream()
                .filter(step -> step.brokenBy().equals(Optional.of(SaturationLimit.CLIENT)))
                .count();
    }
}
