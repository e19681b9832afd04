package io.plimsoll.bench;

import static io.plimsoll.bench.TruthCase.MIB;
import static io.plimsoll.bench.TruthCase.SECOND;
import static io.plimsoll.bench.TruthCase.device;
import static io.plimsoll.bench.TruthCase.latencies;
import static io.plimsoll.bench.TruthCase.reads;
import static io.plimsoll.bench.TruthCase.thread;
import static io.plimsoll.bench.TruthCase.writes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.bench.JobResult.OpenLoopResult;
import io.plimsoll.io.CpuLimit;
import io.plimsoll.io.CpuTimes;
import io.plimsoll.io.Pressure;
import io.plimsoll.io.ProcessIo;
import io.plimsoll.io.Storage;
import io.plimsoll.io.ThreadCpu;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TruthChecksTest {
    private static final List<String> NONE = List.of();

    @Test
    void aSoundRunHasNothingToObjectTo() {
        assertEquals(NONE, reads(_ -> {}).rules());
        assertEquals(NONE, writes(_ -> {}).rules());
    }

    @Test
    void whatTheMachineDoesNotTellIsNoReasonToObject() {
        Consumer<TruthCase> unknown = c -> {
            c.process = Optional.empty();
            c.device = Optional.empty();
            c.cpu = List.of();
            c.processors = Optional.empty();
            c.pressure = new Pressure(Optional.empty(), Optional.empty());
            c.limit = Optional.empty();
            c.ramBytes = Optional.empty();
            c.files = Optional.empty();
            c.direct = false;
            c.ownCostNs = Optional.empty();
        };
        assertEquals(NONE, reads(unknown).rules());
        assertEquals(NONE, writes(unknown).rules());
        assertEquals(5, reads(unknown).seen().unknown().size());
        assertEquals(NONE, reads(_ -> {}).seen().unknown());
        assertEquals(NONE, TruthChecks.flags(reads(_ -> {}).job(), Optional.empty()));
    }

    @Test
    void aRunWithoutAnyOperationIsShortAndNothingElse() {
        assertEquals(
                List.of("short-run"),
                reads(c -> {
                            c.ops = 0;
                            c.bytes = 0;
                        })
                        .rules());
    }

    @Test
    void readsThatTheStorageWasNotAskedForCameFromThePageCache() {
        TruthCase cached = reads(c -> {
            c.direct = false;
            c.dataBytes = 1L << 40;
            c.process = Optional.of(new ProcessIo(c.bytes / 10, 0));
            c.device = Optional.of(device(c.bytes / 10, 0));
        });
        assertEquals(List.of("page-cache"), cached.rules());
        String evidence = cached.flag(TruthRule.PAGE_CACHE).evidence();
        assertTrue(evidence.contains("409.6 MB were read") && evidence.contains("10.0 %"), evidence);
        assertTrue(cached.flag(TruthRule.PAGE_CACHE).remedy().startsWith("go past the page cache (direct=1), or read"));

        assertEquals(
                NONE,
                reads(c -> c.process = Optional.of(new ProcessIo(c.bytes * 96 / 100, 0)))
                        .rules());
        String remedy = reads(c -> c.process = Optional.of(new ProcessIo(0, 0)))
                .flag(TruthRule.PAGE_CACHE)
                .remedy();
        assertTrue(remedy.startsWith("direct I/O was answered without the storage"), remedy);
    }

    @Test
    void whatIsInFlightWhenTheCountersAreReadIsNotMissing() {
        assertEquals(
                NONE,
                reads(c -> {
                            c.bytes = 8192;
                            c.process = Optional.of(new ProcessIo(0, 0));
                            c.device = Optional.of(device(0, 0));
                        })
                        .rules());
    }

    /// A fallback that has no queue has one operation in flight, whatever was asked for.
    @Test
    void onlyWhatTheEngineThatRanHadInFlightIsExcused() {
        Consumer<TruthCase> cached = c -> {
            c.iodepth = 32;
            c.bytes = 50 * 4096;
            c.process = Optional.of(new ProcessIo(0, 0));
            c.device = Optional.of(device(0, 0));
        };
        assertEquals(NONE, reads(cached).rules());
        assertEquals(
                List.of("page-cache", "fallback-engine"),
                reads(cached.andThen(c -> c.ran = EngineKind.PSYNC)).rules());
    }

    @Test
    void bufferedWritesCountWhenTheyAreAtTheDevice() {
        TruthCase dirty = writes(c -> {
            c.direct = false;
            c.dataBytes = 1L << 40;
            c.device = Optional.of(device(0, c.bytes / 2)); // the process has made all of its pages dirty
        });
        assertEquals(List.of("page-cache"), dirty.rules());
        assertTrue(dirty.flag(TruthRule.PAGE_CACHE).evidence().contains("50.0 %"));
        assertTrue(dirty.flag(TruthRule.PAGE_CACHE).remedy().contains("end_fsync"));

        TruthCase rewritten = writes(c -> {
            c.direct = false;
            c.dataBytes = 1L << 40;
            c.process = Optional.of(new ProcessIo(0, c.bytes / 2)); // someone else wrote the rest
        });
        assertEquals(List.of("page-cache", "others-io"), rewritten.rules());
        assertEquals(
                NONE,
                writes(c -> {
                            c.direct = false;
                            c.dataBytes = 1L << 40;
                        })
                        .rules());
    }

    @Test
    void memoryIsNoStorage() {
        TruthCase tmpfs = writes(c -> {
            c.direct = false;
            c.storage = Storage.Kind.MEMORY;
            c.fileSystem = "tmpfs";
            c.device = Optional.empty();
            c.process = Optional.of(new ProcessIo(0, 0));
        });
        assertEquals(List.of("page-cache"), tmpfs.rules());
        assertTrue(tmpfs.flag(TruthRule.PAGE_CACHE).remedy().startsWith("tmpfs is memory"));
    }

    @Test
    void anNfsServersOwnBytesDecide() {
        Consumer<TruthCase> nfs = c -> {
            c.direct = false;
            c.dataBytes = 1L << 40;
            c.storage = Storage.Kind.NFS;
            c.fileSystem = "nfs4";
            c.device = Optional.empty();
            c.server = Optional.of(new Storage.ServerBytes(0, c.bytes));
        };
        assertEquals(NONE, writes(nfs).rules());
        TruthCase cached = writes(nfs.andThen(c -> c.server = Optional.of(new Storage.ServerBytes(c.bytes, 5))));
        assertEquals(List.of("page-cache"), cached.rules());
        assertTrue(cached.flag(TruthRule.PAGE_CACHE).evidence().contains("5 B of them (less than 0.01 %)"));
        assertTrue(cached.flag(TruthRule.PAGE_CACHE).evidence().contains("mountstats"));
    }

    @Test
    void aFileSystemThatDoesNotCountIsNotAccused() {
        for (Storage.Kind kind : List.of(Storage.Kind.OTHER, Storage.Kind.POOL)) {
            Consumer<TruthCase> uncounted = c -> {
                c.storage = kind;
                c.fileSystem = "fuse";
                c.device = Optional.empty();
                c.process = Optional.of(new ProcessIo(0, 0));
            };
            assertEquals(NONE, reads(uncounted).rules());
            assertEquals(NONE, writes(uncounted).rules());
            assertEquals(
                    List.of("page-cache"),
                    reads(uncounted.andThen(c -> c.process = Optional.of(new ProcessIo(c.bytes / 2, 0))))
                            .rules(),
                    "it counts, and some is missing");
        }
    }

    @Test
    void calibrationIsNotMeasuredAsStorage() {
        Consumer<TruthCase> noStorage = c -> {
            c.process = Optional.of(new ProcessIo(0, 0));
            c.device = Optional.empty();
            c.files = Optional.empty();
            c.cpu = List.of(thread(10 * SECOND, 0));
            c.ownCostNs = Optional.of(TruthCase.LATENCY_NS);
        };
        assertEquals(
                NONE,
                reads(noStorage.andThen(c -> c.storage = Storage.Kind.CHARACTERS))
                        .rules());
        assertEquals(
                NONE,
                reads(noStorage.andThen(c -> {
                            c.asked = EngineKind.NULL;
                            c.ran = EngineKind.NULL;
                        }))
                        .rules());
    }

    @Test
    void dataThatFitIntoMemoryAreFlaggedWhereIoIsBuffered() {
        Consumer<TruthCase> small = c -> {
            c.direct = false;
            c.ramBytes = Optional.of(64 * MIB);
            c.dataBytes = 63 * MIB;
        };
        TruthCase shared = reads(small.andThen(c -> c.sharedFile = true));
        assertEquals(List.of("data-set-in-memory"), shared.rules());
        assertTrue(shared.flag(TruthRule.DATA_SET_IN_MEMORY).evidence().contains("66.06 MB"));
        assertEquals(
                List.of("data-set-in-memory"), reads(small).rules(), "two threads of 63 MiB are below twice 64 MiB");
        assertEquals(NONE, reads(small.andThen(c -> c.dataBytes = 64 * MIB)).rules());
        assertEquals(NONE, reads(small.andThen(c -> c.direct = true)).rules());
        assertEquals(
                List.of("data-set-in-memory", "fallback-engine"),
                reads(small.andThen(c -> {
                            c.direct = true;
                            c.ran = EngineKind.MMAP;
                        }))
                        .rules(),
                "a mapping is never direct");
        assertEquals(
                NONE,
                writes(small.andThen(c -> c.sync = new SyncPolicy(1, true, SyncPolicy.OpenFlag.NONE, false)))
                        .rules(),
                "writes that are synced do not stay in memory");
        assertEquals(List.of("data-set-in-memory"), writes(small).rules());
    }

    @Test
    void holesAndUnwrittenExtentsAreFlagged() {
        TruthCase sparse = reads(c -> c.files = Optional.of(new DataFiles(100 * MIB, 0, Optional.empty())));
        assertEquals(List.of("sparse-file"), sparse.rules());
        assertTrue(sparse.flag(TruthRule.SPARSE_FILE)
                .evidence()
                .startsWith("of 104.9 MB the file system has allocated 0 B"));
        TruthCase reserved =
                reads(c -> c.files = Optional.of(new DataFiles(100 * MIB, 101 * MIB, Optional.of(2 * MIB))));
        assertEquals(List.of("unwritten-extents"), reserved.rules());
        assertEquals(
                NONE,
                reads(c -> c.files = Optional.of(new DataFiles(100 * MIB, 99 * MIB, Optional.of(MIB))))
                        .rules());
        assertEquals(
                NONE,
                writes(c -> c.files = Optional.of(new DataFiles(0, 0, Optional.of(0L))))
                        .rules(),
                "files that the job writes first");
    }

    @Test
    void othersOnTheDiskAreSeenByWhatTheyMakeItDo() {
        TruthCase others = reads(c -> c.device = Optional.of(device(c.bytes, c.bytes / 5)));
        assertEquals(List.of("others-io"), others.rules());
        assertTrue(others.flag(TruthRule.OTHERS_IO).evidence().startsWith("vda read 409.6 MB and wrote 81.92 MB"));
        assertEquals(
                NONE,
                reads(c -> c.device = Optional.of(device(c.bytes, c.bytes / 20)))
                        .rules());
        assertEquals(
                NONE,
                reads(c -> {
                            c.lasting(1000 * SECOND);
                            c.device = Optional.of(device(c.bytes, c.bytes / 5));
                        })
                        .rules(),
                "less than 1 MB/s");
        assertEquals(
                NONE,
                reads(c -> {
                            c.direct = false;
                            c.dataBytes = 1L << 40;
                            c.process = Optional.of(new ProcessIo(c.bytes * 3, 0));
                            c.device = Optional.of(device(c.bytes * 3, 0));
                        })
                        .rules(),
                "read-ahead is ours");
    }

    @Test
    void whatMemoryAnsweredHidesNobodyOnTheDisk() {
        TruthCase cached = reads(c -> {
            c.direct = false;
            c.dataBytes = 1L << 40;
            c.process = Optional.of(new ProcessIo(0, 0));
            c.device = Optional.of(device(c.bytes / 2, 0));
        });
        assertEquals(List.of("page-cache", "others-io"), cached.rules());
        String evidence = cached.flag(TruthRule.OTHERS_IO).evidence();
        assertTrue(evidence.endsWith("but this process had it read 0 B and write 0 B"), evidence);

        TruthCase rewritten = writes(c -> {
            buffered(c, c.bytes / 100, c.bytes / 2);
            c.unwritten = Optional.of(new Observation.Unwritten(0, c.bytes / 100));
        });
        assertEquals(List.of("page-cache", "others-io"), rewritten.rules());
        evidence = rewritten.flag(TruthRule.OTHERS_IO).evidence();
        assertTrue(evidence.endsWith("and write at most 4.1 MB"), evidence);
    }

    @Test
    void writesThatWaitInMemoryAreOursWheneverTheyComeOut() {
        TruthCase ramp = writes(c -> {
            buffered(c, c.bytes, c.bytes * 3);
            c.unwritten = Optional.of(new Observation.Unwritten(c.bytes * 2, 0));
        });
        assertEquals(
                List.of(), ramp.rules().stream().filter("others-io"::equals).toList());
        assertTrue(ramp.notJudged().getFirst().startsWith("whether others used vda cannot be told"));
        assertEquals(
                List.of("others-io"),
                writes(c -> {
                            buffered(c, c.bytes, c.bytes * 3);
                            c.unwritten = Optional.of(new Observation.Unwritten(c.bytes, 0));
                        })
                        .rules());
    }

    @Test
    void whatCannotBeToldOfBufferedWritesIsSaid() {
        TruthCase waiting = writes(c -> {
            buffered(c, c.bytes, c.bytes);
            c.unwritten = Optional.of(new Observation.Unwritten(0, c.bytes / 2));
        });
        assertEquals(NONE, waiting.rules());
        assertEquals(
                List.of("whether others used vda cannot be told: it wrote 409.6 MB, between 204.8 MB and 409.6 MB of"
                        + " that for this job, as the page cache is written in nobody's name; direct=1 or end_fsync=1"
                        + " would tell"),
                waiting.notJudged());
        assertEquals(
                NONE,
                writes(c -> {
                            buffered(c, c.bytes, c.bytes);
                            c.unwritten = Optional.of(new Observation.Unwritten(0, c.bytes / 20));
                        })
                        .notJudged(),
                "too little to matter");
        assertEquals(
                NONE,
                writes(c -> {
                            buffered(c, c.bytes, 0);
                            c.unwritten = Optional.of(new Observation.Unwritten(0, c.bytes));
                        })
                        .notJudged(),
                "a disk that did nothing did nothing for others");
        assertEquals(NONE, writes(_ -> {}).notJudged());
        assertEquals(NONE, writes(c -> c.process = Optional.empty()).notJudged(), "said of all rules");
    }

    @Test
    void aPoolThatCountsNothingForThisProcessIsNotJudged() {
        TruthCase pool = reads(c -> {
            c.direct = false;
            c.dataBytes = 1L << 40;
            c.storage = Storage.Kind.POOL;
            c.process = Optional.of(new ProcessIo(0, 0));
        });
        assertEquals(NONE, pool.rules());
        assertTrue(pool.notJudged().getFirst().contains("it read 409.6 MB, between 0 B and 409.6 MB of that"));
    }

    private static void buffered(TruthCase c, long dirtied, long deviceWrote) {
        c.direct = false;
        c.dataBytes = 1L << 40;
        c.process = Optional.of(new ProcessIo(0, dirtied));
        c.device = Optional.of(device(0, deviceWrote));
    }

    @Test
    void aJournalIsTheFileSystemsOwn() {
        Consumer<TruthCase> log = c -> {
            c.bytes = 10_000 * 4096L;
            c.ops = 10_000;
            c.process = Optional.of(new ProcessIo(0, c.bytes));
            c.device = Optional.of(device(0, c.bytes * 4));
        };
        assertEquals(List.of("others-io"), writes(log).rules());
        assertEquals(NONE, writes(log.andThen(c -> c.syncs = 10_000)).rules());
        assertEquals(
                NONE,
                writes(log.andThen(c -> c.sync = new SyncPolicy(0, false, SyncPolicy.OpenFlag.DSYNC, false)))
                        .rules());
        assertEquals(
                NONE,
                writes(log.andThen(c -> c.work = new Work.Metadata(1000, 100, 0)))
                        .rules());
    }

    @Test
    void othersOnTheDiskBelowCountAsWell() {
        TruthCase below = reads(c -> c.neighbours = List.of(
                new Storage.Neighbour("sda", false, c.bytes / 5, -4096), new Storage.Neighbour("dm-3", false, 0, 0)));
        assertEquals(List.of("others-io"), below.rules());
        assertTrue(
                below.flag(TruthRule.OTHERS_IO)
                        .evidence()
                        .endsWith(" and write 0 B; below or beside it sda read 81.92 MB and wrote 0 B for others"),
                below.flag(TruthRule.OTHERS_IO).evidence());
        assertEquals(
                NONE,
                reads(c -> c.neighbours = List.of(new Storage.Neighbour("sda", false, -c.bytes, c.bytes / 20)))
                        .rules(),
                "what a cache in between spared the disk makes up for nothing");
        assertEquals(NONE, writes(c -> onItsJournal(c, true)).rules());
        assertEquals(
                List.of("others-io"),
                writes(c -> onItsJournal(c, false)).rules(),
                "a disk below that has no file system of its own has no journal");
    }

    private static void onItsJournal(TruthCase c, boolean loop) {
        c.syncs = 1_000;
        c.neighbours = List.of(new Storage.Neighbour("vda", loop, 0, c.bytes / 10 + 50_000_000));
    }

    @Test
    void anotherEngineThanTheOneAskedForIsNamed() {
        TruthCase fallback = reads(c -> {
            c.iodepth = 32;
            c.ran = EngineKind.FILECHANNEL;
        });
        assertEquals(List.of("fallback-engine"), fallback.rules());
        assertEquals(
                "the engine was filechannel instead of io_uring, iodepth 1 instead of 32",
                fallback.flag(TruthRule.FALLBACK_ENGINE).evidence());
    }

    @Test
    void theToolsOwnShareOfTheMedianIsLimited() {
        TruthCase heavy = reads(c -> c.ownCostNs = Optional.of(TruthCase.LATENCY_NS / 10));
        assertEquals(List.of("own-overhead"), heavy.rules());
        String evidence = heavy.flag(TruthRule.OWN_OVERHEAD).evidence();
        assertTrue(evidence.contains("10 µs") && evidence.contains("10.0 %"), evidence);
        assertEquals(
                NONE,
                reads(c -> c.ownCostNs = Optional.of(TruthCase.LATENCY_NS / 21)).rules());
        assertEquals(
                0.01,
                GeneratorChecks.ownShare(reads(_ -> {}).job()).orElseThrow(),
                0.0001,
                "the number is there without a flag");
    }

    @Test
    void aDataThreadThatNeverWaitsIsTheLimitUnlessItSpinsByChoice() {
        Consumer<TruthCase> busy =
                c -> c.cpu = List.of(thread(98 * SECOND / 10, 0), thread(5 * SECOND, 0), thread(96 * SECOND / 10, 0));
        TruthCase saturated = reads(busy);
        assertEquals(List.of("cpu-saturated"), saturated.rules());
        assertTrue(saturated.flag(TruthRule.CPU_SATURATED).evidence().startsWith("2 of 3 data thread(s)"));
        for (Load.Pacer pacer : List.of(Load.Pacer.SPIN, Load.Pacer.HYBRID)) {
            assertEquals(
                    NONE,
                    reads(busy.andThen(c -> c.load = new Load.Open(20_000, Load.Arrival.LINEAR, pacer)))
                            .rules(),
                    pacer + " never sleeps at this rate");
        }
        TruthCase behind = reads(busy.andThen(c -> {
            c.load = new Load.Open(20_000, Load.Arrival.LINEAR, Load.Pacer.HYBRID);
            c.openLoop = Optional.of(new OpenLoopResult(20_000, 20_000, 15_000, 200_000, 50_000, latencies(0, 0)));
        }));
        assertTrue(behind.rules().contains("cpu-saturated"), "behind the rate nobody spins: " + behind.rules());
        assertEquals(
                List.of("cpu-saturated"),
                reads(busy.andThen(c -> c.load = new Load.Open(100, Load.Arrival.LINEAR, Load.Pacer.HYBRID)))
                        .rules(),
                "a hundred times 60 us of spinning are no second");
        assertEquals(
                List.of("cpu-saturated"),
                reads(busy.andThen(c -> c.load = new Load.Open(20_000, Load.Arrival.LINEAR, Load.Pacer.TIMED)))
                        .rules());
        assertEquals(
                NONE, reads(c -> c.cpu = List.of(thread(94 * SECOND / 10, 0))).rules());
    }

    @Test
    void aMachineWithoutIdleProcessorsIsTheLimit() {
        TruthCase full = reads(c -> c.processors = Optional.of(new CpuTimes(17 * SECOND, 3 * SECOND, 0)));
        assertEquals(List.of("cpu-saturated"), full.rules());
        assertTrue(full.flag(TruthRule.CPU_SATURATED).evidence().contains("idle for 15.0 % of the time"));
        assertEquals(
                NONE,
                reads(c -> c.processors = Optional.of(new CpuTimes(15 * SECOND, 5 * SECOND, 0)))
                        .rules());
    }

    @Test
    void waitingForAProcessorIsMeasuredPerDataThread() {
        TruthCase delayed = reads(c -> c.cpu = List.of(thread(SECOND, 0), thread(SECOND, SECOND / 5)));
        assertEquals(List.of("scheduling-delay"), delayed.rules());
        assertTrue(delayed.flag(TruthRule.SCHEDULING_DELAY).evidence().contains("200 ms, 2.0 % of the time"));
    }

    @Test
    void pausesOfTheJvmAreFlaggedByLengthAndByShare() {
        assertEquals(NONE, reads(c -> c.gcPausesNs = 1_000_000).rules());
        assertEquals(List.of("jvm-pauses"), reads(c -> c.gcPausesNs = 2_000_000).rules());
        assertEquals(
                List.of("jvm-pauses", "short-run"),
                reads(c -> {
                            c.gcPausesNs = 1_000_000;
                            c.lasting(SECOND / 2);
                        })
                        .rules());
    }

    @Test
    void aColdStartIsEvidentByCompilingAndBySpeed() {
        Consumer<TruthCase> cold = c -> {
            c.rampNs = 0;
            c.beginning = beginning(8_000, Optional.of(SECOND / 2));
        };
        assertEquals(List.of("cold-jit"), reads(cold).rules());
        assertEquals(NONE, reads(cold.andThen(c -> c.rampNs = 1)).rules());
        assertEquals(
                NONE,
                reads(cold.andThen(c -> c.beginning = beginning(9_500, Optional.of(SECOND / 2))))
                        .rules(),
                "no slower");
        assertEquals(
                NONE,
                reads(cold.andThen(c -> c.beginning = beginning(8_000, Optional.of(SECOND / 20))))
                        .rules(),
                "slower, but not by compiling");
        assertEquals(
                NONE,
                reads(cold.andThen(c -> c.beginning = beginning(8_000, Optional.empty())))
                        .rules(),
                "no compiler");
    }

    @Test
    void theMachineIsToBeTheJobsOwn() {
        assertEquals(
                List.of("cpu-steal"),
                reads(c -> c.processors = Optional.of(new CpuTimes(8 * SECOND, 32 * SECOND, SECOND)))
                        .rules());
        assertEquals(
                List.of("short-run"),
                reads(c -> {
                            c.lasting(SECOND / 2);
                            c.processors = Optional.of(new CpuTimes(10_000_000, 0, 10_000_000));
                        })
                        .rules(),
                "two ticks are no share");
        assertEquals(
                List.of("cpu-pressure"),
                reads(c -> c.pressure = new Pressure(Optional.of(2 * SECOND), Optional.of(0L)))
                        .rules());
        assertEquals(
                List.of("memory-pressure"),
                reads(c -> c.pressure = new Pressure(Optional.of(0L), Optional.of(SECOND / 5)))
                        .rules());
        TruthCase throttled = reads(c -> c.limit = Optional.of(new CpuLimit.Sample(7, 350_000_000)));
        assertEquals(List.of("cgroup-throttled"), throttled.rules());
        assertTrue(throttled.flag(TruthRule.CGROUP_THROTTLED).evidence().contains("7 times, for 350 ms"));
    }

    @Test
    void aRateThatWasNotAchievedIsNamed() {
        TruthCase slow = reads(c -> rate(c, Load.Arrival.LINEAR, 10_000, 100_000, 2_000));
        assertEquals(List.of("rate-not-achieved", "schedule-missed"), slow.rules());
        assertEquals(
                "10,000.0 operations/s were due (requested: 10,000.0) and 9,800.0 achieved (98.0 %)",
                slow.flag(TruthRule.RATE_NOT_ACHIEVED).evidence());
        assertEquals(
                List.of("schedule-missed"),
                reads(c -> rate(c, Load.Arrival.LINEAR, 10_000, 100_000, 900)).rules());
    }

    /// How many were due says the schedule itself, whatever the rate made likely.
    @Test
    void chanceExcusesFewerThatWereDueAndNoneThatWasNotDone() {
        assertEquals(
                NONE, reads(c -> rate(c, Load.Arrival.POISSON, 100, 920, 0)).rules());
        TruthCase random = reads(c -> rate(c, Load.Arrival.POISSON, 100, 1_000, 80));
        assertEquals(List.of("rate-not-achieved", "schedule-missed"), random.rules());
        String evidence = random.flag(TruthRule.RATE_NOT_ACHIEVED).evidence();
        assertTrue(evidence.endsWith("92.0 achieved (92.0 %)"), evidence);
        TruthCase oneOfEachThread = reads(c -> {
            c.threads = 64;
            rate(c, Load.Arrival.LINEAR, 64, 640, 64);
        });
        assertEquals(List.of("rate-not-achieved", "schedule-missed"), oneOfEachThread.rules());
    }

    @Test
    void whatIsInFlightAtTheEndIsOpenForAsLongAsAnOperationTakes() {
        Consumer<TruthCase> late = c -> {
            c.elapsedNs = 10 * SECOND + SECOND / 5;
            rate(c, Load.Arrival.LINEAR, 5, 50, 0);
        };
        assertEquals(NONE, reads(late.andThen(c -> c.latencyNs = SECOND / 5)).rules());
        TruthCase behind = reads(late);
        assertEquals(List.of("rate-not-achieved"), behind.rules(), "200 ms for operations of 100 us");
        String evidence = behind.flag(TruthRule.RATE_NOT_ACHIEVED).evidence();
        assertEquals("5.0 operations/s were due (requested: 5.0) and 4.9 achieved (98.0 %)", evidence);
        assertEquals(
                List.of("rate-not-achieved"),
                reads(late.andThen(c -> c.latencyNs = SECOND / 20)).rules(),
                "a queue that has grown since the beginning");
    }

    @Test
    void operationsThatWereDueAndNeverBeganAreCounted() {
        TruthCase missed = reads(c -> rate(c, Load.Arrival.LINEAR, 10_000, 100_000, 567));
        assertEquals(List.of("schedule-missed"), missed.rules());
        String evidence = missed.flag(TruthRule.SCHEDULE_MISSED).evidence();
        assertTrue(evidence.startsWith("567 of 100,000 operations") && evidence.contains("(0.57 %)"), evidence);
    }

    @Test
    void silenceIsAStallUnlessOperationsTakeThatLong() {
        TruthCase stalled = reads(c -> c.silentNs = 2 * SECOND);
        assertEquals(List.of("stall"), stalled.rules());
        assertTrue(stalled.flag(TruthRule.STALL).evidence().contains("at least 2.00 s"));
        assertEquals(NONE, reads(c -> c.silentNs = SECOND - 1).rules());
    }

    @Test
    void aRunIsShortByTimeOrByOperations() {
        TruthCase brief = reads(c -> c.lasting(2 * SECOND));
        assertEquals(List.of("short-run"), brief.rules());
        assertEquals(
                "measured for 2.00 s, 100,000 operation(s) (read); enough for percentiles up to p99.99",
                brief.flag(TruthRule.SHORT_RUN).evidence());
        assertEquals(List.of("short-run"), reads(c -> c.ops = 999).rules());
        assertEquals(NONE, reads(c -> c.ops = 1_000).rules());
    }

    @Test
    void aPercentileTakesTenOperationsBeyondIt() {
        assertEquals(OptionalDouble.empty(), RunChecks.highestPercentile(19));
        assertEquals(OptionalDouble.of(50), RunChecks.highestPercentile(20));
        assertEquals(OptionalDouble.of(95), RunChecks.highestPercentile(999));
        assertEquals(OptionalDouble.of(99), RunChecks.highestPercentile(1_000));
        assertEquals(OptionalDouble.of(99.9), RunChecks.highestPercentile(10_000));
        assertEquals(OptionalDouble.of(99.99), RunChecks.highestPercentile(100_000));
        assertEquals(OptionalDouble.of(99.999), RunChecks.highestPercentile(1_000_000));
    }

    @Test
    void useIsSummedOverTheDataThreadsAndChildrenCountOnce() {
        Observation seen = reads(c -> c.cpu = List.of(thread(4 * SECOND, 5), thread(8 * SECOND, 6)))
                .seen();
        assertEquals(
                new JobResult.CpuUse(10 * SECOND, 3 * SECOND + SECOND / 2, 9 * SECOND + SECOND / 4, 11, 2_000, 2, 40),
                seen.cpu());
        JobResult.DiskUse disk = seen.disk().orElseThrow();
        assertEquals("vda", disk.device());
        assertEquals(50, disk.utilPercent(), 1e-9);
        assertEquals(100_000, disk.did().reads());
    }

    @Test
    void ticksDivideTheTimeOfAShortRunAndDoNotSayHowLongItWas() {
        long ms = SECOND / 1000;
        JobResult.CpuUse use = used(
                4 * ms,
                new ThreadCpu.Sample(10 * ms, 0, 0, 0, 3 * ms, 0, 0, 0, 0),
                new ThreadCpu.Sample(0, 10 * ms, 0, 0, 4 * ms, 0, 0, 0, 0));
        assertEquals(7 * ms / 2, use.userNs());
        assertEquals(7 * ms / 2, use.systemNs());
        assertEquals(43.75, use.percent(use.userNs(), 2), 1e-9);
        JobResult.CpuUse noTick = used(4 * ms, new ThreadCpu.Sample(0, 0, 0, 0, 3 * ms, 0, 0, 0, 0));
        assertEquals(3 * ms, noTick.userNs());
        assertEquals(0, noTick.systemNs());
    }

    private static JobResult.CpuUse used(long lengthNs, ThreadCpu.Sample... threads) {
        TruthCase observed = reads(c -> {
            c.elapsedNs = lengthNs;
            c.cpu = List.of(threads);
        });
        return observed.seen().cpu();
    }

    @Test
    void everyRuleIsExplainedAndNothingElseIs() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "TRUTH.md"));
        Set<String> explained = Pattern.compile("(?m)^### `([a-z-]+)`$")
                .matcher(page)
                .results()
                .map(m -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> rules =
                Stream.of(TruthRule.values()).map(TruthRule::id).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(rules, explained);
    }

    /// A schedule of ten seconds; what is longer of the case is how long its last operations took.
    private static void rate(TruthCase c, Load.Arrival arrival, double requested, long due, long missed) {
        c.load = new Load.Open(requested / c.threads, arrival, Load.Pacer.TIMED);
        double achieved = (due - missed) * 1e9 / c.elapsedNs;
        c.openLoop = Optional.of(new OpenLoopResult(requested, due / 10.0, achieved, due, missed, latencies(0, 0)));
    }

    private static Observation.Beginning beginning(long firstOps, Optional<Long> jitNs) {
        return new Observation.Beginning(SECOND, firstOps, jitNs, 9 * SECOND, 90_000);
    }
}
