package io.plimsoll.report;

import io.plimsoll.database.PostgresForTests;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/// Writes runs with plain SQL, as the tables' comments describe them, and remembers what it wrote.
public final class Seed {
    public static final Instant START = Instant.parse("2026-11-23T21:41:29Z");

    private final PostgresForTests postgres;
    private final Random random;

    public Seed(PostgresForTests postgres, long seed) {
        this.postgres = postgres;
        this.random = new Random(seed);
    }

    public record File(long bytes, boolean complete, long writeNs, long fsyncNs, long closeNs, Long ddNs) {}

    public record Interval(Instant from, long durationNs, long bytes, List<Long> latenciesNs) {}

    public record Sample(double seconds, double user, double system, double process, long rss) {}

    /// What a client was made to have written.
    public record Written(long client, List<File> files, List<Interval> intervals, List<Sample> samples) {}

    public long run(String uuid, String state, Instant startedAt) {
        return postgres.onConnection(c -> c.preparedQuery(
                        "insert into runs (run_uuid, state, started_at, ended_at, server_host, server_version,"
                                + " settings) values ($1, $2, $3, $4, 'bench01', '0.1.0', '{\"tcpPort\": 42000}')"
                                + " returning run")
                .execute(Tuple.of(
                        UUID.fromString(uuid),
                        state,
                        startedAt.atOffset(ZoneOffset.UTC),
                        state.equals("open") ? null : startedAt.plusSeconds(66).atOffset(ZoneOffset.UTC)))
                .map(rows -> rows.iterator().next().getLong("run")));
    }

    public long client(long run, String id, String state, String reason, String engine, Long lastSequence) {
        return postgres.onConnection(c -> c.preparedQuery("""
            insert into clients (run, client_id, boot_epoch, state, state_reason, connected_at, last_seen_at,
                ended_at, host_name, kernel, cpu_model, cpu_count, ram_bytes, java_version, tool_version,
                pid, engine, chunk_bytes, file_bytes, run_time_seconds, kept_files_max, forced,
                heartbeat_seconds, heartbeats_multicast, heartbeats_unicast, heartbeats_missed,
                last_sequence)
            values ($1, $2, $3, $4, $5, $6, $6, $7, 'node1', 'Linux 6.18', 'A CPU', 4, 8000000000, '25.0.3',
                '0.1.0', 4711, $8, 10000000, 20000000, 60, 2, false, 5, 12, 1, 2, $9)
            returning client
            """)
                .execute(Tuple.from(Arrays.asList(
                        run,
                        id,
                        START.toEpochMilli() + random.nextInt(1000),
                        state,
                        reason,
                        START.atOffset(ZoneOffset.UTC),
                        lastSequence == null ? null : START.plusSeconds(62).atOffset(ZoneOffset.UTC),
                        engine,
                        lastSequence)))
                .map(rows -> rows.iterator().next().getLong("client")));
    }

    public void target(long client, String mountPoint, String fileSystem, String deviceModel) {
        postgres.onConnection(c -> c.preparedQuery("""
            insert into targets values ($1, $2 || '/chunkfiles', $2, $3, '/dev/vdb', 'rw', 'vdb', $4, 'none',
                1000000000000, 500000000000, 40000000, 0.2, 57.5)
            """).execute(Tuple.of(client, mountPoint, fileSystem, deviceModel)));
    }

    /// Rows of all kinds for a client that wrote for a while, numbered from 2 (1 is its run-started event).
    public Written write(long run, long client, int seconds, Instant from, boolean dd) {
        Written written = new Written(client, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        postgres.onConnection(c -> {
            long sequence = 1;
            var done =
                    event(c, run, client, sequence, "info", "run-started", "").mapEmpty();
            for (int second = 0; second < seconds; second++) {
                File file = file(dd, second < seconds - 1);
                written.files().add(file);
                Interval interval = interval(from.plusSeconds(second), file.bytes());
                written.intervals().add(interval);
                long intervalSequence = ++sequence;
                int index = second;
                done = done.compose(_ -> insert(c, client, intervalSequence, index, interval))
                        .mapEmpty();
                long fileSequence = ++sequence;
                done = done.compose(_ -> insert(c, client, fileSequence, index, file))
                        .mapEmpty();
                if (second % 10 == 9) {
                    Sample sample = sample();
                    written.samples().add(sample);
                    long sampleSequence = ++sequence;
                    done = done.compose(_ -> insert(c, client, sampleSequence, sample))
                            .mapEmpty();
                }
            }
            return done;
        });
        return written;
    }

    private Interval interval(Instant from, long bytes) {
        List<Long> latencies = new ArrayList<>();
        int ops = random.nextInt(20);
        for (int i = 0; i < ops; i++) {
            latencies.add(1_000_000 + (long) (Math.exp(random.nextGaussian()) * 5e6));
        }
        return new Interval(from, 1_000_000_000L, bytes, latencies);
    }

    private File file(boolean dd, boolean complete) {
        long writeNs = 50_000_000 + random.nextInt(50_000_000);
        return new File(
                complete ? 20_000_000 : 10_000_000,
                complete,
                writeNs,
                1_000_000 + random.nextInt(9_000_000),
                random.nextInt(100_000),
                dd ? writeNs - 10_000_000 : null);
    }

    private Sample sample() {
        return new Sample(
                10 + random.nextDouble(),
                random.nextDouble() * 5,
                random.nextDouble() * 50,
                random.nextDouble() * 100,
                100_000_000 + random.nextInt(50_000_000));
    }

    private static io.vertx.core.Future<?> insert(SqlConnection c, long client, long sequence, int index, Interval i) {
        return c.preparedQuery("insert into intervals values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
                .execute(Tuple.of(client, sequence, index)
                        .addOffsetDateTime(i.from().atOffset(ZoneOffset.UTC))
                        .addDouble(i.durationNs() / 1e9)
                        .addLong(i.bytes())
                        .addLong((long) i.latenciesNs().size())
                        .addLong(
                                i.latenciesNs().stream().mapToLong(l -> l).max().orElse(0))
                        .addBuffer(Buffer.buffer(encoded(i.latenciesNs()))));
    }

    private static io.vertx.core.Future<?> insert(SqlConnection c, long client, long sequence, int index, File f) {
        return c.preparedQuery("insert into data_files values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
                .execute(Tuple.of(client, sequence, index + 1)
                        .addString("data-%06d".formatted(index + 1))
                        .addOffsetDateTime(START.plusSeconds(index).atOffset(ZoneOffset.UTC))
                        .addLong(f.bytes())
                        .addLong(f.bytes() / 10_000_000)
                        .addBoolean(f.complete())
                        .addDouble(f.writeNs() / 1e9)
                        .addDouble(f.fsyncNs() / 1e9)
                        .addDouble(f.closeNs() / 1e9)
                        .addDouble(0.001)
                        .addDouble(f.ddNs() == null ? null : f.ddNs() / 1e9));
    }

    private static io.vertx.core.Future<?> insert(SqlConnection c, long client, long sequence, Sample s) {
        return c.preparedQuery(
                        "insert into resource_samples values ($1, $2, $3, $4, $5, $6, $7, $8, 0.25, 0, 1000, 50)")
                .execute(Tuple.of(client, sequence)
                        .addOffsetDateTime(START.plusSeconds(sequence).atOffset(ZoneOffset.UTC))
                        .addDouble(s.seconds())
                        .addDouble(s.user())
                        .addDouble(s.system())
                        .addDouble(s.process())
                        .addLong(s.rss()));
    }

    public void event(long run, Long client, String severity, String kind, String detail) {
        postgres.onConnection(
                c -> event(c, run, client, null, severity, kind, detail).mapEmpty());
    }

    private static io.vertx.core.Future<?> event(
            SqlConnection c, long run, Long client, Long sequence, String severity, String kind, String detail) {
        return c.preparedQuery("insert into events (run, client, sequence, at, source, severity, kind, detail)"
                        + " values ($1, $2, $3, $4, $5, $6, $7, $8)")
                .execute(Tuple.from(Arrays.asList(
                        run,
                        client,
                        sequence,
                        START.atOffset(ZoneOffset.UTC),
                        sequence == null ? "server" : "client",
                        severity,
                        kind,
                        detail)));
    }

    static byte[] encoded(List<Long> latenciesNs) {
        Histogram histogram = new Histogram(1, 3_600_000_000_000L, 3);
        latenciesNs.forEach(histogram::recordValue);
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Arrays.copyOf(buffer.array(), length);
    }
}
