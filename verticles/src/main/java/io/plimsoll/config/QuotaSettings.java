package io.plimsoll.config;

import java.time.Duration;
import java.util.Optional;

/// What one run may have of a disk; empty: as much as it asks for.
///
/// @param bytes that it writes in all, its calibration included
/// @param time from the beginning of its preparation to the end of its writing
public record QuotaSettings(Optional<Long> bytes, Optional<Duration> time) {
    public QuotaSettings {
        Check.present("quota.bytes", bytes);
        bytes.ifPresent(value -> Check.size("quota.bytes", value, 1, Long.MAX_VALUE));
        Check.present("quota.time", time);
        time.ifPresent(value -> Check.duration("quota.time", value, Duration.ofSeconds(1), Duration.ofDays(366)));
    }

    static QuotaSettings of(Values values) {
        return new QuotaSettings(values.optionalBytes("quota.bytes"), values.optionalDuration("quota.time"));
    }
}
