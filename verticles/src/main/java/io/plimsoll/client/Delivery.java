package io.plimsoll.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/// Decides what to send: numbers reports, keeps them until they are acknowledged, sends at most a window of them, and
/// sends again what is not committed on every new connection, in order. Pure; one thread.
///
/// @param <F> an encoded report
final class Delivery<F> {
    private record Kept<F>(long sequence, F frame, long bytes) {}

    private final long keptBytesMax;
    private final ToLongFunction<F> size;
    /// Numbers rise by one each, but for gaps in what a damaged file held.
    private final ArrayDeque<Kept<F>> sent = new ArrayDeque<>();
    private final ArrayDeque<Kept<F>> toSend = new ArrayDeque<>();
    private long keptBytes;
    private long lastSequence;
    private long highestSent;
    private long acknowledged;
    private int window;

    /// @param sentBefore highest number that the session may have sent already, 0 for a new one
    /// @param keptBytesMax above it, [#full] says that the run must end: nothing is dropped
    Delivery(long sentBefore, long keptBytesMax, ToLongFunction<F> size) {
        this.highestSent = sentBefore;
        this.keptBytesMax = keptBytesMax;
        this.size = size;
    }

    /// Takes a report in; its number is the one that `encode` is given.
    void offer(LongFunction<F> encode) {
        offer(lastSequence + 1, encode.apply(lastSequence + 1)); // what cannot be encoded takes no number
    }

    /// As [#offer(LongFunction)], for a report that has a number already, above all that were offered before.
    void offer(long sequence, F frame) {
        if (sequence <= lastSequence) {
            throw new IllegalArgumentException("report " + sequence + " was offered after " + lastSequence);
        }
        lastSequence = sequence;
        long bytes = size.applyAsLong(frame);
        toSend.add(new Kept<>(sequence, frame, bytes));
        keptBytes += bytes;
    }

    /// @param committed all reports up to this number are stored, whether that was heard of before or not
    /// @throws IllegalArgumentException for a number that was never sent
    void connected(int windowReports, long committed) {
        if (committed > highestSent) {
            throw new IllegalArgumentException("report " + committed + " is committed, sent are " + highestSent);
        }
        window = windowReports;
        acknowledged = Math.max(acknowledged, committed);
        while (!sent.isEmpty()) {
            toSend.addFirst(sent.pollLast());
        }
        while (!toSend.isEmpty() && toSend.peek().sequence() <= committed) {
            keptBytes -= toSend.poll().bytes();
        }
    }

    void disconnected() {
        window = 0;
    }

    /// The next report to send now; null when the window is full, there is none, or there is no connection.
    F next() {
        if (sent.size() >= window || toSend.isEmpty()) {
            return null;
        }
        Kept<F> next = toSend.poll();
        sent.add(next);
        highestSent = Math.max(highestSent, next.sequence());
        return next.frame();
    }

    /// @throws IllegalArgumentException for a number that was not sent on this connection
    void acknowledged(long sequence) {
        long highest = sent.isEmpty() ? acknowledged : sent.peekLast().sequence();
        if (sequence > highest) {
            throw new IllegalArgumentException("report " + sequence + " was acknowledged, sent are " + highest);
        }
        acknowledged = Math.max(acknowledged, sequence);
        while (!sent.isEmpty() && sent.peek().sequence() <= sequence) {
            keptBytes -= sent.poll().bytes();
        }
    }

    /// Whether an acknowledgement is due.
    boolean waiting() {
        return !sent.isEmpty() && window > 0;
    }

    boolean drained() {
        return sent.isEmpty() && toSend.isEmpty();
    }

    boolean full() {
        return keptBytes > keptBytesMax;
    }

    /// Everything that is not acknowledged, in order.
    List<F> unacknowledged() {
        List<F> frames = new ArrayList<>(sent.size() + toSend.size());
        sent.forEach(k -> frames.add(k.frame()));
        toSend.forEach(k -> frames.add(k.frame()));
        return frames;
    }
}
