package io.plimsoll.bench;

import static io.plimsoll.bench.RateSearch.rounded;

import io.plimsoll.bench.RateSearch.Line;
import io.plimsoll.bench.RateSearch.Purpose;
import io.plimsoll.bench.RateSearch.Settings;
import io.plimsoll.bench.RateSearch.Step;
import java.util.List;
import java.util.Optional;

/// Halves the logarithm of what lies between a rate that kept and one that broke, until they count as the same.
record RateBisection(Settings settings, double kept, double broken) implements RatePhase {
    static RatePhase between(Settings settings, double kept, double broken) {
        RateBisection bisection = new RateBisection(settings, kept, broken);
        return bisection.halvings() > 0 ? bisection : RateInterval.between(settings, kept, broken);
    }

    @Override
    public Optional<Step> next() {
        return Optional.of(new Step.Open(middle(), Purpose.BISECT));
    }

    @Override
    public RatePhase judged(boolean keeps, List<Double> tried) {
        return keeps ? between(settings, middle(), broken) : between(settings, kept, middle());
    }

    @Override
    public Line line() {
        return Line.unfinished(Optional.of(kept), Optional.of(broken));
    }

    @Override
    public int stepsLeftMax() {
        return halvings() + RateInterval.between(settings, kept, broken).stepsLeftMax();
    }

    @Override
    public int stepsLeftLikely() {
        return halvings() + RateInterval.between(settings, kept, broken).stepsLeftLikely();
    }

    /// The small allowance is for rounded rates.
    private int halvings() {
        double ratio = Math.log(broken / kept) / Math.log1p(settings.precision());
        return Math.max(0, (int) Math.ceil(Math.log(ratio) / Math.log(2) - 0.02));
    }

    private double middle() {
        return rounded(Math.sqrt(kept * broken));
    }
}
