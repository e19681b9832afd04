package io.plimsoll.model;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads and writes durations: `500ms`, `10s`, `5m`, `1h30m`. A number without a unit is refused.
public final class Durations {
    private static final Pattern PART = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");

    private Durations() {}

    /// @throws IllegalArgumentException with what was wrong and what to write instead
    public static Duration parse(String text) {
        String s = text.strip().toLowerCase(Locale.ROOT);
        Matcher m = PART.matcher(s);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (end < s.length() && m.find(end) && m.start() == end) {
            long n = Long.parseLong(m.group(1));
            sum = sum.plus(
                    switch (m.group(2)) {
                        case "ms" -> Duration.ofMillis(n);
                        case "s" -> Duration.ofSeconds(n);
                        case "m" -> Duration.ofMinutes(n);
                        case "h" -> Duration.ofHours(n);
                        default -> Duration.ofDays(Math.min(n, 1_000_000));
                    });
            end = m.end();
        }
        if (end == 0 || end != s.length()) {
            String hint = s.matches("[0-9]+") ? s + "s" : "500ms, 10s, 5m or 1h30m";
            throw new IllegalArgumentException("'" + text + "' is not a duration; write " + hint);
        }
        if (sum.compareTo(Duration.ofDays(366)) > 0) {
            throw new IllegalArgumentException("'" + text + "' is longer than 366 days");
        }
        return sum;
    }

    /// `1h 2m 3s`, `12.5 s`, `340 ms`, `85.2 µs`: one form for every page.
    public static String format(Duration d) {
        long ns = d.toNanos();
        if (ns < 1_000) {
            return ns + " ns";
        }
        if (ns < 1_000_000) {
            return digits(ns / 1e3) + " µs";
        }
        if (ns < 1_000_000_000L) {
            return digits(ns / 1e6) + " ms";
        }
        if (d.toSeconds() < 60) {
            return digits(ns / 1e9) + " s";
        }
        String hours = d.toHours() > 0 ? d.toHours() + "h " : "";
        return hours + d.toMinutesPart() + "m " + d.toSecondsPart() + "s";
    }

    private static String digits(double value) {
        String text = String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
