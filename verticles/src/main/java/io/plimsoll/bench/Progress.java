package io.plimsoll.bench;

/// Hears how a job goes, for a live line: about twice a second, from one thread at a time, never a data thread. It must
/// return at once.
@FunctionalInterface
public interface Progress {
    Progress NONE = _ -> {};

    void say(State state);

    /// Where a job is.
    ///
    /// @param phase in words: `laying out`, `warming up`, `ramp`, `run`
    /// @param share of the phase that is over, 0 to 1; NaN where nobody knows
    /// @param opsPerSecond since the last state, all data threads together; 0 where there are none yet
    /// @param bytesPerSecond likewise
    /// @param leftNs until the job ends, as far as its time limit tells; negative where it has none
    record State(String phase, double share, double opsPerSecond, double bytesPerSecond, long leftNs) {}
}
