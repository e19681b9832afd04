package io.plimsoll.bench;

import java.nio.file.Path;

/// Where a job works.
public sealed interface JobTarget {
    Path path();

    /// A directory in which the job lays out files of its own; fio's `directory`.
    record Directory(Path path) implements JobTarget {}

    /// One file that all data threads share; fio's `filename`. `/dev/zero` and `/dev/null` are for calibration.
    record File(Path path) implements JobTarget {}
}
