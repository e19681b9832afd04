package io.plimsoll.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FiguresTest {
    @Test
    void aColumnHasOneNumberOfDecimalsThatSuitsItsSmallestNumber() {
        assertEquals(
                List.of("410.2", "98.7", "-"),
                Figures.column(List.of(Optional.of(410.236), Optional.of(98.7), Optional.empty())));
        assertEquals(List.of("10", "200"), Figures.column(List.of(Optional.of(10.0), Optional.of(200.0))));
        assertEquals(List.of("0.005", "12.000"), Figures.column(List.of(Optional.of(0.0049), Optional.of(12.0))));
        assertEquals(List.of("-"), Figures.column(List.of(Optional.empty())));
        assertEquals(List.of("n/a", "1.50"), Figures.column(List.of(Optional.of(Double.NaN), Optional.of(1.5))));
    }

    @Test
    void unitsKeepTheLargestNumberShort() {
        assertEquals("B", Figures.bytes(9_999).name());
        assertEquals("kB", Figures.bytes(10_000).name());
        assertEquals("MB", Figures.bytes(1_525_000_000).name());
        assertEquals("GB", Figures.bytes(10_000_000_000L).name());
        assertEquals("us", Figures.time(9_999_999).name());
        assertEquals("ms", Figures.time(10_000_000).name());
        assertEquals("s", Figures.time(100_000_000_000L).name());
    }

    @Test
    void durationsReadAsPeopleSayThem() {
        assertEquals("0.120 s", Figures.duration(0.12));
        assertEquals("12.3 s", Figures.duration(12.3));
        assertEquals("1m 0s", Figures.duration(59.97));
        assertEquals("1h 1m 1s", Figures.duration(3661));
        assertEquals("2d 3h", Figures.duration(2 * 86_400 + 3 * 3600 + 59));
    }

    @Test
    void timesAreUtcWhateverTheMachineSays() {
        assertEquals("2026-11-23 21:41:29", Figures.time(Instant.parse("2026-11-23T21:41:29.999Z")));
        assertEquals("21:41:29.012", Figures.timeOfDay(Instant.parse("2026-11-23T21:41:29.012Z")));
    }
}
