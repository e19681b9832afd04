package io.plimsoll.workload;

/// Rank k (from 1) with a probability in proportion to 1/k^theta, exactly, over any number of ranks.
///
/// Rejection-inversion of W. Hörmann and G. Derflinger, "Rejection-inversion to generate variates from monotone
/// discrete distributions", ACM TOMACS 6 (1996): no sum over the ranks to begin with, and at most 1.02 tries on
/// average for any theta. The hat is the integral of x^-theta; `log1p` and `expm1` keep it exact where theta is near 1.
final class Zipf implements Places.Ranks {
    private final long ranks;
    private final double theta;
    private final double hatFirst;
    private final double hatLast;
    private final double sureDistance;

    Zipf(long ranks, double theta) {
        this.ranks = ranks;
        this.theta = theta;
        hatFirst = hat(1.5) - 1;
        hatLast = hat(ranks + 0.5);
        sureDistance = 2 - hatInverse(hat(2.5) - weight(2));
    }

    @Override
    public long draw(Xoshiro256 random) {
        while (true) {
            double u = hatLast + random.fraction() * (hatFirst - hatLast);
            double x = hatInverse(u);
            long k = Math.clamp((long) (x + 0.5), 1, ranks);
            if (k - x <= sureDistance || u >= hat(k + 0.5) - weight(k)) {
                return k - 1;
            }
        }
    }

    private double weight(double x) {
        return Math.exp(-theta * Math.log(x));
    }

    /// The integral of x^-theta from 1: (x^(1-theta) - 1) / (1-theta), and log x where theta is 1.
    private double hat(double x) {
        double log = Math.log(x);
        double t = (1 - theta) * log;
        return Math.abs(t) > 1e-8 ? Math.expm1(t) / t * log : (1 + t / 2) * log;
    }

    private double hatInverse(double y) {
        double t = Math.max(-1, (1 - theta) * y); // below -1 by rounding only
        return Math.exp(Math.abs(t) > 1e-8 ? Math.log1p(t) / t * y : (1 - t / 2) * y);
    }
}
