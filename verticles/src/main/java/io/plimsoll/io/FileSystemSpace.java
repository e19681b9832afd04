package io.plimsoll.io;

/// How full a file system is.
///
/// @param freeBytes what an unprivileged user may still write
public record FileSystemSpace(long sizeBytes, long freeBytes, boolean readOnly) {
    private static final int RESERVE_PERCENT = 5;

    /// What stays free: 5 % of the file system, or `bytesMax` where that is less.
    public long reserveBytes(long bytesMax) {
        return Math.min(sizeBytes / 100 * RESERVE_PERCENT, bytesMax);
    }
}
