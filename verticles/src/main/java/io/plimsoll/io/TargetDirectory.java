package io.plimsoll.io;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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
    private final Path path;
    private final Object identity;
    private final int descriptor;
    private final Marker marker;
    private final List<Path> made;
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

    private TargetDirectory(
            PosixFiles posix,
            DirectoryUse use,
            Path path,
            Object identity,
            int descriptor,
            Marker marker,
            List<Path> made,
            int leftovers) {
        this.posix = posix;
        this.use = use;
        this.path = path;
        this.identity = identity;
        this.descriptor = descriptor;
        this.marker = marker;
        this.made = made;
        this.leftovers = leftovers;
    }

    /// Takes a directory, which is made with its parents where it is missing. Data files that a dead client left
    /// in a directory of ours are removed.
    ///
    /// @param owner name of the client, for others to read
    /// @throws TargetRefusedException where that directory must not or cannot be used; nothing has changed then
    public static TargetDirectory claim(Path directory, String owner) throws IOException {
        return claim(directory, DirectoryUse.CHUNKS, owner);
    }

    /// Takes the directory `plimsoll-bench/NAME` below `parent`, where nobody else's files are touched. The
    /// files that an earlier benchmark of that name laid out stay, to be used again.
    public static TargetDirectory claimForBench(Path parent, String name) throws IOException {
        return claim(parent.resolve(BENCH_DIRECTORY).resolve(name), DirectoryUse.BENCH, name);
    }

    private static TargetDirectory claim(Path directory, DirectoryUse use, String owner) throws IOException {
        Path path = directory.toAbsolutePath().normalize();
        TargetRules.check(path);
        List<Path> made = makeMissing(path);
        PosixFiles posix = new PosixFiles();
        int fd = -1;
        Marker marker = null;
        try {
            TargetRules.checkReal(path.toRealPath(), path);
            fd = posix.open(
                    PosixFiles.AT_FDCWD,
                    path.toString(),
                    PosixFiles.O_RDONLY | PosixFiles.O_DIRECTORY | PosixFiles.O_NOFOLLOW,
                    0,
                    path + "");
            Object identity = identity(Path.of("/proc/self/fd/" + fd));
            TargetRules.checkContent(path, use);
            marker = Marker.place(posix, use, path, fd, owner);
            if (marker.fresh()) {
                marker.makeDurable();
                posix.fsyncDirectory(fd, path.toString());
                syncNames(posix, made);
            }
            int leftovers = use.removeLeftovers(path);
            return new TargetDirectory(posix, use, path, identity, fd, marker, made, leftovers);
        } catch (IOException | RuntimeException e) {
            giveBack(posix, path, fd, marker, made, e);
            throw e;
        }
    }

    /// That a file was synced does not say that the directories above it are there after a power cut.
    private static void syncNames(PosixFiles posix, List<Path> made) throws PosixException {
        for (Path directory : made) {
            String above = directory.getParent().toString();
            int fd = posix.open(PosixFiles.AT_FDCWD, above, PosixFiles.O_RDONLY | PosixFiles.O_DIRECTORY, 0, above);
            try {
                posix.fsyncDirectory(fd, above);
            } finally {
                posix.close(fd, above);
            }
        }
    }

    /// Absolute; symbolic links above the last component are as the user wrote them.
    public Path path() {
        return path;
    }

    /// How many data files of a dead client were removed when this directory was claimed.
    public int leftoversRemoved() {
        return leftovers;
    }

    int descriptor() {
        return descriptor;
    }

    String pathOf(String name) {
        return path + "/" + name;
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
            if (!identity.equals(identity(path))) {
                left.add(path + " is another directory than the one that was claimed; nothing in it was touched");
            } else {
                removed = use.removeAll(path);
                marker.remove();
                switch (use) {
                    case CHUNKS -> removeMade(made, left);
                    case BENCH -> removeBench();
                }
            }
        } catch (IOException e) {
            left.add(path + ": " + reason(e));
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
            if (identity.equals(identity(path))) {
                removed = use.removeLeftovers(path);
                if (use.isEmpty(path)) {
                    return cleanUp();
                }
            }
        } catch (IOException e) {
            left.add(path + ": " + reason(e));
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
        try (posix) {
            marker.close();
            posix.close(descriptor, path.toString());
        } catch (IOException e) {
            left.add(path + ": " + reason(e));
        }
    }

    /// Which directory a path leads to, as device and inode: the same until somebody replaces it.
    private static Object identity(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /// Makes the missing directories one by one: `createDirectory` fails where anything, also a symbolic link,
    /// is in the way by then. Returns them, outermost first.
    private static List<Path> makeMissing(Path path) throws IOException {
        List<Path> missing = new ArrayList<>();
        for (Path p = path; p != null && !Files.exists(p, LinkOption.NOFOLLOW_LINKS); p = p.getParent()) {
            missing.addFirst(p);
        }
        List<Path> made = new ArrayList<>();
        try {
            for (Path p : missing) {
                Files.createDirectory(p);
                made.add(p);
            }
        } catch (IOException e) {
            TargetRefusedException refused = TargetRules.cannotWrite(path, e);
            undo(made, refused);
            throw refused;
        }
        return made;
    }

    private static void giveBack(PosixFiles posix, Path path, int fd, Marker marker, List<Path> made, Exception cause) {
        try (posix) {
            if (marker != null) {
                if (marker.fresh()) {
                    marker.remove();
                }
                marker.close();
            }
            if (fd >= 0) {
                posix.close(fd, path.toString());
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        undo(made, cause);
    }

    private static void undo(List<Path> made, Exception cause) {
        List<String> left = new ArrayList<>();
        removeMade(made, left);
        left.forEach(line -> cause.addSuppressed(new IOException(line)));
    }

    private static void removeMade(List<Path> made, List<String> left) {
        for (Path p : made.reversed()) {
            try {
                Files.deleteIfExists(p);
            } catch (IOException e) {
                left.add(p + ": " + reason(e));
                return;
            }
        }
    }

    /// An earlier benchmark may have made the directories, and another one may be in `plimsoll-bench` now.
    private void removeBench() throws IOException {
        Files.deleteIfExists(path);
        List<Path> above = new ArrayList<>(made);
        above.remove(path);
        if (!above.contains(path.getParent())) {
            above.add(path.getParent());
        }
        try {
            for (Path directory : above.reversed()) {
                Files.deleteIfExists(directory);
            }
        } catch (DirectoryNotEmptyException _) {
            // It is somebody's.
        }
    }

    private static String reason(IOException e) {
        return TargetRules.reason(e);
    }
}
