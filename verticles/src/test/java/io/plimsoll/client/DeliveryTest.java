package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class DeliveryTest {
    /// A network that loses everything in flight at every cut, and acknowledgements that may be lost after the commit.
    @Test
    void everyReportArrivesInOrderAndNoneIsLostOverAnyNumberOfReconnects() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Delivery<Long> delivery = new Delivery<>(0, Long.MAX_VALUE, _ -> 100);
            TreeSet<Long> committed = new TreeSet<>();
            long offered = 0;
            long acknowledged = 0;
            List<Long> wire = new ArrayList<>();
            boolean connected = false;
            int window = 1;
            for (int step = 0; step < 400 || !delivery.drained(); step++) {
                boolean healing = step >= 400;
                switch (random.nextInt(6)) {
                    case 0, 1 -> {
                        if (!healing) {
                            delivery.offer(n -> n);
                            offered++;
                        }
                    }
                    case 2 -> {
                        if (!connected) {
                            window = 1 + random.nextInt(8);
                            long told = committed.isEmpty() || random.nextBoolean() ? acknowledged : committed.last();
                            delivery.connected(window, told);
                            acknowledged = told;
                            connected = true;
                        } else if (!healing) {
                            delivery.disconnected();
                            connected = false;
                            wire.clear();
                        }
                    }
                    case 3, 4 -> {
                        for (Long next = delivery.next(); next != null; next = delivery.next()) {
                            assertTrue(wire.isEmpty() || next == wire.getLast() + 1, "seed " + seed);
                            wire.add(next);
                        }
                    }
                    default -> {
                        int taken = wire.isEmpty() ? 0 : 1 + random.nextInt(wire.size());
                        committed.addAll(wire.subList(0, taken));
                        if (taken > 0 && (healing || random.nextBoolean())) {
                            acknowledged = wire.get(taken - 1);
                            delivery.acknowledged(acknowledged);
                            wire.subList(0, taken).clear();
                        }
                    }
                }
            }
            assertEquals(LongStream.rangeClosed(1, offered).boxed().toList(), List.copyOf(committed), "seed " + seed);
        }
    }

    @Test
    void neverMoreThanAWindowIsUnderWay() {
        Delivery<Long> delivery = new Delivery<>(0, Long.MAX_VALUE, _ -> 1);
        for (int i = 0; i < 10; i++) {
            delivery.offer(n -> n);
        }
        assertNull(delivery.next(), "not connected");
        delivery.connected(3, 0);
        assertEquals(List.of(1L, 2L, 3L), List.of(delivery.next(), delivery.next(), delivery.next()));
        assertNull(delivery.next());
        delivery.acknowledged(2);
        assertEquals(4L, delivery.next());
        assertEquals(5L, delivery.next());
        assertNull(delivery.next());
    }

    @Test
    void anAcknowledgementOfWhatWasNotSentIsRefused() {
        Delivery<Long> delivery = new Delivery<>(0, Long.MAX_VALUE, _ -> 1);
        delivery.offer(n -> n);
        delivery.connected(10, 0);
        assertThrows(IllegalArgumentException.class, () -> delivery.acknowledged(1));
        delivery.next();
        delivery.acknowledged(1);
        delivery.acknowledged(1);
        assertTrue(delivery.drained());
    }

    @Test
    void whatIsCommittedIsNotSentAgainAlsoWhenItsAcknowledgementWasLost() {
        Delivery<Long> delivery = new Delivery<>(0, Long.MAX_VALUE, _ -> 1);
        for (int i = 0; i < 4; i++) {
            delivery.offer(n -> n);
        }
        delivery.connected(3, 0);
        assertEquals(List.of(1L, 2L, 3L), List.of(delivery.next(), delivery.next(), delivery.next()));
        delivery.connected(1, 0);
        assertEquals(1L, delivery.next());
        delivery.connected(3, 3);
        assertEquals(4L, delivery.next());
        delivery.connected(3, 4);
        assertTrue(delivery.drained());
        assertThrows(IllegalArgumentException.class, () -> delivery.connected(3, 5));
    }

    @Test
    void saysWhenItIsFullAndDropsNothing() {
        Delivery<Long> delivery = new Delivery<>(0, 250, _ -> 100);
        delivery.offer(n -> n);
        delivery.offer(n -> n);
        assertEquals(false, delivery.full());
        delivery.offer(n -> n);
        assertTrue(delivery.full());
        assertEquals(List.of(1L, 2L, 3L), delivery.unacknowledged());
    }

    @Test
    void reportsOfAFileKeepTheirNumbersWhateverIsMissingBetweenThem() {
        Delivery<Long> delivery = new Delivery<>(Long.MAX_VALUE, Long.MAX_VALUE, _ -> 1);
        for (long n : List.of(3L, 4L, 7L, 9L)) {
            delivery.offer(n, n);
        }
        assertThrows(IllegalArgumentException.class, () -> delivery.offer(9, 9L));
        delivery.connected(2, 3);
        assertEquals(List.of(4L, 7L), List.of(delivery.next(), delivery.next()));
        assertThrows(IllegalArgumentException.class, () -> delivery.acknowledged(9));
        delivery.acknowledged(4);
        delivery.disconnected();
        delivery.connected(2, 4);
        assertEquals(List.of(7L, 9L), List.of(delivery.next(), delivery.next()));
        delivery.acknowledged(8);
        assertEquals(List.of(9L), delivery.unacknowledged());
        delivery.acknowledged(9);
        assertTrue(delivery.drained());
    }

    @Test
    void waitsLongerAndLongerButNeverOverTwoAndAHalfSecondsAndNeverAllAlike() {
        Backoff backoff = new Backoff(new Random(7));
        TreeSet<Long> waits = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            long ms = backoff.nextMs();
            assertTrue(ms >= Backoff.FIRST_MS / 2 && ms <= Backoff.LAST_MS);
            waits.add(ms);
        }
        assertTrue(waits.size() > 50);
        backoff.reset();
        assertTrue(backoff.nextMs() <= Backoff.FIRST_MS);
    }
}
