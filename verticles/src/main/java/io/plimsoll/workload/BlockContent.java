package io.plimsoll.workload;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.plimsoll.model.Content;
import io.plimsoll.workload.Xoshiro256.Purpose;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Makes what written blocks hold. One data thread; allocates nothing once it is made.
///
/// Blocks below 128 KiB are filled anew each time, as storage may compress many of them at once. Larger ones are
/// filled once, and get a number into the first 8 bytes of every 4 KiB, which no other 4 KiB of the job has: storage
/// can neither compress them nor find a block that it already has, and a block of 1 MiB costs 256 stores, not a
/// refill. (Storage that looks for blocks that are merely alike, not the same, may find them: only the numbers
/// differ between two blocks out of the same memory.)
///
/// - Compressible: each sector of 512 bytes ends in its share of zeros, as with fio's `buffer_compress_percentage` and
///   its default chunk, so that the share holds for any block size. The numbers are kept: even at 100 % no 4 KiB is
///   all zeros. Each block is filled anew then, so that no compression finds its words in a block before.
/// - Duplicates: each 4 KiB of a block is drawn to be one of 16 that every block uses; fio's `dedupe_percentage`.
/// - Verified: see [BlockVerifier].
public final class BlockContent {
    private static final int PIECE_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;

    /// File systems compress 128 KiB at once (btrfs, and ZFS as it comes): smaller blocks must not be alike.
    private static final int COMPRESSED_BYTES = (128 << 10) - 1;
    private static final int REPEATED_PIECES = 16;
    private static final int PERCENT = 100;
    private static final long ODD = 0x9E3779B97F4A7C15L;

    /// The numbers of threads lie so far apart that none is used twice before 2^55 pieces of one thread.
    private static final int THREAD_SHIFT = 55;

    /// What a sector is filled with next: random words, and zeros behind them for the compressible share.
    private final long[] words = new long[SECTOR_BYTES / Long.BYTES];

    private final MemorySegment sector = MemorySegment.ofArray(words);
    private final int dedupePercent;
    private final int refilledBytesMax;
    private final BlockVerifier verifier;
    private final Xoshiro256 duplicates;
    private final MemorySegment repeated;
    private long numbers;

    public BlockContent(Content content, int thread, long seed) {
        this(content, thread, seed, null);
    }

    /// For writes that nobody keeps (`/dev/null`): no block is filled anew, whatever its size.
    public static BlockContent unkept(Content content, int thread, long seed) {
        return new BlockContent(content, thread, seed, null, 0);
    }

    /// @param verifier of the same data thread, which seals each block; null where blocks are not verified
    public BlockContent(Content content, int thread, long seed, BlockVerifier verifier) {
        this(content, thread, seed, verifier, content.compressPercent() > 0 ? Integer.MAX_VALUE : COMPRESSED_BYTES);
    }

    private BlockContent(Content content, int thread, long seed, BlockVerifier verifier, int refilledBytesMax) {
        if (content.verify() == (verifier == null)) {
            throw new IllegalArgumentException("a verifier is for verified blocks, and they need one");
        }
        this.verifier = verifier;
        dedupePercent = content.dedupePercent();
        this.refilledBytesMax = refilledBytesMax;
        int randomWords = words.length * (PERCENT - content.compressPercent()) / PERCENT;
        Xoshiro256 random = new Xoshiro256(seed, thread, Purpose.CONTENT);
        for (int i = 0; i < randomWords; i++) {
            words[i] = random.next() | 1;
        }
        numbers = Xoshiro256.mix(seed) + ((long) thread << THREAD_SHIFT);
        duplicates = new Xoshiro256(seed, thread, Purpose.DUPLICATE);
        repeated = Arena.ofAuto().allocate(dedupePercent > 0 ? REPEATED_PIECES * PIECE_BYTES : 0, Long.BYTES);
        fill(repeated);
        number(repeated, repeated.byteSize());
    }

    /// Fills memory that blocks will be written from, once before the first.
    public void fill(MemorySegment memory) {
        fill(memory, memory.byteSize());
    }

    /// Fills the first `bytes` of memory: where a read has left something else there, before the next write from it.
    /// Without it a mixed job would write what it has read, compressible or not.
    public void fill(MemorySegment memory, long bytes) {
        for (long at = 0; at < bytes; at += SECTOR_BYTES) {
            nextSector();
            MemorySegment.copy(sector, 0, memory, at, Math.min(SECTOR_BYTES, bytes - at));
        }
    }

    /// Marsaglia's xorshift, each word by itself, which a processor does for several at once. A zero stays one.
    private void nextSector() {
        for (int i = 0; i < words.length; i++) {
            long x = words[i];
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
            words[i] = x;
        }
    }

    /// Makes the next block, which will be written to `offset` of file `file`.
    public void next(MemorySegment memory, int bytes, int file, long offset) {
        if (bytes <= refilledBytesMax) {
            fill(memory, bytes);
        }
        if (verifier != null) {
            verifier.seal(memory, bytes, file, offset);
        } else if (dedupePercent == 0) {
            number(memory, bytes);
        } else {
            repeatSome(memory, bytes);
        }
    }

    private void number(MemorySegment memory, long bytes) {
        long n = numbers;
        for (long at = 0; at + Long.BYTES <= bytes; at += PIECE_BYTES) {
            // Times an odd number is one-to-one: different numbers stay different, and do not look like a row.
            memory.set(JAVA_LONG_UNALIGNED, at, n++ * ODD);
        }
        numbers = n;
    }

    private void repeatSome(MemorySegment memory, int bytes) {
        for (int at = 0; at + Long.BYTES <= bytes; at += PIECE_BYTES) {
            if (duplicates.percent(dedupePercent)) {
                long from = duplicates.below(REPEATED_PIECES) * PIECE_BYTES;
                MemorySegment.copy(repeated, from, memory, at, Math.min(PIECE_BYTES, bytes - at));
            } else {
                memory.set(JAVA_LONG_UNALIGNED, at, numbers++ * ODD);
            }
        }
    }
}
