package io.plimsoll.launcher;

import io.plimsoll.bench.JobRequest;
import io.plimsoll.bench.JobTarget;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.JobPlan.EngineChoice;
import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Flags that say what a job is, by fio's names; shared by the commands that run jobs. A flag that would change nothing
/// in the job is refused, so that nobody believes that it did.
final class JobOptions {
    private static final long CHUNK_BYTES = 10 << 20;
    private static final long CHUNK_FILE_BYTES = 100 << 20;
    private static final String SWITCH = "0|1";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nTarget%n", order = 1)
    private Where where = new Where();

    @ArgGroup(validate = false, heading = "%nAccess%n", order = 2)
    private Access access = new Access();

    @ArgGroup(validate = false, heading = "%nEngine%n", order = 3)
    private Machine machine = new Machine();

    @ArgGroup(validate = false, heading = "%nData%n", order = 6)
    private Data data = new Data();

    private static final class Where {
        @Option(names = "--name", description = "Name of the job (bench).")
        private String name;

        @Option(names = "--directory", paramLabel = "DIR", description = "Lay out files of its own in this directory.")
        private Path directory;

        @Option(
                names = "--filename",
                paramLabel = "FILE",
                description = "One file for all data threads; /dev/zero to read and /dev/null to write calibrate.")
        private Path filename;

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
                description =
                        "rw=chunks: bytes at which the next file begins (100m); rw=metadata: bytes of a file (0).")
        private Long filesize;

        @Option(names = "--kept_files", paramLabel = "N", description = "rw=chunks: finished files on disk (3).")
        private Integer keptFiles;

        @Option(names = "--files_per_dir", paramLabel = "N", description = "rw=metadata: files of a directory (100).")
        private Integer filesPerDir;

        @Option(
                names = "--overwrite",
                paramLabel = SWITCH,
                arity = "0..1",
                fallbackValue = "1",
                converter = FioWords.Bool.class,
                description = "Write over a file that Plimsoll did not make (0).")
        private Boolean overwrite;

        @Option(
                names = "--unlink",
                paramLabel = SWITCH,
                arity = "0..1",
                fallbackValue = "1",
                converter = FioWords.Bool.class,
                description = "Remove the job's files at the end (0: the next job finds them laid out).")
        private Boolean unlink;
    }

    private static final class Access {
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
                names = "--random_distribution",
                paramLabel = "DIST",
                converter = FioWords.Distributed.class,
                description = "random (all blocks alike), zipf:THETA, pareto:H (random).")
        private Distribution randomDistribution;

        @Option(
                names = "--randseed",
                paramLabel = "N",
                description =
                        "The same seed, the same sequence of places and sizes (1); the bytes are new in each run.")
        private Long randseed;
    }

    private static final class Machine {
        @Option(
                names = "--ioengine",
                paramLabel = "ENGINE",
                converter = FioWords.EngineWord.class,
                description = "psync, io_uring, filechannel, mmap, dd, null (psync).")
        private EngineKind ioengine;

        @Option(names = "--iodepth", paramLabel = "N", description = "Operations in flight of one data thread (1).")
        private Integer iodepth;

        @Option(
                names = "--direct",
                paramLabel = SWITCH,
                arity = "0..1",
                fallbackValue = "1",
                converter = FioWords.Bool.class,
                description = "Past the page cache, by O_DIRECT (0).")
        private Boolean direct;

        @Option(names = "--numjobs", paramLabel = "N", description = "Data threads (1).")
        private Integer numjobs;

        @Option(
                names = "--cpus_allowed",
                paramLabel = "LIST",
                converter = FioWords.CpuList.class,
                description = "CPUs of the data threads: 0,2-3.")
        private List<Integer> cpusAllowed;

        @Option(
                names = "--fallback",
                paramLabel = "ENGINES",
                converter = FioWords.EngineList.class,
                description = "Engines to run instead where the system refuses the one above, in this order"
                        + " (none: refuse).")
        private List<EngineKind> fallback;

        @Option(
                names = "--thread",
                paramLabel = "1",
                arity = "0..1",
                fallbackValue = "1",
                converter = FioWords.Always.class,
                description = "Taken for fio's sake: data threads are always threads.")
        private Boolean thread;

        @Option(
                names = "--group_reporting",
                paramLabel = "1",
                arity = "0..1",
                fallbackValue = "1",
                converter = FioWords.Always.class,
                description = "Taken for fio's sake: all data threads are always one result.")
        private Boolean groupReporting;
    }

    private static final class Data {
        @Option(names = "--fsync", paramLabel = "N", description = "fsync after every N writes (0: none).")
        private Integer fsync;

        @Option(names = "--fdatasync", paramLabel = "N", description = "fdatasync after every N writes (0: none).")
        private Integer fdatasync;

        @Option(
                names = "--sync",
                paramLabel = "none|dsync|sync",
                converter = FioWords.SyncWord.class,
                description = "Open for writing with O_DSYNC or O_SYNC (none).")
        private SyncPolicy.OpenFlag sync;

        @Option(
                names = "--end_fsync",
                paramLabel = SWITCH,
                arity = "0..1",
                fallbackValue = "1",
                converter = FioWords.Bool.class,
                description = "fsync every written file at the end, as part of the job (0).")
        private Boolean endFsync;

        @Option(
                names = "--buffer_compress_percentage",
                paramLabel = "PERCENT",
                description = "How far the data can be compressed (0).")
        private Integer compressPercent;

        @Option(
                names = "--dedupe_percentage",
                paramLabel = "PERCENT",
                description = "Share of the data that was written before (0).")
        private Integer dedupePercent;

        @Option(
                names = "--verify",
                paramLabel = "crc32c",
                arity = "0..1",
                fallbackValue = "crc32c",
                converter = FioWords.ChecksumWord.class,
                description = "Write offset, seed and checksum into each block, and check reads against them.")
        private FioWords.Checksum verify;
    }

    /// The job that was typed.
    ///
    /// @param span how long such work takes, or an IllegalArgumentException with what does not go together
    /// @throws ParameterException with what does not go together, and what to write instead
    JobRequest request(Load load, Function<Work, Span> span) {
        refuseRepeated();
        try {
            return request(load, span, work());
        } catch (IllegalArgumentException e) {
            throw misuse(e.getMessage());
        }
    }

    private JobRequest request(Load load, Function<Work, Span> span, Work work) {
        JobPlan plan = new JobPlan(
                or(where.name, "bench"),
                work,
                engine(),
                or(machine.numjobs, 1),
                load,
                span.apply(work),
                or(access.randseed, 1L));
        return new JobRequest(plan, target(work), or(where.overwrite, false), or(where.unlink, false));
    }

    private Work work() {
        String word = access.rw == null ? AccessMode.READ.word() : access.rw;
        return switch (word) {
            case "chunks" -> chunks();
            case "metadata" -> metadata();
            default -> blocks(mode(word));
        };
    }

    private AccessMode mode(String word) {
        if (word.contains("trim")) {
            throw misuse("--rw=" + word + ": trim is not supported");
        }
        Map<String, AccessMode> modes = new HashMap<>(Map.of("readwrite", AccessMode.RW));
        Arrays.stream(AccessMode.values()).forEach(mode -> modes.put(mode.word(), mode));
        return FioWords.oneOf("a mode of --rw", word, modes);
    }

    private Work.Blocks blocks(AccessMode mode) {
        refuse("needs --rw=chunks", "kept_files", where.keptFiles);
        refuse("needs --rw=metadata", "files_per_dir", where.filesPerDir);
        refuse("is for --rw=chunks and --rw=metadata; --size is divided by --nrfiles", "filesize", where.filesize);
        if (!mode.random()) {
            refuse("needs --rw=randread, randwrite or randrw", "random_distribution", access.randomDistribution);
        }
        if (access.bs != null && access.bssplit != null) {
            throw misuse("--bs and --bssplit contradict each other; keep one");
        }
        BlockSizes sizes = access.bssplit != null ? access.bssplit : or(access.bs, BlockSizes.of(4096));
        return new Work.Blocks(
                mode,
                readPercent(mode),
                sizes,
                or(access.randomDistribution, new Distribution.Uniform()),
                size(),
                or(where.nrfiles, 1),
                sync(mode),
                content());
    }

    private int readPercent(AccessMode mode) {
        if (!(mode.reads() && mode.writes())) {
            refuse("needs --rw=rw or randrw", "rwmixread", access.rwmixread);
            refuse("needs --rw=rw or randrw", "rwmixwrite", access.rwmixwrite);
            return mode.reads() ? 100 : 0;
        }
        if (access.rwmixread != null && access.rwmixwrite != null && access.rwmixread + access.rwmixwrite != 100) {
            throw misuse("--rwmixread=" + access.rwmixread + " and --rwmixwrite=" + access.rwmixwrite
                    + " do not add up to 100; one of them is enough");
        }
        return access.rwmixread != null ? access.rwmixread : 100 - or(access.rwmixwrite, 50);
    }

    private long size() {
        if (where.size != null) {
            return where.size;
        }
        return file().flatMap(JobOptions::bytesOf)
                .orElseThrow(() -> misuse("say how many bytes a data thread works on: --size=1g"));
    }

    private static Optional<Long> bytesOf(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) > 0 ? Optional.of(Files.size(file)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // then it has to be said
        }
    }

    private SyncPolicy sync(AccessMode mode) {
        if (!mode.writes()) {
            String why = "has nothing to sync: --rw=" + mode.word() + " writes nothing";
            refuse(why, "fsync", data.fsync);
            refuse(why, "fdatasync", data.fdatasync);
            refuse(why, "sync", data.sync);
            refuse(why, "end_fsync", data.endFsync);
        }
        if (or(data.fsync, 0) > 0 && or(data.fdatasync, 0) > 0) {
            throw misuse("--fsync and --fdatasync contradict each other; keep one");
        }
        boolean dataOnly = or(data.fdatasync, 0) > 0;
        return new SyncPolicy(
                dataOnly ? data.fdatasync : or(data.fsync, 0),
                dataOnly,
                or(data.sync, SyncPolicy.OpenFlag.NONE),
                or(data.endFsync, false));
    }

    private Content content() {
        boolean verify = data.verify != null;
        if (verify && machine.ioengine == EngineKind.NULL) {
            throw misuse("--verify has nothing to check: --ioengine=null reads and writes nothing");
        }
        return new Content(or(data.compressPercent, 0), or(data.dedupePercent, 0), verify);
    }

    private Work.Chunks chunks() {
        refuseBlockFlags("chunks");
        refuse("needs --rw=metadata", "files_per_dir", where.filesPerDir);
        refuse("has no meaning with --rw=chunks, whose files roll over; see --filesize", "nrfiles", where.nrfiles);
        long chunkBytes = access.bs == null ? CHUNK_BYTES : access.bs.maxBytes();
        return new Work.Chunks(
                chunkBytes,
                where.filesize == null ? Math.max(CHUNK_FILE_BYTES, chunkBytes) : where.filesize,
                or(where.keptFiles, 3));
    }

    private Work.Metadata metadata() {
        refuseBlockFlags("metadata");
        String why = "has no meaning with --rw=metadata";
        refuse("needs --rw=chunks", "kept_files", where.keptFiles);
        refuse(why, "bs", access.bs);
        refuse(why, "ioengine", machine.ioengine);
        refuse(why, "iodepth", machine.iodepth);
        refuse(why, "direct", machine.direct);
        refuse(why, "fallback", machine.fallback);
        return new Work.Metadata(
                or(where.nrfiles, 1000),
                or(where.filesPerDir, 100),
                Math.toIntExact(Math.min(or(where.filesize, 0L), Integer.MAX_VALUE)));
    }

    /// Neither chunks nor metadata work have any use for these.
    private void refuseBlockFlags(String rw) {
        String why = "has no meaning with --rw=" + rw;
        refuse(why, "size", where.size);
        refuse(why, "rwmixread", access.rwmixread);
        refuse(why, "rwmixwrite", access.rwmixwrite);
        refuse(why, "bssplit", access.bssplit);
        refuse(why, "random_distribution", access.randomDistribution);
        refuse(why, "fsync", data.fsync);
        refuse(why, "fdatasync", data.fdatasync);
        refuse(why, "sync", data.sync);
        refuse(why, "end_fsync", data.endFsync);
        refuse(why, "buffer_compress_percentage", data.compressPercent);
        refuse(why, "dedupe_percentage", data.dedupePercent);
        refuse(why, "verify", data.verify);
    }

    private EngineChoice engine() {
        EngineKind kind = or(machine.ioengine, EngineKind.PSYNC);
        boolean direct = or(machine.direct, false);
        if (direct && kind == EngineKind.MMAP) {
            throw misuse(
                    "--direct=1 cannot be had with --ioengine=mmap, which is the page cache; use psync or io_uring");
        }
        List<EngineKind> fallbacks = or(machine.fallback, List.of());
        if (direct && fallbacks.contains(EngineKind.MMAP)) {
            throw misuse("--fallback=mmap cannot be had with --direct=1: mmap is the page cache; name another engine");
        }
        if (fallbacks.contains(kind)) {
            throw misuse("--fallback names " + kind.word() + ", which is the engine itself");
        }
        return new EngineChoice(kind, or(machine.iodepth, 1), direct, fallbacks, or(machine.cpusAllowed, List.of()));
    }

    private JobTarget target(Work work) {
        Optional<Path> file = file();
        if (file.isEmpty()) {
            if (where.directory == null) {
                throw misuse("say where: --directory=DIR, or --filename=FILE");
            }
            return new JobTarget.Directory(where.directory);
        }
        if (!(work instanceof Work.Blocks blocks)) {
            throw misuse("--rw=" + access.rw + " makes many files: say --directory=DIR instead of --filename");
        }
        if (blocks.files() > 1) {
            throw misuse("--nrfiles=" + blocks.files() + ": --filename is one file; say --directory=DIR");
        }
        checkFile(file.get(), blocks.mode());
        return new JobTarget.File(file.get());
    }

    /// As in fio, a file name may be below a directory that is given with it.
    private Optional<Path> file() {
        if (where.filename != null && where.directory != null) {
            if (where.filename.isAbsolute()) {
                throw misuse("--filename=" + where.filename + " is not below --directory; keep one of them");
            }
            return Optional.of(where.directory.resolve(where.filename));
        }
        return Optional.ofNullable(where.filename);
    }

    private void checkFile(Path file, AccessMode mode) {
        if (Files.isDirectory(file)) {
            throw misuse("--filename=" + file + " is a directory; say --directory=" + file);
        }
        if (file.toString().contains(":") && Files.notExists(file)) {
            throw misuse(
                    "--filename=" + file + ": several files are not supported; say --directory=DIR and --nrfiles=N");
        }
        if (file.equals(Path.of("/dev/zero")) && mode.writes()) {
            throw misuse("--filename=/dev/zero is for reads; --filename=/dev/null takes writes");
        }
        if (file.equals(Path.of("/dev/null")) && mode.reads()) {
            throw misuse("--filename=/dev/null is for writes: it has nothing to read; --filename=/dev/zero has");
        }
    }

    /// picocli would begin the group of a repeated option anew, and forget what was said in it before.
    private void refuseRepeated() {
        List<String> typed = spec.commandLine().getParseResult().originalArgs();
        for (OptionSpec option : spec.options()) {
            if (option.isMultiValue()) {
                continue;
            }
            long times = typed.stream()
                    .filter(word -> Arrays.asList(option.names()).contains(word.replaceFirst("=.*", "")))
                    .count();
            if (times > 1) {
                throw misuse("option '" + option.longestName() + "' should be specified only once");
            }
        }
    }

    private void refuse(String why, String flag, Object value) {
        if (value != null) {
            throw misuse("--" + flag + " " + why);
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static <T> T or(T typed, T otherwise) {
        return Objects.requireNonNullElse(typed, otherwise);
    }
}
