package io.plimsoll.client;

/// Tells a disk that does not answer from one that is slow: a call into the kernel that has not come back for
/// [#STALL_NS]. Pure; one thread.
final class StallWatch {
    static final long STALL_NS = 5_000_000_000L;

    enum Change {
        NONE,
        STALLED,
        RESUMED
    }

    private boolean stalled;

    /// @param inFlightNs how long the call that is under way has been so; 0 when there is none
    Change look(long inFlightNs) {
        if (!stalled && inFlightNs >= STALL_NS) {
            stalled = true;
            return Change.STALLED;
        }
        if (stalled && inFlightNs < STALL_NS) {
            stalled = false;
            return Change.RESUMED;
        }
        return Change.NONE;
    }

    boolean stalled() {
        return stalled;
    }
}
