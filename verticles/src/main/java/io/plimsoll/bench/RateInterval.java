package io.plimsoll.bench;

import static io.plimsoll.bench.RateSearch.rounded;

import io.plimsoll.bench.RateSearch.Line;
import io.plimsoll.bench.RateSearch.Purpose;
import io.plimsoll.bench.RateSearch.Settings;
import io.plimsoll.bench.RateSearch.Step;
import java.util.List;
import java.util.Optional;

/// Repeats both ends of the interval in turns until all repeats of each agree: an end that is contradicted once moves
/// outward, in growing strides, and begins its repeats anew.
///
/// @param upper empty where no rate broke while bracketing
record RateInterval(Settings settings, End lower, Optional<End> upper) implements RatePhase {
    /// Of an end that is contradicted, in precisions: short at first, because most storages are noisy by little, and
    /// growing, because some are not.
    private static final int[] STRIDES = {1, 1, 2, 3, 5, 8, 13};
    /// Rates that are tried for one end.
    static final int RATES_OF_END_MAX = STRIDES.length + 1;

    /// One end, looking for a rate whose repeats agree.
    ///
    /// @param agreed repeats at this rate so far, all with the wanted verdict
    /// @param moves how many rates were given up before this one
    record End(Settings settings, double rate, int agreed, int moves) {
        static End at(Settings settings, double rate) {
            return new End(settings, rate, 0, 0);
        }

        boolean sure() {
            return agreed >= settings.repeats();
        }

        boolean givenUp() {
            return moves >= RATES_OF_END_MAX;
        }

        /// The first rate comes from the bisection, which has its verdict; the others are new.
        boolean measured() {
            return moves == 0 || agreed > 0;
        }

        boolean open() {
            return !sure() && !givenUp();
        }

        /// @param outward direction of the interval's growth: -1 or 1
        End judged(boolean agrees, int outward) {
            if (agrees) {
                return new End(settings, rate, agreed + 1, moves);
            }
            double moved = moves == STRIDES.length
                    ? rate
                    : rounded(rate * Math.pow(1 + settings.precision(), outward * STRIDES[moves]));
            return new End(settings, moved, 0, moves + 1);
        }

        int stepsLeftMax() {
            return open() ? settings.repeats() * (RATES_OF_END_MAX - moves) - agreed : 0;
        }

        int stepsLeftLikely() {
            return open() ? settings.repeats() - agreed : 0;
        }
    }

    static RateInterval between(Settings settings, double kept, double broken) {
        return new RateInterval(settings, End.at(settings, kept), Optional.of(End.at(settings, broken)));
    }

    /// Without an upper end.
    static RateInterval without(Settings settings, double kept) {
        return new RateInterval(settings, End.at(settings, kept), Optional.empty());
    }

    @Override
    public Optional<Step> next() {
        End end = lowerIsNext() ? lower : upper.orElseThrow();
        return Optional.of(new Step.Open(end.rate(), Purpose.REPEAT));
    }

    /// The two ends take turns, so that a storage that changes in the meantime changes for both.
    private boolean lowerIsNext() {
        if (upper.filter(End::open).isEmpty()) {
            return true;
        }
        return lower.open() && lower.agreed() <= upper.get().agreed();
    }

    @Override
    public RatePhase judged(boolean keeps, List<Double> tried) {
        return lowerIsNext()
                ? new RateInterval(settings, lower.judged(keeps, -1), upper).orWhatFollows(lower.rate(), tried)
                : new RateInterval(settings, lower, upper.map(end -> end.judged(!keeps, 1)))
                        .orWhatFollows(lower.rate(), tried);
    }

    /// @param lowest rate that was tried for the lower end
    private RatePhase orWhatFollows(double lowest, List<Double> tried) {
        if (lower.givenUp()) {
            return RateCurve.none(lowest);
        }
        if (lower.open() || upper.filter(End::open).isPresent()) {
            return this;
        }
        return RateCurve.of(settings, lower.rate(), upper.filter(End::sure).map(End::rate), tried);
    }

    @Override
    public Line line() {
        return Line.unfinished(
                Optional.of(lower).filter(End::measured).map(End::rate),
                upper.filter(End::measured).map(End::rate));
    }

    @Override
    public int stepsLeftMax() {
        return lower.stepsLeftMax() + upper.map(End::stepsLeftMax).orElse(0) + RateCurve.stepsMax(settings);
    }

    @Override
    public int stepsLeftLikely() {
        return lower.stepsLeftLikely() + upper.map(End::stepsLeftLikely).orElse(0) + RateCurve.stepsMax(settings);
    }
}
