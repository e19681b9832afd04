package io.plimsoll.model;

/// How random operations spread over the blocks of a file; fio's `random_distribution`.
public sealed interface Distribution {
    /// Every block alike.
    record Uniform() implements Distribution {}

    /// Block of rank k with a probability of 1/k^theta; ranks are scattered over the file.
    record Zipf(double theta) implements Distribution {
        public Zipf {
            if (!(theta > 0 && theta < 10) || theta == 1) {
                throw new IllegalArgumentException("zipf:" + theta + ": theta must be above 0, below 10, and not 1");
            }
        }
    }

    /// Self-similar as in Gray et al., SIGMOD 1994: a share of h of the blocks gets 1-h of the operations, and so on
    /// inside.
    record Pareto(double h) implements Distribution {
        public Pareto {
            if (!(h > 0 && h < 1)) {
                throw new IllegalArgumentException("pareto:" + h + ": h must be above 0 and below 1");
            }
        }
    }
}
