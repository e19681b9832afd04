package io.plimsoll.bench;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// How a result is shown.
///
/// @param version of the program
/// @param percentiles in ascending order, 0 to 100
/// @param zone of the time of day, which fio shows in the zone of the machine
public record Rendering(String version, List<Double> percentiles, ZoneId zone) {
    /// fio's `percentile_list` where none is given.
    public static final List<Double> PERCENTILES = List.of(
            1.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 99.0, 99.5, 99.9, 99.95, 99.99);

    public static final int PERCENTILES_MAX = 20;

    public Rendering {
        percentiles = percentiles.stream().distinct().sorted().toList();
        if (percentiles.isEmpty() || percentiles.size() > PERCENTILES_MAX) {
            throw new IllegalArgumentException(percentiles.size() + " percentiles, allowed: 1 to " + PERCENTILES_MAX);
        }
        for (double percentile : percentiles) {
            if (!(percentile > 0 && percentile <= 100)) {
                throw new IllegalArgumentException("percentile is " + percentile + ", allowed: above 0, at most 100");
            }
        }
    }

    /// As `ctime` has it and fio shows it: `Tue Nov 24 00:42:53 2026`.
    static DateTimeFormatter time() {
        return DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ROOT);
    }
}
