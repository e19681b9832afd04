package io.plimsoll.launcher;

import io.plimsoll.bench.JobRequest;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.model.Load;
import io.plimsoll.model.Work;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Flags that say what a job is, by fio's names; shared by the commands that run jobs, each of which has its own
/// kinds of work. A flag that would change nothing in the job is refused, so that nobody believes that it did.
abstract sealed class JobOptions {
    /// Whatever can be measured.
    static final class OfBench extends JobOptions {
        @ArgGroup(validate = false, heading = "%nWork%n", order = 2)
        private BenchWorkOptions work = new BenchWorkOptions();

        @Override
        WorkOptions work() {
            return work;
        }
    }

    /// What a rate can be searched for.
    static final class OfSearch extends JobOptions {
        @ArgGroup(validate = false, heading = "%nWork%n", order = 2)
        private SearchWorkOptions work = new SearchWorkOptions();

        @Override
        WorkOptions work() {
            return work;
        }
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nTarget%n", order = 1)
    private TargetOptions target = new TargetOptions();

    @ArgGroup(validate = false, heading = "%nData%n", order = 3)
    private DataOptions data = new DataOptions();

    @ArgGroup(validate = false, heading = "%nEngine%n", order = 4)
    private EngineOptions engine = new EngineOptions();

    abstract WorkOptions work();

    /// The job that was typed.
    ///
    /// @param load how it is driven, or an IllegalArgumentException with what does not go together
    /// @param span how long such work takes, likewise
    /// @throws ParameterException with what does not go together, and what to write instead
    JobRequest request(Supplier<Load> load, Function<Work, Span> span) {
        try {
            refuseRepeated();
            target.require();
            Work does = work().work(target.file(), data, engine);
            if (data.verifies() && engine.kind() == EngineKind.NULL) {
                throw new IllegalArgumentException(
                        "--verify has nothing to check: --ioengine=null reads and writes nothing");
            }
            JobPlan plan = new JobPlan(
                    target.name(),
                    does,
                    engine.engine(),
                    engine.threads(),
                    load.get(),
                    span.apply(does),
                    work().seed());
            return new JobRequest(plan, target.target(does), target.overwrite(), target.unlink());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    /// picocli would begin the group of a repeated option anew, and forget what was said in it before.
    private void refuseRepeated() {
        List<String> typed = FlagNames.of(spec.commandLine().getParseResult().originalArgs());
        for (OptionSpec option : spec.options()) {
            List<String> names = FlagNames.typed(option, typed);
            if (names.size() > 1 && !option.isMultiValue()) {
                throw new IllegalArgumentException(
                        names.stream().distinct().collect(Collectors.joining("' and '", "option '", "'"))
                                + " should be specified only once");
            }
        }
    }
}
