package io.plimsoll.bench;

import io.plimsoll.bench.JobResult.CpuUse;
import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.JobResult.DiskUse;
import io.plimsoll.bench.JobResult.OpenLoopResult;
import io.plimsoll.bench.JobResult.Samples;
import io.plimsoll.io.DeviceCounters;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.JobPlan.EngineChoice;
import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import io.plimsoll.stats.TestHistograms;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// Results made by hand, for tests of how they are shown.
public final class SampleResults {
    public static final Rendering RENDERING = new Rendering("test", Rendering.PERCENTILES, ZoneOffset.UTC);
    static final long STARTED_AT_MS = 1_795_480_973_571L;
    static final LatencyHistogram NONE = Histograms.empty();

    private static final DeviceCounters DISK =
            new DeviceCounters(10_010, 2, 41_000_960, 1_450, 4_105, 7, 16_814_080, 490, 1_580, 1_940);
    private static final JobTarget FILE = new JobTarget.File(Path.of("data"));

    private SampleResults() {}

    /// Latencies from `firstNs` on, in equal steps.
    static LatencyHistogram latencies(long firstNs, long stepNs, int count) {
        return TestHistograms.of(
                LongStream.range(0, count).map(i -> firstNs + i * stepNs).toArray());
    }

    static JobPlan plan(Work work, Load load) {
        return new JobPlan(
                "x",
                work,
                new EngineChoice(EngineKind.IO_URING, 8, true, List.of(EngineKind.PSYNC), List.of(0, 2)),
                2,
                load,
                new Span(500_000_000L, 2_000_000_000L, true),
                7);
    }

    private static JobRequest request(JobPlan plan, JobTarget target) {
        return new JobRequest(plan, target, false, false);
    }

    static Work.Blocks mixed() {
        return new Work.Blocks(
                AccessMode.RANDRW,
                70,
                BlockSizes.of(4096),
                new Distribution.Zipf(1.2),
                64 << 20,
                1,
                new SyncPolicy(32, true, SyncPolicy.OpenFlag.NONE, false),
                Content.RANDOM);
    }

    static DirectionResult direction(Direction direction, long ops, long stepNs, boolean rated) {
        int recorded = (int) ops;
        return new DirectionResult(
                direction,
                ops,
                direction == Direction.SYNC ? 0 : ops * 4096,
                3,
                direction == Direction.SYNC ? NONE : latencies(3_500, 1, recorded),
                direction == Direction.SYNC ? NONE : latencies(20_000, stepNs, recorded),
                latencies(24_000, stepNs, recorded),
                rated ? latencies(30_000, 2 * stepNs, recorded) : NONE,
                new Samples(4, 36_356, 38_352, 37_048.67, 1_129.46),
                new Samples(4, 148_914_176, 157_089_792, 151_751_342, 4_626_294));
    }

    /// Mixed work with syncs and a rate that was not achieved, on two data threads.
    public static JobResult mixedResult() {
        return new JobResult(
                request(plan(mixed(), new Load.Open(10_000, Load.Arrival.POISSON, Load.Pacer.SPIN)), FILE),
                EngineKind.IO_URING,
                "registered buffers and files",
                STARTED_AT_MS,
                2_001_000_000L,
                List.of(
                        direction(Direction.READ, 10_000, 25, true),
                        direction(Direction.WRITE, 4_000, 50, true),
                        direction(Direction.SYNC, 100, 1_000, false)),
                Optional.of(new OpenLoopResult(20_000, 20_010, 6_996.5, 40_020, 26_020, latencies(200, 10, 10_000))),
                new CpuUse(2_001_000_000L, 400_000_000, 600_000_000, 200_000_000, 21_881, 1, 14),
                Optional.of(new DiskUse("vda", DISK, 78.96)),
                Optional.of(210L),
                0,
                List.of("1 file of 1.07 GB: 1 reused; page cache dropped"),
                List.of(new Flag(
                        "rate-not-achieved",
                        "6996.5 of 20000 operations a second (34.98 %)",
                        "ask for less, or give more data threads")),
                Optional.empty(),
                false);
    }

    /// As fast as it goes, reads on an engine without slat, nothing else known.
    public static JobResult plainResult() {
        JobPlan plan = new JobPlan(
                "plain",
                new Work.Blocks(
                        AccessMode.READ,
                        100,
                        BlockSizes.of(1 << 20),
                        new Distribution.Uniform(),
                        64 << 20,
                        1,
                        SyncPolicy.NONE,
                        Content.RANDOM),
                new EngineChoice(EngineKind.PSYNC, 1, false, List.of(), List.of()),
                1,
                new Load.Closed(),
                new Span(0, 0, false),
                1);
        Samples none = new Samples(0, 0, 0, 0, 0);
        LatencyHistogram lat = latencies(3_000_000, 2_000_000, 64);
        return new JobResult(
                request(plan, new JobTarget.Directory(Path.of("dir"))),
                EngineKind.PSYNC,
                "",
                STARTED_AT_MS,
                400_000_000L,
                List.of(new DirectionResult(Direction.READ, 64, 64L << 20, 0, NONE, lat, lat, NONE, none, none)),
                Optional.empty(),
                new CpuUse(400_000_000, 1_000_000, 2_000_000, 0, 64, 0, 0),
                Optional.empty(),
                Optional.empty(),
                0,
                List.of(),
                List.of(),
                Optional.empty(),
                false);
    }

    /// Two kinds of metadata operations in rounds of a thousand files.
    public static JobResult metadataResult() {
        JobResult plain = plainResult();
        JobPlan plan = plain.plan();
        Samples none = new Samples(0, 0, 0, 0, 0);
        Samples iops = new Samples(2, 4_900, 5_100, 5_000, 141.4);
        LatencyHistogram create = latencies(40_000, 100, 2_000);
        LatencyHistogram stat = latencies(1_000, 1, 2_000);
        return new JobResult(
                plain.request()
                        .with(new JobPlan(
                                "meta",
                                new Work.Metadata(1000, 100, 0),
                                plan.engine(),
                                1,
                                plan.load(),
                                plan.span(),
                                plan.seed())),
                plain.engine(),
                "",
                STARTED_AT_MS,
                400_000_000L,
                List.of(
                        new DirectionResult(Direction.CREATE, 2_000, 0, 0, NONE, create, create, NONE, iops, none),
                        new DirectionResult(Direction.STAT, 2_000, 0, 0, NONE, stat, stat, NONE, iops, none)),
                Optional.empty(),
                plain.cpu(),
                Optional.empty(),
                Optional.empty(),
                0,
                List.of(),
                List.of(),
                Optional.empty(),
                false);
    }

    public static JobResult with(JobResult r, Optional<String> failure, boolean interrupted) {
        return with(r, r.request(), failure, interrupted);
    }

    /// As if another job had had it.
    public static JobResult with(JobResult r, JobRequest request) {
        return with(r, request, r.failure(), r.interrupted());
    }

    private static JobResult with(JobResult r, JobRequest request, Optional<String> failure, boolean interrupted) {
        return new JobResult(
                request,
                r.engine(),
                r.engineNote(),
                r.startedAtMs(),
                r.elapsedNs(),
                r.directions(),
                r.openLoop(),
                r.cpu(),
                r.disk(),
                r.ownCostNs(),
                r.saturated(),
                r.notes(),
                r.flags(),
                failure,
                interrupted);
    }
}
