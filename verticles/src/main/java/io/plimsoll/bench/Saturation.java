package io.plimsoll.bench;

import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.RateSearch.Step;
import io.plimsoll.model.Direction;
import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Carries out a search for the Plimsoll line: runs the job at the rates that [RateSearch] asks for and judges what
/// came of it. For one thread.
public final class Saturation {
    /// Runs one job to its end; as `Bench#run`.
    public interface Runner {
        JobResult run(JobRequest request, BooleanSupplier stopped) throws IOException, InterruptedException;
    }

    /// Hears how the search goes on, on its thread.
    public interface Listener {
        /// @param stepsMax steps of the whole search at most, as far as is known now
        void begins(int number, int stepsMax, Step step);

        void ended(SaturationStep step);
    }

    private final SaturationPlan plan;
    private final Runner runner;
    private final Listener listener;
    private final BooleanSupplier stopped;
    private final List<SaturationStep> steps = new ArrayList<>();
    private RateSearch search;
    private Optional<String> engine = Optional.empty();

    private Saturation(SaturationPlan plan, Runner runner, Listener listener, BooleanSupplier stopped) {
        this.plan = plan;
        this.runner = runner;
        this.listener = listener;
        this.stopped = stopped;
        search = RateSearch.begin(plan.search());
    }

    /// @param stopped looked at before each step, and by the runner within it
    /// @throws IOException where a job is refused
    public static SaturationResult run(SaturationPlan plan, Runner runner, Listener listener, BooleanSupplier stopped)
            throws IOException, InterruptedException {
        return new Saturation(plan, runner, listener, stopped).run();
    }

    private SaturationResult run() throws IOException, InterruptedException {
        for (Optional<Step> next = search.next(); next.isPresent(); next = search.next()) {
            if (stopped.getAsBoolean()) {
                return result(Optional.empty(), true);
            }
            Step step = next.get();
            int number = steps.size() + 1;
            listener.begins(number, steps.size() + search.stepsLeftMax(), step);
            JobResult job;
            try {
                job = runner.run(plan.step(number, rate(step), search.stepsLeftMax() == 1), stopped);
            } catch (InterruptedException e) {
                if (!stopped.getAsBoolean()) {
                    throw e;
                }
                return result(Optional.empty(), true);
            }
            if (job.failure().isPresent()) {
                return result(
                        Optional.of("step " + number + ": " + job.failure().get()), job.interrupted());
            }
            if (job.interrupted()) {
                return result(Optional.empty(), true);
            }
            engine = Optional.of(job.engineWords());
            SaturationStep measured = measured(number, step, job);
            if (step instanceof Step.Closed && !(measured.achievedPerSecond() > 0)) {
                return result(Optional.of("nothing completed in the closed-loop step; make --step_time longer"), false);
            }
            steps.add(measured);
            search = switch (step) {
                case Step.Closed _ -> search.saturated(measured.achievedPerSecond());
                case Step.Open _ -> search.judged(measured.kept());
            };
            listener.ended(measured);
        }
        return result(Optional.empty(), false);
    }

    private static OptionalDouble rate(Step step) {
        return switch (step) {
            case Step.Closed _ -> OptionalDouble.empty();
            case Step.Open open -> OptionalDouble.of(open.perSecond());
        };
    }

    private SaturationStep measured(int number, Step step, JobResult job) {
        List<DirectionResult> transfers = job.directions().stream()
                .filter(direction -> direction.direction() != Direction.SYNC)
                .toList();
        double seconds = Math.max(1, job.elapsedNs()) / 1e9;
        double completed = transfers.stream().mapToLong(DirectionResult::ops).sum() / seconds;
        double bytes = transfers.stream().mapToLong(DirectionResult::bytes).sum() / seconds;
        LatencyHistogram response = merged(transfers, DirectionResult::resp);
        Optional<JobResult.OpenLoopResult> schedule = step instanceof Step.Open
                ? Optional.of(job.openLoop()
                        .orElseThrow(() -> new IllegalStateException("a job with a rate has no open-loop result")))
                : Optional.empty();
        Optional<Double> share = schedule.map(s -> s.due() == 0 ? 0 : RunChecks.doneShare(job, s));
        LatencyHistogram service = merged(transfers, DirectionResult::lat);
        Optional<Slo.Verdict> verdict =
                schedule.map(s -> plan.slo().judge(response, share.orElseThrow(), s.due(), s.missed(), job.queue()));
        return new SaturationStep(
                number,
                step.purpose(),
                job.startedAtMs(),
                job.elapsedNs(),
                schedule.isPresent() ? Optional.of(((Step.Open) step).perSecond()) : Optional.empty(),
                schedule.map(JobResult.OpenLoopResult::achievedPerSecond).orElse(completed),
                share,
                bytes,
                schedule.isPresent() ? SaturationStep.Latencies.of(response) : Optional.empty(),
                SaturationStep.Latencies.of(service),
                schedule.map(JobResult.OpenLoopResult::due).orElse(0L),
                schedule.map(JobResult.OpenLoopResult::missed).orElse(0L),
                verdict,
                verdict.filter(v -> !v.kept()).map(v -> SaturationLimit.of(job, plan.slo(), service, v.rateFollowed())),
                job.flags(),
                job.notes());
    }

    private static LatencyHistogram merged(
            List<DirectionResult> directions, Function<DirectionResult, LatencyHistogram> track) {
        return Histograms.merge(directions.stream().map(track).toList());
    }

    private SaturationResult result(Optional<String> failure, boolean interrupted) {
        SaturationResult plain =
                new SaturationResult(plan, engine, search.line(), steps, List.of(), failure, interrupted);
        return new SaturationResult(
                plan, engine, search.line(), steps, SaturationFlags.of(plain), failure, interrupted);
    }
}
