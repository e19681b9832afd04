package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.bench.RateSearch.Line.Standing;
import io.plimsoll.bench.RateSearch.Step;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class SaturationTest {
    private static final BooleanSupplier NEVER = () -> false;

    /// Keeps what it hears.
    private static final class Heard implements Saturation.Listener {
        final List<Integer> stepsMax = new ArrayList<>();
        final List<SaturationStep> ended = new ArrayList<>();

        @Override
        public void begins(int number, int max, Step step) {
            assertEquals(ended.size() + 1, number);
            stepsMax.add(max);
        }

        @Override
        public void ended(SaturationStep step) {
            ended.add(step);
        }
    }

    @Test
    void findsTheRateWhereAQueueReachesTheLimit() throws Exception {
        SimulatedSteps storage = new SimulatedSteps(1, 0);
        Heard heard = new Heard();
        SaturationResult result = Saturation.run(SimulatedSteps.plan("p99<10ms"), storage, heard, NEVER);
        // p99 is about 4.6 queues of 0.2 ms · u/(1-u), plus a service time: 10 ms at a utilisation of 0.91.
        double low = result.line().kept().orElseThrow();
        double high = result.line().broken().orElseThrow();
        assertEquals(Standing.FOUND, result.line().standing());
        assertTrue(low > 0.85 * SimulatedSteps.CAPACITY && high < 0.97 * SimulatedSteps.CAPACITY, low + " to " + high);
        assertTrue(result.at(low).stream().allMatch(SaturationStep::kept));
        assertEquals(heard.ended, result.steps());
        assertTrue(heard.stepsMax.stream().allMatch(max -> max >= result.steps().size()));
        assertEquals(result.steps().size(), heard.stepsMax.getLast());
        assertEquals(Optional.of("io_uring; registered buffers"), result.engine());
        assertFalse(result.limitedByThroughput());
    }

    @Test
    void asksForTheRateOfAllThreadsTogetherAndForOtherBlocksInEachStep() throws Exception {
        SimulatedSteps storage = new SimulatedSteps(1, 0);
        SaturationResult result = Saturation.run(SimulatedSteps.plan("p99<10ms"), storage, new Heard(), NEVER);
        JobPlan first = storage.requests.getFirst().plan();
        assertInstanceOf(Load.Closed.class, first.load());
        assertEquals(new JobPlan.Span(2_000_000_000L, 10_000_000_000L, true), first.span());
        for (int i = 1; i < storage.requests.size(); i++) {
            JobPlan plan = storage.requests.get(i).plan();
            Load.Open load = assertInstanceOf(Load.Open.class, plan.load());
            assertEquals(result.steps().get(i).requestedPerSecond().orElseThrow(), load.perSecond() * 2);
            assertEquals(Load.Arrival.POISSON, load.arrival());
            assertEquals(42 + i, plan.seed());
        }
    }

    @Test
    void saysWhereAnSloIsTooLooseToMatter() throws Exception {
        SaturationResult result =
                Saturation.run(SimulatedSteps.plan("p50<1000s"), new SimulatedSteps(1, 0), new Heard(), NEVER);
        assertEquals(Standing.FOUND, result.line().standing());
        assertTrue(result.limitedByThroughput());
        double low = result.line().kept().orElseThrow();
        assertTrue(low > 0.94 * SimulatedSteps.CAPACITY && low < 1.011 * SimulatedSteps.CAPACITY, "line " + low);
    }

    @Test
    void saysThatNoRateKeepsWhatTheStorageNeverKeeps() throws Exception {
        SaturationResult result =
                Saturation.run(SimulatedSteps.plan("p99<10us"), new SimulatedSteps(1, 0), new Heard(), NEVER);
        assertEquals(Standing.NONE_KEEPS, result.line().standing());
        assertFalse(result.found());
    }

    @Test
    void anUnsteadyStorageIsFlagged() throws Exception {
        SaturationResult result =
                Saturation.run(SimulatedSteps.plan("p99<10ms"), new SimulatedSteps(5, 0.3), new Heard(), NEVER);
        assertTrue(result.flags().stream().anyMatch(flag -> flag.rule().equals("storage-unsteady")), result::toString);
    }

    @Test
    void aStopEndsTheSearchWithWhatIsKnown() throws Exception {
        SimulatedSteps storage = new SimulatedSteps(1, 0);
        SaturationResult result = Saturation.run(
                SimulatedSteps.plan("p99<10ms"), storage, new Heard(), () -> storage.requests.size() >= 3);
        assertTrue(result.interrupted());
        assertEquals(3, result.steps().size());
        assertEquals(Standing.UNFINISHED, result.line().standing());
        assertEquals(25_000, result.line().kept().orElseThrow());
        assertEquals(50_000, result.line().broken().orElseThrow());
    }

    @Test
    void aStepThatWasCutShortDoesNotCount() throws Exception {
        SimulatedSteps storage = new SimulatedSteps(1, 0);
        SaturationResult result = Saturation.run(
                SimulatedSteps.plan("p99<10ms"),
                (request, stopped) ->
                        ended(storage.run(request, stopped), Optional.empty(), storage.requests.size() == 3),
                new Heard(),
                NEVER);
        assertTrue(result.interrupted());
        assertEquals(2, result.steps().size());
    }

    @Test
    void aStepThatFailsEndsTheSearch() throws Exception {
        SimulatedSteps storage = new SimulatedSteps(1, 0);
        SaturationResult result = Saturation.run(
                SimulatedSteps.plan("p99<10ms"),
                (request, stopped) -> ended(
                        storage.run(request, stopped),
                        storage.requests.size() == 4 ? Optional.of("disk full") : Optional.empty(),
                        false),
                new Heard(),
                NEVER);
        assertEquals(Optional.of("step 4: disk full"), result.failure());
        assertEquals(3, result.steps().size());
    }

    private static JobResult ended(JobResult result, Optional<String> failure, boolean interrupted) {
        return new JobResult(
                result.request(),
                result.engine(),
                result.engineNote(),
                result.startedAtMs(),
                result.elapsedNs(),
                result.directions(),
                result.openLoop(),
                result.cpu(),
                result.disk(),
                result.ownCostNs(),
                result.saturated(),
                result.notes(),
                result.flags(),
                failure,
                interrupted);
    }

    @Test
    void randomArrivalsThatAreFewerByChanceAreNotTheStoragesFault() throws Exception {
        SimulatedSteps storage = new SimulatedSteps(1, 0);
        SaturationResult result = Saturation.run(
                SimulatedSteps.plan("p99<10ms"),
                (request, stopped) -> fewer(storage.run(request, stopped)),
                new Heard(),
                NEVER);
        assertEquals(Standing.FOUND, result.line().standing());
        assertTrue(result.at(result.line().kept().orElseThrow()).stream()
                .allMatch(step -> step.achievedShare().orElseThrow() > 0.999));
    }

    /// 5 % fewer were due, and all of them were done.
    private static JobResult fewer(JobResult result) {
        Optional<JobResult.OpenLoopResult> schedule = result.openLoop()
                .map(s -> new JobResult.OpenLoopResult(
                        s.requestedPerSecond(),
                        s.scheduledPerSecond() * 0.95,
                        Math.min(s.achievedPerSecond(), s.due() * 0.095),
                        Math.round(s.due() * 0.95),
                        s.missed(),
                        s.lateness()));
        return new JobResult(
                result.request(),
                result.engine(),
                result.engineNote(),
                result.startedAtMs(),
                result.elapsedNs(),
                result.directions(),
                schedule,
                result.cpu(),
                result.disk(),
                result.ownCostNs(),
                result.saturated(),
                result.notes(),
                result.flags(),
                result.failure(),
                result.interrupted());
    }

    @Test
    void slowOperationsThatAreInFlightAtTheEndOfAStepAreNotMissing() throws Exception {
        SimulatedSteps storage = new SimulatedSteps(1, 0);
        SaturationResult result = Saturation.run(
                SimulatedSteps.plan("p99<1s"),
                (request, stopped) -> slow(storage.run(request, stopped)),
                new Heard(),
                NEVER);
        assertEquals(Standing.FOUND, result.line().standing());
        double low = result.line().kept().orElseThrow();
        assertTrue(low > 0.94 * SimulatedSteps.CAPACITY, "line " + low);
    }

    /// Each operation takes 300 ms, and so the last ones end as long after a step of 10 s.
    private static JobResult slow(JobResult result) {
        long elapsedNs = result.elapsedNs() + 300_000_000;
        Optional<JobResult.OpenLoopResult> schedule = result.openLoop()
                .map(s -> new JobResult.OpenLoopResult(
                        s.requestedPerSecond(),
                        s.scheduledPerSecond(),
                        s.achievedPerSecond() * result.elapsedNs() / elapsedNs,
                        s.due(),
                        s.missed(),
                        s.lateness()));
        return new JobResult(
                result.request(),
                result.engine(),
                result.engineNote(),
                result.startedAtMs(),
                elapsedNs,
                result.directions().stream()
                        .map(d -> new JobResult.DirectionResult(
                                d.direction(),
                                d.ops(),
                                d.bytes(),
                                d.shortOps(),
                                d.slat(),
                                d.clat(),
                                SimulatedSteps.histogram(300_000_000),
                                d.resp(),
                                d.iops(),
                                d.bytesPerSecond()))
                        .toList(),
                schedule,
                result.cpu(),
                result.disk(),
                result.ownCostNs(),
                result.saturated(),
                result.notes(),
                result.flags(),
                result.failure(),
                result.interrupted());
    }

    @Test
    void theCurveHasOneMeasuredStepForEachRate() throws Exception {
        SaturationResult result =
                Saturation.run(SimulatedSteps.plan("p99<10ms"), new SimulatedSteps(1, 0), new Heard(), NEVER);
        List<Double> rates = result.curve().stream()
                .map(step -> step.requestedPerSecond().orElseThrow())
                .toList();
        assertEquals(rates.stream().sorted().distinct().toList(), rates);
        assertTrue(result.steps().containsAll(result.curve()));
        double line = result.line().kept().orElseThrow();
        for (int percent : List.of(10, 50, 70, 80, 90, 100)) {
            assertTrue(rates.contains(RateSearch.rounded(line * percent / 100)), percent + " % of " + line);
        }
    }

    @Test
    void tellsThatStepsHaveTooFewOperationsForAPercentile() throws Exception {
        SaturationResult result =
                Saturation.run(SimulatedSteps.plan("p99.99<100ms"), new SimulatedSteps(1, 0), new Heard(), NEVER);
        assertTrue(result.flags().stream().anyMatch(flag -> flag.rule().equals("few-operations")), result::toString);
    }

    @Test
    void refusesToVerifyWhileItSearches() {
        assertThrows(IllegalArgumentException.class, () -> {
            JobRequest job = SimulatedSteps.job("verified", new io.plimsoll.model.Content(0, 0, true));
            SaturationPlan plan = SimulatedSteps.plan("p99<10ms");
            new SaturationPlan(
                    job, plan.slo(), plan.search(), plan.arrival(), plan.pacer(), plan.stepNs(), plan.rampNs());
        });
    }
}
