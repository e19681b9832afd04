package io.plimsoll.io;

import io.plimsoll.io.FileSet.Content;
import io.plimsoll.io.FileSet.Need;
import io.plimsoll.io.FileSet.Progress;
import io.plimsoll.io.FileSet.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Files of their own for each data thread, in a directory that is locked for one benchmark.
final class DirectoryPlace implements FileSet.Place {
    private final TargetDirectory target;
    private final Layout layout;
    private final String name;
    private final boolean unlink;

    private DirectoryPlace(TargetDirectory target, Layout layout, String name, boolean unlink) {
        this.target = target;
        this.layout = layout;
        this.name = name;
        this.unlink = unlink;
    }

    static DirectoryPlace prepare(Path directory, String name, Need need, Content content, Progress progress)
            throws IOException {
        TargetDirectory target = TargetDirectory.claimForBench(directory, name);
        Layout layout = null;
        try {
            LayoutRecord record = LayoutRecord.read(target.tree(), LayoutRecord.IN_DIRECTORY);
            layout = new Layout(target.path(), target.descriptor(), record, need, content);
            for (int thread = 0; thread < need.threads(); thread++) {
                for (int file = 0; file < need.work().files(); file++) {
                    layout.add(fileName(name, thread, file), thread, file, Layout.Owner.DIRECTORY);
                }
            }
            layout.checkEvidence();
            layout.prepare(progress);
            return new DirectoryPlace(target, layout, name, need.unlink());
        } catch (IOException | RuntimeException | Error e) {
            if (layout != null) {
                layout.close();
            }
            // A job that is refused has laid out nothing, so that nothing is its to remove.
            boolean own = need.unlink() && layout != null && layout.changes() && !(e instanceof TargetRefusedException);
            try (target) {
                check(own ? target.cleanUp() : target.giveBack());
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private static String fileName(String name, int thread, int file) {
        return name + "." + thread + "." + file;
    }

    @Override
    public FileRef ref(int thread, int file) {
        return new FileRef.In(target.tree(), fileName(name, thread, file));
    }

    @Override
    public State state() {
        return layout.state();
    }

    @Override
    public Optional<String> unrecorded() {
        return layout.unrecorded();
    }

    @Override
    public void close() throws IOException {
        try (layout;
                target) {
            if (unlink) {
                check(target.cleanUp());
            } else {
                layout.remember();
            }
        }
    }

    private static void check(TargetDirectory.CleanUp done) throws IOException {
        List<String> left = done.left();
        if (!left.isEmpty()) {
            throw new IOException("could not remove everything: " + String.join("; ", left));
        }
    }
}
