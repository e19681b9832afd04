package io.plimsoll.bench;

import io.plimsoll.io.DeviceCounters;
import io.plimsoll.model.Direction;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.stats.LatencyHistogram;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What came of a job.
///
/// @param request as it was asked for
/// @param engine the one that ran, which may be a fallback (flagged then)
/// @param engineNote how it was set up, in words: ring flags, registered buffers, huge pages
/// @param startedAtMs wall clock when measuring began
/// @param elapsedNs from the beginning of measuring to the last completion, or the end of the schedule; to the
///     stop where operations never completed
/// @param directions those with at least one operation, be it one that was due and waits, in the order of the enum
/// @param ownCostNs time of one operation of the same job on an engine that does nothing, the mean of the best slice:
///     the tool's own share; where it is empty, a note says why
/// @param saturated latencies of more than an hour, which count as one hour
/// @param notes what was done around the measuring, in words: how files were laid out, what was verified
/// @param failure why the job ended early; its numbers are of no use then
/// @param interrupted it was stopped from outside, and its numbers are of the time until then
public record JobResult(
        JobRequest request,
        EngineKind engine,
        String engineNote,
        long startedAtMs,
        long elapsedNs,
        List<DirectionResult> directions,
        Optional<OpenLoopResult> openLoop,
        CpuUse cpu,
        Optional<DiskUse> disk,
        Optional<Long> ownCostNs,
        long saturated,
        List<String> notes,
        List<Flag> flags,
        Optional<String> failure,
        boolean interrupted) {
    public JobResult {
        directions = List.copyOf(directions);
        notes = List.copyOf(notes);
        flags = List.copyOf(flags);
    }

    /// Of a job that was stopped before its data threads began.
    public static JobResult stoppedBefore(JobRequest request, long nowMs) {
        return new JobResult(
                request,
                request.plan().engine().kind(),
                "",
                nowMs,
                0,
                List.of(),
                Optional.empty(),
                new CpuUse(0, 0, 0, 0, 0, 0, 0),
                Optional.empty(),
                Optional.empty(),
                0,
                List.of("stopped before anything was read or written; no engine ran"),
                List.of(),
                Optional.empty(),
                true);
    }

    public JobPlan plan() {
        return request.plan();
    }

    public JobTarget target() {
        return request.target();
    }

    /// Operations in flight of one data thread at most, with the engine that ran.
    public int iodepth() {
        return plan().engine().iodepthWith(engine);
    }

    /// Those of all data threads.
    long queue() {
        return (long) plan().threads() * iodepth();
    }

    /// `psync instead of io_uring, iodepth 1 instead of 32; fixed buffers`
    String engineWords() {
        JobPlan.EngineChoice asked = plan().engine();
        return engine.word()
                + (asked.kind() == engine ? "" : " instead of " + asked.kind().word())
                + (asked.iodepth() == iodepth() ? "" : ", iodepth " + iodepth() + " instead of " + asked.iodepth())
                + (engineNote.isEmpty() ? "" : "; " + engineNote);
    }

    /// With what a look at the whole of it says.
    JobResult judged(List<Flag> itsFlags, List<String> moreNotes) {
        return with(Stream.concat(notes.stream(), moreNotes.stream()).toList(), itsFlags, failure);
    }

    /// With a failure that came after the measuring; the first one is what is told.
    JobResult failed(String why) {
        return with(notes, flags, Optional.of(failure.orElse(why)));
    }

    private JobResult with(List<String> otherNotes, List<Flag> otherFlags, Optional<String> otherFailure) {
        return new JobResult(
                request,
                engine,
                engineNote,
                startedAtMs,
                elapsedNs,
                directions,
                openLoop,
                cpu,
                disk,
                ownCostNs,
                saturated,
                otherNotes,
                otherFlags,
                otherFailure,
                interrupted);
    }

    public Optional<DirectionResult> direction(Direction direction) {
        return directions.stream().filter(d -> d.direction() == direction).findFirst();
    }

    /// One direction of a job, over all data threads.
    ///
    /// @param shortOps operations that came back with a part first; they were continued and count once
    /// @param slat start to submitted; empty where the engine has none
    /// @param clat submitted to completed
    /// @param lat start to completed: the service time
    /// @param resp intended start to completed; empty without a rate
    /// @param iops samples of half a second
    /// @param bytesPerSecond likewise
    /// @param activeNs time in which this kind of operation was the work: phases of metadata work; 0 where that is
    ///     all of the measured time
    public record DirectionResult(
            Direction direction,
            long ops,
            long bytes,
            long shortOps,
            LatencyHistogram slat,
            LatencyHistogram clat,
            LatencyHistogram lat,
            LatencyHistogram resp,
            Samples iops,
            Samples bytesPerSecond,
            long activeNs) {

        /// Of operations that went on all the time.
        public DirectionResult(
                Direction direction,
                long ops,
                long bytes,
                long shortOps,
                LatencyHistogram slat,
                LatencyHistogram clat,
                LatencyHistogram lat,
                LatencyHistogram resp,
                Samples iops,
                Samples bytesPerSecond) {
            this(direction, ops, bytes, shortOps, slat, clat, lat, resp, iops, bytesPerSecond, 0);
        }

        /// The time that rates of this direction are over.
        ///
        /// @param elapsedNs of the job
        public long spanNs(long elapsedNs) {
            return Math.max(activeNs > 0 ? activeNs : elapsedNs, 1);
        }
    }

    /// Of values of equal weight; all 0 where there are none.
    public record Samples(long count, double min, double max, double mean, double stdDev) {}

    /// @param requestedPerSecond of all data threads together
    /// @param scheduledPerSecond due / the time in which it was, which ends before the job where storage is behind
    /// @param achievedPerSecond completed / elapsed
    /// @param due operations whose intended start was within the measured time
    /// @param missed those of them that were never begun; in `resp` they have what they waited until the end, as
    ///     have those that were given up in flight
    /// @param lateness intended start to actual start
    public record OpenLoopResult(
            double requestedPerSecond,
            double scheduledPerSecond,
            double achievedPerSecond,
            long due,
            long missed,
            LatencyHistogram lateness) {
        /// Of the operations that were due: by chance a Poisson schedule has more or fewer than the rate says.
        public double achievedShare() {
            return due == 0 ? 1 : achievedPerSecond / scheduledPerSecond;
        }
    }

    /// Of the data threads while measuring.
    ///
    /// @param observedNs how long they were looked at: a little longer than they measured
    /// @param delayNs runnable without a processor
    public record CpuUse(
            long observedNs,
            long userNs,
            long systemNs,
            long delayNs,
            long contextSwitches,
            long majorFaults,
            long minorFaults) {
        /// What a time is of that of so many data threads.
        double percent(long ns, int threads) {
            return 100.0 * ns / Math.max(1, (double) observedNs * threads);
        }
    }

    /// Of the block device below the target while measuring, for everyone's I/O.
    ///
    /// @param device the kernel's name of it
    public record DiskUse(String device, DeviceCounters did, double utilPercent) {}
}
