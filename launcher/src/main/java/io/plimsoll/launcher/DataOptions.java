package io.plimsoll.launcher;

import static io.plimsoll.launcher.Typed.or;
import static io.plimsoll.launcher.Typed.refuse;

import io.plimsoll.model.AccessMode;
import io.plimsoll.model.Content;
import io.plimsoll.model.SyncPolicy;
import picocli.CommandLine.Option;

/// Flags that say what is written, when it must be on the storage, and how it is checked, by fio's names.
final class DataOptions {
    private static final String SWITCH = "0|1";

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
            description =
                    "Write offset, seed and checksum into each block, check reads against them, and read back from"
                            + " the storage what was written.")
    private FioWords.Checksum verify;

    boolean verifies() {
        return verify != null;
    }

    Content content() {
        return new Content(or(compressPercent, 0), or(dedupePercent, 0), verifies());
    }

    /// @throws IllegalArgumentException with what does not go together, and what to write instead
    SyncPolicy sync(AccessMode mode) {
        if (!mode.writes()) {
            refuseSyncs("has nothing to sync: --rw=" + mode.word() + " writes nothing");
        }
        boolean dataOnly = or(fdatasync, 0) > 0;
        if (dataOnly && or(fsync, 0) > 0) {
            throw new IllegalArgumentException("--fsync and --fdatasync contradict each other; keep one");
        }
        return new SyncPolicy(
                dataOnly ? fdatasync : or(fsync, 0), dataOnly, or(sync, SyncPolicy.OpenFlag.NONE), or(endFsync, false));
    }

    void refuseAll(String why) {
        refuseSyncs(why);
        refuse("--buffer_compress_percentage", compressPercent, why);
        refuse("--dedupe_percentage", dedupePercent, why);
        refuse("--verify", verify, why);
    }

    private void refuseSyncs(String why) {
        refuse("--fsync", fsync, why);
        refuse("--fdatasync", fdatasync, why);
        refuse("--sync", sync, why);
        refuse("--end_fsync", endFsync, why);
    }
}
