package io.plimsoll.io;

/// Lets a data thread wake up when it wants to.
public final class ThreadTimers {
    private ThreadTimers() {}

    /// Sleeps and parks of the calling thread are not put off any more so that they end together with others': the
    /// kernel does so by up to 50 µs, which was two thirds of a pacer's lateness. Waits in a ring never are.
    public static void makePrecise() throws PosixException {
        try (Posix posix = new Posix()) {
            posix.timerSlack(1);
        }
    }
}
