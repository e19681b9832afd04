package io.plimsoll.workload;

import io.plimsoll.model.Content;
import java.lang.foreign.MemorySegment;

/// Makes what written blocks hold. One data thread; [#next] allocates nothing.
public final class BlockContent {
    public BlockContent(Content content, int thread, long seed) {}

    /// Fills memory that blocks will be written from, once before the first.
    public void fill(MemorySegment memory) {
        throw new UnsupportedOperationException();
    }

    /// Makes the next block, which will be written to `offset` of file `file`.
    public void next(MemorySegment memory, int bytes, int file, long offset) {
        throw new UnsupportedOperationException();
    }
}
