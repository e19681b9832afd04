package io.plimsoll.report;

import io.plimsoll.model.ByteSize;
import io.plimsoll.report.RunReport.Totals;
import io.plimsoll.report.RunReport.Window;
import java.util.ArrayList;
import java.util.List;

/// What a reader must see first: what came out of the run, and loudly what is missing from it.
final class Verdict {
    private static final int REASON_CHARS_MAX = 300;
    /// Beyond this many, the lines for single clients are summed up.
    static final int LOUD_LINES_MAX = 10;

    private static final String TOGETHER = "together, by wall clock: ";

    private Verdict() {}

    static List<String> lines(RunReport report, Labels labels) {
        List<String> lines = new ArrayList<>();
        lines.add("RUN " + report.run().run() + " " + report.run().state().name() + ": " + outcome(report));
        loud(report, labels, lines);
        together(report, lines);
        return lines;
    }

    private static String outcome(RunReport report) {
        Totals t = report.totals();
        String finished = t.clientsFinished() + " of " + counted(t.clients(), "client") + " finished";
        String amount = ByteSize.format(t.bytes()) + " in " + counted(t.files(), "file") + ", "
                + counted(t.rollovers(), "rollover");
        return switch (report.run().state()) {
            case OPEN -> "still running, or its server died; so far " + finished + ", " + amount;
            // Why it is not complete follows in lines of its own.
            case COMPLETE, INCOMPLETE, FAILED -> finished + "; " + amount;
        };
    }

    private static void loud(RunReport report, Labels labels, List<String> lines) {
        List<String> loud = new ArrayList<>();
        report.run().cautions().forEach(caution -> loud.add("!! " + Plain.of(caution.detail())));
        for (ClientReport c : report.clients()) {
            for (Caution caution : c.cautions()) {
                if (caution.kind().loud()) {
                    String reason = caution.kind() == Caution.Kind.PARTIAL
                                    && !c.stateReason().isBlank()
                            ? " (" + Plain.of(Labels.clipped(c.stateReason().strip(), REASON_CHARS_MAX)) + ")"
                            : "";
                    loud.add("!! " + labels.of(c) + ": " + caution.detail() + reason);
                }
            }
        }
        if (report.clients().isEmpty()) {
            loud.add("!! no client took part");
        }
        lines.addAll(loud.subList(0, Math.min(loud.size(), LOUD_LINES_MAX)));
        if (loud.size() > LOUD_LINES_MAX) {
            lines.add("!! and " + (loud.size() - LOUD_LINES_MAX) + " more like these: see the states below");
        }
    }

    private static void together(RunReport report, List<String> lines) {
        report.anyActive().ifPresent(any -> {
            String all = report.allActive()
                    .map(window -> rate(window) + " while all " + counted(any.clients(), "client") + " wrote ("
                            + Figures.duration(window.seconds()) + ")")
                    .orElse("no time in which all " + counted(any.clients(), "client") + " wrote");
            lines.add(TOGETHER + all);
            lines.add(" ".repeat(TOGETHER.length()) + rate(any) + " from first begin to last end ("
                    + Figures.duration(any.seconds()) + ")");
        });
    }

    private static String rate(Window window) {
        return Figures.number(window.mbPerSecond()) + " MB/s";
    }

    static String counted(long n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }
}
