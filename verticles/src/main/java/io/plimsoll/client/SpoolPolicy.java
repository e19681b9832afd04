package io.plimsoll.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// Decides what goes to the spool and when: what the server has not acknowledged two seconds after it was offered, and
/// from then on whatever is new once a second, until all of it is acknowledged. So a report survives a kill -9 of its
/// client two seconds, a tick and two syncs after it was offered, at the latest. Pure; one thread.
///
/// One append is under way at a time. After a failure nothing is written any more: what a second fsync says about
/// bytes that the first one lost is worth nothing.
///
/// @param <F> an encoded report
final class SpoolPolicy<F> {
    /// A server that is there acknowledges sooner.
    static final long AWAY_MS = 2_000;
    static final long SYNC_MS = 1_000;
    /// An append that takes longer endangers the promise of five seconds.
    static final long SLOW_MS = 2_000;

    private record Waiting<F>(long sequence, F frame, long offeredAtMs) {}

    private final ArrayDeque<Waiting<F>> waiting = new ArrayDeque<>();
    private boolean off;
    private boolean appending;
    private boolean slow;
    private long appendedAtMs;
    private long appended;
    private long synced;
    private long acknowledged;
    private long forgotten;

    /// For frames that are on disk already.
    static <F> SpoolPolicy<F> none() {
        SpoolPolicy<F> policy = new SpoolPolicy<>();
        policy.off();
        return policy;
    }

    void offered(long sequence, F frame, long now) {
        if (!off) {
            waiting.add(new Waiting<>(sequence, frame, now));
        }
    }

    void acknowledged(long sequence) {
        acknowledged = Math.max(acknowledged, sequence);
        while (!waiting.isEmpty() && waiting.peek().sequence() <= acknowledged) {
            waiting.poll();
        }
    }

    /// What to append and sync now, in order; mostly nothing. Answer with [#synced] or [#off].
    List<F> due(long now) {
        long patienceMs = appended > acknowledged ? SYNC_MS : AWAY_MS;
        if (appending || waiting.isEmpty() || now - waiting.peek().offeredAtMs() < patienceMs) {
            return List.of();
        }
        appending = true;
        appendedAtMs = now;
        appended = waiting.peekLast().sequence();
        List<F> frames = new ArrayList<>(waiting.size());
        waiting.forEach(w -> frames.add(w.frame()));
        waiting.clear();
        return frames;
    }

    /// The number of the last report that was handed out.
    long appended() {
        return appended;
    }

    /// What was handed out last is on disk.
    void synced() {
        appending = false;
        synced = appended;
    }

    /// Nothing more is written, nor deleted.
    void off() {
        off = true;
        appending = false;
        waiting.clear();
    }

    /// Whether everything that is not acknowledged is on disk.
    boolean holdsAll() {
        return !off && !appending && waiting.isEmpty();
    }

    /// Says once that an append takes too long.
    boolean turnedSlow(long now) {
        boolean first = !slow && appending && now - appendedAtMs >= SLOW_MS;
        slow |= first;
        return first;
    }

    /// Up to which number the spool is not needed any more; 0 where there is nothing new to say.
    long forgettable() {
        long upTo = Math.min(acknowledged, synced);
        if (off || upTo <= forgotten) {
            return 0;
        }
        forgotten = upTo;
        return upTo;
    }
}
