package io.plimsoll.launcher;

import io.plimsoll.model.Load;
import java.util.Objects;
import picocli.CommandLine.Option;

/// Flags that say how an open loop is driven.
class LoadOptions {
    @Option(
            names = "--rate_process",
            paramLabel = "PROCESS",
            converter = FioWords.ArrivalWord.class,
            description = "Gaps between intended starts: linear (all alike) or poisson (linear).")
    Load.Arrival arrival;

    @Option(
            names = "--pacer",
            paramLabel = "PACER",
            converter = FioWords.PacerWord.class,
            description = "How a data thread waits for the next start: spin (a whole core), hybrid, timed (hybrid).")
    Load.Pacer pacer;

    /// An open loop of so many operations per second and data thread.
    final Load.Open open(double perSecond) {
        return new Load.Open(
                perSecond,
                Objects.requireNonNullElse(arrival, Load.Arrival.LINEAR),
                Objects.requireNonNullElse(pacer, Load.Pacer.HYBRID));
    }
}
