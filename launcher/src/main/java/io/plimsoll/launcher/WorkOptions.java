package io.plimsoll.launcher;

import static io.plimsoll.launcher.Typed.or;
import static io.plimsoll.launcher.Typed.refuse;
import static io.plimsoll.launcher.Typed.within;

import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/// Flags that say what a job does to which bytes, by fio's names: those of work on blocks, which every command
/// has. Which kinds of work there are besides, and how the flags that depend on it are described, is the
/// command's.
abstract sealed class WorkOptions permits BenchWorkOptions, SearchWorkOptions {
    @Option(
            names = "--rwmixread",
            order = 11,
            paramLabel = "PERCENT",
            converter = WholeWord.class,
            description = "Reads of rw and randrw (50).")
    Long rwmixread;

    @Option(
            names = "--rwmixwrite",
            order = 12,
            paramLabel = "PERCENT",
            converter = WholeWord.class,
            description = "Writes of rw and randrw (50).")
    Long rwmixwrite;

    @Option(
            names = "--bssplit",
            order = 21,
            paramLabel = "SPLIT",
            converter = FioWords.Split.class,
            description = "Several sizes, each with its share of the operations: 4k/60:64k/40.")
    BlockSizes bssplit;

    @Option(
            names = "--size",
            order = 22,
            paramLabel = "SIZE",
            converter = FioWords.Size.class,
            description = "Bytes of one data thread, over all its files (default: of the file that is there).")
    Long size;

    @Option(
            names = "--random_distribution",
            order = 41,
            paramLabel = "DIST",
            converter = FioWords.Distributed.class,
            description = "random (all blocks alike), zipf:THETA, pareto:H (random).")
    Distribution randomDistribution;

    @Option(
            names = "--randseed",
            order = 42,
            paramLabel = "N",
            converter = WholeWord.class,
            description = "The same seed, the same sequence of places and sizes (1); the bytes are new in each run.")
    private Long randseed;

    final long seed() {
        return or(randseed, 1L);
    }

    /// As typed; null: [AccessMode#READ].
    abstract String rw();

    /// Null: 4 KiB.
    abstract BlockSizes bs();

    /// Null: one.
    abstract Long nrfiles();

    /// Refuses what has no meaning for work on blocks.
    abstract void refuseOthers();

    /// Other kinds of work, by their words.
    abstract Map<String, Supplier<Work>> others(DataOptions data, EngineOptions engine);

    /// @param file that the job works on, if it is one
    /// @throws IllegalArgumentException with what does not go together, and what to write instead
    final Work work(Optional<Path> file, DataOptions data, EngineOptions engine) {
        String word = or(rw(), AccessMode.READ.word());
        if (word.contains("trim")) {
            throw new IllegalArgumentException("--rw=" + word + ": trim is not supported; --rw=randwrite writes");
        }
        Map<String, Supplier<Work>> works = new HashMap<>(others(data, engine));
        for (AccessMode mode : AccessMode.values()) {
            works.put(mode.word(), () -> blocks(mode, file, data));
        }
        works.put("readwrite", works.get(AccessMode.RW.word()));
        return FioWords.oneOf("a mode of --rw", word, works).get();
    }

    private Work.Blocks blocks(AccessMode mode, Optional<Path> file, DataOptions data) {
        refuseOthers();
        if (!mode.random()) {
            refuse("--random_distribution", randomDistribution, "needs --rw=randread, randwrite or randrw");
        }
        if (bs() != null && bssplit != null) {
            throw new IllegalArgumentException("--bs and --bssplit contradict each other; keep one");
        }
        BlockSizes blocks = bssplit != null ? bssplit : or(bs(), BlockSizes.of(4096));
        int files = within("--nrfiles", nrfiles(), 1, 1, Work.Blocks.FILES_MAX);
        return new Work.Blocks(
                mode,
                readPercent(mode),
                blocks,
                or(randomDistribution, new Distribution.Uniform()),
                size(file, blocks.maxBytes(), files),
                files,
                data.sync(mode),
                data.content());
    }

    private int readPercent(AccessMode mode) {
        if (!(mode.reads() && mode.writes())) {
            refuse("--rwmixread", rwmixread, "needs --rw=rw or randrw");
            refuse("--rwmixwrite", rwmixwrite, "needs --rw=rw or randrw");
            return mode.reads() ? 100 : 0;
        }
        int reads = within("--rwmixread", rwmixread, 50, 0, 100);
        int writes = within("--rwmixwrite", rwmixwrite, 50, 0, 100);
        if (rwmixread != null && rwmixwrite != null && reads + writes != 100) {
            throw new IllegalArgumentException("--rwmixread=" + reads + " and --rwmixwrite=" + writes
                    + " do not add up to 100; one of them is enough");
        }
        return rwmixread != null ? reads : 100 - writes;
    }

    private long size(Optional<Path> file, int blockBytes, int files) {
        long bytes = Optional.ofNullable(size)
                .or(() -> file.flatMap(WorkOptions::bytesOf))
                .orElseThrow(
                        () -> new IllegalArgumentException("say how many bytes a data thread works on: --size=1g"));
        if (bytes / files < blockBytes) {
            throw new IllegalArgumentException((size == null ? "the size of " + file.orElseThrow() + ", " : "--size=")
                    + FioWords.sizeWord(bytes) + (files == 1 ? "" : " over " + files + " files (--nrfiles)")
                    + " is less than one block of " + FioWords.sizeWord(blockBytes)
                    + "; make it larger, or the block smaller (--bs)");
        }
        return bytes;
    }

    private static Optional<Long> bytesOf(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) > 0 ? Optional.of(Files.size(file)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // then it has to be said
        }
    }
}
