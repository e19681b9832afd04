package io.plimsoll.launcher;

import io.plimsoll.bench.BenchText;
import io.plimsoll.bench.Progress;
import java.io.PrintWriter;

/// Shows how a job goes: on a terminal in a line that is rewritten, elsewhere, if at all, in a new line every few
/// seconds.
final class LiveLine implements Progress, AutoCloseable {
    private static final long PLAIN_EVERY_NS = 5_000_000_000L;

    private final PrintWriter err;
    private final String name;
    private final boolean terminal;
    private int shownChars;
    private long saidNs;
    private String saidPhase = "";

    private LiveLine(PrintWriter err, String name, boolean terminal) {
        this.err = err;
        this.name = name;
        this.terminal = terminal;
    }

    /// @param name of the job
    static LiveLine of(OutputOptions.Eta eta, Console console, String name) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        boolean silent = switch (eta) {
            case AUTO -> !terminal;
            case ALWAYS -> false;
            case NEVER -> true;
        };
        return new LiveLine(silent ? new PrintWriter(java.io.Writer.nullWriter()) : console.err(), name, terminal);
    }

    @Override
    public void say(State state) {
        show(state, System.nanoTime());
    }

    void show(State state, long nowNs) {
        String line = name + ": " + BenchText.line(state);
        if (terminal) {
            err.print("\r" + line + " ".repeat(Math.max(0, shownChars - line.length())));
            shownChars = line.length();
        } else if (!saidPhase.equals(state.phase()) || nowNs - saidNs >= PLAIN_EVERY_NS) {
            err.println(line);
            saidNs = nowNs;
            saidPhase = state.phase();
        }
        err.flush();
    }

    /// What is printed next stands in place of the line that was rewritten.
    @Override
    public void close() {
        if (shownChars > 0) {
            err.print("\r" + " ".repeat(shownChars) + "\r");
            err.flush();
            shownChars = 0;
        }
    }
}
