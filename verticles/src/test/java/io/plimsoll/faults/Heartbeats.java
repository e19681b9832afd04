package io.plimsoll.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A network that loses three heartbeats in ten: nobody who lives may be called lost, and who is killed must be
/// soon.
public final class Heartbeats {
    private static final String GROUP = "239.77.42.8";
    private static final String INTERFACE = "lo";
    private static final long INTERVAL_MS = 1_000;
    private static final long SEEN_MS_MAX = 3 * INTERVAL_MS + 1_000;
    private static final long GAP_US = 1_000_000;
    private static final UdpProxy.Weather WEATHER = new UdpProxy.Weather(30, 5, 300);

    private Heartbeats() {}

    /// @param kills clients that are killed afterwards, one after the other
    public static boolean run(Path directory, int clients, int seconds, int kills, long seed, Consumer<String> say)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (Rig rig = new Rig(directory, seed, Rig.untapped());
                UdpProxy network = new UdpProxy(
                        InetAddress.getByName(GROUP),
                        NetworkInterface.getByName(INTERFACE),
                        0,
                        new InetSocketAddress(loopback, rig.udpPort()),
                        WEATHER,
                        seed)) {
            rig.startServer();
            for (int i = 0; i < clients; i++) {
                rig.startClient(GAP_US, GROUP, INTERFACE, Integer.toString(network.port()), Long.toString(INTERVAL_MS))
                        .awaitWelcome();
            }
            say.accept(clients + " clients beat");
            Waits.ms(TimeUnit.SECONDS.toMillis(seconds));
            long falseDeaths = events(rig, "client-lost");
            say.accept("%d clients, %d s, %,d heartbeats sent, %.1f %% of them lost: %d suspected, %d false deaths"
                    .formatted(
                            clients,
                            seconds,
                            network.heard(),
                            100.0 * network.lost() / network.heard(),
                            events(rig, "client-suspect"),
                            falseDeaths));
            List<Long> seen = new ArrayList<>();
            for (int i = 0; i < kills; i++) {
                Waits.ms(random.nextLong(INTERVAL_MS));
                seen.add(killed(rig, rig.clients.get(i)));
                say.accept(rig.clients.get(i).id + " killed, lost after " + seen.getLast() + " ms");
            }
            rig.endClients();
            rig.stopServer();
            HistoryCheck.Verdict verdict = rig.check();
            long latest = seen.stream().mapToLong(Long::longValue).max().orElse(0);
            say.accept(
                    "%d clients, %d s, 30 %% of heartbeats lost, seed %d: %d false deaths; %d killed, seen after %d ms at the latest (allowed: %d); %s"
                            .formatted(clients, seconds, seed, falseDeaths, kills, latest, SEEN_MS_MAX, verdict));
            return falseDeaths == 0 && latest <= SEEN_MS_MAX && verdict.kept();
        }
    }

    /// How long it took until the server noticed, by its own time.
    private static long killed(Rig rig, Rig.HistoryProcess client) {
        long atMs = System.currentTimeMillis();
        client.process.kill();
        String query = "select (extract(epoch from e.at) * 1000)::bigint from events e join clients c using (client)"
                + " where e.kind = 'client-lost' and c.client_id = '" + client.id + "'";
        Waits.until(() -> !rig.postgres.sql(query).isEmpty(), 60, client.id + " is lost");
        return Long.parseLong(rig.postgres.sql(query).getFirst().getFirst()) - atMs;
    }

    private static long events(Rig rig, String kind) {
        return Long.parseLong(rig.postgres
                .sql("select count(*) from events where kind = '" + kind + "'")
                .getFirst()
                .getFirst());
    }
}
