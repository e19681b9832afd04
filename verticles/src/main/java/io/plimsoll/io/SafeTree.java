package io.plimsoll.io;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// A directory that is held open, and what is in it, by name: a name is one step and no path, no symbolic link is
/// followed, no other file system is entered. Only the root of a tree is found by its path, and once; so whoever swaps
/// a
/// directory for a link meanwhile leads nobody elsewhere. What Java has for this, a
/// [java.nio.file.SecureDirectoryStream], makes no directories and knows no file systems.
///
/// As its [PosixFiles], used by one thread at a time; the descriptor may be used by others in between.
public final class SafeTree implements AutoCloseable {
    /// Deeper than any tree that is made here.
    static final int DEPTH_MAX = 64;

    private static final int NAME_BYTES_MAX = 255;
    private static final int SHOWN_CHARS_MAX = 80;
    private static final int DIRECTORY = PosixFiles.O_RDONLY | PosixFiles.O_DIRECTORY;
    /// Less what the user masks.
    private static final int DIRECTORY_MODE = 0777;

    private final PosixFiles posix;
    private final Path path;
    private final int fd;
    /// Of the root, and so of all that is entered.
    private final long device;

    private SafeTree(PosixFiles posix, Path path, int fd, long device) {
        this.posix = posix;
        this.path = path;
        this.fd = fd;
        this.device = device;
    }

    /// Looks at an entry of a directory.
    interface Visit {
        /// @return what is added up
        int of(String name) throws IOException;
    }

    /// Opens a root, which is there: links in its path are the wish of who wrote it.
    ///
    /// @param follow whether it may be a link itself
    static SafeTree open(PosixFiles posix, Path path, boolean follow) throws PosixException {
        String at = path.toString();
        int fd = posix.open(PosixFiles.AT_FDCWD, at, follow ? DIRECTORY : DIRECTORY | PosixFiles.O_NOFOLLOW, 0, at);
        try {
            return new SafeTree(posix, path, fd, posix.status(fd, at).device());
        } catch (PosixException e) {
            posix.close(fd);
            throw e;
        }
    }

    /// The number of the file system that a path leads to.
    static long device(Path path) throws PosixException {
        try (PosixFiles posix = new PosixFiles()) {
            return posix.status(path.toString()).device();
        }
    }

    /// Whether it is one name that a file may have, and neither a path nor a way out.
    static boolean isName(String name) {
        try {
            Path.of(name);
        } catch (InvalidPathException _) {
            return false;
        }
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.indexOf('/') < 0
                && name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX;
    }

    private static String checked(String name) throws TargetRefusedException {
        if (!isName(name)) {
            String shown = name.replaceAll("\\p{Cntrl}", "?");
            throw new TargetRefusedException("'"
                    + (shown.length() > SHOWN_CHARS_MAX ? shown.substring(0, SHOWN_CHARS_MAX) + "…" : shown)
                    + "' is not the name of a file");
        }
        return name;
    }

    /// As it was come to; where it is now, only the descriptor knows.
    Path path() {
        return path;
    }

    String pathOf(String name) {
        return path + "/" + name;
    }

    int descriptor() {
        return fd;
    }

    /// Whether the user may make and remove names in it.
    boolean mayWrite() {
        return Files.isWritable(entry());
    }

    FileSystemSpace space() throws PosixException {
        return posix.space(fd, path.toString());
    }

    FileStatus status() throws PosixException {
        return posix.status(fd, path.toString());
    }

    /// Where it is now, without symbolic links, as the kernel says.
    Path real() throws IOException {
        return Files.readSymbolicLink(entry());
    }

    /// Whether its path still leads to it.
    boolean isAtItsPath() throws PosixException {
        return posix.status(path.toString()).isSame(status());
    }

    /// By which Java finds it, whatever its path leads to by now.
    private Path entry() {
        return Path.of("/proc/self/fd/" + fd);
    }

    /// Reads a file, which is no link.
    InputStream read(String name) throws IOException {
        return Files.newInputStream(entry().resolve(checked(name)), LinkOption.NOFOLLOW_LINKS);
    }

    /// Of a symbolic link itself; empty where nothing has the name.
    Optional<FileStatus> find(String name) throws IOException {
        try {
            return Optional.of(posix.status(fd, checked(name), pathOf(name)));
        } catch (PosixException e) {
            if (e.errno() == Errno.ENOENT.number) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// A directory in this one.
    ///
    /// @throws TargetRefusedException where the name leads out of the tree
    SafeTree enter(String name) throws IOException {
        String at = pathOf(name);
        int child;
        try {
            child = posix.open(fd, checked(name), DIRECTORY | PosixFiles.O_NOFOLLOW, 0, at);
        } catch (PosixException e) {
            if (e.errno() == Errno.ELOOP.number || e.errno() == Errno.ENOTDIR.number) {
                throw new TargetRefusedException(at + " is a symbolic link or no directory at all; below " + path
                        + " no link is followed, name another directory");
            }
            throw e;
        }
        try {
            if (posix.status(child, at).device() != device) {
                throw new TargetRefusedException(
                        at + " is on another file system than " + path + "; name a directory on that one itself");
            }
        } catch (IOException e) {
            posix.close(child);
            throw e;
        }
        return new SafeTree(posix, path.resolve(name), child, device);
    }

    /// Makes a directory in this one; false where something has the name already.
    boolean make(String name) throws IOException {
        try {
            posix.makeDirectory(fd, checked(name), DIRECTORY_MODE, pathOf(name));
            return true;
        } catch (PosixException e) {
            if (e.errno() == Errno.EEXIST.number) {
                return false;
            }
            throw e;
        }
    }

    /// Opens a file in this directory; returns its descriptor.
    int open(String name, int flags, int mode) throws IOException {
        return posix.open(fd, checked(name), flags | PosixFiles.O_NOFOLLOW, mode, pathOf(name));
    }

    /// Removes a file, or a link, if it is there.
    void unlink(String name) throws IOException {
        try {
            posix.unlink(fd, checked(name), pathOf(name));
        } catch (PosixException e) {
            if (e.errno() != Errno.ENOENT.number) {
                throw e;
            }
        }
    }

    /// Removes an empty directory, if it is there.
    void removeDirectory(String name) throws IOException {
        try {
            posix.removeDirectory(fd, checked(name), pathOf(name));
        } catch (PosixException e) {
            if (e.errno() != Errno.ENOENT.number) {
                throw e;
            }
        }
    }

    /// Removes a directory with all that is in it. Returns how many files there were.
    int removeTree(String name) throws IOException {
        return removeTree(name, DEPTH_MAX);
    }

    private int removeTree(String name, int depth) throws IOException {
        int removed;
        try (SafeTree tree = enter(name)) {
            removed = tree.visit(entry -> {
                if (tree.unlinkFile(entry)) {
                    return 1;
                }
                if (depth == 0) {
                    throw new IOException(tree.path + " is deeper than " + DEPTH_MAX + " directories");
                }
                return tree.removeTree(entry, depth - 1);
            });
        }
        removeDirectory(name);
        return removed;
    }

    /// Asked of the kernel by trying, as what a name stood for a moment ago says nothing: false if it is a directory.
    private boolean unlinkFile(String name) throws IOException {
        try (Arena scratch = Arena.ofConfined()) {
            int result = posix.unlink(fd, scratch.allocateFrom(name).address());
            if (result != 0 && -result != Errno.EISDIR.number) {
                throw new PosixException("unlink", pathOf(name), -result);
            }
            return result == 0;
        }
    }

    /// Shows all entries, in no order; they may be removed meanwhile. Returns the sum of what was returned.
    int visit(Visit visit) throws IOException {
        int sum = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(entry())) {
            for (Path entry : entries) {
                sum += visit.of(entry.getFileName().toString());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return sum;
    }

    /// Makes the names in it durable.
    void sync() throws PosixException {
        posix.fsyncDirectory(fd, path.toString());
    }

    @Override
    public void close() throws PosixException {
        posix.close(fd, path.toString());
    }
}
