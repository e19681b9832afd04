package io.plimsoll.model;

/// How written data is made durable during a job.
///
/// @param every a sync after so many writes of a data thread; 0 for none
/// @param dataOnly fdatasync instead of fsync
/// @param open what every write is by itself, by flags of the open file
/// @param atEnd fsync of every written file at the end, as part of the job; fio's `end_fsync`
public record SyncPolicy(int every, boolean dataOnly, OpenFlag open, boolean atEnd) {
    public static final int EVERY_MAX = 1_000_000_000;
    public static final SyncPolicy NONE = new SyncPolicy(0, false, OpenFlag.NONE, false);

    public enum OpenFlag {
        NONE,
        /// `O_DSYNC`
        DSYNC,
        /// `O_SYNC`
        SYNC
    }

    public SyncPolicy {
        Require.inRange("writes between syncs", every, 0, EVERY_MAX);
        Require.present("sync flag", open);
    }
}
