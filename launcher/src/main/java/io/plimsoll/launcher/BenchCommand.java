package io.plimsoll.launcher;

import io.plimsoll.bench.Bench;
import io.plimsoll.bench.BenchJson;
import io.plimsoll.bench.BenchText;
import io.plimsoll.bench.JobRefusedException;
import io.plimsoll.bench.JobRequest;
import io.plimsoll.bench.JobResult;
import io.plimsoll.bench.Progress;
import io.plimsoll.bench.Rendering;
import io.plimsoll.model.Load;
import io.plimsoll.report.Plain;
import io.plimsoll.wire.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.List;
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
import picocli.CommandLine.Spec;

/// `plimsoll bench`.
@Command(
        name = "bench",
        description = "Run one workload on this machine, without a server; flags and results are those of fio.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        customSynopsis = "plimsoll bench (--directory=DIR | --filename=FILE) --size=SIZE --rw=MODE [flag]...",
        footer = {
            "",
            "Sizes: 4k, 1m, 10g are powers of two, as in fio (other commands read 10MB as 10^6). Times: 10 or 10s, 2m.",
            "  plimsoll bench --name=x --directory=/mnt/nvme --rw=randread --bs=4k --iodepth=32 --ioengine=io_uring \\",
            "    --direct=1 --size=1g --runtime=10 --time_based",
            "Flags of the result do not change the exit code; failed I/O does (3), as does Ctrl-C (130)."
        })
final class BenchCommand implements Callable<Integer>, Main.LikeFio {
    /// Runs a job to its end.
    interface Runner {
        /// @throws JobRefusedException or TargetRefusedException before anything was measured
        JobResult run(JobRequest request, Progress progress, BooleanSupplier stopped)
                throws IOException, InterruptedException;
    }

    private final Runner runner;
    private final Interrupts.Source signals;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JobOptions.OfBench job;

    @ArgGroup(validate = false, heading = "%nLoad%n", order = 5)
    private Rate rate = new Rate();

    @ArgGroup(validate = false, heading = "%nTime%n", order = 6)
    private TimeOptions time = new TimeOptions();

    @ArgGroup(validate = false, heading = "%nOutput%n", order = 7)
    private Output output = new Output();

    private static final class Rate extends LoadOptions {
        @Option(
                names = "--rate_iops",
                paramLabel = "N",
                converter = FioWords.Rate.class,
                description = "Operations per second of each data thread, reads and writes together, begun when they"
                        + " are due whatever became of those before (none: as fast as iodepth allows).")
        private Double rateIops;

        Load load() {
            if (rateIops != null) {
                return new Load.Open(rateIops, Typed.or(arrival, Load.Arrival.LINEAR), pacer());
            }
            String why = "needs a rate: say --rate_iops=1000";
            Typed.refuse("--rate_process", arrival, why);
            Typed.refuse("--pacer", pacer, why);
            return new Load.Closed();
        }
    }

    private static final class Output extends OutputOptions {
        @Option(
                names = "--percentile_list",
                paramLabel = "LIST",
                converter = FioWords.Percentiles.class,
                description = "Percentiles to show: 50:99:99.9 (those of fio).")
        private List<Double> percentiles;

        Rendering rendering() {
            return new Rendering(Version.TEXT, Typed.or(percentiles, Rendering.PERCENTILES), ZoneId.systemDefault());
        }
    }

    BenchCommand() {
        this(Bench::run, Interrupts::new);
    }

    BenchCommand(Runner runner, Interrupts.Source signals) {
        this.runner = runner;
        this.signals = signals;
    }

    @Override
    public Integer call() {
        return run(request());
    }

    JobRequest request() {
        return job.request(rate::load, time::span);
    }

    private int run(JobRequest request) {
        Console console = new Console(spec);
        Optional<PrintWriter> file = output.file().map(ResultFile::open);
        try {
            return run(request, console, file.orElse(console.out())).code();
        } finally {
            file.ifPresent(PrintWriter::close);
        }
    }

    private ExitCode run(JobRequest request, Console console, PrintWriter out) {
        AtomicBoolean stopped = new AtomicBoolean();
        try (Interrupts interrupts = signals.of(
                console,
                () -> stopped.set(true),
                () -> "files of the job may be left at " + request.target().path())) {
            JobResult result = measured(request, console, stopped::get);
            OutputOptions.print(render(result), out);
            if (result.interrupted() || interrupts.happened()) {
                return ExitCode.INTERRUPTED;
            }
            return result.failure().isPresent() ? ExitCode.FAILED : ExitCode.OK;
        } catch (IOException | RuntimeException e) {
            Throwable failure = OutputOptions.explained(e);
            if (output.format() != OutputOptions.Format.NORMAL) {
                OutputOptions.print(json(failure.getMessage()), out);
            }
            return Failures.report(failure, console.debug(), console.err());
        }
    }

    private JobResult measured(JobRequest request, Console console, BooleanSupplier stopped) throws IOException {
        try (LiveLine line = LiveLine.of(output.eta(), console, request.plan().name())) {
            return runner.run(request, line, stopped);
        } catch (InterruptedException e) {
            if (output.format() == OutputOptions.Format.NORMAL) {
                throw new CommandException(ExitCode.INTERRUPTED, "interrupted before there was a result", e);
            }
            return JobResult.stoppedBefore(request, System.currentTimeMillis());
        }
    }

    private String render(JobResult result) {
        return switch (output.format()) {
            case NORMAL ->
                BenchText.render(result, output.rendering())
                        .lines()
                        .map(line -> Plain.of(line) + "\n")
                        .collect(Collectors.joining());
            case JSON -> BenchJson.render(result, output.rendering(), false);
            case JSON_PLUS -> BenchJson.render(result, output.rendering(), true);
        };
    }

    @Override
    public Optional<String> instead(String argument) {
        return FioHints.instead(argument);
    }

    /// Who asked for JSON gets JSON, whatever else was wrong.
    @Override
    public String json(String error) {
        return BenchJson.error(error, output.rendering(), System.currentTimeMillis());
    }
}
