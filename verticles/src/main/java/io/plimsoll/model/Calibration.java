package io.plimsoll.model;

/// What a short write on the real target, with the real chunk size, foretells of the run.
///
/// @param bytes bytes written and synced
/// @param elapsedNs time of writes, fsync and close together
/// @param predictedRollovers complete files that the run time allows at that rate
public record Calibration(long bytes, long elapsedNs, double predictedRollovers) {
    public Calibration {
        Require.notNegative("calibration bytes", bytes);
        Require.positive("calibration time in ns", elapsedNs);
        Require.notNegative("predicted rollovers", predictedRollovers);
    }

    public double bytesPerSecond() {
        return bytes * 1e9 / elapsedNs;
    }
}
