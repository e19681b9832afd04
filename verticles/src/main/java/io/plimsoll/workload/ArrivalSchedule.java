package io.plimsoll.workload;

import io.plimsoll.model.Load;
import io.plimsoll.workload.Xoshiro256.Purpose;
import java.math.BigDecimal;
import java.math.BigInteger;

/// Intended starts of an open loop in integer ns from the beginning of the job, exact over any length. One thread;
/// allocates nothing.
///
/// Linear: start k of a thread is its phase + floor(k · 10^9 / rate). The rate counts as the decimal that its shortest
/// notation says (0.1 is a tenth), and quotient and remainder are carried in integers, so that nothing is rounded twice
/// and nothing drifts. The phase, below one gap, spreads the threads of a job evenly (multiples of the golden ratio):
/// without it they would all start together, and what is meant as an even load would be bursts. Thread 0 has none.
///
/// Poisson: the gaps are independent and exponential, the first one before the first start; fractions of a ns are
/// carried to the next gap, so that the mean is exact at any rate.
public final class ArrivalSchedule {
    private static final double NS_PER_SECOND = 1e9;
    private static final double GOLDEN_RATIO = 0.6180339887498949;

    private final boolean poisson;
    private final Xoshiro256 random;
    private final double meanGapNs;

    /// The gap is `gapNs + gapRest / gapUnit` ns.
    private final long gapNs;

    private final long gapRest;
    private final long gapUnit;

    private long atNs;
    private long atRest;
    private double atFraction;

    public ArrivalSchedule(Load.Open load, int thread, long seed) {
        poisson = load.arrival() == Load.Arrival.POISSON;
        random = new Xoshiro256(seed, thread, Purpose.ARRIVAL);
        meanGapNs = NS_PER_SECOND / load.perSecond();
        BigDecimal rate = BigDecimal.valueOf(load.perSecond()).stripTrailingZeros();
        int decimals = Math.max(0, rate.scale());
        BigInteger unit = rate.movePointRight(decimals).toBigIntegerExact();
        BigInteger[] gap = BigInteger.TEN.pow(9 + decimals).divideAndRemainder(unit);
        gapUnit = unit.longValueExact(); // of at most 17 digits, as a double has
        gapNs = gap[0].longValueExact();
        gapRest = gap[1].longValueExact();
        double phase = thread * GOLDEN_RATIO;
        atNs = poisson ? 0 : (long) ((phase - Math.floor(phase)) * meanGapNs);
    }

    /// The next intended start, not before the last one.
    public long nextNs() {
        return poisson ? nextPoissonNs() : nextLinearNs();
    }

    private long nextLinearNs() {
        long start = atNs;
        atNs += gapNs;
        atRest += gapRest;
        if (atRest >= gapUnit) {
            atRest -= gapUnit;
            atNs++;
        }
        return start;
    }

    private long nextPoissonNs() {
        double gap = atFraction - Math.log(random.positiveFraction()) * meanGapNs;
        long whole = (long) gap;
        atFraction = gap - whole;
        atNs += whole;
        return atNs;
    }
}
