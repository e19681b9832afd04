package io.plimsoll.launcher;

import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Work;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/// Work of `plimsoll saturate`: on blocks only, as a search needs a rate.
final class SearchWorkOptions extends WorkOptions {
    @Option(
            names = {"--rw", "--readwrite"},
            order = 10,
            paramLabel = "MODE",
            description = "read, write, randread, randwrite, rw, randrw (read).")
    private String rw;

    @Option(
            names = {"--bs", "--blocksize"},
            order = 20,
            paramLabel = "SIZE",
            converter = FioWords.Sizes.class,
            description = "Bytes of one operation (4k).")
    private BlockSizes bs;

    @Option(
            names = "--nrfiles",
            order = 30,
            paramLabel = "N",
            converter = WholeWord.class,
            description = "Files of one data thread (1).")
    private Long nrfiles;

    @Override
    String rw() {
        if ("chunks".equals(rw) || "metadata".equals(rw)) {
            throw new IllegalArgumentException("--rw=" + rw + " has no rate that a search could change; write"
                    + " --rw=randread or another mode of reads and writes, or measure it with plimsoll bench");
        }
        return rw;
    }

    @Override
    BlockSizes bs() {
        return bs;
    }

    @Override
    Long nrfiles() {
        return nrfiles;
    }

    @Override
    void refuseOthers() {
        // There are no flags for anything else.
    }

    @Override
    Map<String, Supplier<Work>> others(DataOptions data, EngineOptions engine) {
        return Map.of();
    }
}
