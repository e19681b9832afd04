package io.plimsoll.bench;

import io.plimsoll.bench.RateSearch.Line;
import io.plimsoll.bench.RateSearch.Settings;
import io.plimsoll.bench.RateSearch.Step;
import java.util.List;
import java.util.Optional;

/// A part of a [RateSearch]. Immutable and pure.
sealed interface RatePhase permits RatePhase.Saturating, RateBracket, RateBisection, RateInterval, RateCurve {
    /// Empty where the search is over.
    Optional<Step> next();

    /// What follows on the verdict of the step that [#next] named.
    ///
    /// @param tried rates of all steps so far, this one's among them
    RatePhase judged(boolean kept, List<Double> tried);

    /// What is known by now.
    Line line();

    /// Steps that are still to come in the whole search if every verdict is the worst one for us.
    int stepsLeftMax();

    /// Steps that are still to come on a storage that never contradicts itself and keeps at half of its maximum.
    int stepsLeftLikely();

    /// The closed-loop step, which has no verdict.
    record Saturating(Settings settings) implements RatePhase {
        @Override
        public Optional<Step> next() {
            return Optional.of(new Step.Closed());
        }

        RatePhase saturated(double perSecond) {
            return RateBracket.from(settings, perSecond);
        }

        @Override
        public RatePhase judged(boolean kept, List<Double> tried) {
            throw new IllegalStateException("the closed-loop step has no verdict");
        }

        @Override
        public Line line() {
            return Line.unfinished(Optional.empty(), Optional.empty());
        }

        @Override
        public int stepsLeftMax() {
            return 1 + saturated(1).stepsLeftMax();
        }

        @Override
        public int stepsLeftLikely() {
            return 1 + saturated(1).stepsLeftLikely();
        }
    }
}
