package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class StatusLineStreamTest {
    @Test
    void aStatusIsCutAtTheEdgeAndErasedByTheMessageThatItWouldBeGluedTo() {
        ByteArrayOutputStream terminal = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(new StatusLineStream(terminal), true, StandardCharsets.UTF_8);
        err.println("begin");
        err.print("\r10 % done");
        err.flush();
        err.print("\r20 % done");
        err.flush();
        err.println("a client left");
        err.println("another one");
        String erase = "\r\u001b[K";
        String cut = "\u001b[?7l";
        String wrap = "\u001b[?7h";
        assertEquals(
                "begin\n" + cut + "\r10 % done" + wrap + cut + "\r20 % done" + wrap + erase
                        + "a client left\nanother one\n",
                terminal.toString(StandardCharsets.UTF_8));
    }
}
