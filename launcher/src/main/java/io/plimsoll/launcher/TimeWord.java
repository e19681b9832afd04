package io.plimsoll.launcher;

import io.plimsoll.model.Durations;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A time on the command line: ISO 8601, in UTC where it names no offset, as everything that is printed; or how long
/// ago, `2h`, `3d`.
final class TimeWord implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
        return parse(text, Instant.now());
    }

    static Instant parse(String text, Instant now) {
        String word = text.strip().replace(' ', 'T');
        try {
            return switch (word.length()) {
                case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> now.minus(Durations.parse(word));
                case 10 -> LocalDate.parse(word).atStartOfDay().toInstant(ZoneOffset.UTC);
                default -> withTimeOfDay(word);
            };
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw new TypeConversionException("'" + text
                    + "' is not a time; write 2026-11-23, 2026-11-23T21:41:29 (UTC), 2026-11-23T22:41:29+01:00,"
                    + " or how long ago: 90s, 2h, 3d");
        }
    }

    private static Instant withTimeOfDay(String word) {
        try {
            return OffsetDateTime.parse(word).toInstant();
        } catch (DateTimeParseException _) {
            return LocalDateTime.parse(word).toInstant(ZoneOffset.UTC);
        }
    }
}
