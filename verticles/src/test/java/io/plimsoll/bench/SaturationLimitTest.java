package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.bench.JobResult.CpuUse;
import io.plimsoll.bench.JobResult.DirectionResult;
import io.plimsoll.bench.RateSearch.Line.Standing;
import io.plimsoll.bench.RateSearch.Step;
import io.plimsoll.model.Direction;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Steps that broke `p99<10ms`: 10 s, two data threads with 16 slots each.
final class SaturationLimitTest {
    private static final Slo SLO = Slo.parse(List.of("p99<10ms"));
    private static final long SECOND = 1_000_000_000L;
    private static final double RATE = 10_000;

    /// @param serviceNs of all operations
    private record Broken(
            EngineKind engine,
            Load.Pacer pacer,
            double rate,
            long serviceNs,
            long cpuNs,
            long delayNs,
            List<TruthRule> flags) {
        static Broken unflagged(long serviceNs) {
            return new Broken(EngineKind.IO_URING, Load.Pacer.HYBRID, RATE, serviceNs, 4 * SECOND, 0, List.of());
        }

        Broken flagged(long delayNs, TruthRule... rules) {
            return new Broken(engine, pacer, rate, serviceNs, cpuNs, delayNs, List.of(rules));
        }

        Broken withCpu(long ns) {
            return new Broken(engine, pacer, rate, serviceNs, ns, delayNs, flags);
        }

        Broken with(EngineKind other) {
            return new Broken(other, pacer, rate, serviceNs, cpuNs, delayNs, flags);
        }

        Broken with(Load.Pacer other) {
            return new Broken(engine, other, rate, serviceNs, cpuNs, delayNs, flags);
        }

        Broken at(double perSecond) {
            return new Broken(engine, pacer, perSecond, serviceNs, cpuNs, delayNs, flags);
        }

        SaturationLimit limit() {
            return limit(SLO, true);
        }

        SaturationLimit limit(Slo slo, boolean rateFollowed) {
            LatencyHistogram service = SimulatedSteps.histogram(serviceNs);
            return SaturationLimit.of(result(service), slo, service, rateFollowed);
        }

        private JobResult result(LatencyHistogram service) {
            JobPlan closed = SimulatedSteps.job("limit").plan();
            JobPlan plan = new JobPlan(
                    closed.name(),
                    closed.work(),
                    closed.engine(),
                    closed.threads(),
                    new Load.Open(rate / closed.threads(), Load.Arrival.POISSON, pacer),
                    new JobPlan.Span(0, 10 * SECOND, true),
                    1);
            JobResult.Samples none = new JobResult.Samples(0, 0, 0, 0, 0);
            LatencyHistogram empty = Histograms.empty();
            return new JobResult(
                    SimulatedSteps.job("limit").with(plan),
                    engine,
                    "",
                    0,
                    10 * SECOND,
                    List.of(new DirectionResult(
                            Direction.READ, Math.round(rate * 10), 0, 0, empty, empty, service, empty, none, none)),
                    Optional.empty(),
                    new CpuUse(10 * SECOND, cpuNs, 0, delayNs, 0, 0, 0),
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    List.of(),
                    flags.stream().map(rule -> rule.flag("seen", "mend it")).toList(),
                    Optional.empty(),
                    false);
        }
    }

    @Test
    void whatNothingSpeaksAgainstIsTheStorages() {
        assertEquals(SaturationLimit.STORAGE, Broken.unflagged(200_000).limit());
        assertEquals(SaturationLimit.STORAGE, Broken.unflagged(20_000_000).limit());
    }

    @Test
    void lateThreadsAreTheClientsWhereTheStorageWasFastAndItsQueueHadRoom() {
        Broken late = Broken.unflagged(200_000).flagged(SECOND, TruthRule.SCHEDULING_DELAY);
        assertEquals(SaturationLimit.CLIENT, late.limit());
        for (TruthRule rule : List.of(TruthRule.CPU_SATURATED, TruthRule.CPU_STEAL, TruthRule.CGROUP_THROTTLED)) {
            assertEquals(SaturationLimit.CLIENT, late.flagged(0, rule).limit(), rule.id());
        }
    }

    @Test
    void flagsThatSayNothingOfOurThreadsChangeNothing() {
        for (TruthRule rule : List.of(TruthRule.CPU_PRESSURE, TruthRule.OTHERS_IO, TruthRule.SHORT_RUN)) {
            assertEquals(
                    SaturationLimit.STORAGE,
                    Broken.unflagged(200_000).flagged(0, rule).limit(),
                    rule.id());
        }
    }

    @Test
    void aQueueInUseIsTheStoragesHoweverLateWeWere() {
        // 10,000/s for 2 ms each are 20 of 32 slots.
        Broken full = Broken.unflagged(2_000_000).flagged(SECOND, TruthRule.SCHEDULING_DELAY);
        assertEquals(SaturationLimit.STORAGE, full.limit());
        assertEquals(SaturationLimit.STORAGE, full.limit(SLO, false));
        // For 200 us each they are 2 of 32 slots, and both of those that an engine without a queue has.
        Broken half = Broken.unflagged(200_000).flagged(SECOND, TruthRule.SCHEDULING_DELAY);
        assertEquals(SaturationLimit.CLIENT, half.limit());
        assertEquals(SaturationLimit.STORAGE, half.with(EngineKind.PSYNC).limit());
    }

    @Test
    void aRateThatWasNotFollowedThoughTheQueueHadRoomIsTheClientsOnlyWhereItWasHeldBack() {
        Broken behind = Broken.unflagged(200_000);
        assertEquals(SaturationLimit.STORAGE, behind.limit(SLO, false), "it may have hung at the end");
        assertEquals(
                SaturationLimit.CLIENT,
                behind.flagged(SECOND, TruthRule.SCHEDULING_DELAY).limit(SLO, false));
    }

    @Test
    void aStallIsTheStorages() {
        Broken stalled = Broken.unflagged(200_000).flagged(SECOND, TruthRule.SCHEDULING_DELAY, TruthRule.STALL);
        assertEquals(SaturationLimit.STORAGE, stalled.limit());
    }

    @Test
    void slowServiceIsTheStoragesUnlessOurDelaysAreAsLargeAShareAsIsAboveThePercentile() {
        Broken late = Broken.unflagged(500_000);
        Slo tight = Slo.parse(List.of("p99<400us"));
        // Of 20 s of two threads.
        assertEquals(
                SaturationLimit.CLIENT,
                late.flagged(SECOND / 4, TruthRule.SCHEDULING_DELAY).limit(tight, true));
        assertEquals(
                SaturationLimit.STORAGE,
                late.flagged(SECOND / 10, TruthRule.SCHEDULING_DELAY).limit(tight, true));
        Broken often = late.flagged(SECOND, TruthRule.SCHEDULING_DELAY);
        assertEquals(SaturationLimit.STORAGE, often.limit(Slo.parse(List.of("p50<400us")), true));
        assertEquals(SaturationLimit.STORAGE, often.limit(Slo.parse(List.of("mean<400us")), true));
        assertEquals(SaturationLimit.CLIENT, often.limit(Slo.parse(List.of("max<400us")), true));
    }

    @Test
    void threadsThatNeverWaitedAreTheClients() {
        Broken busy = Broken.unflagged(2_000_000).withCpu(20 * SECOND);
        assertEquals(SaturationLimit.CLIENT, busy.with(Load.Pacer.TIMED).limit());
        for (Load.Pacer pacer : Load.Pacer.values()) {
            assertEquals(SaturationLimit.CLIENT, busy.with(pacer).limit(SLO, false), "behind the rate nobody spins");
        }
    }

    @Test
    void spinningBetweenOperationsIsByChoice() {
        Broken busy = Broken.unflagged(2_000_000).withCpu(20 * SECOND);
        assertEquals(SaturationLimit.STORAGE, busy.with(Load.Pacer.SPIN).limit());
        assertEquals(SaturationLimit.STORAGE, busy.with(Load.Pacer.HYBRID).limit());
        assertEquals(
                SaturationLimit.CLIENT,
                busy.with(Load.Pacer.HYBRID).at(100).limit(),
                "so seldom it spins for 60 us, and works for the rest");
    }

    @Test
    void theNullEngineIsNoStorage() {
        assertEquals(
                SaturationLimit.CLIENT,
                Broken.unflagged(20_000_000).with(EngineKind.NULL).limit());
    }

    /// A search on the simulated storage, whose steps are changed before they are judged.
    private static SaturationResult search(String slo, UnaryOperator<JobResult> changed) throws Exception {
        SimulatedSteps storage = new SimulatedSteps(3, 0);
        return Saturation.run(
                SimulatedSteps.plan(slo),
                (request, stopped) -> changed.apply(storage.run(request, stopped)),
                new Saturation.Listener() {
                    @Override
                    public void begins(int number, int stepsMax, Step step) {}

                    @Override
                    public void ended(SaturationStep step) {}
                },
                () -> false);
    }

    /// The storage answers in 100 us, and our threads waited for a processor for 5 % of the time.
    private static JobResult late(JobResult job) {
        return new JobResult(
                job.request(),
                job.engine(),
                job.engineNote(),
                job.startedAtMs(),
                job.elapsedNs(),
                job.directions().stream()
                        .map(d -> new DirectionResult(
                                d.direction(),
                                d.ops(),
                                d.bytes(),
                                d.shortOps(),
                                d.slat(),
                                d.clat(),
                                SimulatedSteps.histogram(100_000),
                                d.resp(),
                                d.iops(),
                                d.bytesPerSecond()))
                        .toList(),
                job.openLoop(),
                new CpuUse(job.elapsedNs(), 0, 0, job.elapsedNs() / 10, 0, 0, 0),
                job.disk(),
                job.ownCostNs(),
                job.saturated(),
                job.notes(),
                List.of(TruthRule.SCHEDULING_DELAY.flag("waited", "end what else runs")),
                job.failure(),
                job.interrupted());
    }

    @Test
    void aLineOfTheClientIsNotSaidToBeTheStorages() throws Exception {
        SaturationResult result = search("p99<10ms", SaturationLimitTest::late);
        String kept = Quantity.rate(result.line().kept().orElseThrow());
        String broken = Quantity.rate(result.line().broken().orElseThrow());
        assertEquals(Standing.FOUND, result.line().standing());
        assertEquals(Optional.of(SaturationLimit.CLIENT), result.limitedBy());
        String headline = "Plimsoll line of this client, not of the storage: " + kept + " IOPS";
        String caution = "It was this client that broke it, in 5 of 5 steps at " + broken
                + " IOPS: its own threads were"
                + " late (scheduling-delay). The line of the storage is not known; it is not below " + kept + " IOPS.";
        String text = SaturationText.render(result);
        assertTrue(text.startsWith(headline), text);
        assertTrue(text.contains("\n" + caution + "\n"), text);
        String page = SaturationHtml.render(result, "0.1");
        assertTrue(page.contains("<h1>" + headline), page);
        assertTrue(page.contains("<p class=\"alarm\">" + caution + "</p>"), page);
        assertTrue(page.contains(">" + kept + " IOPS, this client&#39;s<"), page);
        assertTrue(page.contains("one that this client broke"), page);
        assertTrue(page.contains("class=\"hollow muted\""), page);
        JsonNode json = json(result);
        assertEquals("client", json.at("/line/limited_by").asText());
        for (int i = 0; i < result.steps().size(); i++) {
            SaturationStep step = result.steps().get(i);
            boolean broke = step.verdict().isPresent() && !step.kept();
            assertEquals(
                    broke ? "client" : "null",
                    json.at("/steps/" + i + "/broken_by").asText());
        }
    }

    @Test
    void noLineBecauseOfTheClientIsNotHeldAgainstTheStorage() throws Exception {
        SaturationResult result = search("p99<10us", SaturationLimitTest::late);
        assertEquals(Standing.NONE_KEEPS, result.line().standing());
        String text = SaturationText.render(result);
        assertTrue(text.startsWith("No Plimsoll line: this client broke p99<10us itself, at whatever rate\n"), text);
        assertTrue(text.contains("(scheduling-delay). What the storage keeps is not known.\n"), text);
        assertEquals("client", json(result).at("/line/limited_by").asText());
    }

    @Test
    void anSloTooLooseToDecideIsNotSaidOfTheStorageWhereTheClientDidNotFollow() throws Exception {
        SaturationResult result = search("p50<1000s", SaturationLimitTest::late);
        assertTrue(result.limitedByThroughput());
        assertFalse(SaturationText.render(result).contains("the storage did not follow"));
    }

    @Test
    void aLineOfTheStorageIsSaidAsSuch() throws Exception {
        SaturationResult result = search("p99<10ms", UnaryOperator.identity());
        assertEquals(Optional.of(SaturationLimit.STORAGE), result.limitedBy());
        assertFalse(SaturationText.render(result).contains("client"));
        assertFalse(SaturationHtml.render(result, "0.1").contains("client"));
        assertEquals("storage", json(result).at("/line/limited_by").asText());
    }

    private static JsonNode json(SaturationResult result) throws Exception {
        return new ObjectMapper().readTree(SaturationJson.render(result, "0.1"));
    }
}
