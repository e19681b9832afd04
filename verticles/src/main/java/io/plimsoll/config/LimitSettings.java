package io.plimsoll.config;

import java.time.Duration;

/// What one server takes upon itself.
///
/// @param connectionsMax TCP connections at any one time
/// @param frameBytesMax the largest frame that is read
/// @param handshakeTimeout a connection that has not said hello by then is closed
/// @param silenceTimeout a connection on which nothing arrives for so long is closed
/// @param inFlightPerConnectionMax reports read and not yet committed, of one connection
/// @param inFlightTotalMax the same, of all connections
public record LimitSettings(
        int connectionsMax,
        int frameBytesMax,
        Duration handshakeTimeout,
        Duration silenceTimeout,
        int inFlightPerConnectionMax,
        int inFlightTotalMax) {
    public LimitSettings {
        Check.count("limits.connections", connectionsMax, 1, 100_000);
        Check.size("limits.frameSize", frameBytesMax, 1 << 16, 1 << 20);
        Check.duration("limits.handshakeTimeout", handshakeTimeout, Duration.ofMillis(100), Duration.ofMinutes(5));
        Check.duration("limits.silenceTimeout", silenceTimeout, Duration.ofSeconds(1), Duration.ofHours(24));
        Check.count("limits.inFlightPerConnection", inFlightPerConnectionMax, 1, 100_000);
        Check.count("limits.inFlightTotal", inFlightTotalMax, 1, 1_000_000);
        Check.that(
                inFlightTotalMax >= inFlightPerConnectionMax,
                "limits.inFlightTotal",
                inFlightTotalMax + " is less than limits.inFlightPerConnection (" + inFlightPerConnectionMax
                        + "); write at least as much");
    }

    static LimitSettings of(Values values) {
        long frameBytes = values.bytes("limits.frameSize");
        Check.size("limits.frameSize", frameBytes, 1 << 16, 1 << 20);
        return new LimitSettings(
                values.integer("limits.connections"),
                Math.toIntExact(frameBytes),
                values.duration("limits.handshakeTimeout"),
                values.duration("limits.silenceTimeout"),
                values.integer("limits.inFlightPerConnection"),
                values.integer("limits.inFlightTotal"));
    }
}
