package io.plimsoll.server;

import io.plimsoll.config.LimitSettings;

/// Bounds of one TCP verticle.
///
/// @param frameBytesMax longest body of a frame
/// @param handshakeTimeoutMs time from accept to a complete hello, and for the rest of a frame that has begun
/// @param silenceTimeoutMs a connection on which nothing arrives for so long is closed
/// @param windowReports reports of one connection that may wait for their commit; then its socket is paused
/// @param queueReports reports of this verticle that may wait; then all its sockets are paused
/// @param batchReports reports of one request to the persistence verticle
record TcpLimits(
        int frameBytesMax,
        long handshakeTimeoutMs,
        long silenceTimeoutMs,
        int windowReports,
        int queueReports,
        int batchReports) {
    static TcpLimits of(LimitSettings settings, int instances) {
        return new TcpLimits(
                settings.frameBytesMax(),
                settings.handshakeTimeout().toMillis(),
                settings.silenceTimeout().toMillis(),
                settings.inFlightPerConnectionMax(),
                Math.max(1, settings.inFlightTotalMax() / instances),
                Persist.Reports.COUNT_MAX);
    }
}
