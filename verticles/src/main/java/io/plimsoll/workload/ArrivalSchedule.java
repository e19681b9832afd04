package io.plimsoll.workload;

import io.plimsoll.model.Load;

/// Intended starts of an open loop in integer ns from the beginning of the job, exact over any length. One thread;
/// allocates nothing.
public final class ArrivalSchedule {
    public ArrivalSchedule(Load.Open load, int thread, long seed) {}

    /// The next intended start, not before the last one.
    public long nextNs() {
        throw new UnsupportedOperationException();
    }
}
