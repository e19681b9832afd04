package io.plimsoll.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WordsTest {
    @Test
    void sizesAreReadInTheirOwnFamilyAndNeverMixed() {
        assertEquals(10_000_000, ByteSize.parse("10000000").bytes());
        assertEquals(10_000_000, ByteSize.parse("10MB").bytes());
        assertEquals(10_485_760, ByteSize.parse("10MiB").bytes());
        assertEquals(1_500_000_000, ByteSize.parse("1.5GB").bytes());
        assertEquals(4096, ByteSize.parse("4 KiB").bytes());
        assertEquals("", ByteSize.parse("10MB").note());
    }

    @Test
    void anAmbiguousUnitIsReadAsDecimalAndSaysSo() {
        for (String text : List.of("10M", "10m")) {
            ByteSize.Parsed parsed = ByteSize.parse(text);
            assertEquals(10_000_000, parsed.bytes());
            assertTrue(parsed.note().contains("read as 10MB (10000000 bytes)"), parsed.note());
            assertTrue(parsed.note().endsWith("write 10MiB for powers of two"), parsed.note());
        }
        assertEquals(10_000, ByteSize.parse("10K").bytes());
        assertEquals(10_000_000_000L, ByteSize.parse("10G").bytes());
    }

    @Test
    void whatIsNoSizeIsRefusedWithWhatToWrite() {
        for (String text : List.of(
                "",
                " ",
                "MB",
                "-1",
                "1e3",
                "10MiB/s",
                "10 XB",
                "0.5",
                "1.0001KB",
                "99999999999999999TB",
                "10,5MB",
                "0x10",
                "１０MB")) {
            String message = assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text), text)
                    .getMessage();
            assertTrue(message.contains("'" + text + "'"), message);
        }
    }

    @Test
    void sizesAreWrittenWithFourDigitsAtMost() {
        assertEquals("999 B", ByteSize.format(999));
        assertEquals("1 kB", ByteSize.format(1000));
        assertEquals("10 MB", ByteSize.format(10_000_000));
        assertEquals("1 MB", ByteSize.format(999_960));
        assertEquals("123.5 GB", ByteSize.format(123_456_789_000L));
        assertEquals("9.22 EB", ByteSize.format(Long.MAX_VALUE));
    }

    @Test
    void durationsNeedAUnit() {
        assertEquals(Duration.ofMillis(500), Durations.parse("500ms"));
        assertEquals(Duration.ofMinutes(90), Durations.parse("1h30m"));
        assertEquals(Duration.ofSeconds(10), Durations.parse(" 10S "));
        for (String text : List.of("", "10", "s", "10 s", "-5s", "10sec", "1.5s", "999999999999d", "1h30")) {
            assertThrows(IllegalArgumentException.class, () -> Durations.parse(text), text);
        }
        String message = assertThrows(IllegalArgumentException.class, () -> Durations.parse("10"))
                .getMessage();
        assertTrue(message.endsWith("write 10s"), message);
    }

    @Test
    void clientIdsAreSafeAsFileNamesAndAddresses() {
        new ClientId("a");
        new ClientId("node-7_x.local");
        new ClientId("x".repeat(64));
        for (String text :
                List.of("", ".", "..", "-a", "a/b", "a b", "a\n", "ä", "x".repeat(65), "\u001b[31m", "'; drop")) {
            assertThrows(IllegalArgumentException.class, () -> new ClientId(text), text);
        }
    }

    @Test
    void textThatPostgresCannotStoreIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Require.text("x", "a\0b", 10));
        assertThrows(IllegalArgumentException.class, () -> Require.text("x", "a\ud800b", 10));
        assertThrows(IllegalArgumentException.class, () -> Require.text("x", "\udc00", 10));
        assertEquals("😀", Require.text("x", "😀", 2));
    }

    @Test
    void theNameOfATargetIsNoPathAndNothingElseThatIsDangerous() {
        for (String name : List.of("a", "0", "nvme-1", "x".repeat(64))) {
            assertEquals(name, new TargetName(name).toString());
        }
        for (String name : List.of(
                "", ".", "..", "/", "a/b", "a.b", "-a", "A", "a_b", "a b", "a\n", "a\0", "ä", "~", "x".repeat(65))) {
            assertThrows(IllegalArgumentException.class, () -> new TargetName(name), name);
        }
    }
}
