package io.plimsoll.workload;

import io.plimsoll.model.Work;

/// The operations of one data thread, one after the other. One thread; [#next] allocates nothing.
public final class BlockStream {
    private final Work.Blocks work;

    /// @param thread number of the data thread: each has its own sequence out of the same seed
    public BlockStream(Work.Blocks work, int thread, long seed) {
        this.work = work;
    }

    /// Goes to the next operation; false where all bytes of the job are done, until [#restart].
    public boolean next() {
        throw new UnsupportedOperationException();
    }

    /// Begins the bytes anew; random positions go on, so that no round repeats the one before.
    public void restart() {
        throw new UnsupportedOperationException();
    }

    public boolean reads() {
        throw new UnsupportedOperationException();
    }

    /// Number of the file, from 0.
    public int file() {
        throw new UnsupportedOperationException();
    }

    public long offset() {
        throw new UnsupportedOperationException();
    }

    public int bytes() {
        return work.blocks().maxBytes();
    }
}
