package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ThreadCpuTest {
    @Test
    void readsTheFieldsBehindAnyThreadName() {
        String stat = "77 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 130 40 7 20 0 1 0 99 0 0\n";
        ThreadCpu.Sample sample = ThreadCpu.parse(stat, "1234 5678 9\n").orElseThrow();
        assertEquals(2_900_000_000L, sample.userNs());
        assertEquals(1_370_000_000L, sample.systemNs());
        assertEquals(5678, sample.delayNs());
        assertEquals(0, ThreadCpu.parse(stat, "").orElseThrow().delayNs());
        assertTrue(ThreadCpu.parse("77 (x) S 1", "").isEmpty());
    }

    @Test
    void aBusyThreadIsSeenBusyAndAnEndedOneIsAbsent() throws Exception {
        ThreadCpu[] cpu = new ThreadCpu[1];
        ThreadCpu.Sample[] samples = new ThreadCpu.Sample[2];
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                cpu[0] = ThreadCpu.ofCurrentThread();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            samples[0] = cpu[0].sample().orElseThrow();
            do {
                samples[1] = cpu[0].sample().orElseThrow();
            } while (samples[1].userNs() + samples[1].systemNs() - samples[0].userNs() - samples[0].systemNs()
                    < 30_000_000);
        });
        thread.join(60_000);
        assertTrue(samples[1].delayNs() >= samples[0].delayNs());
        // The kernel forgets the thread a moment after Java does.
        for (long until = System.nanoTime() + 10_000_000_000L;
                cpu[0].sample().isPresent() && System.nanoTime() < until; ) {
            Thread.onSpinWait();
        }
        assertTrue(cpu[0].sample().isEmpty());
    }
}
