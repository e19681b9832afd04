package io.plimsoll.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads and writes amounts of bytes. `10MB` is 10·10^6, `10MiB` is 10·2^20, `10000000` is bytes; the two families are
/// never mixed. `10M` is ambiguous (disks are sold in 10^6, other tools read 2^20): it is read as `10MB`, and
/// [Parsed#note] says so for the user to see.
public final class ByteSize {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,19})(?:\\.([0-9]{1,9}))?\\s?([A-Za-z]{0,3})");

    private ByteSize() {}

    /// @param note how an ambiguous unit was read; empty where there was no ambiguity
    public record Parsed(long bytes, String note) {}

    /// @throws IllegalArgumentException with what was wrong and what to write instead
    public static Parsed parse(String text) {
        Matcher m = FORM.matcher(text.strip());
        if (!m.matches()) {
            throw malformed(text);
        }
        String unit = m.group(3);
        long factor = factor(unit, text);
        BigDecimal number = new BigDecimal(m.group(2) == null ? m.group(1) : m.group(1) + "." + m.group(2));
        BigDecimal bytes = number.multiply(BigDecimal.valueOf(factor));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("size '" + text + "' is more than 8 EiB");
        }
        if (bytes.stripTrailingZeros().scale() > 0) {
            throw new IllegalArgumentException("size '" + text + "' is not a whole number of bytes");
        }
        boolean ambiguous = unit.length() == 1 && !unit.equalsIgnoreCase("B");
        String digits =
                text.strip().substring(0, text.strip().length() - unit.length()).strip();
        String note = ambiguous
                ? "'" + text + "' is read as " + digits + unit.toUpperCase(Locale.ROOT) + "B (" + bytes.toBigInteger()
                        + " bytes); write " + digits + unit.toUpperCase(Locale.ROOT) + "iB for powers of two"
                : "";
        return new Parsed(bytes.longValueExact(), note);
    }

    /// Bytes as a person reads them: the largest decimal unit that fits, at most four significant digits. `10 MB`.
    public static String format(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
        BigDecimal value = BigDecimal.valueOf(bytes).movePointLeft(3);
        int unit = 0;
        while (value.compareTo(BigDecimal.valueOf(999.95)) >= 0 && unit < units.length - 1) {
            value = value.movePointLeft(3);
            unit++;
        }
        int decimals = value.compareTo(BigDecimal.valueOf(100)) >= 0 ? 1 : 2;
        return value.setScale(decimals, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString() + " " + units[unit];
    }

    private static long factor(String unit, String text) {
        return switch (unit.toUpperCase(Locale.ROOT)) {
            case "", "B" -> 1L;
            case "K", "KB" -> 1_000L;
            case "M", "MB" -> 1_000_000L;
            case "G", "GB" -> 1_000_000_000L;
            case "T", "TB" -> 1_000_000_000_000L;
            case "KIB" -> 1L << 10;
            case "MIB" -> 1L << 20;
            case "GIB" -> 1L << 30;
            case "TIB" -> 1L << 40;
            default -> throw malformed(text);
        };
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is not a size; write bytes (10000000), 10MB (10^6) or 10MiB (2^20)");
    }
}
