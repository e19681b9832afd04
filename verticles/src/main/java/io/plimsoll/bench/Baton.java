package io.plimsoll.bench;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;

/// Who may touch what a data thread works with. The thread has the baton, and lays it down while it waits for the
/// storage; then the control thread may take it away for good. A thread that comes back too late finds that it has lost
/// it, and leaves all as it is.
///
/// Whoever gets the baton sees what the other did before. Laying down costs a store, taking up one compare-and-set.
final class Baton {
    private static final int AT_WORK = 0;
    private static final int LAID_DOWN = 1;
    private static final int TAKEN_AWAY = 2;

    private final AtomicInteger state = new AtomicInteger(AT_WORK);

    /// For the data thread, before a call that the storage may hold up; until [#takeUp] it touches nothing but what
    /// that call is about.
    void layDown() {
        state.setRelease(LAID_DOWN);
    }

    /// For the data thread, when the call came back.
    ///
    /// @throws CancellationException where the baton was taken away meanwhile
    void takeUp() {
        if (!state.compareAndSet(LAID_DOWN, AT_WORK)) {
            throw new CancellationException("the storage came back too late");
        }
    }

    /// For the control thread. False where the data thread has it, or it was taken away before.
    boolean takeAway() {
        return state.compareAndSet(LAID_DOWN, TAKEN_AWAY);
    }
}
