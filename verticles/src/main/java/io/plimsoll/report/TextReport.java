package io.plimsoll.report;

import io.plimsoll.model.ByteSize;
import io.plimsoll.report.ClientReport.DdTimes;
import io.plimsoll.report.ClientReport.Host;
import io.plimsoll.report.ClientReport.Target;
import io.plimsoll.report.RunReport.Event;
import io.plimsoll.report.RunReport.Run;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Renders a report for a terminal of any kind: ASCII of our own, no colours, times in UTC, sizes and rates in powers
/// of ten. What came from clients is made [Plain].
public final class TextReport {
    private static final int LINE_CHARS_MAX = 100;
    private static final int DETAIL_CHARS_MAX = 240;
    static final int EVENTS_MAX = 40;
    private static final int CAUTIONS_MAX = 20;

    private final RunReport report;
    private final Labels labels;
    private final TextTables tables;
    private final StringBuilder text = new StringBuilder();

    private TextReport(RunReport report) {
        this.report = report;
        this.labels = new Labels(report.clients());
        this.tables = new TextTables(report.clients(), labels);
    }

    public static String render(RunReport report) {
        return new TextReport(report).render();
    }

    /// Without what only matters beside a doubt: latency, resources, deliveries, events.
    public static String summary(RunReport report) {
        TextReport summary = new TextReport(report);
        summary.head();
        summary.storages();
        return summary.text.toString();
    }

    private String render() {
        head();
        if (!report.clients().isEmpty()) {
            section("Latency", "percentiles of all writes, from merged histograms");
            text.append(tables.latency());
            section("Resources", "CPU in % of one core; waited: ready to run, but no processor");
            text.append(tables.resources());
            section("Heartbeats and reports", "missed: sent, by its own count, and not heard");
            text.append(tables.delivery());
        }
        storages();
        events();
        return text.toString();
    }

    private void head() {
        for (String line : Verdict.lines(report, labels)) {
            wrapped("", line, "   ");
        }
        run();
        if (!report.clients().isEmpty()) {
            section("Throughput", "MB/s: 10^6 bytes/s in write + fsync + close; min, max: complete files");
            text.append(tables.throughput());
            dd();
            cautions();
        }
    }

    private void storages() {
        if (!report.clients().isEmpty()) {
            targets();
            hosts();
        }
    }

    private void run() {
        Run run = report.run();
        text.append("\nrun ").append(run.runUuid()).append(", began ").append(Figures.time(run.startedAt()));
        text.append(run.endedAt()
                .map(at -> " UTC, took "
                        + Figures.duration(Duration.between(run.startedAt(), at).toMillis() / 1e3))
                .orElse(" UTC, no end"));
        wrapped("\n", "server " + Plain.of(run.serverHost()) + ", Plimsoll " + Plain.of(run.serverVersion()), "  ");
    }

    private void section(String title, String legend) {
        text.append('\n')
                .append(title)
                .append(legend.isEmpty() ? "" : "  (" + legend + ")")
                .append('\n');
    }

    private void dd() {
        for (ClientReport c : report.clients()) {
            if (c.throughput().dd().isPresent()) {
                DdTimes dd = c.throughput().dd().get();
                wrapped(
                        "  ",
                        labels.of(c) + ": dd says " + rate(dd.bytes(), dd.ddNs()) + " for its writes, our clock "
                                + rate(dd.bytes(), dd.oursNs()) + " (" + Verdict.counted(dd.files(), "file")
                                + ", without fsync)",
                        "    ");
            }
        }
    }

    private static String rate(long bytes, long ns) {
        return ns == 0 ? "no time" : Figures.number(bytes * 1e3 / ns) + " MB/s";
    }

    private void cautions() {
        List<String> lines = new ArrayList<>();
        for (ClientReport c : report.clients()) {
            c.cautions().stream()
                    .filter(caution -> !caution.kind().loud())
                    .forEach(caution -> lines.add(labels.of(c) + ": " + caution.detail()));
        }
        lines.stream().limit(CAUTIONS_MAX).forEach(line -> wrapped("  ! ", line, "    "));
        if (lines.size() > CAUTIONS_MAX) {
            text.append("  ! and ").append(lines.size() - CAUTIONS_MAX).append(" more like these, all in the JSON\n");
        }
    }

    /// Clients of the same storage share its lines.
    private void targets() {
        Map<Target, List<ClientReport>> byStorage = new LinkedHashMap<>();
        for (ClientReport c : report.clients()) {
            c.target()
                    .ifPresent(t -> byStorage
                            .computeIfAbsent(withoutPath(t), _ -> new ArrayList<>())
                            .add(c));
        }
        if (byStorage.isEmpty()) {
            return;
        }
        section("Targets", "as their clients saw them before they wrote");
        byStorage.forEach((storage, clients) -> {
            wrapped("  ", storage(storage), "      ");
            for (ClientReport c : clients) {
                Target t = c.target().orElseThrow();
                wrapped(
                        "    ",
                        labels.of(c) + ": " + Plain.of(t.path()) + ", " + ByteSize.format(t.freeBytes()) + " free, "
                                + Figures.number(t.predictedRollovers()) + " rollovers predicted",
                        "      ");
            }
        });
    }

    /// What tells one storage from another; path, free space and calibration are a client's own.
    private static Target withoutPath(Target t) {
        return new Target(
                "",
                t.mountPoint(),
                t.fileSystem(),
                t.source(),
                t.mountOptions(),
                t.device(),
                t.deviceModel(),
                t.scheduler(),
                t.sizeBytes(),
                0,
                0,
                0,
                0);
    }

    private static String storage(Target t) {
        String device = t.device().isEmpty()
                ? "no block device"
                : "device " + t.device() + named(" ", t.deviceModel()) + named(", scheduler ", t.scheduler());
        return Plain.of(t.fileSystem() + " " + t.source() + " on " + t.mountPoint() + ", "
                + ByteSize.format(t.sizeBytes()) + ", " + device + named(", ", t.mountOptions()));
    }

    private static String named(String before, String text) {
        return text.isBlank() ? "" : before + text;
    }

    private void hosts() {
        Map<Host, List<String>> byHost = new LinkedHashMap<>();
        for (ClientReport c : report.clients()) {
            byHost.computeIfAbsent(withoutPid(c.host()), _ -> new ArrayList<>()).add(labels.of(c));
        }
        section("Hosts", "");
        byHost.forEach((host, clients) -> {
            wrapped("  ", Plain.of(host.hostName()) + ": " + String.join(", ", clients), "      ");
            wrapped("      ", facts(host), "      ");
        });
    }

    /// What tells one host from another; the process id is a client's own.
    private static Host withoutPid(Host h) {
        return new Host(
                h.hostName(),
                h.kernel(),
                h.cpuModel(),
                h.cpuCount(),
                h.ramBytes(),
                h.javaVersion(),
                h.toolVersion(),
                0);
    }

    private static String facts(Host h) {
        return Plain.of(h.kernel() + ", " + h.cpuCount() + " x " + h.cpuModel() + ", " + ByteSize.format(h.ramBytes())
                + " RAM, Java " + h.javaVersion() + ", Plimsoll " + h.toolVersion());
    }

    private void events() {
        List<Event> shown = gravest(report.events().listed(), EVENTS_MAX);
        if (shown.isEmpty()) {
            return;
        }
        section(
                "Events",
                Verdict.counted(report.events().errors(), "error") + ", "
                        + Verdict.counted(report.events().warnings(), "warning") + ", "
                        + report.events().total() + " in all; UTC by the clock of their source");
        boolean oneDay = shown.stream()
                        .map(e -> e.at().atOffset(ZoneOffset.UTC).toLocalDate())
                        .distinct()
                        .count()
                == 1;
        int who = shown.stream().mapToInt(e -> labels.of(e).length()).max().orElse(0);
        for (Event e : shown) {
            String time = oneDay ? Figures.timeOfDay(e.at()) : Figures.time(e.at());
            String mark = e.severity().equals("info") ? "  " : e.severity().equals("error") ? "!!" : "! ";
            String head = "  " + time + " " + mark + " " + (labels.of(e) + " ".repeat(who)).substring(0, who) + "  ";
            wrapped(
                    head,
                    Plain.of(e.kind())
                            + (e.detail().isBlank()
                                    ? ""
                                    : ": " + Plain.of(Labels.clipped(e.detail(), DETAIL_CHARS_MAX))),
                    " ".repeat(head.length() + 2));
        }
        long more = report.events().total() - shown.size();
        if (more > 0) {
            text.append("  and ")
                    .append(more)
                    .append(" more: plimsoll events ")
                    .append(report.run().run())
                    .append('\n');
        }
    }

    /// The `max` gravest in the order of time.
    private static List<Event> gravest(List<Event> events, int max) {
        return events.stream()
                .sorted(Comparator.comparingInt(TextReport::rank))
                .limit(max)
                .sorted(Comparator.comparing(Event::at).thenComparing(Event::event))
                .toList();
    }

    private static int rank(Event e) {
        return switch (e.severity()) {
            case "error" -> 0;
            case "warning" -> 1;
            default -> 2;
        };
    }

    /// Breaks at blanks where a line gets too long; a word that is longer than a line stays whole.
    private void wrapped(String first, String words, String next) {
        StringBuilder line = new StringBuilder(first);
        boolean empty = true;
        for (String word : words.split(" ")) {
            if (!empty && Plain.width(line.toString()) + 1 + Plain.width(word) > LINE_CHARS_MAX) {
                text.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(next);
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
