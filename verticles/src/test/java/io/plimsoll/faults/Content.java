package io.plimsoll.faults;

import io.plimsoll.model.Calibration;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.model.TargetFacts;
import io.plimsoll.wire.Digest;
import io.plimsoll.wire.Json;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.SplittableRandom;

/// What the reports of a made-up client say: a function of its session and the report's number, so that anybody
/// can tell later whether a row is the one that was sent. Each row has the [#mark] of its report somewhere.
public final class Content {
    private static final long AT_MS = 1_795_000_000_000L;

    private Content() {}

    /// A number of up to 15 digits.
    public static long mark(Session session, long number) {
        return random(session, number).nextLong(1L << 48);
    }

    public static Report of(Session session, long number) {
        long mark = mark(session, number);
        long atMs = AT_MS + number;
        if (number == 1) {
            return new Report.RunStarted(
                    atMs,
                    new Calibration(1, 1, 1),
                    new TargetFacts("/" + mark, "/", "ext4", "/dev/x", "rw", "x", "none", "none", 1, 1));
        }
        return switch ((int) (number % 4)) {
            case 0 ->
                new Report.FileClosed(
                        atMs, (int) number, "data-" + number, mark, 2, true, 3, 4, 5, 6, Optional.empty());
            case 1 ->
                new Report.Resources(
                        atMs, 7, 1, 2, 3, mark, number, Optional.empty(), Optional.of(mark), Optional.of(0.5));
            case 2 -> new Report.Happened(atMs, EventKind.WRITER_STALLED, Long.toString(mark));
            default -> {
                byte[] histogram = new byte[(int) (mark % 200)];
                random(session, -number).nextBytes(histogram);
                yield new Report.Interval(atMs, (int) number, 1_000_000_000, mark, 8, number, histogram);
            }
        };
    }

    /// The last one.
    public static Report end(Session session, long number) {
        return new Report.RunEnded(
                AT_MS + number, number, ClientState.FINISHED, "", mark(session, number), (int) number, 1);
    }

    public static long digest(Report report) {
        return Digest.of(Buffer.buffer(Json.write(report)));
    }

    private static SplittableRandom random(Session session, long number) {
        long seed = session.clientId().value().hashCode() * 0x9E37_79B9_7F4A_7C15L + session.bootEpoch();
        return new SplittableRandom(seed * 31 + number);
    }
}
