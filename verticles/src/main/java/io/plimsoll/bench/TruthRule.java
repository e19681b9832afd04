package io.plimsoll.bench;

import java.util.Locale;

/// What may be wrong with a result. `docs/TRUTH.md` explains each.
enum TruthRule {
    // What was measured is not the storage.
    PAGE_CACHE,
    DATA_SET_IN_MEMORY,
    SPARSE_FILE,
    UNWRITTEN_EXTENTS,
    OTHERS_IO,
    // What was measured is the generator.
    FALLBACK_ENGINE,
    OWN_OVERHEAD,
    CPU_SATURATED,
    SCHEDULING_DELAY,
    JVM_PAUSES,
    COLD_JIT,
    // What was measured is the machine.
    CPU_STEAL,
    CPU_PRESSURE,
    MEMORY_PRESSURE,
    CGROUP_THROTTLED,
    // What was measured is not what was asked for, or too little of it.
    RATE_NOT_ACHIEVED,
    SCHEDULE_MISSED,
    STALL,
    SHORT_RUN;

    /// As results say it: `page-cache`.
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Flag flag(String evidence, String remedy) {
        return new Flag(id(), evidence, remedy);
    }
}
