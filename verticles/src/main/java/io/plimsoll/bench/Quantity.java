package io.plimsoll.bench;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/// Numbers of a search as a person reads them.
final class Quantity {
    /// One unit for all latencies of a page.
    enum TimeUnit {
        US("us", 1e3),
        MS("ms", 1e6),
        S("s", 1e9);

        final String word;
        private final double ns;

        TimeUnit(String word, double ns) {
            this.word = word;
            this.ns = ns;
        }

        /// The unit in which the limits of a promise are at least one.
        static TimeUnit forLimit(long ns) {
            if (ns < 1_000_000) {
                return US;
            }
            return ns < 1_000_000_000 ? MS : S;
        }

        String of(double latencyNs) {
            return digits(latencyNs / ns, 3);
        }
    }

    private Quantity() {}

    /// `41,237`, `12.346`: all digits before the point, at least five altogether.
    static String rate(double perSecond) {
        BigDecimal value = BigDecimal.valueOf(perSecond);
        int decimals = perSecond <= 0 ? 0 : Math.clamp(4 - (long) Math.floor(Math.log10(perSecond)), 0, 6);
        value = value.setScale(decimals, RoundingMode.HALF_UP).stripTrailingZeros();
        return String.format(Locale.ROOT, "%,." + Math.max(0, value.scale()) + "f", value);
    }

    /// `161.1 MiB/s`.
    static String mebibytes(double bytesPerSecond) {
        return digits(bytesPerSecond / (1 << 20), 4) + " MiB/s";
    }

    /// `99.4 %`, `5 %`.
    static String percent(double share) {
        String digits = digits(share * 100, 3);
        return (digits.contains(".") ? digits.replaceFirst("\\.?0+$", "") : digits) + " %";
    }

    /// All digits before the point, and as many after it as make `significant`.
    static String digits(double value, int significant) {
        if (!(Math.abs(value) > 0)) {
            return "0";
        }
        int decimals = Math.clamp(significant - 1 - (long) Math.floor(Math.log10(Math.abs(value))), 0, 6);
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
