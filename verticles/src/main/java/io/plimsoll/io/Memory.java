package io.plimsoll.io;

import java.nio.file.Path;
import java.util.Optional;

/// The memory of this machine.
public final class Memory {
    private Memory() {}

    /// All that the page cache could ever have; empty where `/proc/meminfo` does not tell.
    public static Optional<Long> totalBytes() {
        return ProcFile.read(Path.of("/proc/meminfo")).flatMap(Memory::parse);
    }

    static Optional<Long> parse(String meminfo) {
        return ProcFile.number(meminfo, "MemTotal").map(kib -> kib * 1024);
    }
}
