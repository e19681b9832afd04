package io.plimsoll.io;

import io.plimsoll.io.FileSet.Content;
import io.plimsoll.io.FileSet.Need;
import io.plimsoll.io.FileSet.Progress;
import io.plimsoll.io.FileSet.Shape;
import io.plimsoll.io.FileSet.State;
import io.plimsoll.io.LayoutRecord.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Brings files of one directory into the state in which a job wants to find them, and keeps the record of it.
///
/// A file loses its entry in the record, on the disk, before it is changed, and gets one after its data was
/// synced: an entry is true whenever the machine dies. The entry of a file that nothing but the record makes ours
/// stays, and says that a job has the file: it is ours still when the job was killed.
final class Layout implements AutoCloseable {
    /// Who answers for a file that is there.
    enum Owner {
        /// The marker of its directory: everything in it is ours.
        DIRECTORY,
        /// Plimsoll made it, and nobody has changed it since.
        RECORD,
        /// Somebody else.
        FOREIGN
    }

    private enum Start {
        REUSED,
        FILLED,
        NEW,
        FOUND
    }

    private record Item(String name, int thread, int file, Owner owner, Start start, long allocatedBytes) {}

    private final Path directory;
    private final NamedFiles files;
    private final LayoutRecord record;
    private final Need need;
    private final Content content;
    private final long bytes;
    private final List<Item> items = new ArrayList<>();
    private long filledBytes;
    private long filledNs;
    private OptionalLong cachedBytes = OptionalLong.empty();
    private Optional<String> unrecorded = Optional.empty();

    /// @param directoryFd descriptor of `directory`, which stays open longer than this
    Layout(Path directory, int directoryFd, LayoutRecord record, Need need, Content content) {
        this.directory = directory;
        files = new NamedFiles(directory, directoryFd);
        this.record = record;
        this.need = need;
        this.content = content;
        bytes = need.work().bytesPerFile();
    }

    /// Adds a file, and decides what must be done to it.
    void add(String name, int thread, int file, Owner owner) throws IOException {
        Optional<FileStatus> stat = files.find(name);
        Start start = stat.isEmpty() ? fresh() : start(name, owner, stat.get());
        items.add(new Item(
                name,
                thread,
                file,
                owner,
                start,
                stat.map(FileStatus::allocatedBytes).orElse(0L)));
    }

    private Start fresh() {
        return need.wantsData() ? Start.FILLED : Start.NEW;
    }

    private Start start(String name, Owner owner, FileStatus stat) throws IOException {
        boolean writes = need.work().mode().writes();
        if (owner == Owner.FOREIGN && writes && !need.overwrite()) {
            throw new TargetRefusedException(
                    files.path(name) + " was not made by Plimsoll, or was changed since; name a file"
                            + " that is not there yet, or allow it to be overwritten (--overwrite=1)");
        }
        if (owner == Owner.FOREIGN && (stat.bytes() >= bytes || !writes) || need.inspects()) {
            if (stat.bytes() < bytes) {
                throw new TargetRefusedException(files.path(name) + " has " + stat.bytes()
                        + " bytes, and the job reads " + bytes + "; choose a smaller --size, or another file");
            }
            return Start.FOUND;
        }
        if (need.wantsData() && holdsData(name, stat)) {
            return Start.REUSED;
        }
        if (!writes) {
            spareEvidence(name, stat);
        }
        return fresh();
    }

    /// Who only reads has given no leave to replace what another job sealed, to be verified whenever somebody wants to.
    private void spareEvidence(String name, FileStatus stat) throws TargetRefusedException {
        Optional<Shape> sealed = record.of(name).map(Entry::content).filter(Shape::sealed);
        if (sealed.isPresent() && stat.bytes() > 0) {
            throw new TargetRefusedException(
                    files.path(name) + " has " + stat.bytes() + " bytes of a job with --verify ("
                            + sealed.get().words() + "), and this one would lay out " + bytes + " bytes ("
                            + content.shape().words()
                            + ") in their place; read no more than was written, with the same flags of content, give"
                            + " it another place, or remove the file");
        }
    }

    private boolean holdsData(String name, FileStatus stat) throws PosixException {
        Optional<Entry> entry = record.of(name);
        return entry.isPresent()
                && entry.get().bytes() >= bytes
                && stat.bytes() >= entry.get().bytes()
                && does(entry.get().content())
                && !files.extents(name).incomplete();
    }

    /// To a job that writes, blocks without its seal would be damage.
    private boolean does(Shape there) {
        Shape wanted = content.shape();
        return need.work().mode().writes() ? there.equals(wanted) : there.data().equals(wanted.data());
    }

    /// Does what was decided, and remembers it.
    void prepare(Progress progress) throws IOException {
        checkSpace();
        forget();
        long begin = System.nanoTime();
        try (FileFiller filler = files.filler(need, content, count(Start.FILLED), progress)) {
            for (Item item : items) {
                switch (item.start()) {
                    case FILLED -> fill(item, filler);
                    case NEW -> {
                        files.empty(item.name());
                        record(item, 0);
                    }
                    case REUSED, FOUND -> {}
                }
            }
            filledNs = System.nanoTime() - begin;
        } catch (IOException | RuntimeException e) {
            try {
                store(); // what is complete stays so
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        if (need.work().mode().writes()) {
            for (Item item : items) {
                hold(item, completeBefore(item));
            }
        }
        storeIfRoom(); // or else at the end
        if (need.invalidate()) {
            dropCache();
        }
    }

    /// Once all files are added, and before anything is made: a file that is gone would be found in order if it were
    /// written anew.
    void checkEvidence() throws TargetRefusedException {
        int found = count(Start.FOUND);
        if (!need.inspects() || found == items.size()) {
            return;
        }
        String missing = items.stream()
                .filter(item -> item.start() != Start.FOUND)
                .findFirst()
                .map(item -> files.path(item.name()))
                .orElseThrow();
        throw new TargetRefusedException(
                found == 0
                        ? missing + " is not there, and a job that only reads verifies what an earlier one wrote; run"
                                + " that first: the same flags with --rw=write --verify"
                        : missing + " is not there, and " + found + " of " + items.size()
                                + " files to verify are; give the --numjobs and --nrfiles of the job that wrote them");
    }

    /// Whether files are going to be made or changed before the job.
    boolean changes() {
        return count(Start.FILLED) + count(Start.NEW) > 0;
    }

    private void checkSpace() throws IOException {
        long needed = items.stream()
                .filter(item -> item.start() == Start.FILLED || item.start() == Start.NEW)
                .mapToLong(item -> Math.max(bytes - item.allocatedBytes(), 0))
                .reduce(0, (a, b) -> a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b);
        TargetRules.checkSpace(directory, files.space(), needed, "--size or --numjobs");
    }

    /// What is going to be changed has no entry of data any more when that begins, and what the job will write to says
    /// so: without that, nothing is touched.
    private void forget() throws IOException {
        for (Item item : items) {
            if (item.start() == Start.FILLED || item.start() == Start.NEW) {
                record.remove(item.name());
                hold(item, 0);
            } else if (need.work().mode().writes()) {
                hold(item, completeBefore(item));
            }
        }
        try {
            store();
        } catch (PosixException e) {
            throw isNoRoom(e)
                    ? new TargetRefusedException(
                            directory + " has no room for the record of the job's files: " + Errno.describe(e.errno())
                                    + "; make room",
                            e)
                    : e;
        }
    }

    private void fill(Item item, FileFiller filler) throws IOException {
        try {
            filler.fill(item.name(), item.thread(), item.file());
        } catch (IOException | RuntimeException e) {
            discard(item, e);
            throw e;
        }
        record(item, bytes);
        filledBytes += bytes;
    }

    /// An incomplete file is of no use.
    private void discard(Item item, Exception cause) {
        try {
            switch (item.owner()) {
                case DIRECTORY -> files.unlink(item.name());
                case RECORD -> record(item, 0);
                case FOREIGN -> {}
            }
        } catch (PosixException e) {
            cause.addSuppressed(e);
        }
    }

    /// Foreign files stay foreign, whatever was written into them.
    private void record(Item item, long complete) throws PosixException {
        switch (item.owner()) {
            case DIRECTORY -> {
                // Sealed blocks are evidence, however many of them there are.
                if (complete > 0 || content.shape().sealed()) {
                    put(item, complete, Entry.UNSTAMPED);
                }
            }
            case RECORD -> put(item, complete, files.status(item.name()).stamp());
            case FOREIGN -> {}
        }
    }

    /// Says of a file that nothing but the record makes ours that it is changing, by our hand.
    private void hold(Item item, long complete) throws PosixException {
        if (item.owner() == Owner.RECORD) {
            put(item, complete, files.status(item.name()).identity());
        }
    }

    private void put(Item item, long complete, String stamp) {
        record.put(item.name(), new Entry(complete, stamp, shape(item)));
    }

    /// What is not laid out by this job stays what it was.
    private Shape shape(Item item) {
        return switch (item.start()) {
            case FILLED, NEW -> content.shape();
            case REUSED, FOUND -> record.of(item.name()).map(Entry::content).orElseGet(content::shape);
        };
    }

    private void store() throws IOException {
        if (record.changed()) {
            files.store(record);
        }
    }

    /// The job's own data is there, and was worth its time. Without the new record the old one stands, which says of
    /// what has changed since that it holds nothing for sure.
    ///
    /// @return what has no room, in words; empty where it is on the disk
    private Optional<String> storeIfRoom() throws IOException {
        try {
            store();
            return Optional.empty();
        } catch (PosixException e) {
            if (!isNoRoom(e)) {
                throw e;
            }
            return Optional.of("what the files hold could not be recorded (" + e.getMessage()
                    + "): the next job lays them out anew");
        }
    }

    private static boolean isNoRoom(PosixException e) {
        return e.errno() == Errno.ENOSPC.number || e.errno() == Errno.EDQUOT.number;
    }

    /// After [#remember]: why it is not on the disk, in words.
    Optional<String> unrecorded() {
        return unrecorded;
    }

    private void dropCache() throws PosixException {
        long bytesLeft = 0;
        boolean known = true;
        for (Item item : items) {
            OptionalLong left = files.dropCache(item.name());
            known &= left.isPresent();
            bytesLeft += left.orElse(0);
        }
        cachedBytes = known ? OptionalLong.of(bytesLeft) : OptionalLong.empty();
    }

    State state() {
        return new State(
                bytes,
                count(Start.REUSED),
                count(Start.FILLED),
                count(Start.NEW),
                count(Start.FOUND),
                filledBytes,
                count(Start.FILLED) == 0 ? 0 : filledNs,
                need.direct(),
                need.invalidate(),
                cachedBytes);
    }

    private int count(Start start) {
        return (int) items.stream().filter(item -> item.start() == start).count();
    }

    /// After the job: new files that it wrote to the end hold data from now on, and its writes changed the
    /// stamps.
    void remember() throws IOException {
        for (Item item : items) {
            if (item.start() == Start.NEW || item.owner() == Owner.RECORD) {
                if (need.work().mode().writes()) {
                    files.sync(item.name());
                }
                record(item, item.start() == Start.NEW ? written(item) : completeBefore(item));
            }
        }
        unrecorded = storeIfRoom();
    }

    private long written(Item item) throws PosixException {
        FileExtents extents = files.extents(item.name());
        return extents.bytes() >= bytes && !extents.incomplete() ? bytes : 0;
    }

    private long completeBefore(Item item) {
        return record.of(item.name()).map(Entry::bytes).orElse(0L);
    }

    @Override
    public void close() {
        files.close();
    }
}
