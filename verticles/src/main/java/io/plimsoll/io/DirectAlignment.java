package io.plimsoll.io;

import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.BlockSizes.Part;
import java.util.stream.IntStream;

/// What direct I/O asks of the blocks of a job.
final class DirectAlignment {
    private DirectAlignment() {}

    /// Checks each size that is drawn: an offset is a multiple of the smallest, or the sum of any of them, so that
    /// offsets fit where all sizes do.
    ///
    /// @param unitBytes that offsets and lengths must be multiples of; 0 where nobody says
    /// @throws PosixException where a size is no multiple, with the remedy
    static void check(BlockSizes blocks, int unitBytes, String path) throws PosixException {
        int[] drawn = blocks.parts().stream()
                .filter(part -> part.percent() > 0)
                .mapToInt(Part::bytes)
                .toArray();
        int odd = unitBytes == 0
                ? 0
                : IntStream.of(drawn)
                        .filter(bytes -> bytes % unitBytes != 0)
                        .findFirst()
                        .orElse(0);
        if (odd > 0) {
            throw new PosixException(
                    "open",
                    path,
                    0,
                    "direct I/O needs blocks of a multiple of " + unitBytes + " bytes, and "
                            + (drawn.length == 1 ? "these" : "some of these") + " are of " + odd
                            + "; choose another block size, or --direct=0");
        }
    }
}
