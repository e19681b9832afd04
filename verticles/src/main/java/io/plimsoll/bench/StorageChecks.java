package io.plimsoll.bench;

import static io.plimsoll.bench.TruthChecks.bytes;
import static io.plimsoll.bench.TruthChecks.direct;
import static io.plimsoll.bench.TruthChecks.percent;

import io.plimsoll.io.ProcessIo;
import io.plimsoll.io.Storage;
import io.plimsoll.model.ByteSize;
import io.plimsoll.model.Direction;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether it was the storage that answered.
final class StorageChecks {
    /// Share of a job's bytes that need not have been at the storage: what is on its way when the counters are read,
    /// and files whose length is no whole number of pages. Much less than any cache that matters saves.
    static final double CACHED_SHARE_MAX = 0.05;
    /// A set of data of twice the memory is at most half cached, as random reads see it.
    static final long MEMORIES_MIN = 2;
    /// Share of a file that may be holes or unwritten: its last block and what the file system keeps for itself.
    static final double HOLES_SHARE_MAX = 0.01;

    private StorageChecks() {}

    /// Bytes of the job against bytes at the storage.
    static Optional<Flag> pageCache(JobResult job, Observation seen) {
        if (!TruthChecks.measuresStorage(job, seen) || job.plan().work() instanceof Work.Metadata) {
            return Optional.empty();
        }
        List<String> evidence = new ArrayList<>();
        missing(job, bytes(job, Direction.READ), arrivedOfReads(job, seen))
                .ifPresent(arrived -> evidence.add(ByteSize.format(bytes(job, Direction.READ))
                        + " were read, and the storage was asked for "
                        + share(arrived, bytes(job, Direction.READ))));
        missing(job, bytes(job, Direction.WRITE), arrivedOfWrites(job, seen))
                .ifPresent(arrived -> evidence.add(ByteSize.format(bytes(job, Direction.WRITE))
                        + " were written, and the storage has got "
                        + share(arrived, bytes(job, Direction.WRITE))));
        return evidence.isEmpty()
                ? Optional.empty()
                : Optional.of(TruthRule.PAGE_CACHE.flag(
                        String.join("; ", evidence) + where(seen), remedyOfPageCache(job, seen)));
    }

    /// The bytes that arrived, where too many did not.
    private static Optional<Long> missing(JobResult job, long issued, Optional<Long> arrived) {
        return arrived.filter(a -> issued - a > TruthChecks.bytesInFlightMax(job) + CACHED_SHARE_MAX * issued);
    }

    /// The kernel counts a read for the process when it sends it to a device or a server, or would have to.
    private static Optional<Long> arrivedOfReads(JobResult job, Observation seen) {
        Optional<Long> process = seen.process().map(ProcessIo::readBytes);
        return switch (seen.storage()) {
            case DEVICE -> process.or(() -> seen.device().map(d -> d.did().readBytes()));
            case NFS -> seen.server().map(Storage.ServerBytes::read).or(() -> process);
            case POOL, OTHER -> process.filter(read -> read > 0); // some count, some do not
            case OVERLAY, MEMORY -> process;
            case CHARACTERS -> Optional.empty();
        };
    }

    /// Without `O_DIRECT` the kernel counts a write for the process when a page gets dirty, long before it is written:
    /// then it is the least that counts. A page that is written twice while it is dirty is counted once.
    private static Optional<Long> arrivedOfWrites(JobResult job, Observation seen) {
        Optional<Long> process = seen.process().map(ProcessIo::writtenBytes);
        Optional<Long> device = seen.device().map(d -> d.did().writtenBytes());
        return switch (seen.storage()) {
            case DEVICE -> direct(job) ? process.or(() -> device) : least(process, device);
            case NFS -> seen.server().map(Storage.ServerBytes::written).or(() -> process);
            case POOL, OTHER -> process.filter(written -> written > 0);
            case OVERLAY, MEMORY -> process;
            case CHARACTERS -> Optional.empty();
        };
    }

    private static Optional<Long> least(Optional<Long> a, Optional<Long> b) {
        return a.map(x -> b.map(y -> Math.min(x, y)).orElse(x)).or(() -> b);
    }

    private static String share(long arrived, long issued) {
        return ByteSize.format(arrived) + " of them (" + percent((double) arrived / issued) + ")";
    }

    private static String where(Observation seen) {
        return switch (seen.storage()) {
            case DEVICE ->
                seen.device()
                        .map(d -> " (by /proc/self/io and the counters of " + d.name() + ")")
                        .orElse(" (by /proc/self/io)");
            case NFS -> seen.server().isPresent() ? " (by /proc/self/mountstats)" : " (by /proc/self/io)";
            case POOL, OVERLAY, MEMORY, OTHER -> " (by /proc/self/io; " + seen.fileSystem() + " has no device)";
            case CHARACTERS -> "";
        };
    }

    private static String remedyOfPageCache(JobResult job, Observation seen) {
        if (seen.storage() == Storage.Kind.MEMORY) {
            return seen.fileSystem() + " is memory; name a directory or file on the storage that you want to measure";
        }
        if (direct(job)) {
            return "direct I/O was answered without the storage: lay the files out again (holes and unwritten extents"
                    + " are never read), or the file system itself caches";
        }
        List<String> ways = new ArrayList<>(List.of("go past the page cache (direct=1)"));
        if (bytes(job, Direction.READ) > 0) {
            ways.add("read twice as much as the machine has memory");
        }
        if (bytes(job, Direction.WRITE) > 0) {
            ways.add("make the write-back part of the job (end_fsync=1, or fdatasync)");
        }
        return String.join(", or ", ways);
    }

    /// A buffered job on so little data that the page cache can hold it.
    static Optional<Flag> dataSetInMemory(JobResult job, Observation seen) {
        if (!TruthChecks.measuresStorage(job, seen)
                || seen.storage() == Storage.Kind.MEMORY
                || direct(job)
                || !(job.plan().work() instanceof Work.Blocks w)
                || !w.mode().reads() && durable(w.sync())) {
            return Optional.empty();
        }
        long set = job.target() instanceof JobTarget.Directory
                ? w.bytes() * job.plan().threads()
                : w.bytes();
        return seen.ramBytes()
                .filter(ram -> set < MEMORIES_MIN * ram)
                .map(ram -> TruthRule.DATA_SET_IN_MEMORY.flag(
                        "the data are " + ByteSize.format(set) + ", the machine has " + ByteSize.format(ram)
                                + " of memory, and I/O goes through the page cache",
                        "go past the page cache (direct=1), or make the data larger than "
                                + ByteSize.format(MEMORIES_MIN * ram) + " (size)"));
    }

    private static boolean durable(SyncPolicy sync) {
        return sync.every() > 0 || sync.atEnd() || sync.open() != SyncPolicy.OpenFlag.NONE;
    }

    static Optional<Flag> sparseFile(JobResult job, Observation seen) {
        return seen.files()
                .filter(files -> files.bytes() - files.allocatedBytes() > HOLES_SHARE_MAX * files.bytes())
                .map(files -> TruthRule.SPARSE_FILE.flag(
                        "of " + ByteSize.format(files.bytes()) + " the file system has allocated "
                                + ByteSize.format(files.allocatedBytes())
                                + ": holes read as zeros without the storage, and the first write into them allocates",
                        "let Plimsoll lay the files out, or fill them with data; where the file system compresses, use"
                                + " data that do not (buffer_compress_percentage=0)"));
    }

    static Optional<Flag> unwrittenExtents(JobResult job, Observation seen) {
        return seen.files()
                .flatMap(files -> files.unwrittenBytes()
                        .filter(unwritten -> unwritten > HOLES_SHARE_MAX * files.bytes())
                        .map(unwritten -> TruthRule.UNWRITTEN_EXTENTS.flag(
                                ByteSize.format(unwritten) + " of " + ByteSize.format(files.bytes())
                                        + " are reserved (fallocate) and were never written: they read as zeros"
                                        + " without the storage, and the first write to them changes the file's"
                                        + " metadata too",
                                "let Plimsoll lay the files out, or fill them with data")));
    }
}
