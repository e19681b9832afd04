package io.plimsoll.workload;

/// What a verified block turned out to be when it was read back.
public enum Finding {
    OK,
    /// Nothing but zeros where a block should be: never written, lost, or punched out.
    UNWRITTEN,
    /// Does not begin as a verified block does: overwritten by something else, or never written by a verified job.
    FOREIGN,
    /// Changed since it was written, or put together of several writes: its checksum is wrong.
    DAMAGED,
    /// Whole, but of another place, file, thread or seed.
    MISPLACED,
    /// Whole and of this place, but older than the last write to it.
    STALE,
    /// Written in units of another size than this job reads: its block sizes do not match.
    OTHER_UNIT
}
