package io.plimsoll.bench;

import io.plimsoll.bench.JobResult.CpuUse;
import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.JobResult.OpenLoopResult;
import io.plimsoll.bench.JobResult.Samples;
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
import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import io.plimsoll.stats.TestHistograms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;

/// A storage by formula: up to its capacity response times grow as those of a queue with one server, above it they grow
/// with the backlog. What it answers depends on its seed and on nothing else.
public final class SimulatedSteps implements Saturation.Runner {
    public static final double CAPACITY = 50_000;
    private static final long SERVICE_NS = 200_000;
    private static final int BLOCK_BYTES = 4096;

    public final List<JobRequest> requests = new ArrayList<>();
    private final Random random;
    private final double noise;

    public SimulatedSteps(long seed, double noise) {
        random = new Random(seed);
        this.noise = noise;
    }

    static LatencyHistogram histogram(long... ns) {
        return TestHistograms.of(ns);
    }

    static JobRequest job(String name) {
        return job(name, Content.RANDOM);
    }

    static JobRequest job(String name, Content content) {
        return new JobRequest(
                new JobPlan(
                        name,
                        new Work.Blocks(
                                AccessMode.RANDREAD,
                                100,
                                BlockSizes.of(BLOCK_BYTES),
                                new Distribution.Uniform(),
                                1 << 30,
                                1,
                                SyncPolicy.NONE,
                                content),
                        new JobPlan.EngineChoice(EngineKind.IO_URING, 16, true, List.of(), List.of()),
                        2,
                        new Load.Closed(),
                        new JobPlan.Span(0, 0, false),
                        42),
                new JobTarget.Directory(Path.of("/mnt/storage")),
                false,
                false);
    }

    static SaturationPlan plan(String... slo) {
        return new SaturationPlan(
                job("lab"),
                Slo.parse(List.of(slo)),
                new RateSearch.Settings(0.05, 5, 0, RateSearch.Settings.CURVE_PERCENTS, 42),
                Load.Arrival.POISSON,
                Load.Pacer.HYBRID,
                10_000_000_000L,
                2_000_000_000L);
    }

    @Override
    public JobResult run(JobRequest request, BooleanSupplier stopped) {
        requests.add(request);
        JobPlan plan = request.plan();
        double capacity = CAPACITY * Math.exp(noise * random.nextGaussian());
        double seconds = plan.span().runtimeNs() / 1e9;
        return switch (plan.load()) {
            case Load.Closed _ -> result(request, capacity, seconds, latencies(0, 0, seconds), Optional.empty());
            case Load.Open open -> {
                double requested = open.perSecond() * plan.threads();
                double achieved = Math.min(requested, capacity);
                long due = Math.round(requested * seconds);
                long missed = Math.max(0, Math.round((requested - capacity) * seconds));
                yield result(
                        request,
                        achieved,
                        seconds,
                        latencies(requested, capacity, seconds),
                        Optional.of(new OpenLoopResult(
                                requested, due / seconds, achieved, due, missed, Histograms.empty())));
            }
        };
    }

    /// Ten thousand operations stand for all of them.
    private LatencyHistogram latencies(double requested, double capacity, double seconds) {
        double utilisation = capacity == 0 ? 0 : requested / capacity;
        double queue = utilisation < 0.999
                ? SERVICE_NS * utilisation / (1 - utilisation)
                : 1e9 * seconds * (utilisation - 0.99);
        long[] ns = new long[10_000];
        for (int i = 0; i < ns.length; i++) {
            ns[i] = Math.round(SERVICE_NS * 0.7
                    - 0.3 * SERVICE_NS * Math.log(1 - random.nextDouble())
                    - queue * Math.log(1 - random.nextDouble()));
        }
        return histogram(ns);
    }

    private static JobResult result(
            JobRequest request,
            double perSecond,
            double seconds,
            LatencyHistogram responses,
            Optional<OpenLoopResult> openLoop) {
        long ops = Math.round(perSecond * seconds);
        Samples none = new Samples(0, 0, 0, 0, 0);
        return new JobResult(
                request,
                EngineKind.IO_URING,
                "registered buffers",
                1_795_000_000_000L,
                Math.round(seconds * 1e9),
                List.of(new DirectionResult(
                        Direction.READ,
                        ops,
                        ops * BLOCK_BYTES,
                        0,
                        Histograms.empty(),
                        Histograms.empty(),
                        histogram(150_000, 200_000, 250_000, 900_000),
                        openLoop.isPresent() ? responses : Histograms.empty(),
                        none,
                        none)),
                openLoop,
                new CpuUse(0, 0, 0, 0, 0, 0, 0),
                Optional.empty(),
                Optional.empty(),
                0,
                List.of(),
                List.of(),
                Optional.empty(),
                false);
    }
}
