package io.plimsoll.report;

import io.plimsoll.report.ClientReport.Resources;
import io.plimsoll.report.Figures.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// The tables of the text report: a row for each client, one unit for each column.
final class TextTables {
    private static final int TARGET_CHARS_MAX = 22;

    private final List<ClientReport> clients;
    private final Labels labels;

    TextTables(List<ClientReport> clients, Labels labels) {
        this.clients = clients;
        this.labels = labels;
    }

    String throughput() {
        Unit size = Figures.bytes(max(c -> c.plan().fileBytes()));
        Unit written = Figures.bytes(max(c -> c.throughput().bytes()));
        TextTable table = new TextTable()
                .words("client")
                .words("target")
                .number("size, " + size.name(), "chunk")
                .number("size, " + size.name(), "file")
                .number("written", "files")
                .number("written", "roll.")
                .number("written", written.name())
                .number("MB/s", "mean")
                .number("MB/s", "min")
                .number("MB/s", "max")
                .number("of", "best")
                .words("state");
        int decimals = Figures.decimals(clients.stream()
                .map(ClientReport::throughput)
                .flatMap(t -> Stream.of(t.meanMbPerSecond(), t.minMbPerSecond(), t.maxMbPerSecond()))
                .flatMap(Optional::stream)
                .toList());
        List<List<String>> columns = List.of(
                words(labels::of),
                words(TextTables::target),
                numbers(c -> Optional.of(c.plan().chunkBytes() / size.per())),
                numbers(c -> Optional.of(c.plan().fileBytes() / size.per())),
                words(c -> Long.toString(c.throughput().files())),
                words(c -> Long.toString(c.throughput().rollovers())),
                numbers(c -> Optional.of(c.throughput().bytes() / written.per())),
                words(c -> Figures.fixed(c.throughput().meanMbPerSecond(), decimals)),
                words(c -> Figures.fixed(c.throughput().minMbPerSecond(), decimals)),
                words(c -> Figures.fixed(c.throughput().maxMbPerSecond(), decimals)),
                words(c -> c.throughput()
                        .ratioToFastest()
                        .map(r -> Figures.fixed(r, 2) + "x")
                        .orElse(Figures.ABSENT)),
                words(TextTables::state));
        return fill(table, columns);
    }

    String latency() {
        Unit write = Figures.time(maxNs(ClientReport::writeLatency));
        Unit fsync = Figures.time(maxNs(ClientReport::fsyncLatency));
        String ofWrite = "write of a chunk, " + write.name();
        String ofFsync = "fsync of a file, " + fsync.name() + ", exact";
        TextTable table = new TextTable()
                .words("client")
                .number(ofWrite, "p50")
                .number(ofWrite, "p99")
                .number(ofWrite, "p99.9")
                .number(ofWrite, "max")
                .number(ofWrite, "writes")
                .number(ofFsync, "p50")
                .number(ofFsync, "p99")
                .number(ofFsync, "max")
                .number(ofFsync, "files");
        List<List<String>> columns = List.of(
                words(labels::of),
                ns(ClientReport::writeLatency, Latency::p50Ns, write),
                ns(ClientReport::writeLatency, Latency::p99Ns, write),
                ns(ClientReport::writeLatency, Latency::p999Ns, write),
                ns(ClientReport::writeLatency, Latency::maxNs, write),
                count(ClientReport::writeLatency),
                ns(ClientReport::fsyncLatency, Latency::p50Ns, fsync),
                ns(ClientReport::fsyncLatency, Latency::p99Ns, fsync),
                ns(ClientReport::fsyncLatency, Latency::maxNs, fsync),
                count(ClientReport::fsyncLatency));
        return fill(table, columns);
    }

    String resources() {
        Unit rss =
                Figures.bytes(max(c -> c.resources().map(Resources::rssBytesMax).orElse(0L)));
        String thread = "data thread, CPU %";
        String process = "process, CPU %";
        String memory = "RSS, " + rss.name();
        String device = "device busy %";
        TextTable table = new TextTable()
                .words("client")
                .number(thread, "user")
                .number(thread, "system")
                .number(thread, "waited")
                .number(process, "mean")
                .number(process, "max")
                .number(memory, "mean")
                .number(memory, "max")
                .number(device, "mean")
                .number(device, "max")
                .number("samples");
        List<List<String>> columns = List.of(
                words(labels::of),
                percent(r -> Optional.of(r.threadUserPercentMean())),
                percent(r -> Optional.of(r.threadSystemPercentMean())),
                percent(r -> r.sampledNs() > 0
                        ? Optional.of(r.schedulingDelayNs() * 100.0 / r.sampledNs())
                        : Optional.empty()),
                percent(r -> Optional.of(r.processCpuPercentMean())),
                percent(r -> Optional.of(r.processCpuPercentMax())),
                numbers(c -> c.resources().map(r -> r.rssBytesMean() / rss.per())),
                numbers(c -> c.resources().map(r -> r.rssBytesMax() / rss.per())),
                percent(Resources::deviceBusyPercentMean),
                percent(Resources::deviceBusyPercentMax),
                words(c -> c.resources().map(r -> Long.toString(r.samples())).orElse(Figures.ABSENT)));
        return fill(table, columns);
    }

    String delivery() {
        String heartbeats = "heartbeats";
        String reports = "reports";
        TextTable table = new TextTable()
                .words("client")
                .number(heartbeats, "every s")
                .number(heartbeats, "multicast")
                .number(heartbeats, "unicast")
                .number(heartbeats, "missed")
                .number(reports, "here")
                .number(reports, "sent")
                .words("writing from")
                .words("to (UTC)");
        List<List<String>> columns = List.of(
                words(labels::of),
                numbers(c -> Optional.of(c.heartbeats().intervalSeconds())),
                words(c -> Long.toString(c.heartbeats().multicast())),
                words(c -> Long.toString(c.heartbeats().unicast())),
                words(c -> Long.toString(c.heartbeats().missed())),
                words(c -> Long.toString(c.completeness().present())),
                words(c ->
                        c.completeness().expected().map(n -> Long.toString(n)).orElse("?")),
                words(c -> c.writingFrom().map(Figures::timeOfDay).orElse(Figures.ABSENT)),
                words(c -> c.writingTo().map(Figures::timeOfDay).orElse(Figures.ABSENT)));
        return fill(table, columns);
    }

    private static String target(ClientReport client) {
        return client.target()
                .map(t -> Plain.of(t.fileSystem()) + " " + Plain.of(Labels.clipped(t.mountPoint(), TARGET_CHARS_MAX)))
                .orElse(Figures.ABSENT);
    }

    private static String state(ClientReport client) {
        String word = client.state().name();
        boolean partial = client.cautions().stream().anyMatch(c -> c.kind() == Caution.Kind.PARTIAL);
        boolean loud = client.cautions().stream().anyMatch(c -> c.kind().loud());
        return (partial ? word : word.toLowerCase(Locale.ROOT)) + (loud ? " !" : "");
    }

    private String fill(TextTable table, List<List<String>> columns) {
        for (int row = 0; row < clients.size(); row++) {
            List<String> cells = new ArrayList<>(columns.size());
            for (List<String> column : columns) {
                cells.add(column.get(row));
            }
            table.row(cells);
        }
        return table.render();
    }

    private List<String> words(Function<ClientReport, String> cell) {
        return clients.stream().map(cell).toList();
    }

    private List<String> numbers(Function<ClientReport, Optional<Double>> cell) {
        return Figures.column(clients.stream().map(cell).toList());
    }

    private List<String> percent(Function<Resources, Optional<Double>> cell) {
        return Figures.column(
                clients.stream().map(c -> c.resources().flatMap(cell)).toList(), 1);
    }

    private List<String> ns(Function<ClientReport, Optional<Latency>> of, Function<Latency, Long> value, Unit unit) {
        return numbers(c -> of.apply(c).map(value).map(ns -> ns / unit.per()));
    }

    private List<String> count(Function<ClientReport, Optional<Latency>> of) {
        return words(c -> Long.toString(of.apply(c).map(Latency::count).orElse(0L)));
    }

    private long maxNs(Function<ClientReport, Optional<Latency>> of) {
        return max(c -> of.apply(c).map(Latency::maxNs).orElse(0L));
    }

    private long max(Function<ClientReport, Long> value) {
        return clients.stream().mapToLong(value::apply).max().orElse(0);
    }
}
