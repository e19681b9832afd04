package io.plimsoll.io;

import io.plimsoll.model.ByteSize;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Require;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// The files of a block job, laid out before it begins and held until it has ended.
///
/// Where data is read, and where writes go to random places, the files hold real data to the end before the job:
/// of the job's own content, written and synced, never merely reserved, never sparse. Files of sequential writes
/// begin empty every time, so that every run of the job does the same; with [Need#overwrite] they hold data too.
/// A file that a former benchmark laid out with the same content is used again if it is large enough and, as far
/// as the file system tells, has no hole. What a former job sealed does for one that only reads, and is replaced by
/// none such. A job that only reads to verify takes the files as they are, as they are
/// the evidence, and all of them must be there.
///
/// In a directory the files are `DIRECTORY/plimsoll-bench/NAME/NAME.THREAD.FILE`, locked for one benchmark at a
/// time. A single file that Plimsoll did not make is read as it is, and overwritten only by leave.
///
/// One thread at a time; the files are for any thread.
public final class FileSet implements AutoCloseable {
    public static final int FILES_MAX = 1_000_000;

    /// @param direct the job goes past the page cache, and so does laying out
    /// @param overwrite writes go over data that is there: sequential ones too, and a single file that Plimsoll
    ///     did not make may be overwritten; fio's `overwrite`
    /// @param unlink files that were laid out are removed at the end; fio's `unlink`
    /// @param invalidate the files' pages are dropped from the page cache before the job; fio's `invalidate`
    /// @param filled files of sequential writes hold data too, as the engine cannot make a file longer (mmap)
    public record Need(
            Work.Blocks work,
            int threads,
            boolean direct,
            boolean overwrite,
            boolean unlink,
            boolean invalidate,
            boolean filled) {
        public Need {
            Require.present("work", work);
            Require.inRange("number of data threads", threads, 1, JobPlan.THREADS_MAX);
        }

        /// For engines that can make a file longer.
        public Need(
                Work.Blocks work, int threads, boolean direct, boolean overwrite, boolean unlink, boolean invalidate) {
            this(work, threads, direct, overwrite, unlink, invalidate, false);
        }

        /// Whether files must hold data before the job.
        boolean wantsData() {
            return work.mode().reads() || work.mode().random() || overwrite || filled;
        }

        /// Whether the job looks at what is there, and would look at something else if it were written anew.
        boolean inspects() {
            return work.content().verify() && !work.mode().writes();
        }
    }

    /// What data is like, in a line of ASCII. Where two say the same, each does for the other.
    ///
    /// @param seal by which each block can be verified; empty where none can be
    public record Shape(String data, String seal) {
        private static final String SEALED = ", sealed ";

        public Shape {
            if (!(data + seal).matches("\\p{Print}*") || data.contains(SEALED)) {
                throw new IllegalArgumentException("the shape of data is a line of ASCII: " + data + seal);
            }
        }

        /// The other way round than [#words].
        static Shape of(String words) {
            int at = words.indexOf(SEALED);
            return at < 0
                    ? new Shape(words, "")
                    : new Shape(words.substring(0, at), words.substring(at + SEALED.length()));
        }

        String words() {
            return sealed() ? data + SEALED + seal : data;
        }

        boolean sealed() {
            return !seal.isEmpty();
        }
    }

    /// What files are filled with.
    public interface Content {
        Shape shape();

        /// Makes the data of `memory.byteSize()` bytes at `offset`; offsets come in order, in pieces of 1 MiB.
        void fill(MemorySegment memory, int thread, int file, long offset);
    }

    /// Hears how far laying out is, after each piece, on the thread that does it.
    public interface Progress {
        Progress NONE = (_, _) -> true;

        /// @return false to stop
        boolean filled(long doneBytes, long totalBytes);
    }

    /// In what state the files were when the job began. The four kinds add up to the number of files.
    ///
    /// @param reused hold data of a former benchmark
    /// @param filled were written now, to the end
    /// @param made are new and empty
    /// @param found were taken as they were
    /// @param filledDirect past the page cache, but for what is no whole MiB
    /// @param cacheDropped the kernel was told to drop their pages
    /// @param cachedBytes of them in the page cache after that; empty where the kernel does not tell
    public record State(
            long bytesPerFile,
            int reused,
            int filled,
            int made,
            int found,
            long filledBytes,
            long filledNs,
            boolean filledDirect,
            boolean cacheDropped,
            OptionalLong cachedBytes) {

        /// For a result: `4 files of 1.07 GB: 1 reused, 3 filled (3.22 GB direct in 2.1 s); page cache dropped`.
        public String words() {
            List<String> kinds = new ArrayList<>();
            add(kinds, reused, "reused");
            if (filled > 0) {
                kinds.add(String.format(
                        Locale.ROOT,
                        "%d filled (%s %s in %.1f s)",
                        filled,
                        ByteSize.format(filledBytes),
                        filledDirect ? "direct" : "buffered",
                        filledNs / 1e9));
            }
            add(kinds, made, "new and empty");
            add(kinds, found, "as found");
            int files = reused + filled + made + found;
            String cache = !cacheDropped
                    ? "page cache not touched"
                    : "page cache dropped"
                            + (cachedBytes.orElse(0) > 0 ? " but for " + ByteSize.format(cachedBytes.getAsLong()) : "");
            return files + (files == 1 ? " file of " : " files of ") + ByteSize.format(bytesPerFile) + ": "
                    + String.join(", ", kinds) + "; " + cache;
        }

        private static void add(List<String> kinds, int count, String kind) {
            if (count > 0) {
                kinds.add(count + " " + kind);
            }
        }
    }

    /// What the files are held by.
    sealed interface Place extends AutoCloseable permits DirectoryPlace, FilePlace, DevicePlace {
        FileRef ref(int thread, int file);

        State state();

        Optional<String> unrecorded();

        @Override
        void close() throws IOException;
    }

    private final Need need;
    private final Place place;

    private FileSet(Need need, Place place) {
        this.need = need;
        this.place = place;
    }

    /// Lays out the files of a job in `directory/plimsoll-bench/name`, which is made where it is missing.
    ///
    /// @throws TargetRefusedException where that must not or cannot be, with the remedy
    /// @throws LayoutStoppedException where `progress` said so
    /// @throws PosixException where the storage gave an error; what is incomplete is removed
    public static FileSet inDirectory(Path directory, String name, Need need, Content content, Progress progress)
            throws IOException {
        Require.inRange("number of files", (long) need.threads() * need.work().files(), 1, FILES_MAX);
        return new FileSet(need, DirectoryPlace.prepare(directory, name, need, content, progress));
    }

    /// Lays out one file for all data threads, or takes the one that is there. `/dev/zero` can be read and
    /// `/dev/null` written; fails as [#inDirectory].
    public static FileSet ofFile(Path file, Need need, Content content, Progress progress) throws IOException {
        Path path = file.toAbsolutePath().normalize();
        Place place = DevicePlace.isOne(path)
                ? DevicePlace.prepare(path, need)
                : FilePlace.prepare(path, need, content, progress);
        return new FileSet(need, place);
    }

    /// The files of one data thread, in the order of the plan.
    public List<FileRef> files(int thread) {
        List<FileRef> files = new ArrayList<>();
        for (int file = 0; file < need.work().files(); file++) {
            files.add(place.ref(thread, file));
        }
        return List.copyOf(files);
    }

    public State state() {
        return place.state();
    }

    /// After [#close]: why no later job will know what the files hold, in words for the result; empty where one will.
    public Optional<String> unrecorded() {
        return place.unrecorded();
    }

    /// Remembers what the files hold now, after syncing what the job wrote, or removes them; gives locks back.
    /// To be called when nobody has the files open any more.
    ///
    /// @throws IOException where something could not be removed or synced
    @Override
    public void close() throws IOException {
        place.close();
    }
}
