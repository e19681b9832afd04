package io.plimsoll.io;

import java.nio.file.Path;
import java.util.Optional;

/// What this process, its threads, and the children that it waited for had to do with the storage since it began, by
/// the kernel's account in `/proc/self/io` (proc_pid_io(5)).
///
/// @param readBytes fetched from the storage, not from the page cache
/// @param writtenBytes sent to the storage, or, without `O_DIRECT`, made dirty in the page cache to be sent later
public record ProcessIo(long readBytes, long writtenBytes) {
    private static final Path FILE = Path.of("/proc/self/io");

    /// Empty where the kernel does not count (no CONFIG_TASK_IO_ACCOUNTING) or does not tell.
    public static Optional<ProcessIo> sample() {
        return ProcFile.read(FILE).flatMap(ProcessIo::parse);
    }

    public ProcessIo minus(ProcessIo earlier) {
        return new ProcessIo(readBytes - earlier.readBytes, writtenBytes - earlier.writtenBytes);
    }

    static Optional<ProcessIo> parse(String io) {
        Optional<Long> written = ProcFile.number(io, "write_bytes");
        return ProcFile.number(io, "read_bytes").flatMap(read -> written.map(w -> new ProcessIo(read, w)));
    }
}
