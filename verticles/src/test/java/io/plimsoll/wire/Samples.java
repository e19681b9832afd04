package io.plimsoll.wire;

import io.plimsoll.model.Calibration;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.HostFacts;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.model.TargetFacts;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Random records for tests, and fixed ones where only their kind matters.
public final class Samples {
    private static final long NOW_MS = 1_795_000_000_000L;
    private static final UUID INSTANCE = new UUID(5, 6);
    private static final String ODD = "ä€😀\"\\\n\t\u001b[31m</script> =1+1";

    private Samples() {}

    public static Session session(String id) {
        return new Session(new ClientId(id), NOW_MS);
    }

    public static HostFacts host() {
        return new HostFacts("host-" + ODD, "6.18.44", "EPYC", 2, 24L << 30, "25.0.3", "0.1.0", 4711);
    }

    public static ChunkPlan plan() {
        return new ChunkPlan(10_000_000, 20_000_000, 10_000, 3, EngineKind.PSYNC, false);
    }

    public static Message.Hello hello(String id) {
        return new Message.Hello(session(id), INSTANCE, host(), plan(), 5_000, Optional.empty(), false);
    }

    public static TargetFacts target() {
        return new TargetFacts(
                "/mnt/x/" + ODD,
                "/mnt/x",
                "ext4",
                "/dev/vda1",
                "rw,noatime",
                "vda1",
                "QEMU",
                "none",
                1L << 40,
                1L << 39);
    }

    public static Report report(RandomGenerator random) {
        long atMs = NOW_MS + random.nextInt(1_000_000);
        return switch (random.nextInt(6)) {
            case 0 -> new Report.RunStarted(atMs, new Calibration(1, 1, random.nextDouble()), target());
            case 1 ->
                new Report.FileClosed(
                        atMs,
                        1 + random.nextInt(1000),
                        "data-000001",
                        random.nextLong(1L << 50),
                        random.nextInt(1000),
                        random.nextBoolean(),
                        random.nextLong(1L << 40),
                        random.nextLong(1L << 40),
                        1,
                        0,
                        random.nextBoolean() ? Optional.empty() : Optional.of(random.nextLong(1L << 40)));
            case 2 -> interval(atMs, random);
            case 3 ->
                new Report.Resources(
                        atMs,
                        10_000_000_000L,
                        random.nextDouble(100),
                        random.nextDouble(100),
                        random.nextDouble(200),
                        1 << 28,
                        random.nextInt(1 << 30),
                        Optional.empty(),
                        Optional.of(random.nextLong(1L << 50)),
                        Optional.of(random.nextDouble(100)));
            case 4 -> new Report.Happened(atMs, EventKind.WRITER_STALLED, ODD);
            default -> new Report.RunEnded(atMs, 1 + random.nextInt(99), ClientState.INTERRUPTED, ODD, 5, 2, 1);
        };
    }

    public static Report.Interval interval(long atMs, RandomGenerator random) {
        byte[] histogram = new byte[random.nextInt(300)];
        random.nextBytes(histogram);
        return new Report.Interval(
                atMs, random.nextInt(1000), 1_000_000_000, random.nextLong(1L << 50), 7, 5, histogram);
    }
}
