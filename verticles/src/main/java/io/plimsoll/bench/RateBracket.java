package io.plimsoll.bench;

import static io.plimsoll.bench.RateSearch.rounded;

import io.plimsoll.bench.RateSearch.Line;
import io.plimsoll.bench.RateSearch.Purpose;
import io.plimsoll.bench.RateSearch.Settings;
import io.plimsoll.bench.RateSearch.Step;
import java.util.List;
import java.util.Optional;

/// Down geometrically, or up, until one rate keeps and one breaks.
///
/// @param rate that is tried next
/// @param kept the highest that kept, while going up
/// @param broken the lowest that broke, while going down
/// @param downLeft rates below this one that may be tried
/// @param upLeft rates above this one that may be tried
record RateBracket(
        Settings settings, double rate, Optional<Double> kept, Optional<Double> broken, int downLeft, int upLeft)
        implements RatePhase {
    static final double DOWN = 2;
    static final int DOWN_STEPS_MAX = 10;
    static final double UP = 1.25;
    static final int UP_STEPS_MAX = 8;

    /// @param perSecond what the closed loop achieved
    static RateBracket from(Settings settings, double perSecond) {
        return new RateBracket(
                settings, rounded(perSecond), Optional.empty(), Optional.empty(), DOWN_STEPS_MAX, UP_STEPS_MAX);
    }

    @Override
    public Optional<Step> next() {
        return Optional.of(new Step.Open(rate, Purpose.BRACKET));
    }

    @Override
    public RatePhase judged(boolean keeps, List<Double> tried) {
        return keeps ? keeps() : breaks();
    }

    private RatePhase keeps() {
        if (broken.isPresent()) {
            return RateBisection.between(settings, rate, broken.get());
        }
        return upLeft == 0
                ? RateInterval.without(settings, rate)
                : new RateBracket(settings, rounded(rate * UP), Optional.of(rate), broken, downLeft, upLeft - 1);
    }

    private RatePhase breaks() {
        if (kept.isPresent()) {
            return RateBisection.between(settings, kept.get(), rate);
        }
        double lower = rounded(rate / DOWN);
        return downLeft == 0 || lower < settings.leastPerSecond()
                ? RateCurve.none(rate)
                : new RateBracket(settings, lower, kept, Optional.of(rate), downLeft - 1, upLeft);
    }

    @Override
    public Line line() {
        return Line.unfinished(kept, broken);
    }

    @Override
    public int stepsLeftMax() {
        int down = kept.isPresent() ? 0 : downLeft;
        int up = broken.isPresent() ? 0 : upLeft;
        return 1 + Math.max(down, up) + widest().stepsLeftMax();
    }

    @Override
    public int stepsLeftLikely() {
        return (kept.isPresent() || broken.isPresent() ? 1 : 2) + widest().stepsLeftLikely();
    }

    /// What takes the most steps of all that may come of this.
    private RatePhase widest() {
        return RateBisection.between(settings, 1, Math.max(DOWN, UP));
    }
}
