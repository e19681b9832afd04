package io.plimsoll.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.plimsoll.model.ClientState;
import io.plimsoll.report.ClientReport.Completeness;
import io.plimsoll.report.ClientReport.DdTimes;
import io.plimsoll.report.ClientReport.Heartbeats;
import io.plimsoll.report.ClientReport.Host;
import io.plimsoll.report.ClientReport.Plan;
import io.plimsoll.report.ClientReport.Resources;
import io.plimsoll.report.ClientReport.Target;
import io.plimsoll.report.ClientReport.Throughput;
import io.plimsoll.report.RunReport.Event;
import io.plimsoll.report.RunReport.Events;
import io.plimsoll.report.RunReport.Run;
import io.plimsoll.report.RunReport.Totals;
import io.plimsoll.report.RunReport.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Reports made by hand.
final class Samples {
    static final Instant START = Instant.parse("2026-11-23T21:41:29Z");

    private Samples() {}

    static Run run(RunState state) {
        return new Run(
                7,
                UUID.fromString("0b8c3f52-7a61-4a0e-9c3d-2f1e5b6a7c8d"),
                state,
                START,
                state == RunState.OPEN ? Optional.empty() : Optional.of(START.plusSeconds(66)),
                "bench01",
                "0.1.0",
                JsonNodeFactory.instance.objectNode().put("port", 10001));
    }

    static RunReport report(RunState state, List<ClientReport> clients, List<Event> events) {
        List<ClientReport> compared = SideBySide.withRatios(clients.stream()
                .map(c -> c.withCautions(Cautions.of(c, state, 0, false)))
                .toList());
        long bytes = clients.stream().mapToLong(c -> c.throughput().bytes()).sum();
        boolean any = clients.stream().anyMatch(ClientReport::wrote);
        return new RunReport(
                run(state),
                new Totals(
                        clients.size(),
                        (int) clients.stream()
                                .filter(c -> c.state() == ClientState.FINISHED)
                                .count(),
                        (int) clients.stream().filter(ClientReport::wrote).count(),
                        clients.stream().mapToLong(c -> c.throughput().files()).sum(),
                        clients.stream()
                                .mapToLong(c -> c.throughput().rollovers())
                                .sum(),
                        bytes,
                        any
                                ? Optional.of(new Latency(
                                        458, false, 21_300_000, 30_000_000, 61_200_000, 99_000_000, 131_072_123))
                                : Optional.empty(),
                        clients.size() * 80L,
                        Optional.of(clients.size() * 80L)),
                any
                        ? Optional.of(
                                new Window(START.plusSeconds(2), START.plusSeconds(60), clients.size(), 4_355_800_000L))
                        : Optional.empty(),
                any
                        ? Optional.of(new Window(
                                START.plusSeconds(1), START.plusMillis(62_400), clients.size(), 4_580_000_000L))
                        : Optional.empty(),
                compared,
                new Events(
                        events.size(),
                        events.stream()
                                .filter(e -> e.severity().equals("error"))
                                .count(),
                        events.stream()
                                .filter(e -> e.severity().equals("warning"))
                                .count(),
                        events));
    }

    static ClientBuilder client(long key, String id) {
        return new ClientBuilder(key, id);
    }

    static Event event(long number, String severity, String kind, Optional<Long> client, String detail) {
        return new Event(
                number,
                START.plusMillis(137 * number),
                client.isPresent() ? "client" : "server",
                severity,
                kind,
                client,
                client.map(key -> "client-of-" + key),
                Optional.empty(),
                detail);
    }

    static RunReport threeClients() {
        return report(
                RunState.COMPLETE,
                List.of(
                        client(11, "local-1").mb(410.236, 371.4, 433.05).build(),
                        client(12, "nfs-1").mb(98.7, 61.2, 112.9).target(NFS).build(),
                        client(13, "nfs-2")
                                .mb(95.3, 58.8, 110.4)
                                .target(NFS)
                                .chunk(100_000_000, 200_000_000)
                                .build()),
                List.of(
                        event(1, "info", "run-opened", Optional.empty(), ""),
                        event(2, "info", "client-connected", Optional.of(11L), "from 10.0.0.11:41822"),
                        event(
                                3,
                                "warning",
                                "heartbeats-unicast",
                                Optional.of(12L),
                                "multicast is not heard on 239.0.0.1"),
                        event(4, "info", "run-closed", Optional.empty(), "complete")));
    }

    static RunReport oneLost() {
        return report(
                RunState.FAILED,
                List.of(
                        client(11, "local-1").mb(410.236, 371.4, 433.05).build(),
                        client(12, "nfs-1")
                                .mb(98.7, 61.2, 112.9)
                                .target(NFS)
                                .state(ClientState.LOST, "10 heartbeats missed, TCP connection reset by peer")
                                .reports(41, Optional.empty())
                                .intervalBytes(1_538_000_000L)
                                .build(),
                        client(13, "nfs-2")
                                .mb(95.3, 58.8, 110.4)
                                .target(NFS)
                                .reports(78, Optional.of(80L))
                                .build()),
                List.of(
                        event(1, "info", "run-opened", Optional.empty(), ""),
                        event(2, "warning", "client-suspect", Optional.of(12L), "3 heartbeats missed"),
                        event(
                                3,
                                "error",
                                "client-lost",
                                Optional.of(12L),
                                "10 heartbeats missed, TCP connection reset by peer"),
                        event(4, "error", "reports-missing", Optional.of(13L), "78 of 80")));
    }

    static RunReport manyClients(int n) {
        List<ClientReport> clients = new ArrayList<>();
        for (int i = 1; i <= n; i++) {
            ClientBuilder client = client(i, "client-" + i).mb(3.5 * i * i, i, 4.0 * i * i);
            clients.add(
                    i % 5 == 0
                            ? client.state(ClientState.INTERRUPTED, "SIGTERM").build()
                            : client.build());
        }
        List<Event> events = new ArrayList<>();
        for (int i = 1; i <= n; i++) {
            events.add(event(i, i % 10 == 0 ? "warning" : "info", "client-connected", Optional.of((long) i), "hello"));
        }
        return report(RunState.FAILED, clients, events);
    }

    static final Target LOCAL = new Target(
            "/srv/bench/local-1/chunkfiles",
            "/srv",
            "ext4",
            "/dev/nvme0n1p2",
            "rw,relatime",
            "nvme0n1",
            "Samsung SSD 980 PRO 1TB",
            "none",
            983_350_071_296L,
            412_000_000_000L,
            40_000_000,
            0.11,
            118.4);
    static final Target NFS = new Target(
            "/mnt/nfs/bench",
            "/mnt/nfs",
            "nfs4",
            "filer:/export/bench",
            "rw,relatime,vers=4.2,rsize=1048576,wsize=1048576,hard,proto=tcp,timeo=600",
            "",
            "",
            "",
            8_000_000_000_000L,
            5_120_000_000_000L,
            40_000_000,
            0.42,
            22.9);

    static final class ClientBuilder {
        private final long key;
        private final String id;
        private int session = 1;
        private ClientState state = ClientState.FINISHED;
        private String reason = "";
        private long chunkBytes = 10_000_000;
        private long fileBytes = 20_000_000;
        private double mean;
        private Optional<Double> min = Optional.empty();
        private Optional<Double> max = Optional.empty();
        private boolean wrote;
        private Optional<Target> target = Optional.of(LOCAL);
        private long present = 80;
        private Optional<Long> expected = Optional.of(80L);
        private long intervalBytes = 1_525_000_000;
        private Optional<DdTimes> dd = Optional.empty();
        private String host = "node1";
        private boolean forced;

        private ClientBuilder(long key, String id) {
            this.key = key;
            this.id = id;
        }

        ClientBuilder mb(double meanMb, double minMb, double maxMb) {
            wrote = true;
            mean = meanMb;
            min = Optional.of(minMb);
            max = Optional.of(maxMb);
            return this;
        }

        ClientBuilder session(int n) {
            session = n;
            return this;
        }

        ClientBuilder state(ClientState newState, String newReason) {
            state = newState;
            reason = newReason;
            return this;
        }

        ClientBuilder chunk(long newChunkBytes, long newFileBytes) {
            chunkBytes = newChunkBytes;
            fileBytes = newFileBytes;
            return this;
        }

        ClientBuilder target(Target newTarget) {
            target = Optional.of(newTarget);
            return this;
        }

        ClientBuilder reports(long newPresent, Optional<Long> newExpected) {
            present = newPresent;
            expected = newExpected;
            return this;
        }

        ClientBuilder intervalBytes(long bytes) {
            intervalBytes = bytes;
            return this;
        }

        ClientBuilder dd(DdTimes times) {
            dd = Optional.of(times);
            return this;
        }

        ClientBuilder host(String name) {
            host = name;
            return this;
        }

        ClientBuilder forced() {
            forced = true;
            return this;
        }

        ClientReport build() {
            long bytes = wrote ? 1_525_000_000 : 0;
            long ns = wrote ? (long) (bytes * 1e3 / mean) : 0;
            return new ClientReport(
                    key,
                    id,
                    session,
                    START.toEpochMilli() - 900,
                    state,
                    reason,
                    START,
                    START.plusSeconds(62),
                    state.ended() ? Optional.of(START.plusSeconds(62)) : Optional.empty(),
                    wrote ? Optional.of(START.plusMillis(1000 + key)) : Optional.empty(),
                    wrote ? Optional.of(START.plusMillis(61_000 + key)) : Optional.empty(),
                    new Plan(dd.isPresent() ? "dd" : "psync", chunkBytes, fileBytes, 60, 2, forced),
                    new Host(
                            host,
                            "Linux 6.18.1",
                            "AMD EPYC 7543P 32-Core Processor",
                            64,
                            270_000_000_000L,
                            "25.0.3",
                            "0.1.0",
                            4711),
                    wrote ? target : Optional.empty(),
                    new Throughput(
                            wrote ? 77 : 0,
                            wrote ? 76 : 0,
                            bytes,
                            wrote ? 60 : 0,
                            wrote ? intervalBytes : 0,
                            ns / 10 * 9,
                            ns / 10,
                            0,
                            wrote ? 12_000_000 : 0,
                            wrote ? Optional.of(mean) : Optional.empty(),
                            min,
                            max,
                            Optional.empty(),
                            dd),
                    wrote
                            ? Optional.of(new Latency(
                                    152, false, 21_300_000, 30_000_000, 61_200_000, 99_000_000, 131_072_123))
                            : Optional.empty(),
                    wrote
                            ? Optional.of(
                                    new Latency(77, true, 2_410_000, 9_000_000, 14_800_000, 15_000_000, 15_000_000))
                            : Optional.empty(),
                    wrote
                            ? Optional.of(new Resources(
                                    6,
                                    1.32,
                                    2.5,
                                    7.81,
                                    9.9,
                                    14.2,
                                    21,
                                    156_000_000,
                                    171_000_000,
                                    60_000_000_000L,
                                    120_000_000,
                                    Optional.of(0L),
                                    Optional.of(1_530_000_000L),
                                    Optional.of(78.12),
                                    Optional.of(99.5)))
                            : Optional.empty(),
                    new Heartbeats(5, 12, 0, 0),
                    new Completeness(
                            present,
                            expected,
                            expected.map(_ -> bytes),
                            expected.map(_ -> wrote ? 77 : 0),
                            expected.map(_ -> wrote ? 76 : 0)),
                    List.of());
        }
    }
}
