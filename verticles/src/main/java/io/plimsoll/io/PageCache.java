package io.plimsoll.io;

import java.util.OptionalLong;

/// What the kernel keeps of files in memory.
public final class PageCache {
    private static final long PAGE_BYTES = 4096;

    private PageCache() {}

    /// Has the kernel drop what it keeps of a file. Nothing of it may wait to be written, and nobody may have it
    /// mapped: such pages stay. For any thread.
    ///
    /// @return bytes that stayed; empty where the kernel (before Linux 6.5, or a sandbox) does not tell
    /// @throws PosixException where the file cannot be opened to be read
    public static OptionalLong drop(FileRef file) throws PosixException {
        String path = file.path().toString();
        int flags = PosixFiles.O_RDONLY | PosixFiles.O_NOFOLLOW;
        try (PosixFiles files = new PosixFiles()) {
            int fd = switch (file) {
                case FileRef.In in -> files.open(in.directory().descriptor(), in.name(), flags, 0, path);
                case FileRef.At _ -> files.open(PosixFiles.AT_FDCWD, path, flags, 0, path);
            };
            try {
                return drop(files, fd, path);
            } finally {
                files.close(fd, path);
            }
        }
    }

    static OptionalLong drop(PosixFiles files, int fd, String path) throws PosixException {
        files.dropCache(fd, path);
        OptionalLong pages = files.cachedPages(fd);
        return pages.isPresent() ? OptionalLong.of(pages.getAsLong() * PAGE_BYTES) : pages;
    }
}
