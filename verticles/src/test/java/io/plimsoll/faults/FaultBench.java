package io.plimsoll.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// For `bench/faults`, which says how to call it: `FaultBench DIRECTORY MEMORY WHAT [--rounds N] [--seed S]`.
final class FaultBench {
    private FaultBench() {}

    public static void main(String[] args) throws Exception {
        List<String> options = List.of(args).subList(3, args.length);
        long seed = option(options, "--seed", ThreadLocalRandom.current().nextLong(1L << 40));
        boolean kept;
        try {
            kept = run(args[2], Path.of(args[0]), Path.of(args[1]), seed, options);
        } catch (AssertionError | IOException e) {
            System.out.println("broken, seed " + seed + ": " + e.getMessage());
            kept = false;
        }
        System.out.flush();
        System.exit(kept ? 0 : 1);
    }

    private static boolean run(String what, Path directory, Path memory, long seed, List<String> options)
            throws IOException {
        return switch (what) {
            case "rounds" -> {
                int rounds = (int) option(options, "--rounds", 200);
                boolean firewall = Boolean.getBoolean("faults.namespace");
                yield Rounds.run(directory, new Rounds.Plan(rounds, 8, seed, firewall, true), System.out::println)
                        .kept();
            }
            case "commit" ->
                CommitCrashes.run(directory, (int) option(options, "--rounds", 100), seed, System.out::println)
                        .kept();
            case "postgres" ->
                PostgresKills.run(directory, (int) option(options, "--rounds", 50), seed, System.out::println)
                        .kept();
            case "heartbeats" ->
                Heartbeats.run(directory, 20, (int) option(options, "--seconds", 180), 10, seed, System.out::println);
            case "hang-server" ->
                HungServer.run(
                        directory,
                        memory,
                        (int) option(options, "--rounds", 5),
                        (int) option(options, "--seconds", 30),
                        seed,
                        System.out::println);
            case "hang-postgres" ->
                HungPostgres.run(directory, (int) option(options, "--seconds", 30), seed, System.out::println);
            default -> throw new IllegalArgumentException(what);
        };
    }

    private static long option(List<String> options, String name, long otherwise) {
        int at = options.indexOf(name);
        return at < 0 ? otherwise : Long.parseLong(options.get(at + 1));
    }
}
