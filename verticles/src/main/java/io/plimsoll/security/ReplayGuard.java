package io.plimsoll.security;

import io.plimsoll.model.Require;
import io.plimsoll.model.Session;
import java.util.HashMap;
import java.util.Map;

/// Lets each genuine counter of a session pass once: a recorded datagram that comes again does nothing. A counter more
/// than 63 behind the highest counts as seen.
///
/// What is remembered is bounded: a session is forgotten when it was silent for so long that the time in its datagrams
/// gives every one of them away, and there are never more than a fixed number of sessions. Only who has a key gets an
/// entry. Times are monotonic ms; one thread.
public final class ReplayGuard {
    public enum Verdict {
        FRESH,
        SEEN,
        /// So many sessions that one more is not remembered, and so not believed.
        FULL
    }

    private static final class Window {
        long highest;
        /// Bit n: the counter n below the highest was seen.
        long seen;
        long at;
    }

    private final int sessionsMax;
    private final long forgetMs;
    private final Map<Session, Window> windows = new HashMap<>();
    private long sweptAt;

    /// @param forgetMs not shorter than a datagram is believed after it was made
    public ReplayGuard(int sessionsMax, long forgetMs) {
        this.sessionsMax = (int) Require.positive("sessions", sessionsMax);
        this.forgetMs = Require.positive("time to forget in ms", forgetMs);
    }

    public Verdict judge(Session session, long counter, long nowMs) {
        if (nowMs - sweptAt >= forgetMs) {
            windows.values().removeIf(window -> nowMs - window.at > forgetMs);
            sweptAt = nowMs;
        }
        Window window = windows.get(session);
        if (window == null) {
            if (windows.size() >= sessionsMax) {
                return Verdict.FULL;
            }
            window = new Window();
            windows.put(session, window);
        } else if (counter <= window.highest
                && (window.highest - counter >= Long.SIZE || (window.seen >>> (window.highest - counter) & 1) == 1)) {
            return Verdict.SEEN;
        }
        if (counter > window.highest) {
            long step = counter - window.highest;
            window.seen = step >= Long.SIZE ? 0 : window.seen << step;
            window.highest = counter;
        }
        window.seen |= 1L << (window.highest - counter);
        window.at = nowMs;
        return Verdict.FRESH;
    }

    int sessions() {
        return windows.size();
    }
}
