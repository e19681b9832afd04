package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BenchTest {
    @Test
    void warmingKeepsNobodyFromEndingAndEndsByItself() throws InterruptedException {
        Thread warm = Bench.warm();
        assertTrue(warm.isDaemon());
        warm.join(60_000);
        assertFalse(warm.isAlive());
    }
}
