package io.plimsoll.bench;

import static io.plimsoll.bench.FioNumbers.binaryBytes;
import static io.plimsoll.bench.FioNumbers.count;
import static io.plimsoll.bench.FioNumbers.decimalBytes;

import io.plimsoll.model.Durations;
import java.time.Duration;

/// Where a job is, in a line for people.
public final class ProgressText {
    private static final long SECOND_NS = 1_000_000_000L;

    private ProgressText() {}

    /// `run 42 %  521k IOPS  2034MiB/s (2132MB/s)  6 s left`, without what is not known
    public static String line(Progress.State state) {
        return switch (state) {
            case Progress.LayingOut laying
            when laying.ended() ->
                "laid out " + binaryBytes(laying.totalBytes()) + " in "
                        + Durations.format(Duration.ofNanos(laying.elapsedNs())) + "  " + laying.where();
            case Progress.LayingOut laying -> {
                double left = (laying.totalBytes() - laying.doneBytes()) / laying.bytesPerSecond();
                yield "laying out " + binaryBytes(laying.totalBytes())
                        + share((double) laying.doneBytes() / laying.totalBytes())
                        + rate(laying.bytesPerSecond())
                        + left(Double.isFinite(left) ? (long) (left * SECOND_NS) : -1) + "  " + laying.where();
            }
            case Progress.Working working ->
                working.phase()
                        + share(working.share())
                        + (working.opsPerSecond() > 0 ? "  " + count(working.opsPerSecond()) + " IOPS" : "")
                        + rate(working.bytesPerSecond())
                        + left(working.leftNs());
        };
    }

    private static String share(double share) {
        return Double.isFinite(share) ? " " + Math.clamp((long) (100 * share), 0, 100) + " %" : "";
    }

    private static String rate(double bytesPerSecond) {
        return bytesPerSecond > 0
                ? "  " + binaryBytes(bytesPerSecond) + "/s (" + decimalBytes(bytesPerSecond) + "/s)"
                : "";
    }

    private static String left(long ns) {
        return ns >= 0 ? "  " + Math.ceilDiv(ns, SECOND_NS) + " s left" : "";
    }
}
