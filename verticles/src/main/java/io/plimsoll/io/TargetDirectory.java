package io.plimsoll.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A directory that belongs to one client for one run, or to one benchmark: made or taken over when nobody
/// else's files are in it, marked and locked, and cleaned up at the end of everything that is ours and of
/// nothing else.
///
/// Claimed and cleaned by one thread at a time; its descriptor may be used by others in between.
public final class TargetDirectory implements AutoCloseable {
    private static final String BENCH_DIRECTORY = "plimsoll-bench";

    private final PosixFiles posix;
    private final DirectoryUse use;
    private final SafeWay way;
    private final SafeTree tree;
    private final Marker marker;
    private final int leftovers;
    private boolean open = true;

    /// What cleaning up removed.
    ///
    /// @param left what is still there and why, one line each; empty when nothing is left behind
    public record CleanUp(int filesRemoved, List<String> left) {
        public CleanUp {
            left = List.copyOf(left);
        }
    }

    private TargetDirectory(PosixFiles posix, DirectoryUse use, SafeWay way, Marker marker, int leftovers) {
        this.posix = posix;
        this.use = use;
        this.way = way;
        tree = way.end();
        this.marker = marker;
        this.leftovers = leftovers;
    }

    /// Takes a directory, which is made with its parents where it is missing. Data files that a dead client left
    /// in a directory of ours are removed.
    ///
    /// @param owner name of the client, for others to read
    /// @throws TargetRefusedException where that directory must not or cannot be used; nothing has changed then
    public static TargetDirectory claim(Path directory, String owner) throws IOException {
        Path path = directory.toAbsolutePath().normalize();
        return claim(TargetRules.nearestThere(path), path, DirectoryUse.CHUNKS, owner);
    }

    /// Likewise, at or below a directory that must be there: nothing is followed or made outside it.
    ///
    /// @throws IllegalArgumentException where the directory's path leads elsewhere by its words alone
    public static TargetDirectory claimWithin(Path root, Path directory, String owner) throws IOException {
        Path from = root.toAbsolutePath().normalize();
        Path path = directory.toAbsolutePath().normalize();
        if (!path.startsWith(from)) {
            throw new IllegalArgumentException(path + " is not in " + from);
        }
        if (!Files.isDirectory(from)) {
            throw new TargetRefusedException(
                    from + " is allowed, and is not a directory that is there; mount its disk, or make it");
        }
        return claim(from, path, DirectoryUse.CHUNKS, owner);
    }

    /// Takes the directory `plimsoll-bench/NAME` below `parent`, where nobody else's files are touched. The
    /// files that an earlier benchmark of that name laid out stay, to be used again.
    public static TargetDirectory claimForBench(Path parent, String name) throws IOException {
        Path from = parent.toAbsolutePath().normalize();
        Path path = from.resolve(BENCH_DIRECTORY).resolve(name);
        return claim(TargetRules.nearestThere(from), path, DirectoryUse.BENCH, name);
    }

    /// @param there the root of the way, found by its path
    private static TargetDirectory claim(Path there, Path path, DirectoryUse use, String owner) throws IOException {
        TargetRules.check(path);
        PosixFiles posix = new PosixFiles();
        SafeWay way = null;
        Marker marker = null;
        try {
            way = new SafeWay(root(posix, there, path));
            go(way, there, path);
            SafeTree tree = way.end();
            TargetRules.checkContent(tree, use);
            marker = Marker.place(posix, use, tree, owner);
            if (marker.fresh()) {
                marker.makeDurable();
                tree.sync();
                way.sync();
            }
            return new TargetDirectory(posix, use, way, marker, use.removeLeftovers(tree));
        } catch (IOException | RuntimeException e) {
            giveBack(posix, way, marker, e);
            throw e;
        }
    }

    private static SafeTree root(PosixFiles posix, Path there, Path path) throws IOException {
        try {
            return SafeTree.open(posix, there, !there.equals(path));
        } catch (PosixException e) {
            throw TargetRules.cannotWrite(path, e);
        }
    }

    private static void go(SafeWay way, Path there, Path path) throws IOException {
        SafeTree root = way.end();
        TargetRules.checkReal(root.real().resolve(there.relativize(path)), path);
        TargetRules.checkKernelTrees(root, path);
        TargetRules.checkWritable(root, path);
        try {
            for (int i = there.getNameCount(); i < path.getNameCount(); i++) {
                way.go(path.getName(i).toString());
            }
        } catch (PosixException e) {
            throw TargetRules.cannotWrite(path, e);
        }
    }

    /// Absolute; symbolic links above the last component are as the user wrote them.
    public Path path() {
        return tree.path();
    }

    /// How many data files of a dead client were removed when this directory was claimed.
    public int leftoversRemoved() {
        return leftovers;
    }

    SafeTree tree() {
        return tree;
    }

    int descriptor() {
        return tree.descriptor();
    }

    String pathOf(String name) {
        return tree.pathOf(name);
    }

    /// Removes our data files, the marker, and the directories that were made for them; gives the directory up.
    /// What cannot be removed is told, not thrown.
    public CleanUp cleanUp() {
        if (!open) {
            return new CleanUp(0, List.of());
        }
        List<String> left = new ArrayList<>();
        int removed = 0;
        try {
            if (!way.isInPlace()) {
                left.add(path() + " is another directory than the one that was claimed; nothing in it was touched");
            } else {
                removed = use.removeAll(tree);
                marker.remove();
                switch (use) {
                    case CHUNKS -> way.removeMade(left);
                    case BENCH -> removeBench();
                }
            }
        } catch (IOException e) {
            left.add(told(e));
        }
        release(left);
        return new CleanUp(removed, left);
    }

    /// Removes what nobody can use again, and everything where nothing else is left; gives the directory up.
    CleanUp giveBack() {
        if (!open) {
            return new CleanUp(0, List.of());
        }
        List<String> left = new ArrayList<>();
        int removed = 0;
        try {
            if (way.isInPlace()) {
                removed = use.removeLeftovers(tree);
                if (use.isEmpty(tree)) {
                    return cleanUp();
                }
            }
        } catch (IOException e) {
            left.add(told(e));
        }
        release(left);
        return new CleanUp(removed, left);
    }

    /// Gives the directory up with all files in it (`--keep-files`). They are marked as kept, so that no later
    /// run takes them for a dead client's.
    public void keep() throws IOException {
        if (open) {
            try {
                marker.markKept();
            } finally {
                close();
            }
        }
    }

    /// Gives the directory up as it is; data files in it count as left over by a dead client.
    @Override
    public void close() {
        release(new ArrayList<>());
    }

    private void release(List<String> left) {
        if (!open) {
            return;
        }
        open = false;
        try (posix;
                way) {
            marker.close();
        } catch (IOException e) {
            left.add(told(e));
        }
    }

    private static void giveBack(PosixFiles posix, SafeWay way, Marker marker, Exception cause) {
        List<String> left = new ArrayList<>();
        try (posix;
                way) {
            try {
                giveBack(marker);
            } finally {
                if (way != null) {
                    way.removeMade(left);
                }
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        left.forEach(line -> cause.addSuppressed(new IOException(line)));
    }

    private static void giveBack(Marker marker) throws IOException {
        if (marker == null) {
            return;
        }
        if (marker.fresh()) {
            marker.remove();
        }
        marker.close();
    }

    /// An earlier benchmark may have made the directories, and another one may be in `plimsoll-bench` now.
    private void removeBench() throws IOException {
        way.removeEnd();
        try {
            way.removeEnd();
            while (way.endWasMade()) {
                way.removeEnd();
            }
        } catch (PosixException e) {
            if (e.errno() != Errno.ENOTEMPTY.number && e.errno() != Errno.EEXIST.number) {
                throw e;
            }
        }
    }

    /// With the path, which exceptions of the system have in them.
    private String told(IOException e) {
        return e instanceof PosixException ? e.getMessage() : path() + ": " + TargetRules.reason(e);
    }
}
