package io.plimsoll.workload;

import java.util.Arrays;

/// Which bytes are being read and written: keeps a write from bytes that are in flight already, and a read from bytes
/// that are being written.
///
/// Two writes of the same bytes that are in flight together may be carried out in any order, sector by sector: what
/// the file holds afterwards is anybody's guess, so that nothing could be verified. The operation that would be the
/// second must wait for the first to complete (not be dropped: that would change the distribution); fio's
/// `serialize_overlap`.
///
/// A hash table of fixed size over stretches of a file, each as long as the largest block at least, so that a block
/// lies in two of them at most. One thread; allocates nothing.
public final class InFlight {
    private static final int NONE = -1;
    private static final int STRETCHES = 2;

    private final int stretchShift;
    private final int bucketMask;
    private final int[] heads;

    /// Of the entries of each slot, one for each stretch.
    private final int[] next;

    private final int[] file;
    private final long[] from;
    private final long[] to;
    private final boolean[] writes;

    /// @param slots of operations, from 0
    public InFlight(int slots, int blockBytesMax) {
        stretchShift = Integer.SIZE - Integer.numberOfLeadingZeros(blockBytesMax - 1);
        int entries = slots * STRETCHES;
        int buckets = Integer.highestOneBit(entries) * 2;
        bucketMask = buckets - 1;
        heads = new int[buckets];
        Arrays.fill(heads, NONE);
        next = new int[entries];
        file = new int[slots];
        from = new long[slots];
        to = new long[slots];
        writes = new boolean[slots];
    }

    /// Takes the operation in, under a slot that has none; false where it must wait.
    public boolean tryAdd(int slot, boolean write, int inFile, long offset, int bytes) {
        long end = offset + bytes;
        int first = bucket(inFile, offset >> stretchShift);
        int last = bucket(inFile, end - 1 >> stretchShift);
        if (meets(first, write, inFile, offset, end) || last != first && meets(last, write, inFile, offset, end)) {
            return false;
        }
        file[slot] = inFile;
        from[slot] = offset;
        to[slot] = end;
        writes[slot] = write;
        link(first, slot * STRETCHES);
        if (last != first) {
            link(last, slot * STRETCHES + 1);
        }
        return true;
    }

    /// Lets the operation of the slot go, which has completed.
    public void remove(int slot) {
        int first = bucket(file[slot], from[slot] >> stretchShift);
        int last = bucket(file[slot], to[slot] - 1 >> stretchShift);
        unlink(first, slot * STRETCHES);
        if (last != first) {
            unlink(last, slot * STRETCHES + 1);
        }
    }

    private boolean meets(int bucket, boolean write, int inFile, long offset, long end) {
        for (int entry = heads[bucket]; entry != NONE; entry = next[entry]) {
            int slot = entry / STRETCHES;
            if ((write || writes[slot]) && file[slot] == inFile && from[slot] < end && offset < to[slot]) {
                return true;
            }
        }
        return false;
    }

    private void link(int bucket, int entry) {
        next[entry] = heads[bucket];
        heads[bucket] = entry;
    }

    private void unlink(int bucket, int entry) {
        if (heads[bucket] == entry) {
            heads[bucket] = next[entry];
            return;
        }
        int before = heads[bucket];
        while (next[before] != entry) {
            before = next[before];
        }
        next[before] = next[entry];
    }

    private int bucket(int inFile, long stretch) {
        return (int) Xoshiro256.mix(stretch * 31 + inFile) & bucketMask;
    }
}
