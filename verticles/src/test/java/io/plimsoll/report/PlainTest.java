package io.plimsoll.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class PlainTest {
    @Test
    void whatSteersATerminalIsShownAsItsCode() {
        assertEquals("\\u001b]52;c;x\\u0007", Plain.of("\u001b]52;c;x\u0007"));
        assertEquals("a\\u000ab\\u000dc\\u0009d", Plain.of("a\nb\rc\td"));
        assertEquals("\\u009b31m", Plain.of("\u009b31m"));
        assertEquals("\\u007f", Plain.of("\u007f"));
    }

    @Test
    void whatTurnsOrHidesTextIsShownAsItsCode() {
        assertEquals("\\u202ecod.exe", Plain.of("\u202ecod.exe"));
        assertEquals("\\u2066\\u2069\\u200b\\u2028\\ufeff", Plain.of("\u2066\u2069\u200b\u2028\ufeff"));
        assertEquals("\\u05d0\\u0627", Plain.of("\u05d0\u0627"));
        assertEquals("\\ud800x", Plain.of("\ud800x"));
        assertEquals("\\udb40\\udc41", Plain.of("\udb40\udc41"));
    }

    @Test
    void ordinaryTextOfManyLanguagesStays() {
        String text = "filer:/export/bench \u00dcbung \u65e5\u672c\u8a9e \ud83d\ude80";
        assertSame(text, Plain.of(text));
    }

    @Test
    void wideLettersTakeTwoColumnsAndAccentsNone() {
        assertEquals(6, Plain.width("\u65e5\u672c\u8a9e"));
        assertEquals(1, Plain.width("e\u0301"));
        assertEquals(2, Plain.width("\ud83d\ude80"));
        assertEquals(5, Plain.width("\u00dcbung"));
    }

    @Test
    void whateverComesInNothingThatSteersGoesOut() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(8); n > 0; n--) {
                text.append((char) (random.nextBoolean() ? random.nextInt(0x10000) : random.nextInt(0x100)));
            }
            String safe = Plain.of(text.toString());
            assertTrue(
                    safe.codePoints()
                            .noneMatch(c -> Character.isISOControl(c)
                                    || Character.getType(c) == Character.FORMAT
                                    || Character.getType(c) == Character.SURROGATE),
                    () -> "seed " + seed + ": " + safe);
            assertEquals(safe, Plain.of(safe), () -> "seed " + seed);
        }
    }
}
