package io.plimsoll.bench;

import io.plimsoll.bench.Chart.Tone;
import io.plimsoll.bench.Quantity.TimeUnit;
import io.plimsoll.bench.SaturationStep.Latencies;
import java.time.Instant;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// A search as one page that needs nothing else: no scripts, no network, light or dark as the reader's system is,
/// and fit for paper.
public final class SaturationHtml {
    /// Stands in every page, so that a later search knows its own pages from other files.
    public static final String MARK = "<meta name=\"generator\" content=\"plimsoll saturate";

    private static final String CSS = """
        :root { color-scheme: light dark; --page: #fcfcfb; --ink: #0b0b0b; --soft: #52514e; --hair: #e1e0d9; --bad: #b3261e; }
        @media screen and (prefers-color-scheme: dark) {
          :root { --page: #1a1a19; --ink: #ffffff; --soft: #c3c2b7; --hair: #383835; --bad: #f2877d; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 24px 20px 48px; max-width: 1080px; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, sans-serif; }
        h1 { font-size: 28px; line-height: 1.2; margin: 0 0 8px; text-wrap: balance; }
        h2 { font-size: 17px; margin: 32px 0 8px; }
        p { margin: 0 0 6px; max-width: 75ch; }
        .over { color: var(--soft); margin-bottom: 4px; overflow-wrap: anywhere; }
        .alarm { color: var(--bad); font-weight: 600; }
        dl { display: grid; max-width: 90ch; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0; }
        dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        figure { margin: 24px 0 0; }
        figcaption { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--soft); font-size: 13px; margin-bottom: 6px; }
        figcaption svg.chart { width: 26px; height: 12px; vertical-align: -1px; margin-right: 6px; display: inline-block; }
        .narrow { display: none; }
        @media screen and (max-width: 640px) {
          .wide { display: none; } .narrow { display: block; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 8px; }
        }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; min-width: 100%; }
        th, td { padding: 4px 10px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--hair); }
        th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
        th:first-child, td:first-child { padding-left: 0; }
        .word { text-align: left; }
        td.verdict { white-space: normal; min-width: 15em; }
        .broke { color: var(--bad); }
        .line td { font-weight: 600; }
        /* Too narrow for the columns: each step is a block, and each value has its name. */
        @media screen and (max-width: 840px) {
          thead { display: none; } table, tbody { display: block; }
          tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(76px, 1fr)); gap: 4px 10px; padding: 10px 0;
            border-bottom: 1px solid var(--hair); }
          tr td, tr td.verdict { display: block; padding: 0; min-width: 0; text-align: left; border: 0; }
          td::before { content: attr(data-name); display: block; color: var(--soft); font-size: 11px; font-weight: 400; }
          td.verdict { grid-column: 1 / -1; }
        }
        footer { margin-top: 32px; color: var(--soft); font-size: 13px; }
        @media print {
          :root { --page: #ffffff; }
          body { max-width: none; padding: 0; font-size: 12px; } h1 { font-size: 22px; } h2 { font-size: 14px; break-after: avoid; }
          figcaption, footer { font-size: 11px; } table { font-size: 9px; } th, td { padding: 2px 5px; }
          tr, dd, figure { break-inside: avoid; } .scroll { overflow: visible; }
        }
        """;

    private final SaturationResult result;
    private final SaturationWords words;
    private final TimeUnit unit;
    private final StringBuilder page = new StringBuilder();

    private SaturationHtml(SaturationResult result) {
        this.result = result;
        words = new SaturationWords(result);
        unit = words.unit();
    }

    /// @param version of the program
    public static String render(SaturationResult result, String version) {
        return new SaturationHtml(result).render(version);
    }

    private String render(String version) {
        String name = result.plan().job().plan().name();
        add("<!DOCTYPE html>");
        add("<html lang=\"en\">");
        add("<head>");
        add("<meta charset=\"utf-8\">");
        add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        add(MARK + " " + escaped(version) + "\">");
        add("<title>" + escaped("Plimsoll line of " + name + " on " + words.target()) + "</title>");
        add("<style>\n" + CSS + Chart.CSS + "</style>");
        add("</head>");
        add("<body>");
        add("<p class=\"over\">" + escaped(name + " on " + words.target()) + "</p>");
        add("<h1>" + escaped(words.headline()) + "</h1>");
        words.evidence().forEach(sentence -> add("<p>" + escaped(sentence) + "</p>"));
        words.caution().ifPresent(this::alarm);
        result.failure().ifPresent(why -> alarm("The search failed: " + why));
        if (result.interrupted()) {
            alarm("Interrupted after " + result.steps().size() + " steps.");
        }
        SaturationChart.of(result).ifPresent(this::chart);
        facts();
        flags();
        steps();
        String begun = result.steps().isEmpty()
                ? ""
                : "; measured from "
                        + Instant.ofEpochMilli(result.steps().getFirst().startedAtMs());
        add("<footer>plimsoll saturate " + escaped(version + begun) + "</footer>");
        add("</body>");
        add("</html>");
        return page.toString();
    }

    private void chart(SaturationChart.Drawn drawn) {
        add("<figure>");
        add("<figcaption>");
        key("first", false, "response p50");
        key("second", false, "response p99");
        key("third", false, "response p99.9");
        key("muted", true, "service p99");
        Tone marked = SaturationChart.Shown.marked(result.plan().slo()).tone;
        circle("dot", marked, "a step that kept the SLO");
        circle("hollow", marked, "one that broke it");
        if (result.steps().stream().anyMatch(step -> step.brokenBy().equals(Optional.of(SaturationLimit.CLIENT)))) {
            circle("hollow", Tone.MUTED, "one that this client broke");
        }
        if (result.line().broken().isPresent() && result.found()) {
            sample("<rect class=\"band mark\" x=\"4\" width=\"18\" height=\"12\"/>", "interval of the line");
        }
        add("</figcaption>");
        add("<div class=\"wide\">" + drawn.chart().svg("wide", 1040, 500) + "</div>");
        add("<div class=\"narrow\">" + drawn.chart().svg("narrow", 360, 400) + "</div>");
        if (drawn.beyond() > 0) {
            add("<p class=\"over\">" + drawn.beyond()
                    + (drawn.beyond() == 1 ? " step far above the line is" : " steps far above the line are")
                    + " only in the table.</p>");
        }
        add("</figure>");
    }

    private void key(String tone, boolean dashed, String name) {
        sample("<path class=\"line " + tone + (dashed ? " dashed" : "") + "\" d=\"M1 6H25\"/>", name);
    }

    private void circle(String style, Tone tone, String name) {
        sample("<circle class=\"" + style + " " + tone.word() + "\" cx=\"13\" cy=\"6\" r=\"4.5\"/>", name);
    }

    private void sample(String shape, String name) {
        add("<span><svg class=\"chart\" viewBox=\"0 0 26 12\" aria-hidden=\"true\">" + shape + "</svg>" + escaped(name)
                + "</span>");
    }

    private void facts() {
        add("<h2>What was measured</h2>");
        add("<dl>");
        fact("Job", result.plan().job().plan().name() + ": " + words.work());
        fact("Target", words.target());
        fact("Engine", words.engine());
        fact("SLO", words.promise());
        fact("Closed loop", words.closedLoop() + " IOPS");
        fact("Method", words.method());
        add("</dl>");
    }

    private void flags() {
        if (result.flags().isEmpty()) {
            return;
        }
        add("<h2>Before you believe it</h2>");
        add("<dl>");
        result.flags().forEach(flag -> fact(flag.rule(), flag.evidence() + "; " + flag.remedy()));
        add("</dl>");
    }

    private void steps() {
        add("<h2>Steps, in the order of time</h2>");
        add("<p class=\"over\">Response is intended start to completed, service is start to completed; latencies in "
                + unit.word + ".</p>");
        add("<div class=\"scroll\"><table>");
        add("<thead><tr><th>Step</th><th class=\"word\">For</th><th>Asked<br>IOPS</th><th>Achieved<br>IOPS</th>"
                + "<th><br>of due</th><th>Response<br>p50</th><th><br>p99</th><th><br>p99.9</th><th><br>max</th>"
                + "<th>Service<br>p99</th><th>MiB/s</th><th class=\"word\">Verdict</th></tr></thead>");
        add("<tbody>");
        result.steps().forEach(this::row);
        add("</tbody></table></div>");
    }

    private void row(SaturationStep step) {
        boolean line =
                result.found() && step.requestedPerSecond().equals(result.line().kept());
        StringBuilder row = new StringBuilder(line ? "<tr class=\"line\">" : "<tr>");
        cell(row, "", "Step", Integer.toString(step.number()));
        cell(row, "word", "For", step.purpose().word());
        cell(row, "", "Asked", step.requestedPerSecond().map(Quantity::rate).orElse("–"));
        cell(row, "", "Achieved", Quantity.rate(RateSearch.rounded(step.achievedPerSecond())));
        cell(row, "", "Of due", step.achievedShare().map(Quantity::percent).orElse("–"));
        cell(row, "", "Resp p50", latency(step.response(), Latencies::p50));
        cell(row, "", "Resp p99", latency(step.response(), Latencies::p99));
        cell(row, "", "Resp p99.9", latency(step.response(), Latencies::p999));
        cell(row, "", "Resp max", latency(step.response(), Latencies::max));
        cell(row, "", "Serv p99", latency(step.service(), Latencies::p99));
        cell(row, "", "MiB/s", Quantity.digits(step.bytesPerSecond() / (1 << 20), 4));
        boolean broke = step.verdict().isPresent() && !step.kept();
        cell(
                row,
                broke ? "word verdict broke" : "word verdict",
                "Verdict",
                step.verdict().isEmpty() ? "–" : SaturationWords.verdict(step));
        add(row.append("</tr>").toString());
    }

    /// @param name of the column, for readers who do not see its head
    private static void cell(StringBuilder row, String style, String name, String content) {
        row.append(style.isEmpty() ? "<td" : "<td class=\"" + style + "\"")
                .append(" data-name=\"" + name + "\">")
                .append(escaped(content))
                .append("</td>");
    }

    private String latency(Optional<Latencies> latencies, ToLongFunction<Latencies> which) {
        return latencies.map(l -> unit.of(which.applyAsLong(l))).orElse("–");
    }

    private void fact(String name, String value) {
        add("<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>");
    }

    private void alarm(String sentence) {
        add("<p class=\"alarm\">" + escaped(sentence) + "</p>");
    }

    private void add(String line) {
        page.append(line).append('\n');
    }

    private static String escaped(String text) {
        return Chart.escaped(text);
    }
}
