package io.plimsoll.bench;

import io.plimsoll.io.Engine;
import io.plimsoll.io.FileRef;
import io.plimsoll.io.OpenMode;
import io.plimsoll.io.PageCache;
import io.plimsoll.io.PosixException;
import java.util.List;
import java.util.OptionalLong;

/// The files of a job as a data thread's engine has them open, in the order of the plan.
final class OpenedFiles {
    private final Engine engine;
    private final int[] numbers;
    private final List<FileRef> files;

    /// @throws PosixException where one cannot be opened so; those before it stay open until the engine is closed
    OpenedFiles(Engine engine, List<FileRef> files, OpenMode mode) throws PosixException {
        this.engine = engine;
        this.files = List.copyOf(files);
        numbers = new int[files.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = engine.open(files.get(i), mode);
        }
    }

    /// Closes a file that is synced and has nothing in flight, has the page cache forget it, and opens it otherwise.
    /// Closed, as a mapping of it would hold its pages.
    ///
    /// @return bytes that stayed in the page cache; empty where the kernel does not tell
    OptionalLong reopenUncached(int file, OpenMode mode) throws PosixException {
        engine.close(numbers[file]);
        OptionalLong cachedBytes = PageCache.drop(files.get(file));
        numbers[file] = engine.open(files.get(file), mode);
        return cachedBytes;
    }

    int count() {
        return numbers.length;
    }

    /// The engine's number of a file.
    int number(int file) {
        return numbers[file];
    }

    /// For messages.
    String path(int file) {
        return files.get(file).path().toString();
    }
}
