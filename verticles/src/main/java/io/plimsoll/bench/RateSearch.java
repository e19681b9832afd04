package io.plimsoll.bench;

import io.plimsoll.model.Require;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Decides at which rates a storage is asked, one step after the other, until the Plimsoll line is known: the highest
/// rate that keeps a promise (the SLO). Immutable and pure: it knows steps and their verdicts, no clock and no storage.
///
/// 1. A closed-loop run says how much the storage does at most.
/// 2. From there geometrically down, or up, until one rate keeps and one breaks.
/// 3. Bisection of the logarithm until the two are closer than the precision.
/// 4. Repeats, because on a noisy storage one verdict proves little: the lower end of the interval is a rate that kept
///    in all of n repeats, the upper end one that broke in all of them. An end that is contradicted once moves outward,
///    in growing strides, and begins its repeats anew.
/// 5. The curve: fixed shares of the line, in random order; a rate that was measured already is not measured again.
///
/// Why the interval holds (`docs/SATURATE.md`): let the true line be the rate at which a step keeps as often as it
/// breaks. A rate above it keeps n times of n with a chance below 2^-n, a rate below it breaks n times of n likewise,
/// whatever the distribution of the noise. Nothing measured before the repeats counts for them, since it chose them.
public final class RateSearch {
    static final double BRACKET_DOWN = 2;
    static final int BRACKET_DOWN_STEPS_MAX = 10;
    static final double BRACKET_UP = 1.25;
    static final int BRACKET_UP_STEPS_MAX = 8;
    /// Strides of an end of the interval that is contradicted, in precisions: short at first, because most storages are
    /// noisy by little, and growing, because some are not.
    private static final int[] STRIDES = {1, 1, 2, 3, 5, 8, 13};
    /// Rates that are tried for one end of the interval.
    static final int RATES_OF_END_MAX = STRIDES.length + 1;

    private final Settings settings;
    private final Phase phase;
    private final List<Double> offered;

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
            return name().toLowerCase(java.util.Locale.ROOT);
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
    }

    private sealed interface Phase {
        record Saturating() implements Phase {}

        record Bracketing(double rate, Optional<Double> kept, Optional<Double> broken, int downLeft, int upLeft)
                implements Phase {}

        record Bisecting(double kept, double broken) implements Phase {}

        /// @param upper empty where no rate broke while bracketing
        record Repeating(End lower, Optional<End> upper) implements Phase {}

        record Drawing(Line line, List<Double> rates) implements Phase {}
    }

    /// One end of the interval, looking for a rate whose repeats agree.
    ///
    /// @param agreed repeats at this rate so far, all with the wanted verdict
    /// @param moves how many rates were given up before this one
    private record End(double rate, int agreed, int moves) {
        boolean sure(Settings settings) {
            return agreed >= settings.repeats();
        }

        boolean givenUp() {
            return moves >= RATES_OF_END_MAX;
        }

        /// The first rate comes from the bisection, which has its verdict; the others are new.
        boolean measured() {
            return moves == 0 || agreed > 0;
        }

        boolean open(Settings settings) {
            return !sure(settings) && !givenUp();
        }

        End agrees() {
            return new End(rate, agreed + 1, moves);
        }

        /// @param direction of the interval's growth: -1 or 1
        End contradicted(Settings settings, int direction) {
            if (moves == STRIDES.length) {
                return new End(rate, 0, moves + 1);
            }
            double stride = Math.pow(1 + settings.precision(), direction * STRIDES[moves]);
            return new End(rounded(rate * stride), 0, moves + 1);
        }

        int leftMax(Settings settings) {
            return open(settings)
                    ? settings.repeats() - agreed + (RATES_OF_END_MAX - 1 - moves) * settings.repeats()
                    : 0;
        }

        int leftAtLeast(Settings settings) {
            return open(settings) ? settings.repeats() - agreed : 0;
        }
    }

    private RateSearch(Settings settings, Phase phase, List<Double> offered) {
        this.settings = settings;
        this.phase = phase;
        this.offered = offered;
    }

    public static RateSearch begin(Settings settings) {
        return new RateSearch(settings, new Phase.Saturating(), List.of());
    }

    /// The next step; empty at the end.
    public Optional<Step> next() {
        return switch (phase) {
            case Phase.Saturating _ -> Optional.of(new Step.Closed());
            case Phase.Bracketing p -> open(p.rate(), Purpose.BRACKET);
            case Phase.Bisecting p -> open(middle(p), Purpose.BISECT);
            case Phase.Repeating p ->
                open(lowerIsNext(p) ? p.lower().rate() : p.upper().orElseThrow().rate(), Purpose.REPEAT);
            case Phase.Drawing p ->
                p.rates().isEmpty() ? Optional.empty() : open(p.rates().getFirst(), Purpose.CURVE);
        };
    }

    /// The closed-loop step has ended.
    ///
    /// @param perSecond operations that the storage completed
    public RateSearch saturated(double perSecond) {
        if (!(phase instanceof Phase.Saturating)) {
            throw new IllegalStateException("the closed-loop step has ended before");
        }
        if (!(perSecond > 0 && perSecond < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the closed-loop step completed " + perSecond + " operations per second");
        }
        return in(
                new Phase.Bracketing(
                        rounded(perSecond),
                        Optional.empty(),
                        Optional.empty(),
                        BRACKET_DOWN_STEPS_MAX,
                        BRACKET_UP_STEPS_MAX),
                offered);
    }

    /// The open-loop step that [#next] named has ended.
    public RateSearch judged(boolean kept) {
        if (!(next().orElseThrow(() -> new IllegalStateException("the search has ended")) instanceof Step.Open step)) {
            throw new IllegalStateException("the closed-loop step has no verdict");
        }
        List<Double> rates = new ArrayList<>(offered);
        rates.add(step.perSecond());
        return in(
                switch (phase) {
                    case Phase.Saturating _ -> throw new IllegalStateException("unreachable");
                    case Phase.Bracketing p -> bracketed(p, kept);
                    case Phase.Bisecting p -> bisecting(kept ? middle(p) : p.kept(), kept ? p.broken() : middle(p));
                    case Phase.Repeating p -> repeated(p, kept, rates);
                    case Phase.Drawing p ->
                        new Phase.Drawing(
                                p.line(), p.rates().subList(1, p.rates().size()));
                },
                rates);
    }

    /// What is known by now.
    public Line line() {
        return switch (phase) {
            case Phase.Saturating _ -> unfinished(Optional.empty(), Optional.empty());
            case Phase.Bracketing p -> unfinished(p.kept(), p.broken());
            case Phase.Bisecting p -> unfinished(Optional.of(p.kept()), Optional.of(p.broken()));
            case Phase.Repeating p ->
                unfinished(
                        Optional.of(p.lower()).filter(End::measured).map(End::rate),
                        p.upper().filter(End::measured).map(End::rate));
            case Phase.Drawing p -> p.line();
        };
    }

    /// Steps that are still to come if every verdict is the worst one for us: at least one less after each step.
    public int stepsLeftMax() {
        return switch (phase) {
            case Phase.Saturating _ ->
                2 + Math.max(BRACKET_DOWN_STEPS_MAX, BRACKET_UP_STEPS_MAX) + bisectionsMax() + afterwards(true);
            case Phase.Bracketing p -> bracketStepsMax(p) + bisectionsMax() + afterwards(true);
            case Phase.Bisecting p -> bisections(p.broken() / p.kept()) + afterwards(true);
            case Phase.Repeating p ->
                p.lower().leftMax(settings)
                        + p.upper().map(end -> end.leftMax(settings)).orElse(0)
                        + curveSteps();
            case Phase.Drawing p -> p.rates().size();
        };
    }

    /// Steps that are still to come on a storage that never contradicts itself and keeps at half of its maximum.
    public int stepsLeftLikely() {
        return switch (phase) {
            case Phase.Saturating _ -> 1 + 2 + bisectionsMax() + afterwards(false);
            case Phase.Bracketing p ->
                (p.kept().isPresent() || p.broken().isPresent() ? 1 : 2) + bisectionsMax() + afterwards(false);
            case Phase.Bisecting p -> bisections(p.broken() / p.kept()) + afterwards(false);
            case Phase.Repeating p ->
                p.lower().leftAtLeast(settings)
                        + p.upper().map(end -> end.leftAtLeast(settings)).orElse(0)
                        + curveSteps();
            case Phase.Drawing p -> p.rates().size();
        };
    }

    private Phase bracketed(Phase.Bracketing p, boolean kept) {
        if (kept) {
            if (p.broken().isPresent()) {
                return bisecting(p.rate(), p.broken().get());
            }
            return p.upLeft() == 0
                    ? new Phase.Repeating(new End(p.rate(), 0, 0), Optional.empty())
                    : new Phase.Bracketing(
                            rounded(p.rate() * BRACKET_UP),
                            Optional.of(p.rate()),
                            Optional.empty(),
                            p.downLeft(),
                            p.upLeft() - 1);
        }
        if (p.kept().isPresent()) {
            return bisecting(p.kept().get(), p.rate());
        }
        return p.downLeft() == 0 || rounded(p.rate() / BRACKET_DOWN) < settings.leastPerSecond()
                ? new Phase.Drawing(
                        new Line(Line.Standing.NONE_KEEPS, Optional.empty(), Optional.of(p.rate())), List.of())
                : new Phase.Bracketing(
                        rounded(p.rate() / BRACKET_DOWN),
                        Optional.empty(),
                        Optional.of(p.rate()),
                        p.downLeft() - 1,
                        p.upLeft());
    }

    private Phase bisecting(double kept, double broken) {
        return bisections(broken / kept) > 0
                ? new Phase.Bisecting(kept, broken)
                : new Phase.Repeating(new End(kept, 0, 0), Optional.of(new End(broken, 0, 0)));
    }

    /// The two ends take turns, so that a storage that changes in the meantime changes for both.
    private boolean lowerIsNext(Phase.Repeating p) {
        if (p.upper().isEmpty() || !p.upper().get().open(settings)) {
            return true;
        }
        return p.lower().open(settings) && p.lower().agreed() <= p.upper().get().agreed();
    }

    private Phase repeated(Phase.Repeating p, boolean kept, List<Double> rates) {
        Phase.Repeating after = lowerIsNext(p)
                ? new Phase.Repeating(kept ? p.lower().agrees() : p.lower().contradicted(settings, -1), p.upper())
                : new Phase.Repeating(
                        p.lower(), p.upper().map(end -> kept ? end.contradicted(settings, 1) : end.agrees()));
        if (after.lower().givenUp()) {
            return new Phase.Drawing(
                    new Line(
                            Line.Standing.NONE_KEEPS,
                            Optional.empty(),
                            Optional.of(p.lower().rate())),
                    List.of());
        }
        if (after.lower().open(settings)
                || after.upper().map(end -> end.open(settings)).orElse(false)) {
            return after;
        }
        double low = after.lower().rate();
        Optional<Double> high = after.upper().filter(end -> end.sure(settings)).map(End::rate);
        Line line =
                new Line(high.isPresent() ? Line.Standing.FOUND : Line.Standing.NO_UPPER_END, Optional.of(low), high);
        return new Phase.Drawing(line, curve(low, rates));
    }

    private List<Double> curve(double line, List<Double> measured) {
        List<Double> rates = new ArrayList<>();
        for (int percent : settings.curvePercents()) {
            double rate = percent == 100 ? line : rounded(line * percent / 100);
            if (!measured.contains(rate) && !rates.contains(rate)) {
                rates.add(rate);
            }
        }
        Collections.shuffle(rates, new Random(settings.seed()));
        return List.copyOf(rates);
    }

    private static int bracketStepsMax(Phase.Bracketing p) {
        int down = p.kept().isPresent() ? 0 : p.downLeft();
        int up = p.broken().isPresent() ? 0 : p.upLeft();
        return 1 + Math.max(down, up);
    }

    private int bisectionsMax() {
        return bisections(Math.max(BRACKET_DOWN, BRACKET_UP));
    }

    /// Halvings of the logarithm until what is left counts as the same rate; the small allowance is for rounded rates.
    private int bisections(double ratio) {
        double halvings = Math.log(Math.log(ratio) / Math.log1p(settings.precision())) / Math.log(2);
        return Math.max(0, (int) Math.ceil(halvings - 0.02));
    }

    private int afterwards(boolean worst) {
        int ofOneEnd = settings.repeats() * (worst ? RATES_OF_END_MAX : 1);
        return 2 * ofOneEnd + curveSteps();
    }

    /// The line itself has been measured by then.
    private int curveSteps() {
        return (int) settings.curvePercents().stream()
                .distinct()
                .filter(percent -> percent != 100)
                .count();
    }

    private static double middle(Phase.Bisecting p) {
        return rounded(Math.sqrt(p.kept() * p.broken()));
    }

    /// Five significant digits: a rate that a person can read and ask for again.
    static double rounded(double rate) {
        double unit = Math.pow(10, Math.floor(Math.log10(rate)) - 4);
        double whole = Math.rint(rate / unit);
        return unit < 1 ? whole / Math.rint(1 / unit) : whole * unit;
    }

    private static Line unfinished(Optional<Double> kept, Optional<Double> broken) {
        return new Line(Line.Standing.UNFINISHED, kept, broken);
    }

    private static Optional<Step> open(double perSecond, Purpose purpose) {
        return Optional.of(new Step.Open(perSecond, purpose));
    }

    private RateSearch in(Phase next, List<Double> rates) {
        return new RateSearch(settings, next, List.copyOf(rates));
    }
}
