package io.plimsoll.server;

import io.plimsoll.security.HeartbeatTags;
import io.plimsoll.security.ReplayGuard;
import io.plimsoll.wire.Heartbeat;
import io.plimsoll.wire.WireException;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/// Lets heartbeats in that are genuine, of now, and did not come before. Where there are no keys, nothing can be known
/// of them but that they are whole, and all of these pass.
///
/// What is no heartbeat of ours leaves no trace here, however much of it there is. One thread.
final class HeartbeatGate {
    static final int SESSIONS_MAX = 10_000;
    /// A datagram of a clock that is ahead is believed twice as long.
    private static final long FORGET_MS = 2 * Heartbeat.CLOCK_TOLERANCE_MS + 10_000;

    private final ReplayGuard guard = new ReplayGuard(SESSIONS_MAX, FORGET_MS);

    /// @param wallMs wall clock
    /// @param nowMs monotonic
    /// @return empty for one that came before: networks double datagrams too, so it is no fault
    /// @throws WireException saying why the datagram is not let in
    Optional<Heartbeat> admit(Buffer datagram, HeartbeatTags tags, long wallMs, long nowMs) {
        Heartbeat beat = Heartbeat.decode(datagram, wallMs, tags);
        if (!tags.authenticate()) {
            return Optional.of(beat);
        }
        return switch (guard.judge(beat.session(), beat.counter(), nowMs)) {
            case FRESH -> Optional.of(beat);
            case SEEN -> Optional.empty();
            case FULL -> throw new WireException("heartbeat of one more than " + SESSIONS_MAX + " clients");
        };
    }
}
