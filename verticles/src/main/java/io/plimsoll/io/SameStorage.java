package io.plimsoll.io;

import io.plimsoll.io.MountTable.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What two places of this machine have in common below their names. What is unknown counts as separate; two mounts of
/// one file server cannot be told apart from here, and count as one.
///
/// @param first where the first one is, in words: its mount, file system and source
/// @param second likewise
public record SameStorage(Relation relation, String first, String second) {
    private static final Path SYS = Path.of("/sys");

    public enum Relation {
        SEPARATE,
        /// Two file systems on one disk (partitions, a file behind a loop device) or in one pool.
        SAME_DISK,
        SAME_FILE_SYSTEM
    }

    /// @param device the number that `stat` tells; a subvolume of btrfs has one of its own, its mount has not
    record Place(Path real, long device, Optional<Mount> mount) {
        private static Place of(Path path, MountTable mounts) throws IOException {
            Path there = path.toAbsolutePath();
            while (!Files.exists(there) && there.getParent() != null) {
                there = there.getParent();
            }
            Path real = there.toRealPath();
            return new Place(real, (long) Files.getAttribute(real, "unix:dev"), mounts.byPath(real));
        }

        /// Of a mount that may be one of several of the same file system. Empty where the source is only a word, as
        /// that of every tmpfs.
        private Optional<String> source() {
            return mount.flatMap(m -> {
                String source = m.source();
                if (m.fileSystem().startsWith("nfs") && source.contains(":/")) {
                    return Optional.of("nfs " + source.substring(0, source.indexOf(":/")));
                }
                boolean windows =
                        m.fileSystem().equals("cifs") || m.fileSystem().equals("smb3");
                if (windows && source.startsWith("//")) {
                    return Optional.of("smb " + source.substring(2).replaceFirst("[/\\\\].*", ""));
                }
                return source.contains("/") || source.contains(":")
                        ? Optional.of(m.fileSystem() + " " + source)
                        : Optional.empty();
            });
        }

        private Optional<String> pool() {
            return mount.filter(m -> m.fileSystem().equals("zfs"))
                    .map(m -> m.source().replaceFirst("/.*", ""));
        }

        private String inWords() {
            return real
                    + mount.map(m -> " on " + m.mountPoint() + " (" + m.fileSystem() + " of " + m.source() + ")")
                            .orElse("");
        }
    }

    /// Of the paths; of one that does not exist yet, the directory above it that does. Blocks as long as a file
    /// system does not answer.
    public static SameStorage between(Path first, Path second) throws IOException {
        MountTable mounts = MountTable.ofThisProcess();
        return between(SYS, mounts, Place.of(first, mounts), Place.of(second, mounts));
    }

    static SameStorage between(Path sys, MountTable mounts, Place first, Place second) {
        Relation relation = sameFileSystem(first, second)
                ? Relation.SAME_FILE_SYSTEM
                : sameDisk(sys, mounts, first, second) ? Relation.SAME_DISK : Relation.SEPARATE;
        return new SameStorage(relation, first.inWords(), second.inWords());
    }

    private static boolean sameFileSystem(Place a, Place b) {
        boolean sameNumber = a.mount().isPresent()
                && b.mount().isPresent()
                && a.mount().get().major() == b.mount().get().major()
                && a.mount().get().minor() == b.mount().get().minor();
        return a.device() == b.device()
                || sameNumber
                || a.source().isPresent() && a.source().equals(b.source());
    }

    private static boolean sameDisk(Path sys, MountTable mounts, Place a, Place b) {
        if (a.pool().isPresent() && a.pool().equals(b.pool())) {
            return true;
        }
        Optional<DiskNeighbours> below = below(sys, mounts, a);
        Optional<DiskNeighbours> other = below(sys, mounts, b);
        return below.isPresent() && other.isPresent() && below.get().meets(other.get());
    }

    private static Optional<DiskNeighbours> below(Path sys, MountTable mounts, Place place) {
        return place.mount()
                .flatMap(mount -> TargetProbe.device(sys, mount))
                .map(device -> DiskNeighbours.of(sys, mounts, device));
    }
}
