package io.plimsoll.workload;

import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Work;
import io.plimsoll.workload.Xoshiro256.Purpose;
import java.util.Arrays;

/// The operations of one data thread, one after the other. One thread; [#next] allocates nothing.
///
/// As fio does it, so that a job can be held against one of fio's:
/// - Files take turns, one operation each (`file_service_type=roundrobin`), in sequential and in random modes; a
///   sequential mode goes through each of them from its beginning.
/// - Where reads and writes mix, each operation is drawn by `readPercent`. A sequential mix has two cursors in each
///   file, one for reads and one for writes.
/// - A job is done when so many bytes were issued as its files have, whichever places they went to. One that goes on
///   until its time is over begins them anew; random places have no order that could begin anew, and simply go on.
/// - Random offsets are multiples of the smallest block size (`blockalign`). Sizes of a mix are drawn for each
///   operation; where the drawn one does not fit into what is left of a file, the largest that fits is taken.
///
/// Unlike fio, which goes over each block once in a round, random places are drawn independently of each other
/// (fio's `norandommap`), and the scattered ranks of zipf and pareto never collide.
public final class BlockStream {
    private static final int PERCENT = 100;

    private final boolean random;
    private final boolean endless;
    private final boolean mixed;
    private final boolean readsOnly;
    private final int readPercent;
    private final long fileBytes;
    private final long alignBytes;
    private final Places places;

    /// A size for each per cent, or one for all.
    private final int[] drawnSizes;

    /// Ascending.
    private final int[] sizes;

    private final Xoshiro256 offsets;
    private final Xoshiro256 sizeDraws;
    private final Xoshiro256 directions;

    /// Bytes of each file that are still to be issued in this round; 0 where not even the smallest block fits.
    private final long[] left;

    private final long[] readCursor;
    private final long[] writeCursor;
    private int filesLeft;
    private int placesOfBytes;
    private long placesAllowed;

    private boolean reads;
    private int file;
    private long offset;
    private int bytes;

    /// The operations of a job that is done with its bytes.
    ///
    /// @param thread number of the data thread: each has its own sequence out of the same seed
    public BlockStream(Work.Blocks work, int thread, long seed) {
        this(work, thread, seed, false);
    }

    /// @param timeBased whether the job goes on until its time is over
    public BlockStream(Work.Blocks work, int thread, long seed, boolean timeBased) {
        random = work.mode().random();
        endless = random && timeBased;
        mixed = work.mode().reads() && work.mode().writes();
        readsOnly = !work.mode().writes();
        readPercent = work.readPercent();
        fileBytes = work.bytesPerFile();
        drawnSizes = drawnSizes(work.blocks());
        sizes = Arrays.stream(drawnSizes).sorted().distinct().toArray();
        alignBytes = sizes[0];
        places = Places.of(work.distribution(), fileBytes / alignBytes, seed);
        offsets = new Xoshiro256(seed, thread, Purpose.OFFSET);
        sizeDraws = new Xoshiro256(seed, thread, Purpose.SIZE);
        directions = new Xoshiro256(seed, thread, Purpose.DIRECTION);
        left = new long[work.files()];
        readCursor = new long[work.files()];
        writeCursor = new long[work.files()];
        restart();
    }

    private static int[] drawnSizes(BlockSizes blocks) {
        if (blocks.uniform()) {
            return new int[] {blocks.maxBytes()};
        }
        int[] drawn = new int[PERCENT];
        int at = 0;
        for (BlockSizes.Part part : blocks.parts()) {
            Arrays.fill(drawn, at, at + part.percent(), part.bytes());
            at += part.percent();
        }
        return drawn;
    }

    /// Goes to the next operation; false where all bytes of the job are done, until [#restart].
    public boolean next() {
        if (filesLeft == 0) {
            return false;
        }
        do {
            file = file + 1 == left.length ? 0 : file + 1;
        } while (left[file] == 0);
        reads = mixed ? directions.percent(readPercent) : readsOnly;
        bytes = drawBytes(left[file]);
        offset = random ? drawOffset() : advance(reads ? readCursor : writeCursor);
        if (!endless) {
            count();
        }
        return true;
    }

    private void count() {
        left[file] -= bytes;
        if (left[file] < sizes[0]) {
            left[file] = 0;
            filesLeft--;
        }
    }

    private int drawBytes(long room) {
        int drawn = drawnSizes.length == 1 ? drawnSizes[0] : drawnSizes[(int) sizeDraws.below(PERCENT)];
        for (int i = sizes.length - 1; drawn > room; i--) {
            drawn = sizes[i];
        }
        return drawn;
    }

    private long drawOffset() {
        if (bytes != placesOfBytes) {
            // A division is a good part of what an operation costs.
            placesOfBytes = bytes;
            placesAllowed = (fileBytes - bytes) / alignBytes + 1;
        }
        return places.draw(offsets, placesAllowed) * alignBytes;
    }

    private long advance(long[] cursor) {
        long at = cursor[file];
        cursor[file] = at + bytes;
        return at;
    }

    /// Begins the bytes anew; random positions go on, so that no round repeats the one before.
    public void restart() {
        Arrays.fill(left, fileBytes);
        Arrays.fill(readCursor, 0);
        Arrays.fill(writeCursor, 0);
        filesLeft = left.length;
        file = left.length - 1;
    }

    public boolean reads() {
        return reads;
    }

    /// Number of the file, from 0.
    public int file() {
        return file;
    }

    public long offset() {
        return offset;
    }

    public int bytes() {
        return bytes;
    }
}
