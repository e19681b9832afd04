package io.plimsoll.io;

import io.plimsoll.model.ByteSize;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Which directories a client may fill with chunks, and how it says no.
final class TargetRules {
    /// Trees of the kernel's own, where a write is no write to a disk. `/dev/shm` is memory, but a file system.
    private static final List<Path> KERNEL_TREES = List.of(Path.of("/dev"), Path.of("/proc"), Path.of("/sys"));
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final int NAMED_MAX = 3;
    /// Upper bound of what a benchmark leaves free.
    private static final long RESERVE_BYTES_MAX = 1_000_000_000;

    private TargetRules() {}

    /// Looks at what is there before anything is opened, for the words; what counts is seen by descriptor later.
    ///
    /// @param path absolute and normalized
    static void check(Path path) throws IOException {
        checkReal(path, path);
        if (path.toString().indexOf('\n') >= 0) {
            throw new TargetRefusedException("the path has a line break in it");
        }
        if (Files.isSymbolicLink(path)) {
            throw new TargetRefusedException(
                    path + " is a symbolic link to " + Files.readSymbolicLink(path) + "; name the directory itself");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new TargetRefusedException(
                    path + " is not a directory; name a directory, it is made if it is missing");
        }
        Path there = nearestThere(path);
        if (!Files.isDirectory(there)) {
            throw new TargetRefusedException(path + " cannot be made: " + there + " is not a directory");
        }
    }

    /// @param real without symbolic links
    /// @param path as the user wrote it
    static void checkReal(Path real, Path path) throws TargetRefusedException {
        boolean kernels = KERNEL_TREES.stream().anyMatch(real::startsWith)
                && (!real.startsWith(SHARED_MEMORY) || real.equals(SHARED_MEMORY));
        if (kernels || real.getNameCount() == 0) {
            throw systems(path + (real.equals(path) ? "" : " (" + real + ")"));
        }
    }

    /// Likewise where one of them is mounted in a second place, as in that of a container.
    ///
    /// @param path of the directory that is going to be, at or below `there`
    static void checkKernelTrees(SafeTree there, Path path) throws IOException {
        long device = there.status().device();
        if (there.real().startsWith(SHARED_MEMORY) || device == SafeTree.device(Path.of("/"))) {
            return;
        }
        for (Path tree : KERNEL_TREES) {
            if (Files.isDirectory(tree) && device == SafeTree.device(tree)) {
                throw systems(path + " (as " + tree + ")");
            }
        }
    }

    private static TargetRefusedException systems(String what) {
        return new TargetRefusedException(
                what + " belongs to the system; name a directory on the disk that you want to measure");
    }

    /// Accepts an empty directory, and one that carries our marker and nothing but our files.
    static void checkContent(SafeTree directory, DirectoryUse use) throws IOException {
        Path path = directory.path();
        boolean marked =
                directory.find(Marker.NAME).filter(FileStatus::isRegular).isPresent();
        List<String> foreign = new ArrayList<>();
        int more = directory.visit(name -> {
            boolean ours = marked && (name.equals(Marker.NAME) || use.owns(directory, name));
            if (!ours && foreign.size() < NAMED_MAX) {
                foreign.add(name);
                return 0;
            }
            return ours ? 0 : 1;
        });
        if (!foreign.isEmpty()) {
            throw new TargetRefusedException(path + " holds files that are not Plimsoll's: "
                    + String.join(", ", foreign)
                    + (more > 0 ? " and " + more + " more" : "") + "; "
                    + switch (use) {
                        case CHUNKS -> "name an empty or new directory, for example " + path.resolve("plimsoll");
                        case BENCH -> "move them away, or give the benchmark another --name";
                    });
        }
    }

    /// @param flags to write smaller where there is no room
    static void checkSpace(Path path, FileSystemSpace space, long neededBytes, String flags)
            throws TargetRefusedException {
        if (neededBytes == 0) {
            return;
        }
        if (space.readOnly()) {
            throw readOnly(path);
        }
        if (space.sizeBytes() == 0) {
            return; // ramfs and some of FUSE do not know how large they are: the job will find out
        }
        long reserve = space.reserveBytes(RESERVE_BYTES_MAX);
        if (neededBytes > space.freeBytes() - reserve) {
            throw new TargetRefusedException(path + ": " + ByteSize.format(space.freeBytes()) + " free of "
                    + ByteSize.format(space.sizeBytes()) + ", the job's files need " + ByteSize.format(neededBytes)
                    + " more and leave " + ByteSize.format(reserve) + " free; make room, or choose a smaller "
                    + flags);
        }
    }

    private static TargetRefusedException readOnly(Path path) {
        return new TargetRefusedException(path + " cannot be written to: " + Errno.describe(Errno.EROFS.number)
                + "; mount it read-write, or name another disk");
    }

    static TargetRefusedException cannotLock(Path path, PosixException e) {
        return new TargetRefusedException(
                path + " cannot be locked: " + Errno.describe(e.errno())
                        + "; mount it with locks (NFS: start rpc.statd, or mount with -o local_lock=all)",
                e);
    }

    static TargetRefusedException cannotWrite(Path path, IOException e) {
        if (e instanceof PosixException posix && posix.errno() == Errno.EROFS.number) {
            return readOnly(path);
        }
        String why = cause(e);
        String remedy = Errno.of(e) == Errno.EACCES.number
                ? "; user " + System.getProperty("user.name") + " may not write there"
                : why.startsWith("Operation not permitted") ? "; lsattr shows whether it is immutable" : "";
        return new TargetRefusedException(path + " cannot be written to: " + why + remedy, e);
    }

    static TargetRefusedException cannotRead(Path path, IOException e) {
        return new TargetRefusedException(
                path + " cannot be read: " + cause(e) + "; user " + System.getProperty("user.name")
                        + " may not read it",
                e);
    }

    /// Whether the system refused this to the user, or to everybody.
    static boolean forbidden(PosixException e) {
        return e.errno() == Errno.EACCES.number || e.errno() == Errno.EPERM.number || e.errno() == Errno.EROFS.number;
    }

    /// Without the call that it came from.
    private static String cause(IOException e) {
        return e instanceof PosixException posix && posix.errno() != 0 ? Errno.describe(posix.errno()) : reason(e);
    }

    /// Java's file exceptions say the path and leave the cause out, or the other way round.
    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> Errno.describe(Errno.EACCES.number);
            case NoSuchFileException _ -> Errno.describe(Errno.ENOENT.number);
            case DirectoryNotEmptyException _ -> Errno.describe(Errno.ENOTEMPTY.number);
            case FileAlreadyExistsException _ -> Errno.describe(Errno.EEXIST.number);
            case FileSystemException f
            when f.getReason() != null -> {
                int errno = Errno.guess(f.getReason());
                yield errno == 0 ? f.getReason() : Errno.describe(errno);
            }
            default -> {
                int errno = e.getMessage() == null ? 0 : Errno.guess(e.getMessage());
                yield errno == 0 ? String.valueOf(e.getMessage()) : Errno.describe(errno);
            }
        };
    }

    /// The directory itself, or the nearest one above it that is there.
    static Path nearestThere(Path path) {
        Path there = path;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    /// Asked before anything is made, because root passes every other check of being allowed to write.
    ///
    /// @param path of the directory that is going to be, at or below `there`
    static void checkWritable(SafeTree there, Path path) throws IOException {
        if (there.space().readOnly()) {
            throw readOnly(path);
        }
        if (!there.mayWrite()) {
            throw cannotWrite(path, new AccessDeniedException(there.path().toString()));
        }
    }
}
