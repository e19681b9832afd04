package io.plimsoll.bench;

import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.io.Storage;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Durations;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.Work;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// Decides what a reader must know before believing a result: each check compares it with what the machine says.
final class TruthChecks {
    private interface Check {
        Optional<Flag> of(JobResult job, Observation seen);
    }

    private static final List<Function<JobResult, Optional<Flag>>> OF_THE_RESULT = List.of(
            GeneratorChecks::fallbackEngine,
            RunChecks::rateNotAchieved,
            RunChecks::scheduleMissed,
            RunChecks::shortRun);

    private static final List<Check> OF_THE_MACHINE = List.of(
            StorageChecks::pageCache,
            StorageChecks::dataSetInMemory,
            StorageChecks::sparseFile,
            StorageChecks::unwrittenExtents,
            OthersChecks::othersIo,
            GeneratorChecks::ownOverhead,
            GeneratorChecks::cpuSaturated,
            GeneratorChecks::schedulingDelay,
            GeneratorChecks::jvmPauses,
            GeneratorChecks::coldJit,
            MachineChecks::cpuSteal,
            MachineChecks::cpuPressure,
            MachineChecks::memoryPressure,
            MachineChecks::cgroupThrottled,
            RunChecks::stall);

    private TruthChecks() {}

    /// All that is to be said about a result, in the order of [TruthRule].
    ///
    /// @param job its own flags are not looked at
    /// @param seen empty where the job ended before it could be observed
    static List<Flag> flags(JobResult job, Optional<Observation> seen) {
        List<Flag> found = Stream.concat(
                        OF_THE_RESULT.stream().map(check -> check.apply(job)),
                        seen.stream().flatMap(s -> OF_THE_MACHINE.stream().map(check -> check.of(job, s))))
                .flatMap(Optional::stream)
                .toList();
        return Stream.of(TruthRule.values())
                .flatMap(rule -> found.stream().filter(flag -> flag.rule().equals(rule.id())))
                .toList();
    }

    /// What could not be judged although the machine tells all that it can, in words.
    static List<String> notJudged(JobResult job, Optional<Observation> seen) {
        return seen.flatMap(s -> OthersChecks.notJudged(job, s)).stream().toList();
    }

    /// False for calibration, where the tool itself is what is measured.
    static boolean measuresStorage(JobResult job, Observation seen) {
        return job.engine() != EngineKind.NULL && seen.storage() != Storage.Kind.CHARACTERS;
    }

    static boolean direct(JobResult job) {
        return job.plan().engine().direct() && job.engine() != EngineKind.MMAP;
    }

    static long ops(JobResult job, Direction direction) {
        return job.direction(direction).map(DirectionResult::ops).orElse(0L);
    }

    static long bytes(JobResult job, Direction direction) {
        return job.direction(direction).map(DirectionResult::bytes).orElse(0L);
    }

    /// What may be in flight at once: counted at one end and not at the other when a look falls in between.
    static long bytesInFlightMax(JobResult job) {
        long block = switch (job.plan().work()) {
            case Work.Blocks w -> w.blocks().maxBytes();
            case Work.Chunks w -> w.chunkBytes();
            case Work.Metadata w -> w.fileBytes();
        };
        return block * job.queue();
    }

    static String percent(double share) {
        double percent = share * 100;
        if (percent > 0 && percent < 0.01) {
            return "less than 0.01 %";
        }
        return String.format(Locale.ROOT, percent < 1 ? "%.2f %%" : "%.1f %%", percent);
    }

    static String duration(long ns) {
        return Durations.format(Duration.ofNanos(ns));
    }
}
