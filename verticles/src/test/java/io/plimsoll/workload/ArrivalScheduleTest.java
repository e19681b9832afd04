package io.plimsoll.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.Load;
import io.plimsoll.model.Load.Arrival;
import io.plimsoll.model.Load.Pacer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.junit.jupiter.api.Test;

class ArrivalScheduleTest {
    private static final double KOLMOGOROV_1_PERCENT = 1.628;
    private static final BigDecimal NS_PER_SECOND = BigDecimal.valueOf(1_000_000_000);

    @Test
    void linearStartsAreExactForWholeAndFractionalRates() {
        for (String rate : new String[] {"0.001", "0.1", "1", "3", "7.7", "333.333", "48000", "600001", "1e8"}) {
            ArrivalSchedule schedule = linear(Double.parseDouble(rate), 0);
            for (long k = 0; k < 100_000; k++) {
                assertEquals(exact(k, rate), schedule.nextNs(), "start " + k + " at " + rate + "/s");
            }
        }
    }

    @Test
    void linearStartsDoNotDriftOverAThousandSeconds() {
        for (String rate : new String[] {"9999.7", "30011", "12345.6789"}) {
            ArrivalSchedule schedule = linear(Double.parseDouble(rate), 0);
            long k = 0;
            long start = schedule.nextNs();
            while (start < 1_000_000_000_000L) {
                start = schedule.nextNs();
                k++;
            }
            assertEquals(exact(k, rate), start, "start " + k + " at " + rate + "/s");
        }
    }

    @Test
    void threadsOfALinearLoadStartSpreadOverAGap() {
        int threads = 16;
        long gapNs = 1_000_000;
        boolean[] sixteenths = new boolean[threads];
        for (int thread = 0; thread < threads; thread++) {
            ArrivalSchedule schedule = linear(1000, thread);
            long first = schedule.nextNs();
            assertTrue(first >= 0 && first < gapNs, "" + first);
            assertEquals(gapNs, schedule.nextNs() - first);
            sixteenths[(int) (first * threads / gapNs)] = true;
        }
        int hit = 0;
        for (boolean each : sixteenths) {
            hit += each ? 1 : 0;
        }
        assertTrue(hit >= 12, "only " + hit + " of 16 parts of a gap have a start");
    }

    @Test
    void poissonReachesTheRequestedRateWhateverItIs() {
        for (double rate : new double[] {0.5, 1000, 100_000, 300_000, 600_000, 5_000_000, 100_000_000}) {
            ArrivalSchedule schedule = poisson(rate, 0);
            int starts = 4_000_000;
            long last = 0;
            for (int i = 0; i < starts; i++) {
                long next = schedule.nextNs();
                assertTrue(next >= last, "start " + i + " at " + rate + "/s goes back");
                last = next;
            }
            double achieved = starts / (last * 1e-9) / rate;
            assertTrue(achieved > 0.995 && achieved < 1.005, "achieved/requested " + achieved + " at " + rate + "/s");
        }
    }

    @Test
    void poissonGapsAreExponential() {
        for (double rate : new double[] {10, 10_000, 100_000}) {
            int starts = 20_000;
            double[] gaps = new double[starts];
            ArrivalSchedule schedule = poisson(rate, 1);
            long last = 0;
            for (int i = 0; i < starts; i++) {
                long next = schedule.nextNs();
                gaps[i] = next - last;
                last = next;
            }
            double distance = Fit.distanceFromExponential(gaps, 1e9 / rate);
            double critical = KOLMOGOROV_1_PERCENT / Math.sqrt(starts);
            assertTrue(distance < critical, "distance " + distance + " at " + rate + "/s, critical " + critical);
        }
    }

    @Test
    void theTestOfGapsTellsWholeMicrosecondsFromTheExponential() {
        ArrivalSchedule schedule = poisson(600_000, 1);
        double[] gaps = new double[20_000];
        long last = 0;
        for (int i = 0; i < gaps.length; i++) {
            long next = schedule.nextNs();
            gaps[i] = Math.floor((next - last) / 1000.0) * 1000;
            last = next;
        }
        assertTrue(Fit.distanceFromExponential(gaps, 1e9 / 600_000) > KOLMOGOROV_1_PERCENT / Math.sqrt(gaps.length));
    }

    @Test
    void poissonGapsDoNotDependOnThoseBefore() {
        ArrivalSchedule schedule = poisson(1000, 2);
        int pairs = 200_000;
        double mean = 1e6;
        double sum = 0;
        double before = schedule.nextNs();
        double gapBefore = before;
        for (int i = 0; i < pairs; i++) {
            double next = schedule.nextNs();
            double gap = next - before;
            sum += (gap / mean - 1) * (gapBefore / mean - 1);
            gapBefore = gap;
            before = next;
        }
        assertEquals(0, sum / pairs, 4 / Math.sqrt(pairs), "correlation of neighbouring gaps");
    }

    @Test
    void poissonIsRepeatableAndThreadsAreIndependent() {
        ArrivalSchedule one = poisson(1000, 0);
        ArrivalSchedule same = poisson(1000, 0);
        ArrivalSchedule other = poisson(1000, 1);
        for (int i = 0; i < 1000; i++) {
            long start = one.nextNs();
            assertEquals(start, same.nextNs());
            assertNotEquals(start, other.nextNs());
        }
    }

    private static long exact(long k, String rate) {
        return BigDecimal.valueOf(k)
                .multiply(NS_PER_SECOND)
                .divide(new BigDecimal(rate), 0, RoundingMode.FLOOR)
                .longValueExact();
    }

    private static ArrivalSchedule linear(double rate, int thread) {
        return new ArrivalSchedule(new Load.Open(rate, Arrival.LINEAR, Pacer.SPIN), thread, 1);
    }

    private static ArrivalSchedule poisson(double rate, int thread) {
        return new ArrivalSchedule(new Load.Open(rate, Arrival.POISSON, Pacer.SPIN), thread, 9);
    }
}
