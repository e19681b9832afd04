package io.plimsoll.bench;

import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.JobResult.OpenLoopResult;
import io.plimsoll.bench.JobResult.Samples;
import io.plimsoll.bench.JobRun.Moment;
import io.plimsoll.bench.JobRun.Outcome;
import io.plimsoll.model.Direction;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import io.plimsoll.stats.OpRecorder.Track;
import io.plimsoll.stats.OpTotals;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// Makes the numbers of a result out of what the data threads recorded.
final class Results {
    private Results() {}

    static List<DirectionResult> directions(Outcome outcome) {
        return Stream.of(Direction.values())
                .filter(direction -> worked(outcome.totals(), direction.ordinal()))
                .map(direction -> direction(outcome, direction))
                .toList();
    }

    /// Where none of a rate's operations has completed, how long they have waited is all there is.
    private static boolean worked(OpTotals totals, int kind) {
        return totals.ops(kind) > 0 || !totals.histogram(kind, Track.RESP).isEmpty();
    }

    private static DirectionResult direction(Outcome outcome, Direction direction) {
        int kind = direction.ordinal();
        OpTotals totals = outcome.totals();
        LatencyHistogram lat = totals.histogram(kind, Track.LAT);
        LatencyHistogram clat = totals.histogram(kind, Track.CLAT);
        // Where kinds of operations take turns, a sample is of whichever was on, and says nothing.
        List<Moment> moments = outcome.activeNs()[kind] > 0 ? List.of() : outcome.samples();
        return new DirectionResult(
                direction,
                totals.ops(kind),
                totals.bytes(kind),
                outcome.shortOps()[kind],
                totals.histogram(kind, Track.SLAT),
                // Where submission and completion are one, so are these two.
                clat.isEmpty() ? lat : clat,
                lat,
                totals.histogram(kind, Track.RESP),
                samples(moments, moment -> moment.ops()[kind]),
                samples(moments, moment -> moment.bytes()[kind]),
                outcome.activeNs()[kind]);
    }

    /// Per second, each sample with the same weight.
    static Samples samples(List<Moment> moments, ToLongFunction<Moment> amount) {
        if (moments.isEmpty()) {
            return new Samples(0, 0, 0, 0, 0);
        }
        double[] perSecond = moments.stream()
                .mapToDouble(moment -> amount.applyAsLong(moment) * 1e9 / Math.max(moment.lengthNs(), 1))
                .toArray();
        double min = Double.POSITIVE_INFINITY;
        double max = 0;
        double sum = 0;
        for (double value : perSecond) {
            min = Math.min(min, value);
            max = Math.max(max, value);
            sum += value;
        }
        double mean = sum / perSecond.length;
        double squares = 0;
        for (double value : perSecond) {
            squares += (value - mean) * (value - mean);
        }
        double stdDev = perSecond.length < 2 ? 0 : Math.sqrt(squares / (perSecond.length - 1));
        return new Samples(perSecond.length, min, max, mean, stdDev);
    }

    static Optional<OpenLoopResult> openLoop(JobPlan plan, Outcome outcome) {
        return switch (plan.load()) {
            case Load.Closed _ -> Optional.empty();
            case Load.Open open -> {
                OpTotals totals = outcome.totals();
                long completed = totals.ops(Direction.READ.ordinal()) + totals.ops(Direction.WRITE.ordinal());
                double seconds = Math.max(outcome.elapsedNs(), 1) / 1e9;
                // Of a stream at its end the last operation may be over before the next one would have been due.
                double scheduled = Math.max(Math.min(outcome.scheduledNs(), outcome.elapsedNs()), 1) / 1e9;
                yield Optional.of(new OpenLoopResult(
                        open.perSecond() * plan.threads(),
                        outcome.due() / scheduled,
                        completed / seconds,
                        outcome.due(),
                        outcome.missed(),
                        Histograms.merge(
                                totals.histogram(Direction.READ.ordinal(), Track.LATE),
                                totals.histogram(Direction.WRITE.ordinal(), Track.LATE))));
            }
        };
    }
}
