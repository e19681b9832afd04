package io.plimsoll.model;

/// The main job of a client: chunks into files that roll over, for a time.
///
/// @param chunkBytes bytes of one write
/// @param fileBytes bytes that a file has at most; it is closed, and the next one begins, when another chunk would not
///     fit; at least one chunk
/// @param runTimeMs how long to write
/// @param keptFilesMax how many finished files stay on disk; the oldest beyond it is deleted
/// @param forced the rollover prediction was overruled by the user
public record ChunkPlan(
        long chunkBytes, long fileBytes, long runTimeMs, int keptFilesMax, EngineKind engine, boolean forced) {
    /// A benchmark with fewer rollovers than this says nothing about rolling over.
    public static final int ROLLOVERS_MIN = 2;

    public static final long CHUNK_BYTES_MAX = 1L << 30;

    public ChunkPlan {
        Require.inRange("chunk size in bytes", chunkBytes, 1, CHUNK_BYTES_MAX);
        Require.positive("file size in bytes", fileBytes);
        Require.inRange("run time in ms", runTimeMs, 1, 366L * 24 * 3600 * 1000);
        Require.inRange("kept files", keptFilesMax, 1, 1_000_000);
        Require.present("engine", engine);
        if (fileBytes < chunkBytes) {
            throw new IllegalArgumentException("file size " + ByteSize.format(fileBytes)
                    + " is smaller than chunk size " + ByteSize.format(chunkBytes));
        }
    }

    /// Every write is a whole chunk, so a file ends when another one would not fit.
    public long chunksPerFile() {
        return fileBytes / chunkBytes;
    }

    /// What a complete file has: the file size, rounded down to whole chunks.
    public long bytesPerFile() {
        return chunksPerFile() * chunkBytes;
    }

    /// The most bytes that the plan has on disk at any one time: the kept files and the one being written.
    public long footprintBytes() {
        return Math.multiplyExact(fileBytes, keptFilesMax + 1L);
    }
}
