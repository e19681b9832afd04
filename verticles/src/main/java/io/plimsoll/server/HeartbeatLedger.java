package io.plimsoll.server;

/// Counts the heartbeats of one session by their own counter: which came, which are missing, which came twice.
///
/// Datagrams may be lost, doubled and reordered; a number more than 64 behind the highest is taken for a double. Not
/// thread-safe.
final class HeartbeatLedger {
    private long highest;
    private long window;
    private long multicast;
    private long unicast;

    /// @param before counted by a former server, or before a former connection was forgotten
    HeartbeatLedger(Persist.HeartbeatCounts before) {
        multicast = before.multicast();
        unicast = before.unicast();
        highest = before.multicast() + before.unicast() + before.missed();
        window = -1;
    }

    /// @return false for one that was counted before
    boolean count(long counter, boolean byUnicast) {
        if (counter > highest) {
            long step = counter - highest;
            window = step >= Long.SIZE ? 0 : window << step;
            highest = counter;
        } else if (highest - counter >= Long.SIZE || (window >>> (highest - counter) & 1) == 1) {
            return false;
        }
        window |= 1L << (highest - counter);
        if (byUnicast) {
            unicast++;
        } else {
            multicast++;
        }
        return true;
    }

    /// Missed are those that were sent, by their numbers, and not heard (yet).
    Persist.HeartbeatCounts counts() {
        return new Persist.HeartbeatCounts(multicast, unicast, highest - multicast - unicast);
    }
}
