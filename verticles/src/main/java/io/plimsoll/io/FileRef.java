package io.plimsoll.io;

import java.nio.file.Path;

/// A file that a job works on: in a directory that is held, where it is found by the directory's descriptor so that
/// nobody can lead it elsewhere, or by a path of the user's own.
public sealed interface FileRef {
    Path path();

    record In(SafeTree directory, String name) implements FileRef {
        @Override
        public Path path() {
            return directory.path().resolve(name);
        }
    }

    record At(Path path) implements FileRef {}
}
