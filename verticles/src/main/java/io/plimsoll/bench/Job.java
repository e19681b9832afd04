package io.plimsoll.bench;

import io.plimsoll.bench.JobResult.CpuUse;
import io.plimsoll.bench.JobRun.Moment;
import io.plimsoll.bench.JobRun.Outcome;
import io.plimsoll.io.ThreadCpu;
import io.plimsoll.model.Durations;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.Work;
import io.plimsoll.workload.BlockVerifier;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// What every kind of job has in common: runs prepared data threads, observed, and makes the result.
final class Job {
    private Job() {}

    /// A job while something is held for it.
    interface Measured {
        JobResult run() throws IOException, InterruptedException;
    }

    /// Runs a job and gives back what was held for it. Where that fails, the result has the failure; where the storage
    /// does not answer, it is left to the end of the process, as it would wait for the same storage.
    static JobResult holding(Closeable held, JobControl control, Measured job)
            throws IOException, InterruptedException {
        JobResult result;
        try {
            result = job.run();
        } catch (IOException | RuntimeException | InterruptedException e) {
            if (control.givenUp().isPresent()) {
                throw e;
            }
            try (held) {
                throw e;
            }
        }
        if (control.givenUp().isPresent()) {
            return result;
        }
        try {
            held.close();
            return result;
        } catch (IOException e) {
            return result.failed(e.getMessage());
        }
    }

    /// @param files as they are before measuring; empty where nobody has looked
    /// @param notes for the result, as far as they are known now
    /// @throws JobRefusedException where a data thread could not begin
    /// @throws InterruptedException where the job was stopped before it began
    static JobResult run(
            JobRequest request,
            EngineSelection engine,
            List<? extends DataThread.Preparation> preparations,
            Optional<DataFiles> files,
            List<String> notes,
            JobControl control,
            Progress progress,
            BooleanSupplier stopped)
            throws JobRefusedException, InterruptedException {
        JobPlan plan = request.plan();
        Observer observer = new Observer(request.target().path(), files);
        Listener listener = new Listener(plan.span(), observer, progress);
        Outcome outcome = new JobRun(plan.span(), preparations, listener, control, stopped).run();
        if (!outcome.began()) {
            Exception failure =
                    outcome.failure().orElseThrow(() -> new InterruptedException("stopped before it began"));
            throw new JobRefusedException(failure.getMessage(), failure);
        }
        List<String> allNotes = new ArrayList<>(engine.notes());
        allNotes.addAll(notes);
        if (plan.work() instanceof Work.Blocks blocks && blocks.content().verify()) {
            allNotes.add(outcome.verifiedUnits() + " pieces of " + BlockVerifier.unitBytes(blocks.blocks())
                    + " bytes were read and verified");
            if (outcome.brokenUnits() > 0) {
                allNotes.add(outcome.brokenUnits() + " piece(s) were read and are broken");
            }
            if (outcome.unitsNotJudged() > 0) {
                allNotes.add(
                        outcome.unitsNotJudged() + " more were read and not judged: this run had not written them");
            }
            if (blocks.mode().writes()) {
                allNotes.add(ReadBackNote.of(plan, outcome, observer.storage()));
            }
        }
        if (outcome.unanswered().operations() > 0) {
            allNotes.add(unanswered(plan, outcome.unanswered()));
        }
        if (outcome.totals().saturated() > 0) {
            allNotes.add(outcome.totals().saturated() + " recorded time(s) of more than an hour count as one hour");
        }
        Optional<Observation> seen = observer.observation();
        OwnCost.Measured ownCost = OwnCost.of(plan, engine.kind(), outcome);
        ownCost.note().ifPresent(allNotes::add);
        seen.map(Observation::unknown)
                // A data thread that failed is gone before it can be looked at.
                .filter(unknown -> !unknown.isEmpty() && outcome.failure().isEmpty())
                .ifPresent(unknown -> allNotes.add("this machine does not tell " + String.join(", ", unknown)
                        + "; flags that need it cannot be raised"));
        JobResult bare = new JobResult(
                request,
                engine.kind(),
                engine.note(),
                outcome.startedAtMs(),
                outcome.elapsedNs(),
                Results.directions(outcome),
                Results.openLoop(plan, outcome),
                seen.map(Observation::cpu).orElse(new CpuUse(0, 0, 0, 0, 0, 0, 0)),
                seen.flatMap(Observation::disk),
                ownCost.ns(),
                outcome.totals().saturated(),
                allNotes,
                List.of(),
                outcome.failure().map(Job::message).or(() -> overBeforeMeasuring(plan, outcome)),
                outcome.interrupted());
        return bare.judged(TruthChecks.flags(bare, seen), TruthChecks.notJudged(bare, seen));
    }

    private static String unanswered(JobPlan plan, Unanswered unanswered) {
        return unanswered.operations() + " operation(s) had not completed when they were given up, the oldest after "
                + Durations.format(Duration.ofNanos(unanswered.oldestNs()))
                + switch (plan.load()) {
                    case Load.Open _ -> "; they are in the response times with what they had waited";
                    case Load.Closed _ -> "; they are in no latency";
                };
    }

    private static Optional<String> overBeforeMeasuring(JobPlan plan, Outcome outcome) {
        boolean nothing = IntStream.range(0, DataLoop.KINDS)
                .allMatch(kind -> outcome.totals().ops(kind) == 0);
        return nothing && plan.span().rampNs() > 0 && !plan.span().timeBased() && !outcome.interrupted()
                ? Optional.of("the job was done before its ramp was over: nothing was measured; make --size larger or"
                        + " --ramp_time shorter, or say --time_based")
                : Optional.empty();
    }

    private static String message(Exception failure) {
        return failure instanceof IOException && failure.getMessage() != null
                ? failure.getMessage()
                : failure.toString();
    }

    /// Tells the observer and the user.
    private record Listener(JobPlan.Span span, Observer observer, Progress progress) implements JobRun.Listener {
        @Override
        public void measuring(List<ThreadCpu> threads) {
            observer.measuring(threads);
        }

        @Override
        public void sampled(Moment moment) {
            observer.sampled(moment);
            double seconds = Math.max(moment.lengthNs(), 1) / 1e9;
            long wholeNs = moment.measuring() ? span.runtimeNs() : span.rampNs();
            boolean timed = span.runtimeNs() > 0;
            progress.say(new Progress.Working(
                    moment.measuring() ? "run" : "ramp",
                    wholeNs == 0 ? Double.NaN : Math.min((double) moment.sinceNs() / wholeNs, 1),
                    LongStream.of(moment.ops()).sum() / seconds,
                    LongStream.of(moment.bytes()).sum() / seconds,
                    timed
                            ? Math.max(wholeNs - moment.sinceNs() + (moment.measuring() ? 0 : span.runtimeNs()), 0)
                            : -1));
        }

        @Override
        public void finished() {
            observer.finished();
        }
    }
}
