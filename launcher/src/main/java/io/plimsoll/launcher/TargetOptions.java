package io.plimsoll.launcher;

import static io.plimsoll.launcher.Typed.or;

import io.plimsoll.bench.JobTarget;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Work;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Flags that say where a job works, by fio's names.
final class TargetOptions {
    private static final String SWITCH = "0|1";

    @Option(names = "--name", description = "Name of the job (bench).")
    private String name;

    @Option(names = "--directory", paramLabel = "DIR", description = "Lay out files of its own in this directory.")
    private Path directory;

    @Option(
            names = "--filename",
            paramLabel = "FILE",
            converter = FileWord.class,
            description = "One file for all data threads; /dev/zero to read and /dev/null to write calibrate.")
    private Path filename;

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

    String name() {
        String said = or(name, "bench");
        if (!JobPlan.NAME.matcher(said).matches()) {
            throw new IllegalArgumentException("--name='" + said
                    + "' cannot name files; write letters, digits, '.', '_'" + " and '-', a letter or digit first");
        }
        return said;
    }

    boolean overwrite() {
        return or(overwrite, false);
    }

    boolean unlink() {
        return or(unlink, false);
    }

    /// The first thing that has to be known of a job.
    ///
    /// @throws IllegalArgumentException where it was not said
    void require() {
        if (directory == null && filename == null) {
            throw new IllegalArgumentException("say where: --directory=DIR, or --filename=FILE; for example"
                    + " --directory=/mnt/nvme --rw=randread --size=1g");
        }
        if (directory != null && directory.toString().isEmpty()) {
            throw new IllegalArgumentException("--directory= names nothing (is a variable empty?); say --directory=DIR,"
                    + " or --directory=. for this one");
        }
    }

    /// As in fio, a file name may be below a directory that is given with it.
    Optional<Path> file() {
        if (filename != null && directory != null) {
            if (filename.isAbsolute()) {
                throw new IllegalArgumentException(
                        "--filename=" + filename + " is not below --directory; keep one of them");
            }
            return Optional.of(directory.resolve(filename));
        }
        return Optional.ofNullable(filename);
    }

    /// @throws IllegalArgumentException where such work cannot be done there, with the remedy
    JobTarget target(Work work) {
        Optional<Path> file = file();
        if (file.isEmpty()) {
            return new JobTarget.Directory(directory);
        }
        switch (work) {
            case Work.Blocks blocks -> checkFile(file.get(), blocks);
            case Work.Chunks _ -> throw manyFiles("chunks");
            case Work.Metadata _ -> throw manyFiles("metadata");
        }
        return new JobTarget.File(file.get());
    }

    private static IllegalArgumentException manyFiles(String rw) {
        return new IllegalArgumentException(
                "--rw=" + rw + " makes many files: say --directory=DIR instead of --filename");
    }

    private static void checkFile(Path file, Work.Blocks work) {
        AccessMode mode = work.mode();
        String flag = "--filename=" + file;
        if (work.files() > 1) {
            throw new IllegalArgumentException(
                    "--nrfiles=" + work.files() + ": --filename is one file; say --directory=DIR");
        }
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(flag + " is a directory; say --directory=" + file);
        }
        if (file.toString().contains(":") && Files.notExists(file)) {
            throw new IllegalArgumentException(
                    flag + ": several files are not supported; say --directory=DIR and --nrfiles=N");
        }
        if (file.equals(Path.of("/dev/zero")) && mode.writes()) {
            throw new IllegalArgumentException(flag + " is for reads; --filename=/dev/null takes writes");
        }
        if (file.equals(Path.of("/dev/null")) && mode.reads()) {
            throw new IllegalArgumentException(
                    flag + " is for writes: it has nothing to read; --filename=/dev/zero has");
        }
    }
}
