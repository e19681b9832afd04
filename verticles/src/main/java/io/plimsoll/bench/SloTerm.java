package io.plimsoll.bench;

import io.plimsoll.model.Require;
import io.plimsoll.stats.LatencyHistogram;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One promise about response times (intended start to completed): `p99<10ms`, `max<1s`, `mean<500us`.
///
/// @param limitNs that the measured value must stay below
public record SloTerm(Measure measure, long limitNs) {
    public static final double PERCENTILE_MIN = 50;
    public static final double PERCENTILE_MAX = 99.99;
    /// Histograms end there.
    private static final long LIMIT_NS_MAX = 3_600_000_000_000L;

    private static final Pattern NAME = reads("p[0-9]{1,2}(\\.[0-9]{1,4})?|max|mean");
    private static final Pattern BELOW = reads("<(?!=)");
    private static final Pattern NUMBER = reads("[0-9]{1,12}(\\.[0-9]{1,9})?");
    private static final Pattern UNIT = reads("ns|us|\u00b5s|\u03bcs|ms|s");

    /// What of a step's response times is compared.
    public sealed interface Measure {
        /// As it is written in a promise.
        String word();

        double ofNs(LatencyHistogram responses);

        record Percentile(double percentile) implements Measure {
            public Percentile {
                if (!(percentile >= PERCENTILE_MIN && percentile <= PERCENTILE_MAX)) {
                    throw new IllegalArgumentException(
                            "percentile is " + percentile + ", allowed: p50 to p99.99; the worst of all is max");
                }
            }

            @Override
            public String word() {
                return "p" + BigDecimal.valueOf(percentile).stripTrailingZeros().toPlainString();
            }

            @Override
            public double ofNs(LatencyHistogram responses) {
                return responses.percentileNs(percentile);
            }

            /// How many of the operations may be slower, at most.
            double shareAbove() {
                return 1 - percentile / 100;
            }
        }

        record Max() implements Measure {
            @Override
            public String word() {
                return "max";
            }

            @Override
            public double ofNs(LatencyHistogram responses) {
                return responses.maxNs();
            }
        }

        record Mean() implements Measure {
            @Override
            public String word() {
                return "mean";
            }

            @Override
            public double ofNs(LatencyHistogram responses) {
                return responses.isEmpty() ? 0 : responses.meanNs();
            }
        }
    }

    public SloTerm {
        Require.present("measure", measure);
        Require.inRange("limit in ns", limitNs, 1, LIMIT_NS_MAX);
    }

    /// Reads `p99<10ms`; blanks do not matter.
    ///
    /// @throws IllegalArgumentException in three lines: what is wrong and what to write, the text, a caret
    public static SloTerm parse(String text) {
        Reader in = new Reader(text);
        String name = in.take(NAME, "begins with p50 to p99.99, max or mean");
        Measure measure = switch (name) {
            case "max" -> new Measure.Max();
            case "mean" -> new Measure.Mean();
            default -> in.percentile(name);
        };
        in.take(BELOW, "needs '<' here, for example p99<10ms");
        BigDecimal number = new BigDecimal(in.take(NUMBER, "needs a time here, for example 10ms"));
        String unit = in.take(UNIT, "needs a unit after the number: ns, us, ms or s");
        in.end();
        BigDecimal ns = number.multiply(
                switch (unit) {
                    case "ns" -> BigDecimal.ONE;
                    case "ms" -> BigDecimal.valueOf(1_000_000);
                    case "s" -> BigDecimal.valueOf(1_000_000_000);
                    default -> BigDecimal.valueOf(1_000);
                });
        if (ns.compareTo(BigDecimal.ONE) < 0 || ns.compareTo(BigDecimal.valueOf(LIMIT_NS_MAX)) > 0) {
            throw in.wrong("has a time out of range, allowed: 1ns to 3600s", in.numberAt);
        }
        if (ns.stripTrailingZeros().scale() > 0) {
            throw in.wrong("has a time that is not a whole number of ns", in.numberAt);
        }
        return new SloTerm(measure, ns.longValue());
    }

    private static Pattern reads(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    /// Whether response times keep the promise; none at all keep nothing.
    public boolean keptBy(LatencyHistogram responses) {
        return !responses.isEmpty() && measure.ofNs(responses) < limitNs;
    }

    /// As it was written, in the shortest form: `p99<10ms`.
    @Override
    public String toString() {
        String[] units = {"ns", "us", "ms", "s"};
        BigDecimal limit = BigDecimal.valueOf(limitNs);
        int unit = 0;
        while (unit < units.length - 1 && limit.compareTo(BigDecimal.valueOf(1000)) >= 0) {
            limit = limit.movePointLeft(3);
            unit++;
        }
        return measure.word() + "<" + limit.stripTrailingZeros().toPlainString() + units[unit];
    }

    /// Takes the text apart from left to right and knows where it stands.
    private static final class Reader {
        private final String text;
        private int at;
        private int numberAt;

        Reader(String text) {
            this.text = text;
        }

        String take(Pattern what, String lacking) {
            skipBlanks();
            Matcher matcher = what.matcher(text).region(at, text.length());
            if (!matcher.lookingAt()) {
                throw wrong(lacking, at);
            }
            numberAt = what == NUMBER ? at : numberAt;
            at = matcher.end();
            return matcher.group().toLowerCase(Locale.ROOT);
        }

        Measure percentile(String name) {
            try {
                return new Measure.Percentile(Double.parseDouble(name.substring(1)));
            } catch (IllegalArgumentException _) {
                throw wrong(
                        "has a percentile out of range, allowed: p50 to p99.99; the worst of all is max",
                        at - name.length());
            }
        }

        void end() {
            skipBlanks();
            if (at < text.length()) {
                throw wrong("goes on after the unit; write each promise as an --slo of its own", at);
            }
        }

        private void skipBlanks() {
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
        }

        IllegalArgumentException wrong(String what, int place) {
            return new IllegalArgumentException(
                    "SLO '" + text + "' " + what + "\n  " + text + "\n  " + " ".repeat(place) + "^");
        }
    }
}
