package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.Session;
import io.plimsoll.wire.bus.BusMessage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void theLineOfATerminalIsRewrittenAndFitsIntoEightyColumns() {
        ProgressLine progress = line(true, false);
        progress.show(status(999_900_000_000L));
        progress.show(status(1));
        progress.end();
        String[] shown = bytes.toString().split("\r");
        assertEquals(4, shown.length, bytes.toString());
        assertTrue(shown[1].length() < 80, shown[1]);
        assertTrue(shown[2].startsWith("writing  1 B  12345.7 MB/s"), shown[2]);
        assertEquals(shown[1].length(), shown[2].length(), "what was longer is blanked out");
        assertTrue(shown[3].isBlank(), "at the end the line makes room for what comes next");
    }

    @Test
    void elsewhereEveryFifthIsALineThatNamesItsClient() {
        ProgressLine progress = line(false, false);
        for (int i = 0; i < 12; i++) {
            progress.show(status(i));
        }
        assertEquals(2, bytes.toString().lines().count());
        assertTrue(bytes.toString().lines().allMatch(l -> l.startsWith("1e4d3f5c-")), bytes.toString());
    }

    @Test
    void quietIsQuiet() {
        ProgressLine progress = line(true, true);
        progress.show(status(1));
        progress.say("run 1");
        progress.end();
        assertEquals("", bytes.toString());
    }

    private ProgressLine line(boolean terminal, boolean quiet) {
        return new ProgressLine(new PrintStream(bytes, true), terminal, quiet);
    }

    private static BusMessage.ClientStatus status(long written) {
        Session session = new Session(new ClientId("1e4d3f5c-9d2b-4c57-8f4c-7f2f0a1b2c3d"), 1_700_000_000_000L);
        return new BusMessage.ClientStatus(
                session, ClientPhase.WRITING, written, 12_345_678_901.0, 12_345, 12_344, 3_600_000);
    }
}
