package io.plimsoll.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class EventConverterTest {
    private final EventConverter converter = new EventConverter();

    @Test
    void writesAnEventAndItsKeysAsOneLine() {
        LoggingEvent event = event("io.plimsoll.server.X", "client-lost", null);
        event.addKeyValuePair(new KeyValuePair("client", "abc"));
        event.addKeyValuePair(new KeyValuePair("missed", 10));
        event.addKeyValuePair(new KeyValuePair("reason", "no heartbeat for 50 s"));
        event.addKeyValuePair(new KeyValuePair("nothing", null));
        event.addKeyValuePair(new KeyValuePair("empty", ""));
        assertEquals(
                "client-lost client=abc missed=10 reason=\"no heartbeat for 50 s\" nothing=null",
                converter.convert(event));
    }

    @Test
    void escapesWhatCouldForgeALineOrSteerATerminal() {
        assertEquals("\"a\\nb\"", EventConverter.quoted("a\nb"));
        assertEquals("\"\\u001b]52;c;x\\u0007\"", EventConverter.quoted(c(0x1b) + "]52;c;x" + c(7)));
        assertEquals("\"\\u202edetrever\"", EventConverter.quoted(c(0x202e) + "detrever"));
        assertEquals(
                "\"\\u2028\\u0085\\u200b\\ufeff\"", EventConverter.quoted(c(0x2028) + c(0x85) + c(0x200b) + c(0xfeff)));
        assertEquals("\"\\udb40\\udc41\"", EventConverter.quoted(c(0xe0041)));
        assertEquals("\"\\ud800\"", EventConverter.quoted(c(0xd800)));
        assertEquals("\"C:\\\\x\\\"y\"", EventConverter.quoted("C:\\x\"y"));
        assertEquals("\"a=b\"", EventConverter.quoted("a=b"));
        assertEquals("größe/データ😀", EventConverter.quoted("größe/データ😀"));
    }

    @Test
    void neverLetsAControlCharacterThrough() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            char[] chars = new char[random.nextInt(40)];
            for (int i = 0; i < chars.length; i++) {
                chars[i] = (char) random.nextInt(random.nextBoolean() ? 128 : 65536);
            }
            String quoted = EventConverter.quoted(new String(chars));
            assertTrue(quoted.codePoints().noneMatch(Escapes::unsafe), "seed " + seed);
            boolean oneWord = quoted.indexOf(' ') < 0 || (quoted.startsWith("\"") && quoted.endsWith("\""));
            assertTrue(oneWord, "seed " + seed + ": " + quoted);
        }
    }

    @Test
    void cutsAValueThatIsTooLongAndSaysSo() {
        String quoted = EventConverter.quoted("x".repeat(5000));
        assertTrue(quoted.endsWith("...(1000 more)\""), quoted.substring(quoted.length() - 30));
    }

    @Test
    void writesAnErrorWithItsStackOnTheSameLine() {
        Throwable error = new IllegalStateException("outer\nline", new IOException("No space left on device"));
        String line = converter.convert(event("plimsoll.writer", "io-error", error));
        assertFalse(line.contains("\n"));
        assertTrue(line.startsWith("io-error error=\"java.lang.IllegalStateException: outer\\nline\" stack="), line);
        assertTrue(line.contains("caused by java.io.IOException: No space left on device"), line);
        assertTrue(line.contains("EventConverterTest"), line);
    }

    @Test
    void linesOfLibrariesAreEventsToo() {
        assertEquals(
                "log logger=com.hazelcast.X message=\"Members {size:1}\\n\"",
                converter.convert(event("com.hazelcast.X", "Members {size:1}\n", null)));
    }

    private static String c(int codePoint) {
        return Character.toString(codePoint);
    }

    private static LoggingEvent event(String logger, String message, Throwable error) {
        LoggerContext context = new LoggerContext();
        return new LoggingEvent("", context.getLogger(logger), Level.INFO, message, error, null);
    }
}
