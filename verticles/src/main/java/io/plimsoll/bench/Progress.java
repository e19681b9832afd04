package io.plimsoll.bench;

import java.nio.file.Path;

/// Hears how a job goes, for a live line: about twice a second, from one thread at a time, never a data thread. It must
/// return at once.
@FunctionalInterface
public interface Progress {
    Progress NONE = _ -> {};

    void say(State state);

    /// Where a job is.
    sealed interface State {}

    /// Its files are filled before it begins. Heard of only where that takes half a second or longer, but then of its
    /// end, too.
    ///
    /// @param where the directory, or the one file
    /// @param bytesPerSecond since the last state
    /// @param elapsedNs since filling began
    /// @param ended every byte is written, and synced
    record LayingOut(Path where, long doneBytes, long totalBytes, double bytesPerSecond, long elapsedNs, boolean ended)
            implements State {}

    /// Its data threads are at work.
    ///
    /// @param phase in words: `ramp`, `run`
    /// @param share of the phase that is over, 0 to 1; NaN where nobody knows
    /// @param opsPerSecond since the last state, all data threads together; 0 where there are none yet
    /// @param bytesPerSecond likewise
    /// @param leftNs until the job ends, as far as its time limit tells; negative where it has none
    record Working(String phase, double share, double opsPerSecond, double bytesPerSecond, long leftNs)
            implements State {}
}
