package io.plimsoll.model;

/// When operations are due.
public sealed interface Load {
    /// As fast as the queue depth allows: the next one when one has completed. A slow storage is asked less.
    record Closed() implements Load {}

    /// Open loop: each operation has its intended start, whatever became of those before it.
    ///
    /// @param perSecond operations per second of one data thread
    /// @param arrival how the intended starts are spaced
    record Open(double perSecond, Arrival arrival, Pacer pacer) implements Load {
        public static final double PER_SECOND_MAX = 100_000_000;

        public Open {
            if (!(perSecond >= 0.001 && perSecond <= PER_SECOND_MAX)) {
                throw new IllegalArgumentException("rate is " + perSecond + " per second, allowed: 0.001 to 100000000");
            }
            Require.present("arrival", arrival);
            Require.present("pacer", pacer);
        }
    }

    enum Arrival {
        /// All gaps alike.
        LINEAR,
        /// Independent exponential gaps.
        POISSON
    }

    /// How the data thread waits for an intended start: the more CPU, the more punctual.
    enum Pacer {
        /// Never sleeps: one core at 100 %.
        SPIN,
        /// Sleeps until shortly before, then spins.
        HYBRID,
        /// Sleeps in the kernel until the time.
        TIMED
    }
}
