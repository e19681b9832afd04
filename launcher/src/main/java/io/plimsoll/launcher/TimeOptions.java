package io.plimsoll.launcher;

import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.model.Work;
import java.util.Objects;
import picocli.CommandLine.Option;

/// Flags that say how long a job takes, by fio's names.
final class TimeOptions {
    @Option(
            names = "--runtime",
            paramLabel = "TIME",
            converter = FioWords.Time.class,
            description = "Ends then, done or not: 10 or 10s, 500ms, 2m (until --size is done).")
    private Long runtimeNs;

    @Option(
            names = "--ramp_time",
            paramLabel = "TIME",
            converter = FioWords.Time.class,
            description = "Work before measuring begins (0).")
    private Long rampNs;

    @Option(
            names = "--time_based",
            paramLabel = "0|1",
            arity = "0..1",
            fallbackValue = "1",
            converter = FioWords.Bool.class,
            description = "Begin anew when --size or a round of rw=metadata is done, until --runtime is over (0).")
    private Boolean timeBased;

    /// @throws IllegalArgumentException with what does not go together, and what to write instead
    Span span(Work work) {
        long runtime = Objects.requireNonNullElse(runtimeNs, 0L);
        switch (work) {
            case Work.Blocks _, Work.Metadata _ -> {
                if (Boolean.TRUE.equals(timeBased) && runtime == 0) {
                    throw new IllegalArgumentException("--time_based needs a time: say --runtime=10");
                }
            }
            case Work.Chunks _ -> {
                if (runtime == 0) {
                    throw new IllegalArgumentException("--rw=chunks writes until its time is over: say --runtime=10");
                }
                if (timeBased != null) {
                    throw new IllegalArgumentException(
                            "--time_based has no meaning with --rw=chunks, which writes until"
                                    + " --runtime is over; leave it out");
                }
            }
        }
        return new Span(Objects.requireNonNullElse(rampNs, 0L), runtime, Boolean.TRUE.equals(timeBased));
    }
}
