package io.plimsoll.faults;

import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/// Measures with a server that is frozen for half a minute and with one that is not, in turn: what the client
/// measures in that time must differ no more than it does from run to run.
public final class HungServer {
    private static final long BEFORE_MS = 8_000;
    private static final long AFTER_MS = 8_000;

    /// What one client measured in the time that counts.
    private record Measured(double bytesPerSecond, double p99Ns) {}

    private final Rig rig;
    private final int seconds;
    private final Path target;
    private int runs;

    private HungServer(Rig rig, int seconds, Path target) {
        this.rig = rig;
        this.seconds = seconds;
        this.target = target;
    }

    /// @param target a directory to write to
    public static boolean run(Path directory, Path target, int pairs, int seconds, long seed, Consumer<String> say)
            throws IOException {
        try (Rig rig = new Rig(directory, seed, Rig.untapped())) {
            rig.startServer();
            HungServer bench = new HungServer(rig, seconds, target);
            List<Measured> calm = new ArrayList<>();
            List<Measured> hung = new ArrayList<>();
            for (int pair = 1; pair <= pairs; pair++) {
                // which one comes first changes, so that what drifts is in both
                for (int i = 0; i < 2; i++) {
                    boolean hang = (pair + i) % 2 == 0;
                    (hang ? hung : calm).add(bench.measure(hang));
                }
                say.accept("pair %d: %s calm, %s with the server frozen for %d s"
                        .formatted(pair, words(calm.getLast()), words(hung.getLast()), seconds));
            }
            rig.stopServer();
            boolean rate = within(calm, hung, Measured::bytesPerSecond, "throughput", say);
            boolean tail = within(calm, hung, Measured::p99Ns, "p99", say);
            return rate && tail;
        }
    }

    private Measured measure(boolean hang) throws IOException {
        String id = "m" + ++runs;
        Path home = Files.createDirectories(rig.directory().resolve(id));
        Path config =
                Files.writeString(home.resolve("client.yaml"), "spool: {directory: " + home.resolve("spool") + "}\n");
        long runMs = BEFORE_MS + TimeUnit.SECONDS.toMillis(seconds) + AFTER_MS;
        try (Child client = new Child(
                Child.java(
                        "256m",
                        "-jar",
                        System.getProperty("plimsoll.jar"),
                        "client",
                        "--config",
                        config.toString(),
                        "-p",
                        Integer.toString(rig.udpPort()),
                        "-sh",
                        "127.0.0.1",
                        "-t",
                        Integer.toString(rig.tcpPort()),
                        "-id",
                        id,
                        "-path",
                        target.resolve(id).toString(),
                        "-rt",
                        runMs / 1_000 + "s"),
                home,
                home.resolve("log"),
                _ -> {})) {
            client.await(line -> line.contains("writing"));
            Waits.ms(BEFORE_MS);
            long fromMs = System.currentTimeMillis();
            if (hang) {
                rig.server().signal("STOP");
            }
            Waits.ms(TimeUnit.SECONDS.toMillis(seconds));
            if (hang) {
                rig.server().signal("CONT");
            }
            long toMs = System.currentTimeMillis();
            if (client.exitCode() != 0) {
                throw new AssertionError(client.last());
            }
            return measured(id, fromMs, toMs);
        }
    }

    private Measured measured(String id, long fromMs, long toMs) {
        List<List<String>> rows = rig.postgres.sql(
                "select i.bytes, i.duration_seconds, encode(i.latency_histogram, 'hex') from intervals i"
                        + " join clients c using (client) where c.client_id = '" + id + "' and i.started_at between"
                        + " to_timestamp(" + fromMs + " / 1000.0) and to_timestamp(" + (toMs - 1_000) + " / 1000.0)");
        double bytes = 0;
        double measuredSeconds = 0;
        List<LatencyHistogram> latencies = new ArrayList<>();
        for (List<String> row : rows) {
            bytes += Double.parseDouble(row.get(0));
            measuredSeconds += Double.parseDouble(row.get(1));
            latencies.add(Histograms.decode(HexFormat.of().parseHex(row.get(2))));
        }
        return new Measured(bytes / measuredSeconds, Histograms.merge(latencies).percentileNs(99));
    }

    private static boolean within(
            List<Measured> calm,
            List<Measured> hung,
            ToDoubleFunction<Measured> value,
            String what,
            Consumer<String> say) {
        var usual = calm.stream().mapToDouble(value).summaryStatistics();
        double average = hung.stream().mapToDouble(value).average().orElseThrow();
        double spread = usual.getMax() - usual.getMin();
        double difference = Math.abs(average - usual.getAverage());
        say.accept("%s: %+.1f %% with a frozen server, on average; run to run it differs by %.1f %%"
                .formatted(what, 100 * (average / usual.getAverage() - 1), 100 * spread / usual.getAverage()));
        return difference <= spread;
    }

    private static String words(Measured m) {
        return "%.0f MB/s, p99 %.2f ms".formatted(m.bytesPerSecond() / 1e6, m.p99Ns() / 1e6);
    }
}
