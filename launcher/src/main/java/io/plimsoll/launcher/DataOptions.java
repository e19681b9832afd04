package io.plimsoll.launcher;

import static io.plimsoll.launcher.Typed.or;
import static io.plimsoll.launcher.Typed.refuse;
import static io.plimsoll.launcher.Typed.within;

import io.plimsoll.model.AccessMode;
import io.plimsoll.model.Content;
import io.plimsoll.model.SyncPolicy;
import picocli.CommandLine.Option;

/// Flags that say what is written, when it must be on the storage, and how it is checked, by fio's names.
final class DataOptions {
    private static final String SWITCH = "0|1";

    @Option(
            names = "--fsync",
            paramLabel = "N",
            converter = WholeWord.class,
            description = "fsync after every N writes (0: none).")
    private Long fsync;

    @Option(
            names = "--fdatasync",
            paramLabel = "N",
            converter = WholeWord.class,
            description = "fdatasync after every N writes (0: none).")
    private Long fdatasync;

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
            converter = WholeWord.class,
            description = "How far the data can be compressed (0).")
    private Long compressPercent;

    @Option(
            names = "--dedupe_percentage",
            paramLabel = "PERCENT",
            converter = WholeWord.class,
            description = "Share of the data that was written before (0).")
    private Long dedupePercent;

    @Option(
            names = "--verify",
            paramLabel = "crc32c|0",
            arity = "0..1",
            fallbackValue = "crc32c",
            converter = FioWords.ChecksumWord.class,
            description =
                    "Write offset, seed and checksum into each block, check reads against them, and read back from"
                            + " the storage what was written (0: do not).")
    private FioWords.Checksum verify;

    boolean verifies() {
        return verify == FioWords.Checksum.CRC32C;
    }

    Content content() {
        int duplicates = within("--dedupe_percentage", dedupePercent, 0, 0, 100);
        if (verifies() && duplicates > 0) {
            throw new IllegalArgumentException("--dedupe_percentage=" + duplicates
                    + " cannot be had with --verify, whose" + " blocks are all different; leave one of them out");
        }
        return new Content(within("--buffer_compress_percentage", compressPercent, 0, 0, 100), duplicates, verifies());
    }

    /// @throws IllegalArgumentException with what does not go together, and what to write instead
    SyncPolicy sync(AccessMode mode) {
        if (!mode.writes()) {
            refuseSyncs("has nothing to sync: --rw=" + mode.word() + " writes nothing");
        }
        int full = within("--fsync", fsync, 0, 0, SyncPolicy.EVERY_MAX);
        int data = within("--fdatasync", fdatasync, 0, 0, SyncPolicy.EVERY_MAX);
        boolean dataOnly = data > 0;
        if (dataOnly && full > 0) {
            throw new IllegalArgumentException("--fsync and --fdatasync contradict each other; keep one");
        }
        return new SyncPolicy(
                dataOnly ? data : full, dataOnly, or(sync, SyncPolicy.OpenFlag.NONE), or(endFsync, false));
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
