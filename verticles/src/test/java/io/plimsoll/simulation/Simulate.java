package io.plimsoll.simulation;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// `bench/simulate`: many seeds, one seed with its story, or the mutants.
public final class Simulate {
    private Simulate() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /// @return 0 where all is kept, 1 where something is broken, 2 for a wrong command
    static int run(String[] args) {
        long seeds = 1;
        Optional<Long> seed = Optional.empty();
        boolean many = false;
        boolean trace = false;
        try {
            for (int i = 0; i < args.length; i++) {
                switch (args[i]) {
                    case "--seeds" -> {
                        seeds = Long.parseLong(args[++i]);
                        many = true;
                    }
                    case "--seed" -> seed = Optional.of(Long.parseLong(args[++i]));
                    case "--trace" -> trace = true;
                    default -> throw new IllegalArgumentException("unknown: " + args[i]);
                }
            }
            if (seeds < 1 || seed.isEmpty() && !many || trace && (many || seed.isEmpty())) {
                throw new IllegalArgumentException("give --seeds N, or --seed S [--trace]");
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            System.err.println("simulate: " + e.getMessage());
            return 2;
        }
        return trace
                ? story(seed.get())
                : many(seed.orElse(ThreadLocalRandom.current().nextLong(1L << 40)), seeds);
    }

    private static int story(long seed) {
        Optional<String> broken = Simulation.run(seed, System.out::println);
        System.out.println("seed " + seed + ": " + broken.orElse("all is kept"));
        return broken.isPresent() ? 1 : 0;
    }

    private static int many(long from, long seeds) {
        Seeds.Result result = Seeds.run(from, seeds, Double.MAX_VALUE, Simulation::run);
        System.out.printf(
                "%,d seeds from %d on in %.1f s: %,.0f seeds/min%n",
                result.run(), from, result.seconds(), result.perMinute());
        result.failed()
                .ifPresent(f -> System.out.println("seed " + f.seed() + ": " + f.what()
                        + "; its story: bench/simulate --seed " + f.seed() + " --trace"));
        return result.failed().isPresent() ? 1 : 0;
    }
}
