package io.plimsoll.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientPhase;
import io.vertx.core.buffer.Buffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HeartbeatTest {
    @Test
    void everyHeartbeatSurvivesItsDatagram() {
        for (long seed = 0; seed < 1000; seed++) {
            Random random = new Random(seed);
            Heartbeat sent = new Heartbeat(
                    Samples.session("c" + "x".repeat(random.nextInt(64))),
                    random.nextLong(1, Long.MAX_VALUE),
                    ClientPhase.values()[random.nextInt(ClientPhase.values().length)],
                    random.nextBoolean(),
                    random.nextLong(Long.MAX_VALUE),
                    random.nextLong(Long.MAX_VALUE));
            Buffer datagram = sent.encode();
            assertTrue(datagram.length() <= Heartbeat.BYTES_MAX);
            assertEquals(sent, Heartbeat.decode(datagram), "seed " + seed);
        }
    }

    @Test
    void cutFlippedAndRandomDatagramsAreRefusedWithoutAnyOtherException() {
        Buffer good = new Heartbeat(Samples.session("abc"), 1, ClientPhase.WRITING, false, 5, 6).encode();
        for (int length = 0; length < good.length(); length++) {
            int cut = length;
            assertThrows(WireException.class, () -> Heartbeat.decode(good.getBuffer(0, cut)));
        }
        for (int bit = 0; bit < good.length() * 8; bit++) {
            Buffer bad = good.copy();
            bad.setByte(bit / 8, (byte) (bad.getByte(bit / 8) ^ 1 << bit % 8));
            assertThrows(WireException.class, () -> Heartbeat.decode(bad), "bit " + bit);
        }
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            assertThrows(WireException.class, () -> Heartbeat.decode(Buffer.buffer(bytes)));
        }
    }
}
