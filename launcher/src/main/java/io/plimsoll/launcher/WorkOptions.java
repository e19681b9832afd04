package io.plimsoll.launcher;

import static io.plimsoll.launcher.Typed.or;
import static io.plimsoll.launcher.Typed.refuse;

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

/// Flags that say what a job does to which bytes, by fio's names.
final class WorkOptions {
    private static final long CHUNK_BYTES = 10 << 20;
    private static final long CHUNK_FILE_BYTES = 100 << 20;

    @Option(
            names = {"--rw", "--readwrite"},
            paramLabel = "MODE",
            description = "read, write, randread, randwrite, rw, randrw; chunks: rolling files, as the client"
                    + " writes them; metadata: create, stat, open, rename, unlink (read).")
    private String rw;

    @Option(names = "--rwmixread", paramLabel = "PERCENT", description = "Reads of rw and randrw (50).")
    private Integer rwmixread;

    @Option(names = "--rwmixwrite", paramLabel = "PERCENT", description = "Writes of rw and randrw (50).")
    private Integer rwmixwrite;

    @Option(
            names = {"--bs", "--blocksize"},
            paramLabel = "SIZE",
            converter = FioWords.Sizes.class,
            description = "Bytes of one operation (4k; rw=chunks: 10m).")
    private BlockSizes bs;

    @Option(
            names = "--bssplit",
            paramLabel = "SPLIT",
            converter = FioWords.Split.class,
            description = "Several sizes, each with its share of the operations: 4k/60:64k/40.")
    private BlockSizes bssplit;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = FioWords.Size.class,
            description = "Bytes of one data thread, over all its files (default: of the file that is there).")
    private Long size;

    @Option(
            names = "--nrfiles",
            paramLabel = "N",
            description = "Files of one data thread (1; rw=metadata: 1000 in each round).")
    private Integer nrfiles;

    @Option(
            names = "--filesize",
            paramLabel = "SIZE",
            converter = FioWords.Size.class,
            description = "rw=chunks: bytes at which the next file begins (100m); rw=metadata: bytes of a file (0).")
    private Long filesize;

    @Option(names = "--kept_files", paramLabel = "N", description = "rw=chunks: finished files on disk (3).")
    private Integer keptFiles;

    @Option(names = "--files_per_dir", paramLabel = "N", description = "rw=metadata: files of a directory (100).")
    private Integer filesPerDir;

    @Option(
            names = "--random_distribution",
            paramLabel = "DIST",
            converter = FioWords.Distributed.class,
            description = "random (all blocks alike), zipf:THETA, pareto:H (random).")
    private Distribution randomDistribution;

    @Option(
            names = "--randseed",
            paramLabel = "N",
            description = "The same seed, the same sequence of places and sizes (1); the bytes are new in each run.")
    private Long randseed;

    long seed() {
        return or(randseed, 1L);
    }

    /// @param file that the job works on, if it is one
    /// @throws IllegalArgumentException with what does not go together, and what to write instead
    Work work(Optional<Path> file, DataOptions data, EngineOptions engine) {
        String word = or(rw, AccessMode.READ.word());
        if (word.contains("trim")) {
            throw new IllegalArgumentException("--rw=" + word + ": trim is not supported");
        }
        Map<String, Supplier<Work>> works = new HashMap<>();
        for (AccessMode mode : AccessMode.values()) {
            works.put(mode.word(), () -> blocks(mode, file, data));
        }
        works.put("readwrite", works.get(AccessMode.RW.word()));
        works.put("chunks", () -> chunks(data));
        works.put("metadata", () -> metadata(data, engine));
        return FioWords.oneOf("a mode of --rw", word, works).get();
    }

    private Work.Blocks blocks(AccessMode mode, Optional<Path> file, DataOptions data) {
        refuse("--kept_files", keptFiles, "needs --rw=chunks");
        refuse("--files_per_dir", filesPerDir, "needs --rw=metadata");
        refuse("--filesize", filesize, "is for --rw=chunks and --rw=metadata; --size is divided by --nrfiles");
        if (!mode.random()) {
            refuse("--random_distribution", randomDistribution, "needs --rw=randread, randwrite or randrw");
        }
        if (bs != null && bssplit != null) {
            throw new IllegalArgumentException("--bs and --bssplit contradict each other; keep one");
        }
        return new Work.Blocks(
                mode,
                readPercent(mode),
                bssplit != null ? bssplit : or(bs, BlockSizes.of(4096)),
                or(randomDistribution, new Distribution.Uniform()),
                size(file),
                or(nrfiles, 1),
                data.sync(mode),
                data.content());
    }

    private int readPercent(AccessMode mode) {
        if (!(mode.reads() && mode.writes())) {
            refuse("--rwmixread", rwmixread, "needs --rw=rw or randrw");
            refuse("--rwmixwrite", rwmixwrite, "needs --rw=rw or randrw");
            return mode.reads() ? 100 : 0;
        }
        if (rwmixread != null && rwmixwrite != null && rwmixread + rwmixwrite != 100) {
            throw new IllegalArgumentException("--rwmixread=" + rwmixread + " and --rwmixwrite=" + rwmixwrite
                    + " do not add up to 100; one of them is enough");
        }
        return rwmixread != null ? rwmixread : 100 - or(rwmixwrite, 50);
    }

    private long size(Optional<Path> file) {
        return Optional.ofNullable(size)
                .or(() -> file.flatMap(WorkOptions::bytesOf))
                .orElseThrow(
                        () -> new IllegalArgumentException("say how many bytes a data thread works on: --size=1g"));
    }

    private static Optional<Long> bytesOf(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) > 0 ? Optional.of(Files.size(file)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // then it has to be said
        }
    }

    private Work.Chunks chunks(DataOptions data) {
        refuseBlockFlags("has no meaning with --rw=chunks", data);
        refuse("--files_per_dir", filesPerDir, "needs --rw=metadata");
        refuse("--nrfiles", nrfiles, "has no meaning with --rw=chunks, whose files roll over; see --filesize");
        long chunkBytes = bs == null ? CHUNK_BYTES : bs.maxBytes();
        return new Work.Chunks(chunkBytes, or(filesize, Math.max(CHUNK_FILE_BYTES, chunkBytes)), or(keptFiles, 3));
    }

    private Work.Metadata metadata(DataOptions data, EngineOptions engine) {
        String why = "has no meaning with --rw=metadata";
        refuseBlockFlags(why, data);
        engine.refuseAllOfOneOperation(why);
        refuse("--kept_files", keptFiles, "needs --rw=chunks");
        refuse("--bs", bs, why);
        return new Work.Metadata(
                or(nrfiles, 1000),
                or(filesPerDir, 100),
                Math.toIntExact(Math.min(or(filesize, 0L), Integer.MAX_VALUE)));
    }

    /// Neither chunks nor metadata work have any use for these.
    private void refuseBlockFlags(String why, DataOptions data) {
        refuse("--size", size, why);
        refuse("--rwmixread", rwmixread, why);
        refuse("--rwmixwrite", rwmixwrite, why);
        refuse("--bssplit", bssplit, why);
        refuse("--random_distribution", randomDistribution, why);
        data.refuseAll(why);
    }
}
