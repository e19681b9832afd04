package io.plimsoll.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// Runs many seeds, even ones on one thread and odd ones on another, until all are done, one fails, or time is over.
final class Seeds {
    private static final int THREADS = 2;

    /// @param failed the smallest seed that failed on either thread
    record Result(long run, double seconds, Optional<Failure> failed) {
        double perMinute() {
            return run * 60 / seconds;
        }
    }

    record Failure(long seed, String what) {}

    private Seeds() {}

    /// @param simulate what was broken by a seed; empty where nothing was
    static Result run(long from, long count, double secondsMax, Function<Long, Optional<String>> simulate) {
        long beganNs = System.nanoTime();
        AtomicLong run = new AtomicLong();
        AtomicLong end = new AtomicLong(from + count);
        List<Failure> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int parity = 0; parity < THREADS; parity++) {
            long first = from + parity;
            threads.add(Thread.ofPlatform().name("seeds-" + parity).start(() -> {
                for (long seed = first; seed < end.get(); seed += THREADS) {
                    if ((System.nanoTime() - beganNs) / 1e9 >= secondsMax) {
                        return;
                    }
                    Optional<String> broken = simulate.apply(seed);
                    run.incrementAndGet();
                    if (broken.isPresent()) {
                        long failed = seed;
                        end.accumulateAndGet(failed, Math::min);
                        synchronized (failures) {
                            failures.add(new Failure(failed, broken.get()));
                        }
                        return;
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    end.set(from);
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        Optional<Failure> first = failures.stream().min((a, b) -> Long.compare(a.seed(), b.seed()));
        return new Result(run.get(), (System.nanoTime() - beganNs) / 1e9, first);
    }
}
