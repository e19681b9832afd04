package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.plimsoll.config.QuotaSettings;
import io.plimsoll.model.Calibration;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.EngineKind;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuotaTest {
    private static final long MB = 1_000_000;
    /// Ten seconds, with 300 MB on the disk at most.
    private final ChunkPlan plan = new ChunkPlan(10 * MB, 100 * MB, 10_000, 2, EngineKind.PSYNC, false);
    private final Calibration calibration = new Calibration(50 * MB, 1_000_000_000, 5);

    @Test
    void withoutAQuotaNothingIsRefusedAndNothingIsALimit() {
        Quota none = new Quota(new QuotaSettings(Optional.empty(), Optional.empty()));
        assertEquals(Optional.empty(), none.refusal(plan));
        assertEquals(Optional.empty(), none.refusal(plan, Long.MAX_VALUE));
        assertEquals(Optional.empty(), none.complaint(plan, calibration));
        assertEquals(Long.MAX_VALUE, none.bytesLeft(calibration));
    }

    @Test
    void aPlanWhoseFilesAloneAreMoreIsRefused() {
        assertEquals(Optional.empty(), bytes(300 * MB).refusal(plan));
        assertEquals(
                "the run has up to 300 MB on the disk, and may write 300 MB in all (quota.bytes); choose a smaller -f"
                        + " or --kept-files",
                bytes(300 * MB - 1).refusal(plan).orElseThrow());
    }

    @Test
    void theCalibrationCountsAndForetellsTheRest() {
        assertEquals(500 * MB, bytes(550 * MB).bytesLeft(calibration));
        assertEquals(Optional.empty(), bytes(550 * MB).complaint(plan, calibration));
        assertEquals(
                "the target wrote 50.0 MB/s in the calibration, which makes 550 MB in a run time of 10 s, and the run"
                        + " may write 549 MB in all (quota.bytes); choose a shorter -rt; --force writes until then",
                bytes(549 * MB).complaint(plan, calibration).orElseThrow());
    }

    @Test
    void thePreparationCountsAsTime() {
        Quota quota = new Quota(new QuotaSettings(Optional.empty(), Optional.of(Duration.ofSeconds(12))));
        assertEquals(Optional.empty(), quota.refusal(plan));
        assertEquals(Optional.empty(), quota.refusal(plan, 2_000));
        assertEquals(
                "the run time of 10 s and 2001 ms of preparation: more than the 12 s that a run may have of the disk"
                        + " (quota.time); choose a shorter -rt",
                quota.refusal(plan, 2_001).orElseThrow());
    }

    private static Quota bytes(long max) {
        return new Quota(new QuotaSettings(Optional.of(max), Optional.empty()));
    }
}
