package io.plimsoll.bench;

import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.Require;
import io.plimsoll.model.Work;
import java.util.OptionalDouble;

/// A search for the Plimsoll line of a job, complete.
///
/// @param job what is run in each step; its load and span are those of the steps instead
/// @param arrival how the intended starts of the open-loop steps are spaced
/// @param stepNs measured time of a step
/// @param rampNs before it, in which the storage comes to rest with the new rate
public record SaturationPlan(
        JobRequest job,
        Slo slo,
        RateSearch.Settings search,
        Load.Arrival arrival,
        Load.Pacer pacer,
        long stepNs,
        long rampNs) {
    public static final long STEP_NS_MIN = 100_000_000L;
    public static final long STEP_NS_MAX = 24 * 3600 * 1_000_000_000L;

    public SaturationPlan {
        Require.present("job", job);
        Require.present("SLO", slo);
        Require.present("settings of the search", search);
        Require.present("arrival", arrival);
        Require.present("pacer", pacer);
        Require.inRange("time of a step in ns", stepNs, STEP_NS_MIN, STEP_NS_MAX);
        Require.inRange("ramp time in ns", rampNs, 0, STEP_NS_MAX);
        if (!(job.plan().work() instanceof Work.Blocks blocks)) {
            throw new IllegalArgumentException("only work on blocks has a rate that can be searched for");
        }
        if (blocks.content().verify()) {
            throw new IllegalArgumentException("a search does not verify: its steps have seeds of their own, and"
                    + " checksums cost time that is not the storage's; verify with bench");
        }
    }

    /// What is done in each step.
    Work.Blocks work() {
        return (Work.Blocks) job.plan().work();
    }

    /// How long steps take by their clock; preparing files before the first one comes on top.
    public long timeNs(int steps) {
        return Math.multiplyExact(stepNs + rampNs, (long) steps);
    }

    /// Steps of the whole search on a storage that does not contradict itself.
    public int stepsLikely() {
        return RateSearch.begin(search).stepsLeftLikely();
    }

    /// Steps of the whole search at most.
    public int stepsMax() {
        return RateSearch.begin(search).stepsLeftMax();
    }

    /// @param number of the step; each has blocks and arrivals of its own, or repeats would repeat their luck too
    /// @param perSecond of all data threads; empty: closed loop
    /// @param last files are needed no more after it
    JobRequest step(int number, OptionalDouble perSecond, boolean last) {
        JobPlan plan = job.plan();
        Load load = perSecond.isPresent()
                ? new Load.Open(perSecond.getAsDouble() / plan.threads(), arrival, pacer)
                : new Load.Closed();
        JobPlan step = new JobPlan(
                plan.name(),
                plan.work(),
                plan.engine(),
                plan.threads(),
                load,
                new JobPlan.Span(rampNs, stepNs, true),
                plan.seed() + number - 1);
        return new JobRequest(step, job.target(), job.overwrite(), job.unlink() && last);
    }
}
