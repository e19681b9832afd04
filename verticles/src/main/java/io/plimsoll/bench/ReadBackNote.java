package io.plimsoll.bench;

import io.plimsoll.io.Storage;
import io.plimsoll.model.ByteSize;
import io.plimsoll.model.JobPlan;
import java.util.Optional;

/// Says in a result how the bytes were read that were read back: no more than the kernel's account of them bears out.
final class ReadBackNote {
    private ReadBackNote() {}

    static String of(JobPlan plan, JobRun.Outcome outcome, Storage storage) {
        return of(
                outcome.readBack(),
                plan.engine().direct(),
                outcome.fetchedBytes(),
                storage.kind(),
                storage.fileSystem());
    }

    /// @param readBack empty where it did not come to that
    /// @param fetchedBytes that the kernel fetched for this process while it read back; empty where it does not
    ///     tell
    static String of(
            Optional<ReadBack.Done> readBack,
            boolean direct,
            Optional<Long> fetchedBytes,
            Storage.Kind kind,
            String fileSystem) {
        if (readBack.isEmpty()) {
            return "what was written was not read back: the job ended before";
        }
        ReadBack.Done done = readBack.get();
        if (done.bytes() == 0) {
            return "nothing was written that could be read back";
        }
        String what = ByteSize.format(done.bytes()) + " of what was written were read back ";
        if (kind == Storage.Kind.MEMORY) {
            return what + "from memory: " + fileSystem + " is nothing else";
        }
        return what + (direct ? "past the page cache" : "after a sync, " + dropped(done)) + "; "
                + told(done, fetchedBytes, kind);
    }

    private static String dropped(ReadBack.Done done) {
        if (done.cachedBytes().isEmpty()) {
            return "with the page cache told to drop it";
        }
        long left = done.cachedBytes().getAsLong();
        return "with the page cache dropped" + (left > 0 ? " but for " + ByteSize.format(left) : "");
    }

    private static String told(ReadBack.Done done, Optional<Long> fetchedBytes, Storage.Kind kind) {
        boolean counts = kind == Storage.Kind.DEVICE || kind == Storage.Kind.OVERLAY;
        Optional<Long> fetched = fetchedBytes.filter(read -> counts || read > 0); // some others count, some do not
        if (fetched.isEmpty()) {
            return "how much of it came from the storage is not known here";
        }
        // Reading ahead may have fetched what nobody asked for: what was cached is not made up for by that.
        long fromStorageMax = Math.max(done.bytes() - done.cachedBytes().orElse(0), 0);
        long fromStorage = Math.min(fetched.get(), fromStorageMax);
        return fromStorage == done.bytes()
                ? "all of it came from the storage (by /proc/self/io)"
                : ByteSize.format(fromStorage) + " of it came from the storage (by /proc/self/io): that the rest is"
                        + " on it is not shown";
    }
}
