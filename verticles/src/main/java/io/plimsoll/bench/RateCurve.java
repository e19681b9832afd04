package io.plimsoll.bench;

import static io.plimsoll.bench.RateSearch.rounded;

import io.plimsoll.bench.RateSearch.Line;
import io.plimsoll.bench.RateSearch.Line.Standing;
import io.plimsoll.bench.RateSearch.Purpose;
import io.plimsoll.bench.RateSearch.Settings;
import io.plimsoll.bench.RateSearch.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// The line is known: fixed shares of it, in random order, so that a storage that changes meanwhile bends no curve.
///
/// @param rates that are still to be measured
record RateCurve(Line line, List<Double> rates) implements RatePhase {
    RateCurve {
        rates = List.copyOf(rates);
    }

    /// @param broken empty: there is no upper end
    /// @param tried what was measured already is not measured again
    static RateCurve of(Settings settings, double kept, Optional<Double> broken, List<Double> tried) {
        List<Double> rates = new ArrayList<>();
        for (int percent : settings.curvePercents()) {
            double rate = percent == 100 ? kept : rounded(kept * percent / 100);
            if (!tried.contains(rate) && !rates.contains(rate)) {
                rates.add(rate);
            }
        }
        Collections.shuffle(rates, new Random(settings.seed()));
        Standing standing = broken.isPresent() ? Standing.FOUND : Standing.NO_UPPER_END;
        return new RateCurve(new Line(standing, Optional.of(kept), broken), rates);
    }

    /// There is no line, and nothing to draw shares of.
    static RateCurve none(double broken) {
        return new RateCurve(new Line(Standing.NONE_KEEPS, Optional.empty(), Optional.of(broken)), List.of());
    }

    /// The line itself has been measured by then.
    static int stepsMax(Settings settings) {
        return (int) settings.curvePercents().stream()
                .distinct()
                .filter(percent -> percent != 100)
                .count();
    }

    @Override
    public Optional<Step> next() {
        return rates.stream().findFirst().map(rate -> new Step.Open(rate, Purpose.CURVE));
    }

    @Override
    public RatePhase judged(boolean keeps, List<Double> tried) {
        return new RateCurve(line, rates.subList(1, rates.size()));
    }

    @Override
    public int stepsLeftMax() {
        return rates.size();
    }

    @Override
    public int stepsLeftLikely() {
        return rates.size();
    }
}
