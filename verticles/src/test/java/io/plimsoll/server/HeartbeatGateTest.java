package io.plimsoll.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.Session;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.HeartbeatTags;
import io.plimsoll.wire.Heartbeat;
import io.plimsoll.wire.WireException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HeartbeatGateTest {
    private static final long WALL_MS = 1_800_000_000_000L;
    private static final HeartbeatKeys.Key OLD = key("lab", 1);
    private static final HeartbeatKeys.Key NEW = key("lab", 2);
    private static final int HOSTILE = 1_000_000;

    private final HeartbeatTags tags = tags(OLD);
    private final HeartbeatGate gate = new HeartbeatGate();

    @Test
    void ofAMillionHostileDatagramsNoneIsLetInAndTheHonestOneStillIs() {
        Random random = new Random(4);
        List<Buffer> recorded = new ArrayList<>();
        for (int client = 0; client < 8; client++) {
            for (long counter = 1; counter <= 100; counter++) {
                Buffer beat = beat("c" + client, counter).encode(WALL_MS, tags);
                assertTrue(admit(beat));
                recorded.add(beat);
            }
        }
        HeartbeatTags stranger = tags(key("lab", 3));
        HeartbeatTags otherCluster = tags(key("other", 1));
        HeartbeatTags nobody = new HeartbeatTags(HeartbeatKeys.NONE);
        int admitted = 0;
        for (int i = 0; i < HOSTILE; i++) {
            Buffer datagram = switch (i % 5) {
                case 0 -> noise(random, random.nextInt(200));
                case 1 -> flipped(recorded.get(random.nextInt(recorded.size())), random);
                case 2 -> recorded.get(random.nextInt(recorded.size()));
                case 3 ->
                    beat("c" + random.nextInt(100_000), random.nextLong(1, Long.MAX_VALUE))
                            .encode(WALL_MS, i % 3 == 0 ? stranger : i % 3 == 1 ? otherCluster : nobody);
                default -> {
                    // genuine once, and recorded long ago or by a clock that is far ahead
                    long agoMs = (random.nextBoolean() ? 1 : -1) * (Heartbeat.CLOCK_TOLERANCE_MS + 1 + i);
                    yield beat("c1", 100 + i).encode(WALL_MS - agoMs, tags);
                }
            };
            try {
                admitted += admit(datagram) ? 1 : 0;
            } catch (WireException e) {
                assertTrue(e.getMessage().length() < 200, e.getMessage());
            }
        }
        assertEquals(0, admitted);
        for (int client = 0; client < 8; client++) {
            assertTrue(admit(beat("c" + client, 101).encode(WALL_MS, tags)));
        }
    }

    @Test
    void aForgedCounterBeyondAllOthersSilencesNobody() {
        assertTrue(admit(beat("a", 1).encode(WALL_MS, tags)));
        Buffer forged = beat("a", Long.MAX_VALUE).encode(WALL_MS, tags(key("lab", 9)));
        assertThrows(WireException.class, () -> admit(forged));
        assertTrue(admit(beat("a", 2).encode(WALL_MS, tags)));
    }

    @Test
    void reorderedHeartbeatsAreLetInOnceEach() {
        for (long counter : new long[] {1, 64, 2, 63, 3, 128, 70, 65}) {
            Buffer beat = beat("a", counter).encode(WALL_MS, tags);
            assertTrue(admit(beat));
            assertFalse(admit(beat));
        }
        assertFalse(admit(beat("a", 64).encode(WALL_MS, tags)), "behind the window");
    }

    @Test
    void clocksMayDifferByTwoMinutesAndNotMore() {
        long most = Heartbeat.CLOCK_TOLERANCE_MS;
        assertTrue(admit(beat("a", 1).encode(WALL_MS - most, tags)));
        assertTrue(admit(beat("a", 2).encode(WALL_MS + most, tags)));
        for (long at : new long[] {WALL_MS - most - 1, WALL_MS + most + 1, 0, Long.MIN_VALUE, Long.MAX_VALUE}) {
            WireException late =
                    assertThrows(WireException.class, () -> admit(beat("a", 3).encode(at, tags)));
            assertTrue(late.getMessage().contains("clocks"), late.getMessage());
        }
    }

    @Test
    void keysAreChangedWithoutAMissedHeartbeat() {
        HeartbeatTags both = tags(OLD, NEW);
        HeartbeatTags bothNewFirst = tags(NEW, OLD);
        // servers and clients change one after the other, in any order within a step
        List<List<HeartbeatTags>> steps = List.of(
                List.of(tags(OLD), tags(OLD)),
                List.of(tags(OLD), both),
                List.of(both, tags(OLD)),
                List.of(both, both),
                List.of(both, bothNewFirst),
                List.of(bothNewFirst, both),
                List.of(bothNewFirst, bothNewFirst),
                List.of(bothNewFirst, tags(NEW)),
                List.of(tags(NEW), bothNewFirst),
                List.of(tags(NEW), tags(NEW)));
        long counter = 0;
        for (List<HeartbeatTags> step : steps) {
            assertTrue(
                    gate.admit(beat("a", ++counter).encode(WALL_MS, step.getFirst()), step.getLast(), WALL_MS, counter)
                            .isPresent());
        }
        Buffer byOld = beat("a", 99).encode(WALL_MS, tags(OLD));
        assertThrows(WireException.class, () -> gate.admit(byOld, tags(NEW), WALL_MS, 0));
    }

    @Test
    void whoHasAKeyCanFillNoMemoryEither() {
        for (int client = 0; client < HeartbeatGate.SESSIONS_MAX; client++) {
            assertTrue(admit(beat("c" + client, 1).encode(WALL_MS, tags)));
        }
        assertThrows(WireException.class, () -> admit(beat("one-more", 1).encode(WALL_MS, tags)));
        assertTrue(admit(beat("c0", 2).encode(WALL_MS, tags)));
        long later = 3 * Heartbeat.CLOCK_TOLERANCE_MS;
        assertTrue(gate.admit(beat("one-more", 1).encode(WALL_MS + later, tags), tags, WALL_MS + later, later)
                .isPresent());
    }

    @Test
    void withoutKeysWholeHeartbeatsPassAndSignedOnesAreNotTakenForThem() {
        HeartbeatTags none = new HeartbeatTags(HeartbeatKeys.NONE);
        Buffer beat = beat("a", 1).encode(0, none);
        assertTrue(gate.admit(beat, none, WALL_MS, 0).isPresent());
        assertTrue(gate.admit(beat, none, WALL_MS, 0).isPresent());
        Buffer signed = beat("a", 2).encode(WALL_MS, tags);
        WireException refused = assertThrows(WireException.class, () -> gate.admit(signed, none, WALL_MS, 0));
        assertTrue(refused.getMessage().contains("heartbeatKeys is not set here"), refused.getMessage());
    }

    private boolean admit(Buffer datagram) {
        return gate.admit(datagram, tags, WALL_MS, 0).isPresent();
    }

    private static Heartbeat beat(String id, long counter) {
        return new Heartbeat(new Session(new ClientId(id), WALL_MS), counter, ClientPhase.WRITING, false, 1, 2);
    }

    private static Buffer noise(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        if (length > 8 && random.nextBoolean()) {
            System.arraycopy(new byte[] {'P', 'L', 'H', 'B', 2, 1, 0, (byte) (length - 64)}, 0, bytes, 0, 8);
        }
        return Buffer.buffer(bytes);
    }

    private static Buffer flipped(Buffer good, Random random) {
        Buffer bad = good.copy();
        int bit = random.nextInt(good.length() * 8);
        return bad.setByte(bit / 8, (byte) (bad.getByte(bit / 8) ^ 1 << bit % 8));
    }

    private static HeartbeatTags tags(HeartbeatKeys.Key... keys) {
        return new HeartbeatTags(new HeartbeatKeys(List.of(keys)));
    }

    private static HeartbeatKeys.Key key(String cluster, int seed) {
        byte[] secret = new byte[32];
        new Random(seed).nextBytes(secret);
        return new HeartbeatKeys.Key(cluster, secret);
    }
}
