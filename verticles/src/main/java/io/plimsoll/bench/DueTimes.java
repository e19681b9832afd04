package io.plimsoll.bench;

import io.plimsoll.model.Load;
import io.plimsoll.workload.ArrivalSchedule;

/// The intended starts of a data thread's operations on the monotonic clock, one after the other, and how it waits for
/// them. One thread; allocates nothing.
final class DueTimes {
    private final ArrivalSchedule schedule;
    private final double perSecond;
    /// How long before an intended start the thread stops sleeping.
    private final long spinNs;

    private long originNs;
    private long nextNs;

    DueTimes(Load.Open load, int thread, long seed) {
        schedule = new ArrivalSchedule(load, thread, seed);
        perSecond = load.perSecond();
        spinNs = load.pacer().spinNs();
    }

    void begin(long startNs) {
        originNs = startNs;
        advance();
    }

    long nextNs() {
        return nextNs;
    }

    void advance() {
        nextNs = originNs + schedule.nextNs();
    }

    /// How long the thread may sleep; where that is not above 0 it spins, or has something to begin.
    long sleepNs(long now) {
        return nextNs - now - spinNs;
    }

    /// About how many are still to come in this time.
    long expected(long fromNs, long untilNs) {
        return Math.round((untilNs - Math.max(nextNs, fromNs)) * perSecond / 1e9);
    }
}
