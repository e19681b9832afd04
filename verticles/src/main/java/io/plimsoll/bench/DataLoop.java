package io.plimsoll.bench;

import io.plimsoll.io.PosixException;
import io.plimsoll.model.Direction;
import io.plimsoll.stats.OpRecorder;
import java.util.Optional;
import java.util.function.Supplier;

/// The work of one data thread. `run` is for that thread; the recorder, `measuring` and `inFlight` are for any; the
/// counts are for any thread after `run` has ended, and for the one that took over; what was read back when the thread
/// has ended.
interface DataLoop extends AutoCloseable {
    /// Kinds of operations in the recorder, by the direction's ordinal.
    int KINDS = Direction.values().length;

    /// @throws PosixException where an operation failed, or the engine came to its end
    /// @throws java.util.concurrent.CancellationException where somebody else took over meanwhile
    void run(Timeline line) throws PosixException;

    /// Takes the work from a thread that waits for the storage and is not waited for any longer. Whenever that thread
    /// comes back, it touches nothing of the counts; it only closes.
    ///
    /// @param endNs when the job was over, or was told to be, on the monotonic clock
    /// @return to be called once: brings the counts to their end as they stand, which takes a while where much was
    ///     due, and tells what was in flight; empty where the thread does not wait for the storage just now
    Optional<Supplier<Unanswered>> takeOver(long endNs);

    OpRecorder recorder();

    /// Whether what is recorded belongs to the result: the ramp is over.
    boolean measuring();

    /// Operations that were due in the ramp and completed after it: in no result, but the storage has answered. For
    /// any thread.
    default long rampOps() {
        return 0;
    }

    /// Operations that have begun and not completed, as seen from outside at some moment.
    int inFlight();

    /// When it was over, on the monotonic clock: with its last completion, or with its schedule.
    long endedNs();

    /// Operations whose intended start was in the measured time; 0 without a rate.
    default long due() {
        return 0;
    }

    /// Those of them that were never begun.
    default long missed() {
        return 0;
    }

    /// When the schedule was over, on the monotonic clock; 0 without a rate.
    default long scheduledUntilNs() {
        return 0;
    }

    /// Operations that were handed over at once, on average, ramp and all.
    default double batch() {
        return 1;
    }

    /// Operations that came back with a part first.
    default long shortOps(Direction direction) {
        return 0;
    }

    /// Time of measuring in ns in which operations of this kind were the work; 0 where that is all of it.
    default long activeNs(Direction direction) {
        return 0;
    }

    /// What belongs to the job and is not measured: reading back; on the data thread, after `run` has ended well.
    default void afterwards() throws PosixException {}

    /// Units of verified blocks that were read and were what had been written.
    default long verifiedUnits() {
        return 0;
    }

    /// Units of verified blocks that were read and were something else.
    default long brokenUnits() {
        return 0;
    }

    /// Units that were read and not judged, as this run had not written them.
    default long unitsNotJudged() {
        return 0;
    }

    /// Blocks read back so far, files synced for it included; for any thread.
    default long readBackSteps() {
        return 0;
    }

    /// What was read back; empty where nothing was.
    default Optional<ReadBack.Done> readBack() {
        return Optional.empty();
    }

    /// Gives back all that the loop has; on the data thread, also where `run` never was.
    @Override
    void close() throws PosixException;
}
