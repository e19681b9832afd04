package io.plimsoll.simulation;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// `bench/simulate`: many seeds, one seed with its story, or the mutants.
public final class Simulate {
    private static final long MUTANT_SEEDS_MAX = 100_000;

    private Simulate() {}

    public static void main(String[] args) throws IOException, ReflectiveOperationException {
        System.exit(run(args));
    }

    /// @return 0 where all is kept, 1 where something is broken, 2 for a wrong command
    static int run(String[] args) throws IOException, ReflectiveOperationException {
        long seeds = 1;
        Optional<Long> seed = Optional.empty();
        boolean many = false;
        boolean trace = false;
        boolean mutants = false;
        try {
            for (int i = 0; i < args.length; i++) {
                switch (args[i]) {
                    case "--seeds" -> {
                        seeds = Long.parseLong(args[++i]);
                        many = true;
                    }
                    case "--seed" -> seed = Optional.of(Long.parseLong(args[++i]));
                    case "--trace" -> trace = true;
                    case "--mutants" -> mutants = true;
                    default -> throw new IllegalArgumentException("unknown: " + args[i]);
                }
            }
            boolean known = mutants ? !many && !trace : many ? !trace : seed.isPresent();
            if (seeds < 1 || !known) {
                throw new IllegalArgumentException(
                        "give --seeds N [--seed S], --seed S [--trace], or --mutants [--seed S]");
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            System.err.println("simulate: " + e.getMessage());
            return 2;
        }
        if (mutants) {
            return mutants(seed.orElse(1L));
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

    private static int mutants(long from) throws IOException, ReflectiveOperationException {
        System.out.println(Mutants.HEAD);
        boolean all = true;
        for (Mutant mutant : Mutant.values()) {
            Mutants.Finding finding = Mutants.find(mutant, from, MUTANT_SEEDS_MAX);
            System.out.println(finding.line());
            all &= finding.what().isPresent();
        }
        return all ? 0 : 1;
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
