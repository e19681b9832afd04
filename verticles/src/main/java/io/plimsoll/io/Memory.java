package io.plimsoll.io;

import java.nio.file.Path;
import java.util.Optional;

/// The memory of this machine.
public final class Memory {
    private static final Path FILE = Path.of("/proc/meminfo");

    private Memory() {}

    /// All that the page cache could ever have; empty where `/proc/meminfo` does not tell.
    public static Optional<Long> totalBytes() {
        return ProcFile.read(FILE).flatMap(meminfo -> bytes(meminfo, "MemTotal"));
    }

    /// What anyone has written to the page cache that is not on its storage yet; empty where `/proc/meminfo`
    /// does not tell.
    public static Optional<Long> unwrittenBytes() {
        return ProcFile.read(FILE).flatMap(Memory::unwritten);
    }

    static Optional<Long> unwritten(String meminfo) {
        return bytes(meminfo, "Dirty")
                .flatMap(dirty -> bytes(meminfo, "Writeback").map(under -> dirty + under));
    }

    static Optional<Long> bytes(String meminfo, String key) {
        return ProcFile.number(meminfo, key).map(kib -> kib * 1024);
    }
}
