package io.plimsoll.workload;

import io.plimsoll.model.Distribution;

/// Draws places of a file, from 0 to one less than their number. One thread; drawing allocates nothing and costs the
/// same whatever the number of places.
sealed interface Places {

    /// @param limit how many of the places are allowed, at least 1; one beyond is moved to the last of them, so that
    ///     what is drawn still covers it
    long draw(Xoshiro256 random, long limit);

    /// @param seed scatters ranks over the file: threads of one seed that share a file have the same hot places
    static Places of(Distribution distribution, long places, long seed) {
        return switch (distribution) {
            case Distribution.Uniform() -> new Uniform();
            case Distribution.Zipf(double theta) -> new Scattered(new Zipf(places, theta), new Scatter(places, seed));
            case Distribution.Pareto(double h) -> new Scattered(new SelfSimilar(places, h), new Scatter(places, seed));
        };
    }

    /// Every place alike, independently of those before (with replacement).
    record Uniform() implements Places {
        @Override
        public long draw(Xoshiro256 random, long limit) {
            return random.below(limit);
        }
    }

    record Scattered(Ranks ranks, Scatter scatter) implements Places {
        @Override
        public long draw(Xoshiro256 random, long limit) {
            return Math.min(scatter.place(ranks.draw(random)), limit - 1);
        }
    }

    /// Ranks from 0, the most frequent first.
    sealed interface Ranks permits Zipf, SelfSimilar {
        long draw(Xoshiro256 random);
    }
}
