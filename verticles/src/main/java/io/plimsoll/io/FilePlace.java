package io.plimsoll.io;

import io.plimsoll.io.FileSet.Content;
import io.plimsoll.io.FileSet.Need;
import io.plimsoll.io.FileSet.Progress;
import io.plimsoll.io.FileSet.State;
import io.plimsoll.io.Layout.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// One file that all data threads share. That Plimsoll made it says `FILE.plimsoll` beside it, as long as nobody
/// has changed the file since; while a job writes, that it does so, and whoever finds that said and the file not
/// locked knows that the job was killed. Benchmarks lock it: several that read, or one that writes.
final class FilePlace implements FileSet.Place {
    private static final int NONE = -1;
    private static final int MODE = 0644;

    private final Path path;
    private final Path directory;
    private final String name;
    private final Need need;
    private final PosixFiles posix = new PosixFiles();
    private SafeTree tree;
    private int directoryFd = NONE;
    private int fd = NONE;
    private Owner owner;
    private boolean made;
    /// Why the file may only be read; null where it may be written.
    private TargetRefusedException onlyReadable;

    private Layout layout;

    private FilePlace(Path path, Need need) {
        this.path = path;
        this.need = need;
        directory = path.getParent();
        name = path.getFileName().toString();
    }

    static FilePlace prepare(Path file, Need need, Content content, Progress progress) throws IOException {
        checkOneFile(file, need);
        FilePlace place = new FilePlace(checked(file, need.work().mode().writes()), need);
        try {
            place.layOut(content, progress);
            return place;
        } catch (IOException | RuntimeException | Error e) {
            place.giveUp(e);
            throw e;
        }
    }

    static void checkOneFile(Path path, Need need) throws TargetRefusedException {
        if (need.work().files() > 1) {
            throw new TargetRefusedException(path + " is one file, and the job has "
                    + need.work().files() + " for each data thread (nrfiles); name a directory (--directory)");
        }
    }

    /// The file itself, where a symbolic link to it may be followed.
    private static Path checked(Path file, boolean writes) throws IOException {
        if (Files.isSymbolicLink(file) && writes) {
            throw new TargetRefusedException(
                    file + " is a symbolic link to " + Files.readSymbolicLink(file) + "; name the file itself");
        }
        Path path = Files.exists(file) ? file.toRealPath() : file;
        if (Files.isDirectory(path)) {
            throw new TargetRefusedException(path + " is a directory; name a file in it, or use --directory");
        }
        if (!Files.isDirectory(path.getParent())) {
            throw new TargetRefusedException(path.getParent() + " is not a directory that is there; make it first");
        }
        TargetRules.checkReal(path.getParent().toRealPath().resolve(path.getFileName()), file);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new TargetRefusedException(path + " is not a regular file; name one, or a directory (--directory)");
        }
        return path;
    }

    private void layOut(Content content, Progress progress) throws IOException {
        boolean writes = need.work().mode().writes();
        tree = openDirectory();
        directoryFd = tree.descriptor();
        TargetRules.checkReal(tree.real().resolve(name), path);
        LayoutRecord record = LayoutRecord.read(tree, name + LayoutRecord.BESIDE_FILE);
        boolean there = tree.find(name).isPresent();
        owner = !there || isRecorded(record) ? Owner.RECORD : Owner.FOREIGN;
        layout = new Layout(directory, directoryFd, record, need, content);
        boolean exclusive = false;
        if (there && owner == Owner.RECORD) {
            exclusive = openOurs(writes) && lock(false);
            if (!exclusive && (writes || !lock(true))) {
                throw inUse();
            }
        }
        layout.add(name, 0, 0, owner);
        layout.checkEvidence();
        if (owner == Owner.RECORD && (writes || layout.changes() || need.unlink())) {
            checkWritable();
        }
        if (!there) {
            fd = open(PosixFiles.O_RDWR | PosixFiles.O_CREAT | PosixFiles.O_EXCL);
            made = true;
        } else if (owner == Owner.FOREIGN) {
            fd = open(writes ? PosixFiles.O_RDWR : PosixFiles.O_RDONLY);
            if (!writes && !lockIfPossible()) {
                throw inUse();
            }
        }
        if (!exclusive && (writes || layout.changes()) && !lock(false)) {
            throw inUse();
        }
        layout.prepare(progress);
        if (!writes && owner == Owner.RECORD) {
            lock(true);
        }
    }

    private SafeTree openDirectory() throws IOException {
        try {
            return SafeTree.open(posix, directory, true);
        } catch (PosixException e) {
            throw TargetRules.forbidden(e) ? TargetRules.cannotRead(directory, e) : e;
        }
    }

    private int open(int flags) throws IOException {
        try {
            return posix.open(directoryFd, name, flags | PosixFiles.O_NOFOLLOW, MODE, path.toString());
        } catch (PosixException e) {
            if (!TargetRules.forbidden(e)) {
                throw e;
            }
            throw flags == PosixFiles.O_RDONLY ? TargetRules.cannotRead(path, e) : TargetRules.cannotWrite(path, e);
        }
    }

    /// Opens a file of ours, so that it can be locked for this job alone; false where it may only be read, which is
    /// enough for a job that finds it as it wants it.
    private boolean openOurs(boolean writes) throws IOException {
        try {
            fd = open(PosixFiles.O_RDWR);
            return true;
        } catch (TargetRefusedException e) {
            if (writes) {
                throw e;
            }
            onlyReadable = e;
            fd = open(PosixFiles.O_RDONLY);
            return false;
        }
    }

    /// The file, and the directory: what is said beside it changes, too.
    private void checkWritable() throws IOException {
        if (onlyReadable != null) {
            throw onlyReadable;
        }
        TargetRules.checkWritable(tree, directory);
    }

    /// Where the file system has no locks, somebody else's file can still be read.
    private boolean lockIfPossible() {
        try {
            return posix.tryLock(fd, true, path.toString());
        } catch (PosixException _) {
            return true;
        }
    }

    private boolean isRecorded(LayoutRecord record) throws PosixException {
        FileStatus stat = posix.status(directoryFd, name, path.toString());
        return record.of(name)
                .map(LayoutRecord.Entry::stamp)
                .filter(stamp -> stamp.equals(stat.stamp()) || stamp.equals(stat.identity()))
                .isPresent();
    }

    private boolean lock(boolean shared) throws TargetRefusedException {
        try {
            return posix.tryLock(fd, shared, path.toString());
        } catch (PosixException e) {
            throw TargetRules.cannotLock(path, e);
        }
    }

    private TargetRefusedException inUse() {
        return new TargetRefusedException(path + " is in use by another benchmark; wait for its end");
    }

    @Override
    public FileRef ref(int thread, int file) {
        return new FileRef.In(tree, name);
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
        try {
            if (owner == Owner.RECORD && need.unlink()) {
                remove();
            } else {
                layout.remember();
            }
        } finally {
            release();
        }
    }

    /// Nothing stays of a file that was made in vain.
    private void giveUp(Throwable cause) {
        try {
            if (made) {
                remove();
            }
            release();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void remove() throws IOException {
        posix.unlink(directoryFd, name, path.toString());
        tree.unlink(name + LayoutRecord.BESIDE_FILE);
    }

    private void release() throws IOException {
        try (posix;
                Layout _ = layout) {
            if (fd != NONE) {
                posix.close(fd, path.toString());
            }
            if (tree != null) {
                tree.close();
            }
        }
    }
}
