package io.plimsoll.bench;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/// Numbers in fio's dress: few digits, then the unit. `521k`, `2034MiB/s`, `61.8MiB`.
final class FioNumbers {
    private static final String[] DECIMAL = {"", "k", "M", "G", "T", "P", "E"};
    private static final String[] BINARY = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    private static final int DIGITS = 4;

    private FioNumbers() {}

    /// `37.0k`
    static String count(double value) {
        return scaled(value, DIGITS, 1000, DECIMAL);
    }

    /// A latency in a unit that was chosen for the line already; `4912.4k` where it is a very long one in the line.
    static String latency(double value) {
        return scaled(Math.rint(value), 6, 1000, DECIMAL);
    }

    /// `145MiB`, powers of two.
    static String binaryBytes(double bytes) {
        return scaled(bytes, DIGITS, 1024, BINARY) + "B";
    }

    /// `152MB`, powers of ten.
    static String decimalBytes(double bytes) {
        return scaled(bytes, DIGITS, 1000, DECIMAL) + "B";
    }

    static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /// Up to so many digits before the point, and as many behind it as are left where one is taken for the point.
    private static String scaled(double value, int digits, int step, String[] units) {
        BigDecimal number = BigDecimal.valueOf(value);
        int unit = 0;
        while (wholeDigits(number) > digits && unit < units.length - 1) {
            number = BigDecimal.valueOf(value).divide(BigDecimal.valueOf(step).pow(++unit));
        }
        boolean whole = unit == 0 && value == Math.rint(value);
        int decimals = whole ? 0 : Math.max(0, digits - 1 - wholeDigits(number));
        return number.setScale(decimals, RoundingMode.HALF_UP).toPlainString() + units[unit];
    }

    private static int wholeDigits(BigDecimal number) {
        BigDecimal whole = number.setScale(0, RoundingMode.HALF_UP);
        return whole.precision() - whole.scale();
    }
}
