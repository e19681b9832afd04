package io.plimsoll.bench;

import java.nio.file.Path;

/// Passes on how far laying out is, twice a second. One thread.
final class LayoutProgress {
    private final Path where;
    private final Progress progress;
    private final long beganNs;
    private long saidNs;
    private long saidBytes;
    private long totalBytes;
    private boolean said;

    LayoutProgress(Path where, Progress progress, long nowNs) {
        this.where = where;
        this.progress = progress;
        beganNs = nowNs;
        saidNs = nowNs;
    }

    void filled(long doneBytes, long ofBytes, long nowNs) {
        totalBytes = ofBytes;
        if (nowNs - saidNs >= JobRun.SAMPLE_NS) {
            double perSecond = (doneBytes - saidBytes) * 1e9 / (nowNs - saidNs);
            progress.say(new Progress.LayingOut(where, doneBytes, ofBytes, perSecond, nowNs - beganNs, false));
            saidNs = nowNs;
            saidBytes = doneBytes;
            said = true;
        }
    }

    /// Everything is written and synced; news only for who has heard that it began.
    void ended(long nowNs) {
        if (said) {
            progress.say(new Progress.LayingOut(where, totalBytes, totalBytes, 0, nowNs - beganNs, true));
        }
    }
}
