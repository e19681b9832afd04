package io.plimsoll.server;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Decides what a few writers write and when again: each takes what is there whenever it is free, so batches grow with
/// the load and nothing waits for a timer. Pure: (event, now) → actions; `now` is a monotonic clock in ms. One thread.
///
/// @param <T> what is needed to answer a request
final class Writers<T> {
    sealed interface Event<T> {
        record Ask<T>(T ticket, List<Persist.Numbered> reports) implements Event<T> {}

        record Written<T>(WriteQueue.Batch<T> batch, Persist.Stored stored) implements Event<T> {}

        /// The batch is not committed, or nobody knows.
        ///
        /// @param code a failure code of [Persist]
        record Failed<T>(WriteQueue.Batch<T> batch, int code, String reason) implements Event<T> {}

        /// The time of [Action.WakeAt] has come.
        record Wake<T>() implements Event<T> {}

        /// What is waiting fails now, and what fails from now on is not tried again.
        record GiveUp<T>() implements Event<T> {}
    }

    sealed interface Action<T> {
        /// Answer with [Event.Written] or [Event.Failed].
        record Write<T>(WriteQueue.Batch<T> batch) implements Action<T> {}

        record Reply<T>(T ticket, Persist.Stored stored) implements Action<T> {}

        record Fail<T>(T ticket, int code, String reason) implements Action<T> {}

        /// Tell [Event.Wake] then.
        record WakeAt<T>(long ms) implements Action<T> {}
    }

    private final WriteQueue<T> queue;
    private final int writersMax;
    private int writing;
    private boolean waking;
    private boolean givenUp;

    /// @param writersMax batches under way at any time
    Writers(WriteQueue<T> queue, int writersMax) {
        this.queue = queue;
        this.writersMax = writersMax;
    }

    void on(Event<T> event, long nowMs, Consumer<? super Action<T>> act) {
        switch (event) {
            case Event.Ask<T> e -> {
                if (!queue.offer(e.ticket(), e.reports(), nowMs)) {
                    String full = queue.reports() + " reports are queued already";
                    act.accept(new Action.Fail<>(e.ticket(), Persist.UNAVAILABLE, full));
                }
            }
            case Event.Written<T> e -> {
                writing--;
                queue.committed(e.batch());
                e.batch().tickets().forEach(ticket -> act.accept(new Action.Reply<>(ticket, e.stored())));
            }
            case Event.Failed<T> e -> {
                writing--;
                failed(e, nowMs, act);
            }
            case Event.Wake<T> _ -> waking = false;
            case Event.GiveUp<T> _ -> {
                givenUp = true;
                abandon(act);
            }
        }
        write(nowMs, act);
    }

    /// Nothing waits and nothing is being written.
    boolean idle() {
        return queue.idle();
    }

    private void failed(Event.Failed<T> e, long nowMs, Consumer<? super Action<T>> act) {
        List<T> lost = e.code() == Persist.UNSTORABLE ? queue.poisoned(e.batch()) : queue.failed(e.batch(), nowMs);
        lost.forEach(ticket -> act.accept(new Action.Fail<>(ticket, e.code(), e.reason())));
        if (givenUp) {
            abandon(act);
        }
    }

    private void abandon(Consumer<? super Action<T>> act) {
        String why = "the server stopped before the reports could be written";
        queue.abandon().forEach(ticket -> act.accept(new Action.Fail<>(ticket, Persist.UNAVAILABLE, why)));
    }

    private void write(long nowMs, Consumer<? super Action<T>> act) {
        while (writing < writersMax) {
            Optional<WriteQueue.Batch<T>> batch = queue.take(nowMs);
            if (batch.isEmpty()) {
                if (queue.waiting() && !waking) {
                    waking = true;
                    act.accept(new Action.WakeAt<>(queue.notBeforeMs()));
                }
                return;
            }
            writing++;
            act.accept(new Action.Write<>(batch.get()));
        }
    }
}
