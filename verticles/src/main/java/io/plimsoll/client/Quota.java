package io.plimsoll.client;

import io.plimsoll.config.QuotaSettings;
import io.plimsoll.model.ByteSize;
import io.plimsoll.model.Calibration;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.Durations;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// How much of a disk its owner lets one run have, before the run and during it. Pure.
record Quota(QuotaSettings settings) {
    /// @return why a run of this plan must not begin; empty when it may
    Optional<String> refusal(ChunkPlan plan) {
        return refusal(plan, 0)
                .or(() -> settings.bytes()
                        .filter(max -> plan.footprintBytes() > max)
                        .map(max -> "the run has up to " + ByteSize.format(plan.footprintBytes())
                                + " on the disk, and may write " + ByteSize.format(max)
                                + " in all (quota.bytes); choose a smaller -f or --kept-files"));
    }

    /// @param elapsedMs since the preparation began
    /// @return why the run must not go on; empty when it may
    Optional<String> refusal(ChunkPlan plan, long elapsedMs) {
        return settings.time()
                .filter(max -> plan.runTimeMs() > max.toMillis() - elapsedMs)
                .map(max -> "the run time of " + Durations.format(Duration.ofMillis(plan.runTimeMs()))
                        + (elapsedMs == 0 ? "" : " and " + elapsedMs + " ms of preparation")
                        + ": more than the " + Durations.format(max)
                        + " that a run may have of the disk (quota.time); choose a shorter -rt");
    }

    /// What to tell the user; empty when the quota is likely to do.
    Optional<String> complaint(ChunkPlan plan, Calibration calibration) {
        double bytes = calibration.bytes() + calibration.bytesPerSecond() * plan.runTimeMs() / 1_000;
        return settings.bytes()
                .filter(max -> bytes > max)
                .map(max -> String.format(
                        Locale.ROOT,
                        "the target wrote %.1f MB/s in the calibration, which makes %s in a run time of %s, and the run"
                                + " may write %s in all (quota.bytes); choose a shorter -rt; --force writes until then",
                        calibration.bytesPerSecond() / 1e6,
                        ByteSize.format((long) bytes),
                        Durations.format(Duration.ofMillis(plan.runTimeMs())),
                        ByteSize.format(max)));
    }

    /// How many bytes the writer may write after the calibration.
    long bytesLeft(Calibration calibration) {
        return settings.bytes().map(max -> max - calibration.bytes()).orElse(Long.MAX_VALUE);
    }

    String bytesUsedUp() {
        return "all of the " + settings.bytes().map(ByteSize::format).orElse("bytes")
                + " that the run may write are written (quota.bytes)";
    }

    String timeUsedUp() {
        return "the " + settings.time().map(Durations::format).orElse("time")
                + " that the run may have of the disk are over (quota.time)";
    }
}
