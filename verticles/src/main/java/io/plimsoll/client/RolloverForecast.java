package io.plimsoll.client;

import io.plimsoll.model.ByteSize;
import io.plimsoll.model.Calibration;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Foretells from a calibration how many files the run time allows, and what would allow enough. Pure.
final class RolloverForecast {
    /// A disk is rarely as fast in the long run as in its first second.
    private static final double MARGIN = 1.25;

    /// Longer ones are advised to nobody, and not accepted either.
    private static final double RUN_TIME_MS_MAX = 365.0 * 24 * 3600 * 1000;

    private RolloverForecast() {}

    /// Complete files in the run time, at the calibration's rate.
    static double rollovers(ChunkPlan plan, long bytes, long elapsedNs) {
        double bytesPerMs = bytes * 1e6 / elapsedNs;
        return plan.runTimeMs() * bytesPerMs / plan.bytesPerFile();
    }

    /// What to tell the user; empty when enough rollovers are to be expected.
    static Optional<String> complaint(ChunkPlan plan, Calibration calibration) {
        if (calibration.predictedRollovers() >= ChunkPlan.ROLLOVERS_MIN) {
            return Optional.empty();
        }
        double bytesPerMs = calibration.bytesPerSecond() / 1_000;
        String found = String.format(
                Locale.ROOT,
                "only %.1f rollovers are to be expected, %d are the least: the target wrote %.1f MB/s in the"
                        + " calibration, so files of %s take %s each of a run time of %s",
                calibration.predictedRollovers(),
                ChunkPlan.ROLLOVERS_MIN,
                calibration.bytesPerSecond() / 1e6,
                ByteSize.format(plan.bytesPerFile()),
                Durations.format(millis(plan.bytesPerFile() / bytesPerMs)),
                Durations.format(Duration.ofMillis(plan.runTimeMs())));
        return Optional.of(found + "; " + remedy(plan, bytesPerMs));
    }

    private static String remedy(ChunkPlan plan, double bytesPerMs) {
        double neededMs = ChunkPlan.ROLLOVERS_MIN * plan.bytesPerFile() / bytesPerMs * MARGIN;
        List<String> would = new ArrayList<>();
        if (neededMs < RUN_TIME_MS_MAX) {
            would.add("write -rt " + runTime(Math.ceil(neededMs / 1_000)));
        }
        long chunks = (long) (plan.runTimeMs() * bytesPerMs / MARGIN / ChunkPlan.ROLLOVERS_MIN) / plan.chunkBytes();
        would.add(chunks >= 1 ? "write -f " + chunks * plan.chunkBytes() : "choose a smaller chunk and file size");
        return String.join(" or ", would) + "; --force runs it all the same, flagged";
    }

    /// As the option wants it, rounded up to what a person would write.
    private static String runTime(double seconds) {
        if (seconds <= 20) {
            return Math.max(1, (long) seconds) + "s";
        }
        if (seconds <= 120) {
            return (long) Math.ceil(seconds / 5) * 5 + "s";
        }
        return seconds <= 7200 ? (long) Math.ceil(seconds / 60) + "m" : (long) Math.ceil(seconds / 3600) + "h";
    }

    private static Duration millis(double ms) {
        return Duration.ofNanos((long) Math.min(ms * 1e6, 1e18));
    }
}
