package io.plimsoll.workload;

/// A share of h of the ranks gets 1-h of the draws, and so on inside of it: Gray et al., "Quickly generating
/// billion-record synthetic databases", SIGMOD 1994; what fio calls `pareto`.
final class SelfSimilar implements Places.Ranks {
    private final long ranks;
    private final double power;

    SelfSimilar(long ranks, double h) {
        this.ranks = ranks;
        power = Math.log(h) / Math.log1p(-h);
    }

    @Override
    public long draw(Xoshiro256 random) {
        return Math.min((long) (ranks * Math.pow(random.fraction(), power)), ranks - 1); // rounding can reach `ranks`
    }
}
