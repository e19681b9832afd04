package io.plimsoll.client;

import io.plimsoll.model.ByteSize;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.wire.bus.BusMessage;
import java.io.PrintStream;
import java.util.Locale;

/// Tells a person how the run goes: one line that is rewritten each second on a terminal, a new line every five seconds
/// elsewhere.
final class ProgressLine {
    private static final int PLAIN_EVERY = 5;

    private final PrintStream out;
    private final boolean terminal;
    private final boolean quiet;
    private int calls;
    private int shownChars;

    ProgressLine(PrintStream out, boolean terminal, boolean quiet) {
        this.out = out;
        this.terminal = terminal;
        this.quiet = quiet;
    }

    /// Call it once a second.
    void show(BusMessage.ClientStatus status) {
        if (quiet || status.phase() == ClientPhase.PREPARING || status.phase() == ClientPhase.ENDED) {
            return;
        }
        if (terminal) {
            String line = text(status); // no longer than a narrow terminal, where it would not be rewritten but scroll
            out.print("\r" + line + " ".repeat(Math.max(0, shownChars - line.length())));
            out.flush();
            shownChars = line.length();
        } else if (++calls % PLAIN_EVERY == 0) {
            out.println(status.session().clientId() + "  " + text(status));
        }
    }

    /// A line that stays.
    void say(String line) {
        if (quiet) {
            return;
        }
        end();
        out.println(line);
    }

    /// What is printed next stands in place of the line that was rewritten.
    void end() {
        if (shownChars > 0) {
            out.print("\r" + " ".repeat(shownChars) + "\r");
            out.flush();
            shownChars = 0;
        }
    }

    static String text(BusMessage.ClientStatus s) {
        return String.format(
                Locale.ROOT,
                "%s  %s  %.1f MB/s  %d files  %d rollovers  %s",
                s.phase().name().toLowerCase(Locale.ROOT),
                ByteSize.format(s.bytes()),
                s.bytesPerSecond() / 1e6,
                s.files(),
                s.rollovers(),
                s.phase() == ClientPhase.DRAINING ? "delivering" : (s.remainingMs() + 999) / 1000 + " s left");
    }
}
