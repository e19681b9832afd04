package io.plimsoll.io;

import java.nio.file.Path;
import java.util.Optional;

/// For how long at least one task of this machine has waited for a resource since boot, by the kernel's account in
/// `/proc/pressure` (Documentation/accounting/psi.rst). Empty where the kernel does not count. Waiting for I/O is not
/// among them: a benchmark of storage does nothing else, and so it says nothing of others.
public record Pressure(Optional<Long> cpuNs, Optional<Long> memoryNs) {
    private static final Path FOLDER = Path.of("/proc/pressure");

    public static Pressure sample() {
        return sample(FOLDER);
    }

    static Pressure sample(Path folder) {
        return new Pressure(some(folder, "cpu"), some(folder, "memory"));
    }

    public Pressure minus(Pressure earlier) {
        return new Pressure(minus(cpuNs, earlier.cpuNs), minus(memoryNs, earlier.memoryNs));
    }

    private static Optional<Long> minus(Optional<Long> later, Optional<Long> earlier) {
        return later.flatMap(l -> earlier.map(e -> l - e));
    }

    private static Optional<Long> some(Path folder, String resource) {
        return ProcFile.read(folder.resolve(resource)).flatMap(Pressure::parse);
    }

    /// `some avg10=0.32 avg60=0.85 avg300=1.57 total=3424972989`, in microseconds.
    static Optional<Long> parse(String pressure) {
        for (String line : pressure.split("\n")) {
            int total = line.indexOf(" total=");
            if (line.startsWith("some ") && total > 0) {
                return ProcFile.whole(line.substring(total + " total=".length()).strip())
                        .map(us -> us * 1_000);
            }
        }
        return Optional.empty();
    }
}
