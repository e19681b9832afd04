package io.plimsoll.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/// Swaps a directory for a symbolic link and back, as fast as it can, as long as it is open.
final class LinkRacer implements AutoCloseable {
    private final Path directory;
    private final Path victim;
    private final AtomicInteger swaps = new AtomicInteger();
    private final Thread thread;
    private volatile boolean over;

    /// @param directory which need not be there all the time
    /// @param victim where the link leads
    LinkRacer(Path directory, Path victim) {
        this.directory = directory;
        this.victim = victim;
        thread = Thread.ofPlatform().name("link-racer").start(this::race);
    }

    int swaps() {
        return swaps.get();
    }

    private void race() {
        for (int round = 0; !over; round++) {
            // Where the way back is barred, it stays there.
            Path aside = directory.resolveSibling(directory.getFileName() + ".aside" + round);
            boolean there = tried(() -> Files.move(directory, aside));
            if (tried(() -> Files.createSymbolicLink(directory, victim))) {
                swaps.incrementAndGet();
                Thread.onSpinWait();
                tried(() -> Files.deleteIfExists(directory));
            }
            if (there) {
                tried(() -> Files.move(aside, directory));
            }
        }
    }

    private interface Step {
        Object run() throws IOException;
    }

    /// False where the other one was there first.
    private static boolean tried(Step step) {
        try {
            step.run();
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        if (Files.isSymbolicLink(directory)) {
            Files.delete(directory);
        }
    }
}
