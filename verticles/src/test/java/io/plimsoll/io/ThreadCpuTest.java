package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ThreadCpuTest {
    @Test
    void readsTheFieldsBehindAnyThreadName() {
        String stat = "77 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 130 40 7 20 0 1 0 99 0 0\n";
        String status = "Name:\ta\nvoluntary_ctxt_switches:\t15\nnonvoluntary_ctxt_switches:\t6\n";

        ThreadCpu.Sample sample = ThreadCpu.parse(stat, "1234 5678 9\n", status).orElseThrow();

        assertEquals(2_500_000_000L, sample.userNs());
        assertEquals(1_300_000_000L, sample.systemNs());
        assertEquals(400_000_000L, sample.childUserNs());
        assertEquals(70_000_000L, sample.childSystemNs());
        assertEquals(1234, sample.runNs());
        assertEquals(5678, sample.delayNs());
        assertEquals(21, sample.contextSwitches());
        assertEquals(9, sample.majorFaults());
        assertEquals(7, sample.minorFaults());
        assertTrue(ThreadCpu.parse("77 (x) S 1", "", "").isEmpty());
    }

    @Test
    void whatTheKernelDoesNotCountToTheNanosecondIsTakenFromItsTicks() {
        ThreadCpu.Sample sample = ThreadCpu.parse("77 (a) S 1 2 3 4 5 6 7 8 9 10 250 130 40 7 20 0 1", "", "")
                .orElseThrow();
        assertEquals(3_800_000_000L, sample.runNs());
        assertEquals(0, sample.delayNs());
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
        ThreadCpu.Sample used = samples[1].minus(samples[0]);
        assertTrue(used.delayNs() >= 0);
        assertTrue(used.runNs() > 0 && used.childUserNs() == 0, used.toString());
        // The kernel forgets the thread a moment after Java does.
        for (long until = System.nanoTime() + 10_000_000_000L;
                cpu[0].sample().isPresent() && System.nanoTime() < until; ) {
            Thread.onSpinWait();
        }
        assertTrue(cpu[0].sample().isEmpty());
    }
}
