package io.plimsoll.launcher;

import static io.plimsoll.launcher.Typed.or;
import static io.plimsoll.launcher.Typed.refuse;
import static io.plimsoll.launcher.Typed.within;

import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Work;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/// Work of `plimsoll bench`: on blocks, chunks, and metadata.
final class BenchWorkOptions extends WorkOptions {
    private static final long CHUNK_BYTES = 10 << 20;
    private static final long CHUNK_FILE_BYTES = 100 << 20;

    @Option(
            names = {"--rw", "--readwrite"},
            order = 10,
            paramLabel = "MODE",
            description = "read, write, randread, randwrite, rw, randrw; chunks: rolling files, as the client"
                    + " writes them; metadata: create, stat, open, rename, unlink (read).")
    private String rw;

    @Option(
            names = {"--bs", "--blocksize"},
            order = 20,
            paramLabel = "SIZE",
            converter = FioWords.Sizes.class,
            description = "Bytes of one operation (4k; rw=chunks: 10m).")
    private BlockSizes bs;

    @Option(
            names = "--nrfiles",
            order = 30,
            paramLabel = "N",
            converter = WholeWord.class,
            description = "Files of one data thread (1; rw=metadata: 1000 in each round).")
    private Long nrfiles;

    @Option(
            names = "--filesize",
            order = 31,
            paramLabel = "SIZE",
            converter = FioWords.Size.class,
            description = "rw=chunks: bytes at which the next file begins (100m); rw=metadata: bytes of a file (0).")
    private Long filesize;

    @Option(
            names = "--kept_files",
            order = 32,
            paramLabel = "N",
            converter = WholeWord.class,
            description = "rw=chunks: finished files on disk (3).")
    private Long keptFiles;

    @Option(
            names = "--files_per_dir",
            order = 33,
            paramLabel = "N",
            converter = WholeWord.class,
            description = "rw=metadata: files of a directory (100).")
    private Long filesPerDir;

    @Override
    String rw() {
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
        refuse("--kept_files", keptFiles, "needs --rw=chunks");
        refuse("--files_per_dir", filesPerDir, "needs --rw=metadata");
        refuse("--filesize", filesize, "is for --rw=chunks and --rw=metadata; --size is divided by --nrfiles");
    }

    @Override
    Map<String, Supplier<Work>> others(DataOptions data, EngineOptions engine) {
        return Map.of("chunks", () -> chunks(data), "metadata", () -> metadata(data, engine));
    }

    private Work.Chunks chunks(DataOptions data) {
        refuse("--size", size, "has no meaning with --rw=chunks, which writes until --runtime is over; leave it out");
        refuseBlockFlags("has no meaning with --rw=chunks; leave it out", data);
        refuse("--files_per_dir", filesPerDir, "needs --rw=metadata");
        refuse("--nrfiles", nrfiles, "has no meaning with --rw=chunks, whose files roll over; see --filesize");
        long chunkBytes = bs == null ? CHUNK_BYTES : bs.maxBytes();
        long fileBytes = or(filesize, Math.max(CHUNK_FILE_BYTES, chunkBytes));
        if (fileBytes < chunkBytes) {
            throw new IllegalArgumentException("--filesize=" + FioWords.sizeWord(fileBytes)
                    + " is less than one chunk of " + FioWords.sizeWord(chunkBytes)
                    + "; make it larger, or the chunk smaller (--bs)");
        }
        return new Work.Chunks(
                chunkBytes, fileBytes, within("--kept_files", keptFiles, 3, 1, Work.Chunks.KEPT_FILES_MAX));
    }

    private Work.Metadata metadata(DataOptions data, EngineOptions engine) {
        String why = "has no meaning with --rw=metadata; leave it out";
        refuse(
                "--size",
                size,
                "has no meaning with --rw=metadata; --nrfiles says how many files, --filesize how large");
        refuseBlockFlags(why, data);
        engine.refuseAllOfOneOperation(why);
        refuse("--kept_files", keptFiles, "needs --rw=chunks");
        refuse("--bs", bs, why);
        long fileBytes = or(filesize, 0L);
        if (fileBytes > Work.Metadata.FILE_BYTES_MAX) {
            throw new IllegalArgumentException("--filesize=" + FioWords.sizeWord(fileBytes)
                    + ": with --rw=metadata a file has at most " + FioWords.sizeWord(Work.Metadata.FILE_BYTES_MAX)
                    + "; write --filesize=4k, or measure --rw=write");
        }
        return new Work.Metadata(
                within("--nrfiles", nrfiles, 1000, 1, Work.Metadata.FILES_MAX),
                within("--files_per_dir", filesPerDir, 100, 1, Work.Metadata.FILES_PER_DIRECTORY_MAX),
                Math.toIntExact(fileBytes));
    }

    /// Neither chunks nor metadata work have any use for these.
    private void refuseBlockFlags(String why, DataOptions data) {
        refuse("--rwmixread", rwmixread, why);
        refuse("--rwmixwrite", rwmixwrite, why);
        refuse("--bssplit", bssplit, why);
        refuse("--random_distribution", randomDistribution, why);
        data.refuseAll(why);
    }
}
