package io.plimsoll.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Numbers as a person compares them: one unit and one number of decimals for a whole column, three significant digits
/// for the smallest number in it. Absent ones are `-`.
public final class Figures {
    static final String ABSENT = "-";
    private static final int DECIMALS_MAX = 3;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME_OF_DAY =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    static final DateTimeFormatter TIME_WITH_MILLIS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

    /// @param per how many of the base unit (bytes, ns) make one
    public record Unit(String name, double per) {}

    private static final List<Unit> BYTES = List.of(
            new Unit("B", 1), new Unit("kB", 1e3), new Unit("MB", 1e6), new Unit("GB", 1e9), new Unit("TB", 1e12));

    private Figures() {}

    /// The largest unit in which the largest amount has at least two digits before the point.
    static Unit bytes(long maxBytes) {
        Unit chosen = BYTES.getFirst();
        for (Unit unit : BYTES) {
            chosen = maxBytes >= 10 * unit.per() ? unit : chosen;
        }
        return chosen;
    }

    /// The unit of a table of latencies.
    static Unit time(long maxNs) {
        if (maxNs < 10_000_000L) {
            return new Unit("us", 1e3);
        }
        return maxNs < 100_000_000_000L ? new Unit("ms", 1e6) : new Unit("s", 1e9);
    }

    static List<String> column(List<Optional<Double>> values) {
        return column(values, DECIMALS_MAX);
    }

    static List<String> column(List<Optional<Double>> values, int decimalsMax) {
        int decimals = decimals(values.stream().flatMap(Optional::stream).toList(), decimalsMax);
        List<String> cells = new ArrayList<>(values.size());
        for (Optional<Double> value : values) {
            cells.add(fixed(value, decimals));
        }
        return cells;
    }

    /// A single number with three significant digits, or all of those before its point.
    static String number(double value) {
        return fixed(value, decimals(List.of(value), DECIMALS_MAX));
    }

    static String fixed(Optional<Double> value, int decimals) {
        return value.map(v -> fixed(v, decimals)).orElse(ABSENT);
    }

    static String fixed(double value, int decimals) {
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value)
                        .setScale(decimals, RoundingMode.HALF_UP)
                        .toPlainString()
                : "n/a";
    }

    /// Decimals that give the smallest of the numbers three significant digits.
    static int decimals(Collection<Double> values) {
        return decimals(values, DECIMALS_MAX);
    }

    private static int decimals(Collection<Double> values, int decimalsMax) {
        double least = values.stream()
                .map(Math::abs)
                .filter(v -> v > 0 && Double.isFinite(v))
                .min(Double::compare)
                .orElse(100.0);
        boolean whole = values.stream().allMatch(v -> v == Math.rint(v));
        return whole ? 0 : Math.clamp(2 - (long) Math.floor(Math.log10(least)), 0, decimalsMax);
    }

    /// `2026-11-23 21:41:29` in UTC.
    static String time(Instant at) {
        return TIME.format(at);
    }

    /// `21:41:29.012` in UTC.
    static String timeOfDay(Instant at) {
        return TIME_OF_DAY.format(at);
    }

    /// `12.3 s`, `1m 2s`, `3h 4m 5s`, `2d 3h`.
    static String duration(double seconds) {
        if (seconds < 59.95) {
            return number(seconds) + " s";
        }
        long s = Math.round(seconds);
        if (s < 3600) {
            return s / 60 + "m " + s % 60 + "s";
        }
        return s < 86_400
                ? s / 3600 + "h " + s / 60 % 60 + "m " + s % 60 + "s"
                : s / 86_400 + "d " + s / 3600 % 24 + "h";
    }
}
