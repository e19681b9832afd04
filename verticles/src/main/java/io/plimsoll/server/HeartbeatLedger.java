package io.plimsoll.server;

/// Counts the heartbeats of one session by their own counter: which came, which are missing, which came twice.
///
/// Datagrams may be lost, doubled and reordered; a number more than 64 behind the highest is taken for a double. One
/// that leaps ahead by as much is a sign of life, but is counted only when the next one is near it: else a single
/// datagram out of nowhere would make doubles of all that the client ever sends. Not thread-safe.
final class HeartbeatLedger {
    private static final long NONE = 0;

    private long highest;
    private long window;
    private long multicast;
    private long unicast;
    /// A counter far ahead of the others, and how it came.
    private long leapt = NONE;
    private boolean leaptByUnicast;

    /// @param before counted by a former server, or before a former connection was forgotten
    HeartbeatLedger(Persist.HeartbeatCounts before) {
        multicast = before.multicast();
        unicast = before.unicast();
        highest = before.multicast() + before.unicast() + before.missed();
        window = -1;
    }

    /// @return false for one that was counted before
    boolean count(long counter, boolean byUnicast) {
        if (counter - highest >= Long.SIZE) {
            if (counter == leapt) {
                return false;
            }
            if (leapt == NONE || Math.abs(counter - leapt) >= Long.SIZE) {
                leapt = counter;
                leaptByUnicast = byUnicast;
                return true;
            }
            add(leapt, leaptByUnicast);
        } else if (counter <= highest
                && (highest - counter >= Long.SIZE || (window >>> (highest - counter) & 1) == 1)) {
            return false;
        }
        add(counter, byUnicast);
        leapt = NONE;
        return true;
    }

    private void add(long counter, boolean byUnicast) {
        if (counter > highest) {
            long step = counter - highest;
            window = step >= Long.SIZE ? 0 : window << step;
            highest = counter;
        }
        window |= 1L << (highest - counter);
        if (byUnicast) {
            unicast++;
        } else {
            multicast++;
        }
    }

    /// Missed are those that were sent, by their numbers, and not heard (yet).
    Persist.HeartbeatCounts counts() {
        return new Persist.HeartbeatCounts(multicast, unicast, highest - multicast - unicast);
    }
}
