package io.plimsoll.model;

/// When operations are due.
public sealed interface Load {
    /// Share of a data thread's time that it may spend on its processor by choice, waiting for intended starts: at
    /// most, as it spins only while it has nothing to do.
    double spinShareMax();

    /// As fast as the queue depth allows: the next one when one has completed. A slow storage is asked less.
    record Closed() implements Load {
        @Override
        public double spinShareMax() {
            return 0;
        }
    }

    /// Open loop: each operation has its intended start, whatever became of those before it.
    ///
    /// @param perSecond operations per second of one data thread
    /// @param arrival how the intended starts are spaced
    record Open(double perSecond, Arrival arrival, Pacer pacer) implements Load {
        public static final double PER_SECOND_MIN = 0.001;
        public static final double PER_SECOND_MAX = 100_000_000;

        public Open {
            if (!(perSecond >= PER_SECOND_MIN && perSecond <= PER_SECOND_MAX)) {
                throw new IllegalArgumentException("rate is " + perSecond + " per second, allowed: 0.001 to 100000000");
            }
            Require.present("arrival", arrival);
            Require.present("pacer", pacer);
        }

        @Override
        public double spinShareMax() {
            return Math.min(perSecond * pacer.spinNs / 1e9, 1);
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
        SPIN(Long.MAX_VALUE / 2),
        /// Sleeps until shortly before, then spins: for about what a wake-up takes at its worst on a calm machine.
        /// Above one operation in that time it never sleeps.
        HYBRID(60_000),
        /// Sleeps in the kernel until the time.
        TIMED(0);

        private final long spinNs;

        Pacer(long spinNs) {
            this.spinNs = spinNs;
        }

        /// How long before an intended start the thread stops sleeping.
        public long spinNs() {
            return spinNs;
        }
    }
}
