package io.plimsoll.bench;

import io.plimsoll.model.Require;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Decides at which rates a storage is asked, one step after the other, until the Plimsoll line is known: the highest
/// rate that keeps a promise (the SLO). Immutable and pure: it knows steps and their verdicts, no clock and no storage.
///
/// 1. A closed-loop run says how much the storage does at most ([RatePhase.Saturating]).
/// 2. From there geometrically down, or up, until one rate keeps and one breaks ([RateBracket]).
/// 3. Bisection of the logarithm until the two are closer than the precision ([RateBisection]).
/// 4. Repeats, because on a noisy storage one verdict proves little: the lower end of the interval is a rate that kept
///    in all of n repeats, the upper end one that broke in all of them. An end that is contradicted once moves outward,
///    in growing strides, and begins its repeats anew ([RateInterval]).
/// 5. The curve ([RateCurve]): fixed shares of the line, in random order; a rate that was measured already is not
///    measured again.
///
/// Why the interval holds (`docs/SATURATE.md`): let the true line be the rate at which a step keeps as often as it
/// breaks. A rate above it keeps n times of n with a chance below 2^-n, a rate below it breaks n times of n likewise,
/// whatever the distribution of the noise. Nothing measured before the repeats counts for them, since it chose them.
public final class RateSearch {
    private final RatePhase phase;
    private final List<Double> tried;

    /// @param precision ratio between two rates, less one, that counts as the same: 0.05
    /// @param repeats that must agree at each end of the interval
    /// @param leastPerSecond below which no rate is tried: steps would have too few operations
    /// @param curvePercents of the line
    /// @param seed of the order of the curve
    public record Settings(
            double precision, int repeats, double leastPerSecond, List<Integer> curvePercents, long seed) {
        public static final double PRECISION_MIN = 0.01;
        public static final double PRECISION_MAX = 0.5;
        public static final int REPEATS_MAX = 20;
        /// As vdbench's `iorate=curve`.
        public static final List<Integer> CURVE_PERCENTS = List.of(10, 50, 70, 80, 90, 100);

        public Settings {
            if (!(precision >= PRECISION_MIN && precision <= PRECISION_MAX)) {
                throw new IllegalArgumentException(
                        "precision is " + plain(precision * 100) + " %, allowed: 1 % to 50 %");
            }
            Require.inRange("number of repeats", repeats, 1, REPEATS_MAX);
            Require.notNegative("least rate", leastPerSecond);
            curvePercents = List.copyOf(curvePercents);
            curvePercents.forEach(percent -> Require.inRange("share of the line in per cent", percent, 1, 100));
        }

        private static String plain(double value) {
            return Double.toString(Math.round(value * 100) / 100.0);
        }
    }

    /// Why a step is run.
    public enum Purpose {
        SATURATE,
        BRACKET,
        BISECT,
        REPEAT,
        CURVE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What to run next.
    public sealed interface Step {
        Purpose purpose();

        /// As fast as the storage answers.
        record Closed() implements Step {
            @Override
            public Purpose purpose() {
                return Purpose.SATURATE;
            }
        }

        /// Open loop.
        ///
        /// @param perSecond operations of all data threads together
        record Open(double perSecond, Purpose purpose) implements Step {}
    }

    /// What is known of the line.
    ///
    /// @param kept the lower end of the interval
    /// @param broken the upper end of the interval
    public record Line(Standing standing, Optional<Double> kept, Optional<Double> broken) {
        public enum Standing {
            /// Both ends by agreeing repeats.
            FOUND,
            /// The lower end is sure; no rate broke in all repeats, or at all.
            NO_UPPER_END,
            /// No rate kept, or none in all repeats; the upper end is the lowest that broke.
            NONE_KEEPS,
            /// The search has not come to its end; both ends are single verdicts, if there are any.
            UNFINISHED
        }

        static Line unfinished(Optional<Double> kept, Optional<Double> broken) {
            return new Line(Standing.UNFINISHED, kept, broken);
        }
    }

    private RateSearch(RatePhase phase, List<Double> tried) {
        this.phase = phase;
        this.tried = tried;
    }

    public static RateSearch begin(Settings settings) {
        return new RateSearch(new RatePhase.Saturating(settings), List.of());
    }

    /// The next step; empty at the end.
    public Optional<Step> next() {
        return phase.next();
    }

    /// The closed-loop step has ended.
    ///
    /// @param perSecond operations that the storage completed
    public RateSearch saturated(double perSecond) {
        if (!(phase instanceof RatePhase.Saturating saturating)) {
            throw new IllegalStateException("the closed-loop step has ended before");
        }
        if (!(perSecond > 0 && perSecond < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the closed-loop step completed " + perSecond + " operations per second");
        }
        return new RateSearch(saturating.saturated(perSecond), tried);
    }

    /// The open-loop step that [#next] named has ended.
    public RateSearch judged(boolean kept) {
        if (!(next().orElseThrow(() -> new IllegalStateException("the search has ended")) instanceof Step.Open step)) {
            throw new IllegalStateException("the closed-loop step has no verdict");
        }
        List<Double> rates =
                Stream.concat(tried.stream(), Stream.of(step.perSecond())).toList();
        return new RateSearch(phase.judged(kept, rates), rates);
    }

    /// What is known by now.
    public Line line() {
        return phase.line();
    }

    /// Steps that are still to come if every verdict is the worst one for us: at least one less after each step.
    public int stepsLeftMax() {
        return phase.stepsLeftMax();
    }

    /// Steps that are still to come on a storage that never contradicts itself and keeps at half of its maximum.
    public int stepsLeftLikely() {
        return phase.stepsLeftLikely();
    }

    /// Five significant digits: a rate that a person can read and ask for again.
    static double rounded(double rate) {
        double unit = Math.pow(10, Math.floor(Math.log10(rate)) - 4);
        double whole = Math.rint(rate / unit);
        return unit < 1 ? whole / Math.rint(1 / unit) : whole * unit;
    }
}
