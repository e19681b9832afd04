package io.plimsoll.io;

import io.plimsoll.io.FileSet.Need;
import io.plimsoll.io.FileSet.State;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/// `/dev/zero` and `/dev/null`, which cost what the tool and the kernel cost: nothing is laid out.
record DevicePlace(Path path, State state) implements FileSet.Place {
    private static final Path ZERO = Path.of("/dev/zero");
    private static final Path NULL = Path.of("/dev/null");

    static boolean isOne(Path path) {
        return path.equals(ZERO) || path.equals(NULL);
    }

    static DevicePlace prepare(Path path, Need need) throws TargetRefusedException {
        if (path.equals(NULL) && need.work().mode().reads()) {
            throw new TargetRefusedException("/dev/null has nothing to read; read /dev/zero, or only write");
        }
        if (path.equals(ZERO) && need.work().mode().writes()) {
            throw new TargetRefusedException("/dev/zero is for reading; write to /dev/null, or only read");
        }
        if (need.work().content().verify()) {
            throw new TargetRefusedException(path + " keeps nothing that could be verified; leave --verify away");
        }
        FilePlace.checkOneFile(path, need);
        return new DevicePlace(
                path, new State(need.work().bytesPerFile(), 0, 0, 0, 1, 0, 0, false, false, OptionalLong.empty()));
    }

    @Override
    public FileRef ref(int thread, int file) {
        return new FileRef.At(path);
    }

    @Override
    public Optional<String> unrecorded() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
