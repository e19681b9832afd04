package io.plimsoll.workload;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Work;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.zip.CRC32C;

/// Seals the blocks that a data thread writes, and tells of those that it reads whether they are what was written.
///
/// **Units.** Each 4 KiB of a block is sealed by itself (each 512 bytes, where a block size of the job is not a
/// multiple of 4 KiB). So blocks of different sizes may overlap, a file may be read back with other block sizes than
/// it was written with, and a large write that a crash cut off leaves whole units, old ones and new ones.
///
/// **A unit** begins with magic, seed, offset, run, number of the write (8 bytes each), thread and file, and its own
/// size (4 bytes each), little endian, and ends with the CRC-32C of all that is before. Every sector holds something
/// of its write, so that a unit with one older sector is not whole even where the rest was the same.
///
/// **What is found.** A unit that is changed in any bit, or in any 32 bits in a row, and all but one in 2^32 of those
/// with other damage; a unit in the wrong place; zeros. An older write is told from the last one by the verifier that
/// sealed both, as it keeps 4 bytes for each unit. It does not judge units that it never sealed: the file may have
/// held anything. The verifier of work that only reads remembers nothing, and demands that each unit is sealed, by an
/// earlier job or before it began. [#ofLayout] remembers nothing either.
///
/// **What is assumed.** A unit is written by one write at a time and not read meanwhile (see [InFlight]); no other
/// data thread writes to the same file. A unit that is being written when the machine crashes may be torn afterwards,
/// as far as the device tears 4 KiB.
///
/// One data thread. Sealing and checking allocate nothing.
public final class BlockVerifier {
    /// Of all data threads of a job together, where they write: 128 GiB in units of 4 KiB, remembered in 128 MiB, which
    /// is half of the direct memory that a JVM with 256 MiB of heap gives.
    public static final long REMEMBERED_UNITS_MAX = 1 << 25;
    /// That one of them takes.
    public static final int REMEMBERED_UNIT_BYTES = Integer.BYTES;
    /// What is sealed by itself, where every block is a multiple of it.
    public static final int UNIT_BYTES = 4096;

    private static final int SECTOR_BYTES = 512;

    /// "PLIMSOL1"
    private static final long MAGIC = 0x314C4F534D494C50L;

    private static final int SEED_AT = 8;
    private static final int OFFSET_AT = 16;
    private static final int RUN_AT = 24;
    private static final int NUMBER_AT = 32;
    private static final int OWNER_AT = 40;
    private static final int SIZE_AT = 44;
    private static final int CRC_BYTES = Integer.BYTES;
    private static final int FILE_BITS = 16;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int unitBytes;
    private final int thread;
    private final long seed;
    private final long run;
    private final long unitsPerFile;

    /// The lower half of the number of the last write to each unit, 0 where there was none. Null where the work only
    /// reads.
    private final MemorySegment lastWrites;

    private final byte[] copy;
    private final CRC32C crc = new CRC32C();
    private long number;
    private long unitsInOrder;
    private long unitsBroken;
    private long unitsNotJudged;

    /// @param thread number of the data thread whose files they are; 0 for a file that data threads share
    /// @param run tells the writes of this run from those of earlier ones with the same seed: the wall clock in ms
    ///     when the run began
    /// @throws IllegalArgumentException where the work is not verified, or has more units than can be remembered
    /// @throws OutOfMemoryError where the JVM was given too little
    public BlockVerifier(Work.Blocks work, int thread, long seed, long run) {
        this(work, thread, seed, run, rememberedUnits(work));
    }

    private BlockVerifier(Work.Blocks work, int thread, long seed, long run, long remembered) {
        if (!work.content().verify()) {
            throw new IllegalArgumentException("the blocks of this work are not verified");
        }
        this.thread = thread;
        this.seed = seed;
        this.run = run;
        unitBytes = unitBytes(work.blocks());
        unitsPerFile = work.bytesPerFile() / unitBytes;
        lastWrites = remembered > 0 ? memoryOf(remembered) : null;
        copy = new byte[unitBytes];
    }

    /// Seals what files are filled with before the work begins, likewise.
    public static BlockVerifier ofLayout(Work.Blocks work, int thread, long seed, long run) {
        return new BlockVerifier(work, thread, seed, run, 0);
    }

    /// Units that the verifier of a data thread remembers.
    public static long rememberedUnits(Work.Blocks work) {
        return work.mode().writes() ? work.bytesPerFile() / unitBytes(work.blocks()) * work.files() : 0;
    }

    /// Bytes of what is sealed by itself in blocks of these sizes.
    public static int unitBytes(BlockSizes blocks) {
        boolean large = blocks.parts().stream().allMatch(part -> part.bytes() % UNIT_BYTES == 0);
        return large ? UNIT_BYTES : SECTOR_BYTES;
    }

    private MemorySegment memoryOf(long units) {
        if (units > REMEMBERED_UNITS_MAX) {
            throw new IllegalArgumentException(
                    "verify remembers " + REMEMBERED_UNITS_MAX + " units at most, and these are " + units);
        }
        return Arena.ofAuto().allocate(units * REMEMBERED_UNIT_BYTES, REMEMBERED_UNIT_BYTES);
    }

    /// Makes a block the next write of this thread, to this place.
    void seal(MemorySegment memory, int bytes, int file, long offset) {
        number++;
        if (lower(number) == 0) {
            number++;
        }
        for (int at = 0; at < bytes; at += unitBytes) {
            sealUnit(memory, at, file, offset + at);
            if (lastWrites != null) {
                lastWrites.setAtIndex(JAVA_INT, index(file, offset + at), lower(number));
            }
        }
    }

    private void sealUnit(MemorySegment memory, long at, int file, long offset) {
        memory.set(LONG, at, MAGIC);
        memory.set(LONG, at + SEED_AT, seed);
        memory.set(LONG, at + OFFSET_AT, offset);
        memory.set(LONG, at + RUN_AT, run);
        memory.set(LONG, at + NUMBER_AT, number);
        memory.set(INT, at + OWNER_AT, owner(file));
        memory.set(INT, at + SIZE_AT, unitBytes);
        long ofWrite = Xoshiro256.mix(run + number) + offset;
        for (int sector = SECTOR_BYTES; sector < unitBytes; sector += SECTOR_BYTES) {
            memory.set(LONG, at + sector, Xoshiro256.mix(ofWrite + sector));
        }
        memory.set(INT, at + unitBytes - CRC_BYTES, checksum(memory, at));
    }

    /// By way of an array: a view of the memory as a buffer would have to be made for each unit.
    private int checksum(MemorySegment memory, long at) {
        int length = unitBytes - CRC_BYTES;
        MemorySegment.copy(memory, JAVA_BYTE, at, copy, 0, length);
        crc.reset();
        crc.update(copy, 0, length);
        return (int) crc.getValue();
    }

    /// What a block is that was read from this place: the first of its units that is not in order decides.
    public Finding check(MemorySegment memory, int bytes, int file, long offset) {
        for (int at = 0; at < bytes; at += unitBytes) {
            if (!judged(file, offset + at)) {
                unitsNotJudged++;
                continue;
            }
            Finding finding = checkUnit(memory, at, file, offset + at);
            if (finding != Finding.OK) {
                unitsBroken++;
                return finding;
            }
            unitsInOrder++;
        }
        return Finding.OK;
    }

    /// Whether any of a block was sealed here, so that it can be held against what was written.
    public boolean sealedAny(int bytes, int file, long offset) {
        for (int at = 0; at < bytes; at += unitBytes) {
            if (judged(file, offset + at)) {
                return true;
            }
        }
        return false;
    }

    private boolean judged(int file, long offset) {
        return lastWrites == null || lastWrite(file, offset) != 0;
    }

    private Finding checkUnit(MemorySegment memory, long at, int file, long offset) {
        if (memory.get(LONG, at) != MAGIC) {
            return zeros(memory, at) ? Finding.UNWRITTEN : Finding.FOREIGN;
        }
        int size = memory.get(INT, at + SIZE_AT);
        if (size != unitBytes && (size == UNIT_BYTES || size == SECTOR_BYTES)) {
            return Finding.OTHER_UNIT;
        }
        if (memory.get(INT, at + unitBytes - CRC_BYTES) != checksum(memory, at)) {
            return Finding.DAMAGED;
        }
        if (memory.get(LONG, at + SEED_AT) != seed
                || memory.get(LONG, at + OFFSET_AT) != offset
                || memory.get(INT, at + OWNER_AT) != owner(file)) {
            return Finding.MISPLACED;
        }
        boolean last = lastWrites == null
                || lower(memory.get(LONG, at + NUMBER_AT)) == lastWrite(file, offset)
                        && memory.get(LONG, at + RUN_AT) == run;
        return last ? Finding.OK : Finding.STALE;
    }

    private boolean zeros(MemorySegment memory, long at) {
        long any = 0;
        for (long i = at; i < at + unitBytes; i += Long.BYTES) {
            any |= memory.get(LONG, i);
        }
        return any == 0;
    }

    /// The sentence for what [#check] found: which bytes of the file, what they are, what was expected. Allocates.
    public String describe(MemorySegment memory, int bytes, int file, long offset) {
        for (int at = 0; at < bytes; at += unitBytes) {
            if (judged(file, offset + at)) {
                Finding finding = checkUnit(memory, at, file, offset + at);
                if (finding != Finding.OK) {
                    return "the " + unitBytes + " bytes at offset " + (offset + at) + " "
                            + sentence(finding, memory, at, file, offset + at);
                }
            }
        }
        return "the " + bytes + " bytes at offset " + offset + " are as they were written";
    }

    private String sentence(Finding finding, MemorySegment memory, long at, int file, long offset) {
        return switch (finding) {
            case OK -> "are as they were written";
            case UNWRITTEN -> "are zeros, where a verified block should be";
            case FOREIGN ->
                "do not begin as a verified block does: damaged, written by something else, or never by a verified job";
            case DAMAGED ->
                String.format(
                        "are damaged: their checksum is %08x, and they say that it is %08x; they say to be %s",
                        checksum(memory, at), memory.get(INT, at + unitBytes - CRC_BYTES), origin(memory, at));
            case MISPLACED ->
                "belong elsewhere: they are " + place(memory, at) + ", expected " + place(thread, file, offset, seed)
                        + "; they are " + origin(memory, at);
            case STALE ->
                "are older than the last write: they are " + origin(memory, at) + ", expected write "
                        + Integer.toUnsignedLong(lastWrite(file, offset)) + " of the run of "
                        + Instant.ofEpochMilli(run);
            case OTHER_UNIT ->
                "are of a block that was sealed in units of " + memory.get(INT, at + SIZE_AT) + " bytes, not of "
                        + unitBytes + ": give the block sizes (bs, bssplit) that it was written with";
        };
    }

    private static String origin(MemorySegment memory, long at) {
        return "write " + memory.get(LONG, at + NUMBER_AT) + " of the run of "
                + Instant.ofEpochMilli(memory.get(LONG, at + RUN_AT));
    }

    private static String place(MemorySegment memory, long at) {
        int owner = memory.get(INT, at + OWNER_AT);
        return place(
                owner >>> FILE_BITS,
                owner & (1 << FILE_BITS) - 1,
                memory.get(LONG, at + OFFSET_AT),
                memory.get(LONG, at + SEED_AT));
    }

    private static String place(int thread, int file, long offset, long seed) {
        return "offset " + offset + " of file " + file + " of thread " + thread + " with seed " + seed;
    }

    /// Units that were read and were what had been written.
    public long unitsInOrder() {
        return unitsInOrder;
    }

    /// Units that were read and were something else: what comes after one in its block was not looked at.
    public long unitsBroken() {
        return unitsBroken;
    }

    /// Units that were read and that this verifier never sealed.
    public long unitsNotJudged() {
        return unitsNotJudged;
    }

    private int lastWrite(int file, long offset) {
        return lastWrites.getAtIndex(JAVA_INT, index(file, offset));
    }

    private long index(int file, long offset) {
        return file * unitsPerFile + offset / unitBytes;
    }

    private int owner(int file) {
        return thread << FILE_BITS | file;
    }

    private static int lower(long number) {
        return (int) number;
    }
}
