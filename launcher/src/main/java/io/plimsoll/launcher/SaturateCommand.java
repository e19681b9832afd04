package io.plimsoll.launcher;

import io.plimsoll.bench.Bench;
import io.plimsoll.bench.JobRequest;
import io.plimsoll.bench.JobResult;
import io.plimsoll.bench.Progress;
import io.plimsoll.bench.RateSearch.Step;
import io.plimsoll.bench.Saturation;
import io.plimsoll.bench.SaturationHtml;
import io.plimsoll.bench.SaturationJson;
import io.plimsoll.bench.SaturationPlan;
import io.plimsoll.bench.SaturationResult;
import io.plimsoll.bench.SaturationStep;
import io.plimsoll.bench.SaturationText;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.report.Plain;
import io.plimsoll.wire.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `plimsoll saturate`.
@Command(
        name = "saturate",
        description = "Find the highest rate at which a storage keeps an SLO: its Plimsoll line.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        customSynopsis = "plimsoll saturate --slo='p99<10ms' (--directory=DIR | --filename=FILE) --size=SIZE --rw=MODE"
                + " [flag]...",
        footer = {
            "",
            "The job's flags are those of plimsoll bench, but for its time and rate, which the search chooses.",
            "  plimsoll saturate --slo='p99<10ms' --slo='p99.9<50ms' --name=x --directory=/mnt/nvme --size=1g \\",
            "    --rw=randread --bs=4k --iodepth=32 --ioengine=io_uring --direct=1",
            "No rate that keeps the SLO, or failed I/O, is exit code 3; Ctrl-C (130) shows what is known by then."
        })
final class SaturateCommand implements Callable<Integer>, Main.LikeFio {
    private static final String NO_PAGE = "none";

    private final BenchCommand.Runner runner;
    private final Interrupts.Source signals;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JobOptions.OfSearch job;

    @ArgGroup(validate = false, heading = "%nSearch%n", order = 0)
    private SearchOptions search = new SearchOptions();

    @ArgGroup(validate = false, heading = "%nOutput%n", order = 7)
    private Output output = new Output();

    private static final class Output extends OutputOptions {
        @Option(
                names = "--html",
                paramLabel = "FILE",
                converter = FileWord.class,
                description = "A page with the curve, beside the result on stdout, or none (plimsoll-saturate-NAME.html"
                        + " here); of files that are there, it replaces older results only.")
        private Path html;

        /// Empty where none is wanted.
        Optional<ResultFile> page(String name) {
            Path path = Typed.or(html, Path.of("plimsoll-saturate-" + name + ".html"));
            return path.toString().equals(NO_PAGE)
                    ? Optional.empty()
                    : Optional.of(
                            new ResultFile("--html", path, "choose another file with --html=FILE, or --html=none"));
        }
    }

    SaturateCommand() {
        this(Bench::run, Interrupts::new);
    }

    SaturateCommand(BenchCommand.Runner runner, Interrupts.Source signals) {
        this.runner = runner;
        this.signals = signals;
    }

    @Override
    public Integer call() {
        SaturationPlan plan = plan();
        Optional<ResultFile> page = output.page(plan.job().plan().name());
        page.ifPresent(this::check);
        if (page.isPresent() && output.file().filter(page.get()::same).isPresent()) {
            throw new ParameterException(spec.commandLine(), "--output and --html name the same file; choose another");
        }
        Console console = new Console(spec);
        try (ResultOutput out = output.open(console)) {
            return run(plan, page, console, out).code();
        }
    }

    private void check(ResultFile page) {
        try {
            page.check();
        } catch (CommandException e) {
            if (json() && output.file().isEmpty()) {
                ResultOutput.print(json(e.getMessage()), spec.commandLine().getOut());
            }
            throw e;
        }
    }

    private SaturationPlan plan() {
        try {
            if (output.format() == OutputOptions.Format.JSON_PLUS) {
                throw new IllegalArgumentException(
                        "--output-format=json+ is for plimsoll bench; json has all that is known here");
            }
            return search.plan(job.request(Load.Closed::new, _ -> new JobPlan.Span(0, 0, false)));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    private ExitCode run(SaturationPlan plan, Optional<ResultFile> page, Console console, ResultOutput out) {
        AtomicBoolean stopped = new AtomicBoolean();
        try (Interrupts interrupts = signals.of(
                console,
                () -> stopped.set(true),
                () -> "files of the job may be left at " + plan.job().target().path())) {
            SaturationResult result;
            String text;
            try {
                result = searched(plan, page, console, stopped::get);
                text = render(result);
            } catch (IOException | RuntimeException e) {
                return withoutResult(OutputOptions.explained(e), console, out);
            }
            boolean inPlace = out.print(text);
            tell(result, out.file().filter(_ -> inPlace), console);
            ExitCode code = ended(result, page, interrupts.happened(), console);
            return inPlace ? code : ExitCode.FAILED;
        }
    }

    /// What must not be missed of a result that is not on stdout for people to read.
    ///
    /// @param file that has the result; empty: stdout
    private void tell(SaturationResult result, Optional<Path> file, Console console) {
        boolean well = result.found() && result.complete();
        if (!well && (file.isPresent() || json())) {
            console.message(SaturationText.headline(result));
            result.failure().ifPresent(console::message);
        }
        if (file.isPresent()) {
            result.flags().forEach(flag -> console.message(flag.words()));
            if (!well || !result.flags().isEmpty()) {
                console.message("the result is in " + file.get());
            }
        }
    }

    private ExitCode withoutResult(Throwable failure, Console console, ResultOutput out) {
        if (json()) {
            out.print(json(failure.getMessage()));
        }
        return Failures.report(failure, console.debug(), console.err());
    }

    /// The result is out; what goes wrong now is said on stderr only.
    private static ExitCode ended(
            SaturationResult result, Optional<ResultFile> page, boolean interrupted, Console console) {
        if (result.plan().job().unlink() && !(result.found() && result.complete())) {
            console.message("files of the job are left at "
                    + result.plan().job().target().path());
        }
        if (result.interrupted() && result.steps().isEmpty()) {
            return ExitCode.INTERRUPTED; // an older page tells more
        }
        try {
            page.ifPresent(file -> file.write(SaturationHtml.render(result, Version.TEXT)));
        } catch (CommandException e) {
            return Failures.report(e, console.debug(), console.err());
        }
        if (result.interrupted() || interrupted) {
            return ExitCode.INTERRUPTED;
        }
        return result.found() && result.complete() ? ExitCode.OK : ExitCode.FAILED;
    }

    private SaturationResult searched(
            SaturationPlan plan, Optional<ResultFile> page, Console console, BooleanSupplier stopped)
            throws IOException {
        Steps steps = new Steps(
                console,
                SaturationText.announcement(plan)
                        + page.map(file -> "; the page will be " + file.path()).orElse(""),
                stopped);
        try {
            return Saturation.run(plan, steps, steps, stopped);
        } catch (InterruptedException e) {
            throw new CommandException(ExitCode.INTERRUPTED, "interrupted before there was a result", e);
        }
    }

    /// Runs steps, each with a live line of its own, and says what came of them.
    private final class Steps implements Saturation.Runner, Saturation.Listener {
        private final Console console;
        private final String announcement;
        private final BooleanSupplier stopped;
        private boolean announced;
        private String title = "";

        Steps(Console console, String announcement, BooleanSupplier stopped) {
            this.console = console;
            this.announcement = announcement;
            this.stopped = stopped;
        }

        @Override
        public void begins(int number, int stepsMax, Step step) {
            title = "step " + number + " of at most " + stepsMax + ", " + SaturationText.name(step);
        }

        /// What the job shows, it shows after it has found nothing to refuse.
        @Override
        public JobResult run(JobRequest request, BooleanSupplier stop) throws IOException, InterruptedException {
            try (LiveLine line = LiveLine.of(output.eta(), console, title)) {
                Progress progress = state -> {
                    announce();
                    line.say(state);
                };
                return runner.run(request, progress, stop);
            }
        }

        @Override
        public void ended(SaturationStep step) {
            announce();
            if (output.eta() != OutputOptions.Eta.NEVER && !stopped.getAsBoolean()) {
                console.message(title + ": " + SaturationText.outcome(step));
            }
        }

        private void announce() {
            if (!announced && output.eta() != OutputOptions.Eta.NEVER) {
                console.message(announcement);
            }
            announced = true;
        }
    }

    private boolean json() {
        return output.format() == OutputOptions.Format.JSON;
    }

    private String render(SaturationResult result) {
        return json()
                ? SaturationJson.render(result, Version.TEXT)
                : SaturationText.render(result)
                        .lines()
                        .map(line -> Plain.of(line) + "\n")
                        .collect(Collectors.joining());
    }

    @Override
    public String json(String error) {
        return SaturationJson.error(error, Version.TEXT);
    }

    /// The flags of a job that a search has no use for, and those of fio.
    @Override
    public Optional<String> instead(String argument) {
        return switch (argument.replaceFirst("=.*", "")) {
            case "--rate_iops" -> Optional.of("--rate_iops is what the search looks for; leave it out");
            case "--runtime", "--time_based" ->
                Optional.of("every step of the search has the same time: say --step_time=10 instead");
            case "--filesize", "--kept_files", "--files_per_dir" ->
                Optional.of(argument + " is for --rw=chunks and --rw=metadata of plimsoll bench; leave it out");
            case "--percentile_list" -> Optional.of("--percentile_list is for plimsoll bench; --slo names percentiles");
            default -> FioHints.instead(argument);
        };
    }
}
