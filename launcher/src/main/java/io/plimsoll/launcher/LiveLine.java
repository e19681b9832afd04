package io.plimsoll.launcher;

import io.plimsoll.bench.Progress;
import io.plimsoll.bench.ProgressText;
import io.plimsoll.report.Plain;
import java.io.PrintWriter;

/// Shows how a job goes: on a terminal in a line that is rewritten, elsewhere in a new line when something else begins,
/// or after a while.
final class LiveLine implements Progress, AutoCloseable {
    private static final long NEW_LINE_NS = 10_000_000_000L;

    enum Shown {
        NOTHING,
        /// That a long time goes by before a job begins is said in a log, too.
        LAYOUT_BY_LINES,
        ALL_BY_LINES,
        ALL_REWRITTEN
    }

    private final PrintWriter err;
    private final String name;
    private final Shown shown;
    private int shownChars;
    private long saidNs;
    private String saidPhase = "";

    LiveLine(PrintWriter err, String name, Shown shown) {
        this.err = err;
        this.name = name;
        this.shown = shown;
    }

    /// @param name of the job
    static LiveLine of(OutputOptions.Eta eta, Console console, String name) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        Shown shown = switch (eta) {
            case AUTO -> terminal ? Shown.ALL_REWRITTEN : Shown.LAYOUT_BY_LINES;
            case ALWAYS -> terminal ? Shown.ALL_REWRITTEN : Shown.ALL_BY_LINES;
            case NEVER -> Shown.NOTHING;
        };
        return new LiveLine(console.err(), name, shown);
    }

    @Override
    public void say(State state) {
        show(state, System.nanoTime());
    }

    void show(State state, long nowNs) {
        switch (shown) {
            case NOTHING -> {}
            case LAYOUT_BY_LINES -> {
                if (state instanceof LayingOut) {
                    line(state, nowNs);
                }
            }
            case ALL_BY_LINES -> line(state, nowNs);
            case ALL_REWRITTEN -> rewrite(text(state));
        }
    }

    private void line(State state, long nowNs) {
        String phase = phase(state);
        if (!saidPhase.equals(phase) || nowNs - saidNs >= NEW_LINE_NS) {
            err.println(text(state));
            err.flush();
            saidNs = nowNs;
            saidPhase = phase;
        }
    }

    private static String phase(State state) {
        return switch (state) {
            case LayingOut laying -> laying.ended() ? "laid out" : "laying out";
            case Working working -> working.phase();
        };
    }

    private void rewrite(String line) {
        err.print("\r" + line + " ".repeat(Math.max(0, shownChars - line.length())));
        err.flush();
        shownChars = line.length();
    }

    private String text(State state) {
        return Plain.of(name + ": " + ProgressText.line(state));
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
