package io.plimsoll.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/// What the virtual machine has done for itself since it began.
final class Jvm {
    private static final long MS_NS = 1_000_000;

    private Jvm() {}

    /// Garbage collections that stopped every thread, in steps of 1 ms.
    static long gcPausesNs() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                // G1, ZGC and Shenandoah account for work beside the threads in beans of its own.
                .filter(gc ->
                        !gc.getName().contains("Concurrent") && !gc.getName().endsWith("Cycles"))
                .mapToLong(gc -> Math.max(gc.getCollectionTime(), 0) * MS_NS)
                .sum();
    }

    /// Compiling to machine code, over all compiler threads; empty without a compiler (`-Xint`).
    static Optional<Long> jitNs() {
        CompilationMXBean jit = ManagementFactory.getCompilationMXBean();
        return jit == null || !jit.isCompilationTimeMonitoringSupported()
                ? Optional.empty()
                : Optional.of(jit.getTotalCompilationTime() * MS_NS);
    }
}
