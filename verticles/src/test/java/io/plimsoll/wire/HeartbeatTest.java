package io.plimsoll.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientPhase;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.HeartbeatTags;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HeartbeatTest {
    private static final long NOW_MS = 1_800_000_000_000L;
    private static final List<HeartbeatTags> BOTH = List.of(
            new HeartbeatTags(HeartbeatKeys.NONE),
            new HeartbeatTags(new HeartbeatKeys(List.of(new HeartbeatKeys.Key("lab", new byte[] {
                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
                29, 30, 31, 32
            })))));

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
            for (HeartbeatTags tags : BOTH) {
                Buffer datagram = sent.encode(NOW_MS, tags);
                assertTrue(datagram.length() <= Heartbeat.BYTES_MAX);
                assertEquals(sent, Heartbeat.decode(datagram, NOW_MS, tags), "seed " + seed);
            }
        }
    }

    @Test
    void cutFlippedAndRandomDatagramsAreRefusedWithoutAnyOtherException() {
        for (HeartbeatTags tags : BOTH) {
            Buffer good =
                    new Heartbeat(Samples.session("abc"), 1, ClientPhase.WRITING, false, 5, 6).encode(NOW_MS, tags);
            for (int length = 0; length < good.length(); length++) {
                int cut = length;
                assertThrows(WireException.class, () -> Heartbeat.decode(good.getBuffer(0, cut), NOW_MS, tags));
            }
            for (int bit = 0; bit < good.length() * 8; bit++) {
                Buffer bad = good.copy();
                bad.setByte(bit / 8, (byte) (bad.getByte(bit / 8) ^ 1 << bit % 8));
                assertThrows(WireException.class, () -> Heartbeat.decode(bad, NOW_MS, tags), "bit " + bit);
            }
            Random random = new Random(1);
            for (int i = 0; i < 10_000; i++) {
                byte[] bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
                assertThrows(WireException.class, () -> Heartbeat.decode(Buffer.buffer(bytes), NOW_MS, tags));
            }
        }
    }
}
