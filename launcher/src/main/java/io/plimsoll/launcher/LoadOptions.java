package io.plimsoll.launcher;

import io.plimsoll.model.Load;
import picocli.CommandLine.Option;

/// Flags that say how an open loop is driven; what is left out is the command's to choose.
class LoadOptions {
    @Option(
            names = "--rate_process",
            order = 1,
            paramLabel = "PROCESS",
            converter = FioWords.ArrivalWord.class,
            description = "Gaps between intended starts: linear (all alike), or poisson (bench: linear;"
                    + " saturate: poisson).")
    Load.Arrival arrival;

    @Option(
            names = "--pacer",
            order = 2,
            paramLabel = "PACER",
            converter = FioWords.PacerWord.class,
            description = "How a data thread waits for the next start: spin (a whole core), hybrid, timed (hybrid).")
    Load.Pacer pacer;

    final Load.Pacer pacer() {
        return Typed.or(pacer, Load.Pacer.HYBRID);
    }
}
