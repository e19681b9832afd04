package io.plimsoll.config;

import java.nio.file.Path;
import java.util.Optional;

/// Where a client keeps reports that the server does not take, and how many.
///
/// @param directory empty: the client chooses one that is not on the file system under test
/// @param bytes how much may be unacknowledged; beyond it the run ends, and nothing is dropped
public record SpoolSettings(Optional<Path> directory, long bytes) {
    private static final long BYTES_MIN = 1 << 20;
    private static final long BYTES_MAX = 512 << 20;

    public SpoolSettings {
        Check.present("spool.directory", directory);
        Check.size("spool.size", bytes, BYTES_MIN, BYTES_MAX);
    }

    static SpoolSettings of(Values values) {
        return new SpoolSettings(values.optionalText("spool.directory").map(Path::of), values.bytes("spool.size"));
    }
}
