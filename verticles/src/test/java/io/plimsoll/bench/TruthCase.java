package io.plimsoll.bench;

import io.plimsoll.bench.JobResult.CpuUse;
import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.JobResult.OpenLoopResult;
import io.plimsoll.bench.JobResult.Samples;
import io.plimsoll.io.CpuLimit;
import io.plimsoll.io.CpuTimes;
import io.plimsoll.io.DeviceCounters;
import io.plimsoll.io.Pressure;
import io.plimsoll.io.ProcessIo;
import io.plimsoll.io.Storage;
import io.plimsoll.io.ThreadCpu;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import io.plimsoll.stats.LatencyHistogram;
import io.plimsoll.stats.TestHistograms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A result and what was seen of it with nothing to object to: ten seconds of direct reads or writes of 4 KiB on a
/// disk, as many bytes at the device as the job had. A test changes what it is about.
final class TruthCase {
    static final long SECOND = 1_000_000_000L;
    static final long MIB = 1 << 20;
    static final long LATENCY_NS = 100_000;

    AccessMode mode = AccessMode.RANDREAD;
    EngineKind asked = EngineKind.IO_URING;
    EngineKind ran = EngineKind.IO_URING;
    boolean direct = true;
    SyncPolicy sync = SyncPolicy.NONE;
    Load load = new Load.Closed();
    long dataBytes = 64 << 20;
    int threads = 2;
    int iodepth = 1;
    long rampNs = SECOND;
    boolean sharedFile;
    Work work;
    long elapsedNs = 10 * SECOND;
    long ops = 100_000;
    long bytes = ops * 4096;
    long syncs;
    long latencyNs = LATENCY_NS;
    Optional<OpenLoopResult> openLoop = Optional.empty();
    Optional<Long> ownCostNs = Optional.of(1_000L);

    Storage.Kind storage = Storage.Kind.DEVICE;
    String fileSystem = "ext4";
    Optional<ProcessIo> process = Optional.of(new ProcessIo(ops * 4096, 0));
    Optional<Observation.Unwritten> unwritten = Optional.of(new Observation.Unwritten(0, 0));
    Optional<DeviceCounters> device = Optional.of(device(ops * 4096, 0));
    List<Storage.Neighbour> neighbours = List.of();
    Optional<Storage.ServerBytes> server = Optional.empty();
    List<ThreadCpu.Sample> cpu = List.of(thread(3 * SECOND, SECOND / 100), thread(2 * SECOND, SECOND / 1000));
    Optional<CpuTimes> processors = Optional.of(new CpuTimes(8 * SECOND, 32 * SECOND, 0));
    Pressure pressure = new Pressure(Optional.of(SECOND / 10), Optional.of(0L));
    Optional<CpuLimit.Sample> limit = Optional.of(new CpuLimit.Sample(0, 0));
    long gcPausesNs;
    Optional<Long> ramBytes = Optional.of(1L << 34);
    Optional<DataFiles> files = Optional.of(new DataFiles(64 << 20, 64 << 20, Optional.of(0L)));
    long silentNs;
    Observation.Beginning beginning =
            new Observation.Beginning(SECOND, 10_000, Optional.of(SECOND / 100), 9 * SECOND, 90_000);

    private TruthCase() {}

    static TruthCase reads(Consumer<TruthCase> change) {
        TruthCase c = new TruthCase();
        change.accept(c);
        return c;
    }

    static TruthCase writes(Consumer<TruthCase> change) {
        TruthCase c = new TruthCase();
        c.mode = AccessMode.RANDWRITE;
        c.process = Optional.of(new ProcessIo(0, c.bytes));
        c.device = Optional.of(device(0, c.bytes));
        change.accept(c);
        return c;
    }

    /// Another time than ten seconds, of which the data threads need as little.
    void lasting(long ns) {
        elapsedNs = ns;
        cpu = List.of(thread(ns / 3, ns / 1000));
        pressure = new Pressure(Optional.of(ns / 100), Optional.of(0L));
    }

    static DeviceCounters device(long readBytes, long writtenBytes) {
        return new DeviceCounters(
                readBytes / 4096, 0, readBytes, 900, writtenBytes / 4096, 0, writtenBytes, 800, 5_000, 9_000);
    }

    static ThreadCpu.Sample thread(long runNs, long delayNs) {
        return new ThreadCpu.Sample(runNs / 4, runNs / 4 * 3, SECOND / 2, SECOND / 4, runNs, delayNs, 1_000, 1, 20);
    }

    /// The rules that speak up, in order.
    List<String> rules() {
        return flags().stream().map(Flag::rule).toList();
    }

    /// What is said by a rule that must speak up.
    Flag flag(TruthRule rule) {
        return flags().stream()
                .filter(flag -> flag.rule().equals(rule.id()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(rule.id() + " is not in " + rules()));
    }

    List<Flag> flags() {
        return TruthChecks.flags(job(), Optional.of(seen()));
    }

    /// What is said not to be known.
    List<String> notJudged() {
        return TruthChecks.notJudged(job(), Optional.of(seen()));
    }

    JobResult job() {
        Work theWork = work != null
                ? work
                : new Work.Blocks(
                        mode,
                        mode.reads() ? 100 : 0,
                        BlockSizes.of(4096),
                        new Distribution.Uniform(),
                        dataBytes,
                        1,
                        sync,
                        Content.RANDOM);
        JobPlan plan = new JobPlan(
                "case",
                theWork,
                new JobPlan.EngineChoice(asked, iodepth, direct, List.of(), List.of()),
                threads,
                load,
                new JobPlan.Span(rampNs, elapsedNs, true),
                1);
        List<DirectionResult> directions = new ArrayList<>();
        directions.add(direction(mode.reads() ? Direction.READ : Direction.WRITE, ops, bytes));
        if (syncs > 0) {
            directions.add(direction(Direction.SYNC, syncs, 0));
        }
        JobTarget target =
                sharedFile ? new JobTarget.File(Path.of("/data/file")) : new JobTarget.Directory(Path.of("/data"));
        return new JobResult(
                new JobRequest(plan, target, false, false),
                ran,
                "",
                1_700_000_000_000L,
                elapsedNs,
                directions,
                openLoop,
                new CpuUse(0, 0, 0, 0, 0, 0, 0),
                Optional.empty(),
                ownCostNs,
                0,
                List.of(),
                List.of(),
                Optional.empty(),
                false);
    }

    Observation seen() {
        return new Observation(
                elapsedNs,
                storage,
                fileSystem,
                device.map(d -> new Observation.Device("vda", d)),
                neighbours,
                process,
                unwritten,
                server,
                cpu,
                processors,
                pressure,
                limit,
                gcPausesNs,
                ramBytes,
                files,
                silentNs,
                beginning);
    }

    private DirectionResult direction(Direction direction, long ops, long bytes) {
        LatencyHistogram lat = latencies(ops, latencyNs);
        LatencyHistogram none = latencies(0, 0);
        Samples samples = new Samples(0, 0, 0, 0, 0);
        return new DirectionResult(direction, ops, bytes, 0, none, none, lat, none, samples, samples);
    }

    static LatencyHistogram latencies(long count, long ns) {
        return TestHistograms.ofEqual(ns, count);
    }
}
