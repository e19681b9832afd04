package io.plimsoll.launcher;

import static io.plimsoll.launcher.Typed.or;
import static io.plimsoll.launcher.Typed.refuse;
import static io.plimsoll.launcher.Typed.within;

import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.JobPlan.EngineChoice;
import java.util.List;
import picocli.CommandLine.Option;

/// Flags that say by what means a job is done, by fio's names.
final class EngineOptions {
    private static final String SWITCH = "0|1";

    @Option(
            names = "--ioengine",
            paramLabel = "ENGINE",
            converter = FioWords.EngineWord.class,
            description = "psync, io_uring, filechannel, mmap, dd, null (psync).")
    private EngineKind ioengine;

    @Option(
            names = "--iodepth",
            paramLabel = "N",
            converter = WholeWord.class,
            description = "Operations in flight of one data thread (1).")
    private Long iodepth;

    @Option(
            names = "--direct",
            paramLabel = SWITCH,
            arity = "0..1",
            fallbackValue = "1",
            converter = FioWords.Bool.class,
            description = "Past the page cache, by O_DIRECT (0).")
    private Boolean direct;

    @Option(names = "--numjobs", paramLabel = "N", converter = WholeWord.class, description = "Data threads (1).")
    private Long numjobs;

    @Option(
            names = "--cpus_allowed",
            paramLabel = "LIST",
            converter = FioWords.CpuList.class,
            description = "CPUs of the data threads: 0,2-3.")
    private List<Integer> cpusAllowed;

    @Option(
            names = "--fallback",
            paramLabel = "ENGINES",
            converter = FioWords.EngineList.class,
            description =
                    "Engines to run instead where the system refuses the one above, in this order" + " (none: refuse).")
    private List<EngineKind> fallback;

    @Option(
            names = "--thread",
            paramLabel = "1",
            arity = "0..1",
            fallbackValue = "1",
            converter = FioWords.Always.class,
            description = "Taken for fio's sake: data threads are always threads.")
    private Boolean thread;

    @Option(
            names = "--group_reporting",
            paramLabel = "1",
            arity = "0..1",
            fallbackValue = "1",
            converter = FioWords.Always.class,
            description = "Taken for fio's sake: all data threads are always one result.")
    private Boolean groupReporting;

    int threads() {
        return within("--numjobs", numjobs, 1, 1, JobPlan.THREADS_MAX);
    }

    EngineKind kind() {
        return or(ioengine, EngineKind.PSYNC);
    }

    /// @throws IllegalArgumentException with what does not go together, and what to write instead
    EngineChoice engine() {
        EngineKind kind = kind();
        boolean past = or(direct, false);
        if (past && kind == EngineKind.MMAP) {
            throw new IllegalArgumentException(
                    "--direct=1 cannot be had with --ioengine=mmap, which is the page cache; use psync or io_uring");
        }
        List<EngineKind> fallbacks = or(fallback, List.of());
        if (past && fallbacks.contains(EngineKind.MMAP)) {
            throw new IllegalArgumentException(
                    "--fallback=mmap cannot be had with --direct=1: mmap is the page cache; name another engine");
        }
        if (fallbacks.contains(kind)) {
            throw new IllegalArgumentException("--fallback names " + kind.word() + ", which is the engine itself");
        }
        int depth = within("--iodepth", iodepth, 1, 1, EngineChoice.IODEPTH_MAX);
        return new EngineChoice(kind, depth, past, fallbacks, or(cpusAllowed, List.of()));
    }

    /// What is not about data threads, but about how one of them reads or writes.
    void refuseAllOfOneOperation(String why) {
        refuse("--ioengine", ioengine, why);
        refuse("--iodepth", iodepth, why);
        refuse("--direct", direct, why);
        refuse("--fallback", fallback, why);
    }
}
