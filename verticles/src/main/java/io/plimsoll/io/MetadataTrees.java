package io.plimsoll.io;

import io.plimsoll.model.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Where metadata work is done: a tree for each data thread in a claimed directory,
/// `plimsoll-bench/NAME/tree-THREAD`. Everything in the trees is removed at the end, also what a benchmark that
/// was killed left behind, and nothing else.
///
/// Claimed and closed by one thread at a time; each tree is made by its data thread.
public final class MetadataTrees implements AutoCloseable {
    /// What even an empty file may cost in a directory and an inode.
    private static final long FILE_BYTES = 512;

    private final TargetDirectory target;
    private final Work.Metadata work;

    private MetadataTrees(TargetDirectory target, Work.Metadata work) {
        this.target = target;
        this.work = work;
    }

    /// @throws TargetRefusedException where that must not or cannot be, with the remedy
    public static MetadataTrees claim(Path directory, String name, Work.Metadata work, int threads) throws IOException {
        TargetDirectory target = TargetDirectory.claimForBench(directory, name);
        try (PosixFiles posix = new PosixFiles()) {
            long needed = threads * (long) work.files() * (FILE_BYTES + roundUp(work.fileBytes()));
            TargetRules.checkSpace(
                    target.path(),
                    posix.space(target.descriptor(), target.path().toString()),
                    needed,
                    "--nrfiles, --filesize or --numjobs");
            return new MetadataTrees(target, work);
        } catch (IOException | RuntimeException | Error e) {
            target.giveBack();
            throw e;
        }
    }

    private static long roundUp(long bytes) {
        return (bytes + 4095) / 4096 * 4096;
    }

    /// Makes the tree of the calling thread, which alone may use it.
    ///
    /// @param stopped asked meanwhile
    /// @throws LayoutStoppedException where that said so
    public MetadataTree tree(int thread, long seed, BooleanSupplier stopped) throws IOException {
        return new MetadataTree(target, "tree-" + thread, work, seed + thread, stopped);
    }

    /// Removes the trees. To be called when nobody works on them any more.
    ///
    /// @throws IOException where something could not be removed
    @Override
    public void close() throws IOException {
        List<String> left = target.giveBack().left();
        if (!left.isEmpty()) {
            throw new IOException("could not remove everything: " + String.join("; ", left));
        }
    }
}
