package io.plimsoll.launcher;

import static io.plimsoll.launcher.Typed.or;

import io.plimsoll.bench.JobRequest;
import io.plimsoll.bench.RateSearch;
import io.plimsoll.bench.SaturationPlan;
import io.plimsoll.bench.Slo;
import io.plimsoll.model.Load;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Flags that say how the Plimsoll line is searched for.
final class SearchOptions extends LoadOptions {
    private static final long STEP_NS = 10_000_000_000L;
    private static final long RAMP_NS_MAX = 2_000_000_000L;
    private static final double PRECISION = 0.05;
    private static final int REPEATS = 5;
    /// Of a step: with fewer, every percentile is its worst operation.
    private static final int OPERATIONS_MIN = 20;

    @Option(
            names = "--slo",
            paramLabel = "TERM",
            description =
                    "What has to hold of response times: p50 to p99.99, max or mean, below a time in ns, us, ms or"
                            + " s: 'p99<10ms'. Several of them must all hold.")
    private List<String> slo;

    @Option(
            names = "--step_time",
            paramLabel = "TIME",
            converter = FioWords.Time.class,
            description = "Measured time of a step, at one rate (10).")
    private Long stepNs;

    @Option(
            names = "--ramp_time",
            paramLabel = "TIME",
            converter = FioWords.Time.class,
            description = "Work at the same rate before it (a fifth of the step, at most 2).")
    private Long rampNs;

    @Option(
            names = "--precision",
            paramLabel = "PERCENT",
            converter = PercentWord.class,
            description = "Rates so close to each other are the same: 1%% to 50%% (5%%).")
    private Double precision;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            converter = WholeWord.class,
            description = "Steps that must agree at each end of the interval, 1 to 20 (5).")
    private Long repeats;

    static final class PercentWord implements ITypeConverter<Double> {
        private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3})?) ?%");

        @Override
        public Double convert(String text) {
            Matcher matcher = PERCENT.matcher(text.strip());
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is no share in per cent; write 5%");
            }
            double share = Double.parseDouble(matcher.group(1)) / 100;
            if (!(share >= RateSearch.Settings.PRECISION_MIN && share <= RateSearch.Settings.PRECISION_MAX)) {
                throw new TypeConversionException("'" + text + "' is out of range; write 1% to 50%");
            }
            return share;
        }
    }

    /// @throws IllegalArgumentException with what cannot be searched for, and what to write instead
    SaturationPlan plan(JobRequest job) {
        long step = within("--step_time", or(stepNs, STEP_NS), SaturationPlan.STEP_NS_MIN, "10");
        long ramp = within("--ramp_time", or(rampNs, Math.min(step / 5, RAMP_NS_MAX)), 0, "2");
        return new SaturationPlan(
                job,
                Slo.parse(or(slo, List.of())),
                new RateSearch.Settings(
                        or(precision, PRECISION),
                        Typed.within("--repeats", repeats, REPEATS, 1, RateSearch.Settings.REPEATS_MAX),
                        OPERATIONS_MIN * 1e9 / step,
                        RateSearch.Settings.CURVE_PERCENTS,
                        job.plan().seed()),
                or(arrival, Load.Arrival.POISSON),
                pacer(),
                step,
                ramp);
    }

    private static long within(String flag, long ns, long minNs, String usual) {
        if (ns < minNs || ns > SaturationPlan.STEP_NS_MAX) {
            throw new IllegalArgumentException(flag + "=" + FioWords.timeWord(ns) + " is out of range; write "
                    + FioWords.timeWord(minNs) + " to " + FioWords.timeWord(SaturationPlan.STEP_NS_MAX)
                    + ", for example "
                    + flag + "=" + usual);
        }
        return ns;
    }
}
