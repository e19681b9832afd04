package io.plimsoll.model;

/// What a job does to its files.
public sealed interface Work {
    /// Reads and writes blocks of files that have their size before it begins.
    ///
    /// @param readPercent share of reads where the mode mixes; 100 or 0 where it does not
    /// @param bytes of one data thread, over all its files; fio's `size`
    /// @param files of one data thread; fio's `nrfiles`
    record Blocks(
            AccessMode mode,
            int readPercent,
            BlockSizes blocks,
            Distribution distribution,
            long bytes,
            int files,
            SyncPolicy sync,
            Content content)
            implements Work {
        public static final int FILES_MAX = 10_000;
        private static final int SECTOR_BYTES = 512;

        public Blocks {
            Require.present("access mode", mode);
            Require.inRange("share of reads in per cent", readPercent, 0, 100);
            Require.present("block sizes", blocks);
            Require.present("distribution", distribution);
            Require.inRange("number of files", files, 1, FILES_MAX);
            Require.present("sync policy", sync);
            Require.present("content", content);
            for (BlockSizes.Part part : blocks.parts()) {
                if (content.verify() && part.bytes() % SECTOR_BYTES != 0) {
                    throw new IllegalArgumentException("verified blocks must be whole sectors of " + SECTOR_BYTES
                            + " bytes, and one has " + part.bytes() + " bytes");
                }
            }
            if (bytes / files < blocks.maxBytes()) {
                throw new IllegalArgumentException("size " + bytes + " over " + files
                        + " file(s) is smaller than a block of " + blocks.maxBytes() + " bytes");
            }
        }

        /// Bytes of one file, a whole number of the largest blocks.
        public long bytesPerFile() {
            return bytes / files / blocks.maxBytes() * blocks.maxBytes();
        }
    }

    /// The main job: whole chunks into files that roll over, with fsync at the end of each.
    record Chunks(long chunkBytes, long fileBytes, int keptFilesMax) implements Work {
        public static final int KEPT_FILES_MAX = 1_000_000;

        public Chunks {
            Require.inRange("chunk size in bytes", chunkBytes, 1, ChunkPlan.CHUNK_BYTES_MAX);
            Require.inRange("file size in bytes", fileBytes, chunkBytes, Long.MAX_VALUE);
            Require.inRange("kept files", keptFilesMax, 1, KEPT_FILES_MAX);
        }
    }

    /// Creates, stats, opens, renames and unlinks files over a tree of directories, in rounds.
    ///
    /// @param files of one data thread in one round
    /// @param filesPerDirectory before the next directory of the tree is begun
    /// @param fileBytes written into each file when it is created; 0 for empty files
    record Metadata(int files, int filesPerDirectory, int fileBytes) implements Work {
        public static final int FILES_MAX = 10_000_000;
        public static final int FILES_PER_DIRECTORY_MAX = 1_000_000;
        public static final int FILE_BYTES_MAX = 1 << 20;

        public Metadata {
            Require.inRange("number of files", files, 1, FILES_MAX);
            Require.inRange("files per directory", filesPerDirectory, 1, FILES_PER_DIRECTORY_MAX);
            Require.inRange("file size in bytes", fileBytes, 0, FILE_BYTES_MAX);
        }
    }
}
