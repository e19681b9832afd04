package io.plimsoll.model;

/// What written blocks hold.
///
/// @param compressPercent how much of each 4 KiB is zero: roughly what a compressing storage saves
/// @param dedupePercent share of 4 KiB pieces that were written before in the same words
/// @param verify each block carries its offset, the seed and a checksum, and reads are checked against them
public record Content(int compressPercent, int dedupePercent, boolean verify) {
    /// Neither compressible nor deduplicable.
    public static final Content RANDOM = new Content(0, 0, false);

    public Content {
        Require.inRange("compressible share in per cent", compressPercent, 0, 100);
        Require.inRange("duplicate share in per cent", dedupePercent, 0, 100);
        if (verify && dedupePercent > 0) {
            throw new IllegalArgumentException(
                    "verified blocks are all different: they cannot have duplicates (dedupe " + dedupePercent + " %)");
        }
    }
}
