package io.plimsoll.io;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;

/// Removes trees of directories without ever following a symbolic link: each directory is entered by descriptor,
/// so that nobody can lead us elsewhere by swapping one meanwhile.
final class FileTrees {
    /// Deeper than any tree that is made here.
    private static final int DEPTH_MAX = 64;

    private FileTrees() {}

    /// Returns how many files there were.
    static int remove(Path tree) throws IOException {
        try (DirectoryStream<Path> parent = Files.newDirectoryStream(tree.getParent())) {
            if (!(parent instanceof SecureDirectoryStream<Path> secure)) {
                throw new IOException(tree + " cannot be removed: Java has no secure directories here");
            }
            return remove(secure, tree.getFileName(), DEPTH_MAX);
        }
    }

    private static int remove(SecureDirectoryStream<Path> parent, Path name, int depth) throws IOException {
        int removed = 0;
        try (SecureDirectoryStream<Path> directory = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            for (Path entry : directory) {
                Path child = entry.getFileName();
                boolean isDirectory = directory
                        .getFileAttributeView(
                                child, java.nio.file.attribute.BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .readAttributes()
                        .isDirectory();
                if (!isDirectory) {
                    directory.deleteFile(child);
                    removed++;
                } else if (depth == 0) {
                    throw new IOException(parent + " is deeper than " + DEPTH_MAX + " directories");
                } else {
                    removed += remove(directory, child, depth - 1);
                }
            }
        }
        parent.deleteDirectory(name);
        return removed;
    }
}
