package io.plimsoll.model;

import java.util.List;

/// Sizes of the operations of a job, each with its share; fio's `bs` (one size) and `bssplit`.
///
/// @param parts shares in per cent, which add up to 100
public record BlockSizes(List<Part> parts) {
    public static final int BLOCK_BYTES_MAX = 1 << 30;
    private static final int PARTS_MAX = 64;

    /// @param percent of the operations, not of the bytes
    public record Part(int bytes, int percent) {
        public Part {
            Require.inRange("block size in bytes", bytes, 1, BLOCK_BYTES_MAX);
            Require.inRange("share of a block size in per cent", percent, 0, 100);
        }
    }

    public BlockSizes {
        parts = List.copyOf(parts);
        Require.inRange("number of block sizes", parts.size(), 1, PARTS_MAX);
        int sum = parts.stream().mapToInt(Part::percent).sum();
        if (sum != 100) {
            throw new IllegalArgumentException("the shares of the block sizes add up to " + sum + ", not to 100 %");
        }
    }

    public static BlockSizes of(int bytes) {
        return new BlockSizes(List.of(new Part(bytes, 100)));
    }

    public int maxBytes() {
        return parts.stream().mapToInt(Part::bytes).max().orElseThrow();
    }

    public int minBytes() {
        return parts.stream().mapToInt(Part::bytes).min().orElseThrow();
    }

    public boolean uniform() {
        return parts.size() == 1;
    }
}
