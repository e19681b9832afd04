package io.plimsoll.bench;

import static io.plimsoll.bench.TruthChecks.bytes;
import static io.plimsoll.bench.TruthChecks.direct;
import static io.plimsoll.bench.TruthChecks.ops;

import io.plimsoll.io.ProcessIo;
import io.plimsoll.io.Storage;
import io.plimsoll.model.ByteSize;
import io.plimsoll.model.Direction;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Whether this job alone asked the storage.
///
/// What a file gave or took says nothing of that where memory stands in between: a device does for this process
/// what the kernel counts for it, and of writes that wait in the page cache only bounds are known.
final class OthersChecks {
    /// Share of the job's traffic at the device that others may have beside it: the file system's own, atime and
    /// mtime.
    static final double OTHERS_SHARE_MAX = 0.1;
    /// Below this, others do not matter to any disk: a log file now and then.
    static final long OTHERS_BYTES_PER_SECOND_MIN = 1_000_000;
    /// What a file system's journal may write for one sync: descriptor, a few blocks of metadata, commit.
    static final long JOURNAL_BYTES_PER_SYNC = 32_768;

    private final JobResult job;
    private final Observation seen;
    private final Observation.Device device;
    private final Share reads;
    private final Share writes;

    /// What the device did for this process of all that it did in a direction.
    ///
    /// @param all for everyone
    private record Share(long all, long least, long most) {
        private static final long UNBOUNDED = Long.MAX_VALUE;

        static Share exactly(long all, long ours) {
            return new Share(all, ours, ours);
        }

        /// No account tells what was ours.
        static Share unknown(long all) {
            return new Share(all, 0, UNBOUNDED);
        }

        long othersLeast() {
            return Math.max(all - most, 0);
        }

        long othersMost() {
            return Math.max(all - least, 0);
        }

        long oursMost() {
            return Math.clamp(all, 0, most);
        }

        boolean exact() {
            return least == most;
        }

        String ours() {
            return exact() ? ByteSize.format(most) : "at most " + ByteSize.format(oursMost());
        }

        /// `between 0 B and 1.2 GB`
        String bounds() {
            return "between " + ByteSize.format(Math.min(least, oursMost())) + " and " + ByteSize.format(oursMost());
        }
    }

    private OthersChecks(JobResult job, Observation seen, Observation.Device device) {
        this.job = job;
        this.seen = seen;
        this.device = device;
        reads = reads();
        writes = writes();
    }

    /// The device, or a disk below it, did more than this process can have had it do.
    static Optional<Flag> othersIo(JobResult job, Observation seen) {
        return of(job, seen)
                .filter(OthersChecks::certain)
                .map(checks -> TruthRule.OTHERS_IO.flag(
                        checks.evidence(),
                        "find who else uses the disk (iotop, pidstat -d), or wait until data that were written"
                                + " before are on it (sync)"));
    }

    /// Why it is not known whether others were on the disk, where they may have been. Where the machine does not
    /// tell what is this process's, that is said of all rules ([Observation#unknown]).
    static Optional<String> notJudged(JobResult job, Observation seen) {
        return of(job, seen)
                .filter(checks -> seen.process().isPresent() && !checks.certain() && checks.possible())
                .map(OthersChecks::doubt);
    }

    /// Empty where there is no device to ask, or nothing to ask it.
    private static Optional<OthersChecks> of(JobResult job, Observation seen) {
        // A file system's own writes are what metadata work consists of.
        return TruthChecks.measuresStorage(job, seen) && !(job.plan().work() instanceof Work.Metadata)
                ? seen.device().map(device -> new OthersChecks(job, seen, device))
                : Optional.empty();
    }

    /// The kernel counts a read for the process when it is sent to a device, read-ahead included; nothing that
    /// the page cache has.
    private Share reads() {
        long all = device.did().readBytes();
        Optional<Long> counted = counted(ProcessIo::readBytes);
        if (counted.isPresent()) {
            return Share.exactly(all, counted.get());
        }
        return direct(job) ? Share.exactly(all, bytes(job, Direction.READ)) : Share.unknown(all);
    }

    /// Through the page cache the kernel counts a write for the process when a page gets dirty, and other
    /// threads write it, some time. So the device writes for us at most what got dirty, now and before; and at
    /// least what is not in memory any more at the end. A page may be part of a larger unit that is counted
    /// whole, hence not more than the job wrote.
    private Share writes() {
        long all = device.did().writtenBytes();
        Optional<Long> counted = counted(ProcessIo::writtenBytes);
        if (direct(job)) {
            return Share.exactly(all, counted.orElse(bytes(job, Direction.WRITE)));
        }
        if (counted.isEmpty()) {
            return job.direction(Direction.WRITE).isEmpty() ? Share.exactly(all, 0) : Share.unknown(all);
        }
        long dirtied = counted.get();
        if (seen.unwritten().isEmpty()) {
            return new Share(all, 0, dirtied == 0 ? 0 : Share.UNBOUNDED);
        }
        Observation.Unwritten unwritten = seen.unwritten().get();
        return new Share(
                all,
                Math.min(Math.max(dirtied - unwritten.after(), 0), bytes(job, Direction.WRITE)),
                dirtied + unwritten.oursBefore());
    }

    /// Empty where the kernel may not count: some pools do, and a process that reads and writes for a file
    /// system in user space is not this one.
    private Optional<Long> counted(Function<ProcessIo, Long> what) {
        Optional<Long> counted = seen.process().map(what);
        return seen.storage() == Storage.Kind.DEVICE ? counted : counted.filter(bytes -> bytes > 0);
    }

    private boolean certain() {
        return many(reads.othersLeast(), writes.othersLeast(), reads.oursMost() + writes.oursMost());
    }

    private boolean possible() {
        return many(reads.othersMost(), writes.othersMost(), reads.least + writes.least);
    }

    private boolean many(long othersReads, long othersWrites, long ours) {
        long read = othersReads;
        long written = othersWrites;
        for (Storage.Neighbour n : seen.neighbours()) {
            read += Math.max(n.readBytes(), 0);
            written += Math.max(n.writtenBytes(), 0);
        }
        written = Math.max(written - journals(), 0);
        long others = read + written - TruthChecks.bytesInFlightMax(job);
        return others > OTHERS_SHARE_MAX * ours
                && others * 1e9 > (double) OTHERS_BYTES_PER_SECOND_MIN * seen.lengthNs();
    }

    private String evidence() {
        return did(device.name(), reads.all, writes.all) + ", but this process had it read " + reads.ours()
                + " and write " + writes.ours() + beside();
    }

    private String doubt() {
        List<String> parts = new ArrayList<>();
        if (!reads.exact()) {
            parts.add("it read " + ByteSize.format(reads.all) + ", " + reads.bounds() + " of that for this job");
        }
        if (!writes.exact()) {
            parts.add("it wrote " + ByteSize.format(writes.all) + ", " + writes.bounds() + " of that for this job");
        }
        return "whether others used " + device.name() + " cannot be told: " + String.join("; ", parts)
                + ", as the page cache is written in nobody's name; direct=1 or end_fsync=1 would tell";
    }

    private static String did(String name, long readBytes, long writtenBytes) {
        return name + " read " + ByteSize.format(Math.max(readBytes, 0)) + " and wrote "
                + ByteSize.format(Math.max(writtenBytes, 0));
    }

    private String beside() {
        return seen.neighbours().stream()
                .filter(n -> n.readBytes() > 0 || n.writtenBytes() > 0)
                .map(n -> "; below or beside it " + did(n.name(), n.readBytes(), n.writtenBytes()) + " for others")
                .collect(Collectors.joining());
    }

    /// Of the file system, and of those that loop devices lie on.
    private long journals() {
        long loops = seen.neighbours().stream().filter(Storage.Neighbour::loop).count();
        return syncs() * JOURNAL_BYTES_PER_SYNC * (1 + loops);
    }

    private long syncs() {
        boolean each = job.plan().work() instanceof Work.Blocks w && w.sync().open() != SyncPolicy.OpenFlag.NONE;
        return ops(job, Direction.SYNC) + (each ? ops(job, Direction.WRITE) : 0);
    }
}
