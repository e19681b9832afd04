package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

final class TimeWordTest {
    private static final Instant NOW = Instant.parse("2026-11-23T21:41:29Z");

    @Test
    void timesWithoutAnOffsetAreUtc() {
        assertEquals(Instant.parse("2026-11-23T00:00:00Z"), TimeWord.parse("2026-11-23", NOW));
        assertEquals(Instant.parse("2026-11-23T20:01:00Z"), TimeWord.parse("2026-11-23T20:01", NOW));
        assertEquals(Instant.parse("2026-11-23T20:01:02Z"), TimeWord.parse("2026-11-23 20:01:02", NOW));
        assertEquals(Instant.parse("2026-11-23T19:01:02Z"), TimeWord.parse("2026-11-23T20:01:02+01:00", NOW));
        assertEquals(Instant.parse("2026-11-23T20:01:02Z"), TimeWord.parse("2026-11-23T20:01:02Z", NOW));
    }

    @Test
    void durationsAreThatLongAgo() {
        assertEquals(NOW.minusSeconds(7200), TimeWord.parse("2h", NOW));
        assertEquals(NOW.minusSeconds(3 * 86_400), TimeWord.parse("3d", NOW));
        assertEquals(NOW.minusSeconds(5400), TimeWord.parse("1h30m", NOW));
    }

    @Test
    void anythingElseIsRefusedWithWhatToWrite() {
        for (String wrong : List.of("", "yesterday", "12", "2026-13-01", "2026-11-23T25:00", "23.11.2026", "-2h")) {
            TypeConversionException e =
                    assertThrows(TypeConversionException.class, () -> TimeWord.parse(wrong, NOW), wrong);
            assertEquals(true, e.getMessage().contains("how long ago"), e.getMessage());
        }
    }
}
